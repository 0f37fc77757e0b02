"""Relative links of every page lead to a file of the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.law import ROOT

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *(
        page
        for folder in ("docs", "examples", "benchmarks")
        for page in sorted((ROOT / folder).rglob("*.md"))
        if ".cache" not in page.parts  # pages of other tools, where benchmarks have installed them
    ),
]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def _dead(page: Path) -> list[str]:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    return [link for link in links if "://" not in link and not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert not _dead(page)


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md) [there](gone.md#part) [away](https://example.org)", encoding="utf-8")
    assert _dead(page) == ["gone.md"]
