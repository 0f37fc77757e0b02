"""docs/metrics.md says what the registry says."""

from __future__ import annotations

from docs.write_metrics import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python docs/write_metrics.py"
