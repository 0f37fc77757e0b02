"""What a reader learns from the page alone, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import fixtures

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def in_view(page: Any, text: str) -> bool:
    box = page.get_by_text(text).first.bounding_box()
    return box is not None and box["y"] + box["height"] <= page.viewport_size["height"]


def test_the_first_screen_answers_the_managers_questions(open_page: Open) -> None:
    opened = open_page(fixtures.lending())
    page = opened.page
    for text in (
        "Black applicants are selected 18 points less often than white applicants",  # who, by how much, against whom
        "[13, 23]",  # how sure
        "at most 5",
        "the lender's past decision",  # what the label is
        "about 900 more women would decide this",  # what could not be decided
        "Look for less discriminatory alternatives",  # what next
        "Groups not recorded: disability, age",  # what is not covered
        "Within a limit does not show that the model is fair or lawful.",
        "1,989 applicants",
    ):
        assert in_view(page, text), text
    assert [" ".join(text.split()) for text in page.locator(".counts li").all_inner_texts()] == [
        "1 over your limit", "1 undecided", "1 comparison that cannot be made", "2 within your limits"]  # fmt: skip
    opened.clean()


def test_a_verdict_opens_to_its_reason_its_limit_and_who_set_it(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    over = page.locator(".verdict-over").first
    over.get_by_role("button").first.click()
    text = over.inner_text()
    assert "the whole interval lies above the limit" in text
    assert "examples/lending/sterling.toml" in text
    assert "Look for a less discriminatory alternative first." in text
    over.get_by_role("button", name="Close").click()
    assert "the whole interval lies above the limit" not in over.inner_text()


def test_a_verdict_leads_to_its_chart(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    undecided = page.locator(".verdict-undecided")
    undecided.get_by_role("button").first.click()
    undecided.get_by_role("button", name="Show in the groups chart").click()
    assert page.locator("[name=metric] option:checked").inner_text() == "True positive rate"
    assert page.locator("#groups-title").inner_text() == "Women's true positive rate is 2 points lower than men's"
    assert page.evaluate("document.activeElement.id") == "groups-title"
    assert "agreement with past decisions" in page.locator("#groups .source").inner_text()


def test_what_has_no_limit_waits_folded_until_asked_for(open_page: Open) -> None:
    report = fixtures.lending()
    report["verdicts"] += [fixtures.verdict("unjudged", f"Finding {i}", value=0.1, low=0.0, high=0.2, n=500, limit=None)
                           for i in range(3)]  # fmt: skip
    report["counts"]["unjudged"] = 3
    page = open_page(report).page
    assert page.get_by_text("Finding 0", exact=True).count() == 0
    page.get_by_role("link", name="3 measured, no limit set").click()
    page.get_by_text("Finding 2", exact=True).wait_for(state="visible")


def test_each_verdict_differs_by_shape_and_word(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    icons = page.locator(".counts .icon")
    names = [icons.nth(i).get_attribute("aria-label") for i in range(icons.count())]
    shapes = {icons.nth(i).locator("path").get_attribute("d") for i in range(icons.count())}
    assert names == ["Over", "Undecided", "Too small", "Within"]
    assert len(shapes) == 4


def test_without_scripts_the_findings_are_still_there(open_page: Open) -> None:
    page = open_page(fixtures.lending(), scripts=False).page
    text = page.locator("body").inner_text()
    assert "Over your limit: Black applicants are selected 18 points less often" in text
    assert "about 900 more women would decide this" in text
    assert "Groups not recorded: disability, age" in text


def test_data_of_another_version_is_refused_in_words(open_page: Open, chromium: Any, tmp_path: Any) -> None:
    from sterling.report.page import render_page

    file = tmp_path / "other.html"
    file.write_text(render_page({**fixtures.no_groups(), "version": 9}), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    assert "expected a sterling.report of version 1, got sterling.report 9" in page.get_by_role("alert").inner_text()
    page.close()


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("no_label", "no label: nothing that needs an outcome could be measured"),
        ("no_groups", "Add --groups COLUMN to compare groups of applicants"),
        ("one_group", "One group only: there is nothing to compare"),
        ("no_limits", "No limit was set, so nothing here is over or within one."),
        ("no_limits", "ZeroDivisionError in the third bin"),
        ("predictions_only", "decisions as given"),
        ("lending", "Asian: 36 applicants, 100 needed"),
        ("lending", "not recorded"),
        ("with_rows", "This page contains row-level data"),
    ],
)
def test_every_state_says_what_it_is(open_page: Open, state: str, says: str) -> None:
    opened = open_page(fixtures.ALL[state]())
    assert says.lower() in opened.page.locator("body").inner_text().lower()
    assert opened.page.locator(".problem").count() == 0
    opened.clean()


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize("state", ["lending", "hostile", "no_limits"])
def test_nothing_sticks_out_of_a_narrow_screen(open_page: Open, state: str, width: int) -> None:
    page = open_page(fixtures.ALL[state](), width=width, height=844).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_opens_every_fold_and_hides_the_controls(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    assert not page.get_by_text("Equal selection rates can hide unequal error rates").is_visible()
    page.emulate_media(media="print")
    page.get_by_text("Equal selection rates can hide unequal error rates").wait_for(state="visible")
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator(".controls").first.is_visible()
    assert page.get_by_text("the whole interval lies above the limit · limit set in examples/lending").is_visible()
    page.emulate_media(media="screen")
    page.get_by_text("Equal selection rates can hide unequal error rates").wait_for(state="detached")
    assert len(page.pdf(format="A4")) > 20_000


def test_how_to_read_says_what_the_ends_of_an_interval_are(open_page: Open) -> None:
    told = open_page(fixtures.lending()).page.locator("#reading").inner_text()
    assert "lies on the limit's good side" in told and "stays under" not in told
    assert "Of a limit on one group each end alone holds at 95%: both together are about a 90% interval" in told
    assert "each end alone" not in open_page(fixtures.no_limits()).page.locator("#reading").inner_text()
