"""The board: several measures, thresholds and models at once, its table, its tooltip and its address."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import fixtures
from tests.browser.steps import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def beside(page: Any, *labels: str) -> None:
    page.locator(".more-measures > summary").click()
    for label in labels:
        page.locator(".measure-choices").get_by_label(label, exact=True).check()


def row(page: Any, group: str) -> Any:
    return page.locator("#groups .board-rows > li", has=page.locator("bdi", has_text=group)).first


def marks(row: Any) -> int:
    """Each model's marks are one drawing; every mark begins with a move."""
    return sum(
        str(d).count("M")
        for d in row.locator(".row-plot .shape").evaluate_all("all => all.map(n => n.getAttribute('d'))")
    )


def table(page: Any, folder: Path) -> list[dict[str, str]]:
    fold = page.locator("#groups-table")
    fold.locator("summary").click()
    with page.expect_download() as got:
        fold.get_by_role("button", name="Save CSV").click()
    got.value.save_as(folder / "board.csv")
    return list(csv.DictReader(io.StringIO((folder / "board.csv").read_text("utf-8-sig"))))


def test_measures_stand_side_by_side_each_with_its_own_axis(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    assert page.locator(".panel-head").count() == 0, "a single measure needs no heading"
    beside(page, "True positive rate", "Brier score")
    assert page.locator(".panel-head .sort bdi").all_inner_texts() == [
        "Selection rate", "True positive rate", "Brier score"]  # fmt: skip
    assert row(page, "Black").locator(".row-plot").count() == 3
    assert page.locator("#groups .plot-back").count() == 3
    ends = page.locator("#groups .axis-place").evaluate_all("all => all.map(n => n.textContent)")
    assert len(set(ends)) == 3
    assert "%" in ends[0] and "%" not in ends[2], "shares in percent, a Brier score as it is"
    page.get_by_role("button", name="take them all away").click()
    assert row(page, "Black").locator(".row-plot").count() == 1


def test_measures_beyond_the_width_go_below_and_a_phone_has_one_at_a_time(open_page: Open) -> None:
    names = ("True positive rate", "False positive rate", "Accuracy", "Brier score")
    wide = open_page(fixtures.lending()).page
    beside(wide, *names)
    assert wide.locator(".board-part").count() == 2
    narrow = open_page(fixtures.lending(), width=390, height=844).page
    beside(narrow, *names)
    assert narrow.locator(".board-part").count() == 5
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_heading_orders_the_rows_by_its_measure(open_page: Open, tmp_path: Path) -> None:
    page = open_page(fixtures.big(slices=30, thresholds=5, models=1)).page
    beside(page, "False positive rate")
    head = page.locator(".panel-head", has_text="False positive rate").get_by_role("button")
    for order, sign in (("highest", -1), ("lowest", 1)):
        head.click()
        assert order in head.get_attribute("aria-description")
        shown = page.locator("#groups .board-rows:not(.board-everyone) > li .row-value:last-child").all_inner_texts()
        rates = [sign * float(text.split()[0]) for text in shown]
        assert rates == sorted(rates)
    assert page.locator("[name=by] option:checked").inner_text() == "False positive rate"


def test_several_thresholds_are_kept_typed_and_dropped(open_page: Open) -> None:
    page = open_page(fixtures.lending(models=2)).page
    page.get_by_role("button", name="Keep 0.5 to compare with").click()
    page.locator("[name=threshold-typed]").fill("0.7")
    black = row(page, "Black")
    assert black.locator(".row-lines").inner_text().split("\n") == ["● 0.5", "◆ 0.5", "● 0.7", "◆ 0.7"]
    assert marks(black) == 4
    assert black.locator(".base-tick").get_attribute("d").count("M") == 4, "the baseline's own for each mark"
    rates = [float(text.split("%")[0]) for text in black.locator(".row-value").inner_text().split("\n")]
    assert rates[2] < rates[0] and rates[3] < rates[1], "a higher threshold selects fewer"
    page.locator(".kept").first.click()
    assert marks(black) == 2
    page.locator("[name=threshold-typed]").fill("0.3, 0.5, 0.7")
    assert marks(black) == 6
    assert "Thresholds: a score of 0.3, 0.5, 0.7 or more" in page.locator("#groups .source").inner_text()


def test_the_table_is_what_is_drawn_with_differences_to_the_baseline(open_page: Open, tmp_path: Path) -> None:
    page = open_page(fixtures.lending(models=2)).page
    beside(page, "Brier score")
    page.locator("[name=threshold-typed]").fill("0.4, 0.6")
    rows = table(page, tmp_path)
    assert len(rows) == 4 * (2 * 2 + 2)
    black = {(r["measure"], r["model"], r["threshold"]): r for r in rows if r["group"] == "Black"}
    white = {(r["measure"], r["model"], r["threshold"]): r for r in rows if r["group"] == "white"}
    assert set(black) == set(white)
    for key, r in black.items():
        assert r["baseline"] == "white"
        assert float(r["difference"]) == pytest.approx(float(r["value"]) - float(white[key]["value"]), abs=1e-6)
        assert float(r["difference: low"]) < float(r["difference"]) < float(r["difference: high"])
        over, under = float(r["difference: low"]) > 0, float(r["difference: high"]) < 0
        assert r["against the baseline"] == ("▲ higher" if over else "▼ lower" if under else "not told apart")
        assert int(float(r["counted"])) <= int(r["n"])
    assert white["Brier score", "p", ""]["baseline"] == "this is the baseline"


def test_the_tooltip_says_interval_and_count(open_page: Open) -> None:
    page = open_page(fixtures.lending(models=2)).page
    mark = row(page, "Black").locator(".row-plot .shape").nth(1)
    mark.scroll_into_view_if_needed()
    mark.hover()
    tip = page.locator(".tip")
    assert tip.is_visible()
    value = row(page, "Black").locator(".row-value").inner_text().split("\n")[1]
    text = tip.inner_text()
    assert "Selection rate, challenger, at 0.5" in text
    assert value in text
    assert "counted" in text
    page.mouse.move(5, 5)
    assert not tip.is_visible()


def test_a_view_comes_back_from_its_address(open_page: Open) -> None:
    opened = open_page(fixtures.lending(models=2))
    page = opened.page
    assert "#" not in page.url
    beside(page, "Brier score")
    page.locator("[name=threshold-typed]").fill("0.4, 0.6")
    page.locator("[name=mode][value=ratio]").check()
    page.locator(".chip", has_text="sex").first.locator("input").check()
    page.locator("[name=sort]").select_option("name")
    until(page, "location.hash.includes('order=name')")
    was, drawn = page.evaluate("location.hash"), page.locator("#groups .board").inner_text()
    page.goto("about:blank")
    page.goto(opened.address + was)
    page.wait_for_selector("html[data-ready]")
    assert page.locator("#groups .board").inner_text() == drawn
    assert page.locator("[name=more]:checked").count() == 0, "folded until asked for"
    # The page opens at the board; it scrolls there once it is laid out.
    until(page, "Math.abs(document.getElementById('groups').getBoundingClientRect().top - 170) < 230")
    page.evaluate("location.hash = '#method'")
    assert page.locator("#groups .board").inner_text() == drawn, "another link leaves the board as it is"
    page.evaluate("location.hash = '#groups?measure=brier'")
    until(page, "document.querySelector('[name=metric]').selectedOptions[0].text === 'Brier score'")
    opened.clean()


def test_what_the_address_does_not_know_changes_nothing(open_page: Open) -> None:
    opened = open_page(fixtures.lending(), hash="#groups?measure=%3Cimg%3E&at=x&baseline=%7B&by=1&find=")
    assert opened.page.locator("[name=metric] option:checked").inner_text() == "Selection rate"
    opened.clean()


def test_the_copied_link_opens_the_view(open_page: Open) -> None:
    page = open_page(fixtures.lending(), permissions=["clipboard-read", "clipboard-write"]).page
    page.locator("[name=sort]").select_option("low")
    page.get_by_role("button", name="Copy a link to this view").click()
    page.get_by_text("copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith("file:") and link.endswith("#groups?order=low")


def test_each_measure_says_what_it_is_and_what_can_fool_it(open_page: Open) -> None:
    report = fixtures.lending()
    report["board"]["metrics"][0]["fooled_by"] = "a threshold that was moved for one group"
    page = open_page(report).page
    page.locator(".about-measures > summary").click()
    for said in ("(tp + fp) / n", "Counted: everyone", "from 0 to 1", "A threshold that was moved for one group"):
        expect(page.locator(".about-measures")).to_contain_text(said)  # a fold draws its content when it opens


def test_the_baseline_is_drawn_darker(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    strength = "n => Number(getComputedStyle(n).strokeOpacity)"
    base = page.locator("#groups li.is-baseline .whisker").evaluate(strength)
    assert base > row(page, "Black").locator(".whisker").evaluate(strength)


def test_another_kind_of_groups_is_not_compared_with_a_group_of_the_first(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    page.locator("[name=baseline]").select_option(label="Black")
    page.locator(".chip", has_text="sex").first.locator("input").check()
    assert page.locator("[name=baseline] option:checked").inner_text() == "Black", "it still is one of the groups shown"
    page.locator(".chip", has_text="race").first.locator("input").uncheck()
    assert page.locator("[name=baseline] option:checked").inner_text() == "largest group of each kind"
