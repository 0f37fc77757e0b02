"""docs/personal-data.md and the counts in the package are those of the labelled texts as they are now."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_the_page_and_the_counts_are_current() -> None:
    from docs.write_personal import FILE, PAGE, counts, measure, page

    rows = measure()
    assert FILE.read_text(encoding="utf-8") == counts(rows), "run python docs/write_personal.py"
    assert PAGE.read_text(encoding="utf-8") == page(rows), "run python docs/write_personal.py"
