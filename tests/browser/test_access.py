"""The page for everybody: axe, keyboard, alt text, reduced motion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sterling.core.document import Document
from tests.browser import documents, fixtures, profiles
from tests.browser.steps import unfold

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

RUN = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`)
"""


MANY = "#groups?measure=selection_rate&measure=accuracy&measure=brier&at=own&at=0.3&at=0.7"


DRAWN: dict[str, Callable[[], dict[str, Any] | Document]] = {
    **fixtures.ALL,
    "chapters": documents.with_chapters,
    "hostile chapters": lambda: documents.with_chapters(*documents.hostile()),
    "card": documents.card,
    "dots": profiles.full,
    "twins": lambda: documents.with_chapters(*documents.twins()),
}


@pytest.mark.parametrize(
    ("state", "options"),
    [
        ("chapters", {}),
        ("chapters", {"color_scheme": "dark"}),
        ("chapters", {"width": 390, "height": 844}),
        ("chapters", {"width": 390, "height": 844, "color_scheme": "dark"}),
        ("hostile chapters", {}),
        ("card", {}),
        ("card", {"color_scheme": "dark"}),
        ("card", {"width": 390, "height": 844}),
        ("lending", {}),
        ("lending", {"color_scheme": "dark"}),
        ("lending", {"width": 390, "height": 844}),
        ("hostile", {}),
        ("long_names", {}),
        ("long_names", {"width": 390, "height": 844, "color_scheme": "dark"}),
        ("dots", {"width": 390, "height": 844}),
        ("twins", {}),
        ("no_label", {}),
        ("no_groups", {"color_scheme": "dark"}),
        ("no_limits", {}),
        ("predictions_only", {}),
        ("compared", {"hash": MANY}),
        ("compared", {"hash": MANY, "width": 390, "height": 844, "color_scheme": "dark"}),
        ("with_rows", {"color_scheme": "dark"}),
    ],
)
def test_axe_finds_nothing(open_page: Open, state: str, options: dict[str, Any]) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in web/")
    # Only axe itself is let past the page's policy.
    page = open_page(DRAWN[state](), bypass_csp=True, **options).page
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN) == []
    unfold(page)
    assert page.evaluate(RUN) == []


def test_every_control_is_reached_and_worked_by_keyboard(open_page: Open) -> None:
    page = open_page(fixtures.lending(models=2)).page
    reached: set[str] = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(n => (n.name || n.textContent || '').slice(0, 40))(document.activeElement)"))
    for wanted in ("metric", "threshold", "threshold-typed", "mode", "baseline", "family", "model", "sort",
                   "curve-family", "curve-group", "Skip to the findings"):  # fmt: skip
        assert wanted in reached, wanted
    page.locator("#groups-table summary").focus()
    page.keyboard.press("Enter")
    page.locator("#groups-table table").wait_for()
    page.locator("#groups .row-name").nth(1).focus()
    page.keyboard.press("Space")
    page.locator(".row-detail").wait_for()


def test_focus_is_visible(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2


def test_charts_say_their_finding_and_point_to_the_table(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    board = page.locator("#groups .plot-back").get_attribute("aria-label")
    assert board.startswith("Black applicants are selected 18 points less often")
    assert "table" in board
    assert "the true positive rate runs from" in page.locator("#roc svg[role=img]").get_attribute("aria-label")
    for svg in page.locator("svg").all():
        hidden = svg.get_attribute("aria-hidden") or svg.locator("xpath=ancestor::*[@aria-hidden='true']").count()
        assert hidden or svg.get_attribute("aria-label")


def test_nothing_moves_for_those_who_asked_for_stillness(open_page: Open) -> None:
    moving = "() => document.getAnimations().length"
    page = open_page(fixtures.lending(), reduced_motion="reduce").page
    page.locator("[name=sort]").select_option("low")
    assert page.evaluate(moving) == 0
    other = open_page(fixtures.lending(), reduced_motion="no-preference").page
    other.locator("[name=sort]").select_option("low")
    assert other.evaluate(moving) > 0
