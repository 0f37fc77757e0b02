"""Every control of the page does what it says."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser import fixtures

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def names(page: Any) -> list[str]:
    return page.locator("#groups .board-rows > li .row-name bdi").all_inner_texts()


def values(page: Any) -> list[str]:
    return page.locator("#groups .board-rows > li .row-value").all_inner_texts()


def shares(page: Any) -> list[float]:
    return [float(v.split("%")[0]) for v in values(page)[1:]]


def read_csv(download: Any, folder: Path) -> list[list[str]]:
    file = folder / "table.csv"
    download.save_as(file)
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))


def saved(page: Any, fold: Any, folder: Path) -> list[list[str]]:
    fold.locator("summary").click()
    with page.expect_download() as got:
        fold.get_by_role("button", name="Save CSV").click()
    return read_csv(got.value, folder)


def test_threshold_by_slider_by_typing_and_back(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    before = shares(page)
    slider = page.locator("[name=threshold]")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "0.95"
    assert all(now < was for now, was in zip(shares(page), before, strict=True))
    typed = page.locator("[name=threshold-typed]")
    typed.fill("0.33")
    assert page.get_by_text("nearest computed: 0.35").is_visible()
    page.get_by_role("button", name="back to the model’s own").click()
    assert shares(page) == before
    assert typed.input_value() == "0.5"


def test_rows_hold_their_place_while_the_threshold_is_dragged(open_page: Open) -> None:
    page = open_page(fixtures.big(slices=30, thresholds=20, models=1)).page
    before = names(page)
    page.locator("[name=threshold]").evaluate(
        "n => { n.value = 3; n.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    assert names(page) == before
    page.locator("[name=threshold]").evaluate("n => n.dispatchEvent(new Event('change', {bubbles: true}))")
    assert names(page) != before
    assert shares(page) == sorted(shares(page), reverse=True)


def test_measure_changes_title_and_numbers(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    before = values(page)
    page.locator("[name=metric]").select_option(label="False positive rate")
    assert values(page) != before
    assert page.locator("#groups-title").inner_text().startswith("False positive rate runs from")
    page.locator("[name=metric]").select_option(label="Brier score")
    assert page.locator("[name=threshold]").is_disabled()


def test_difference_and_ratio_are_taken_from_the_chosen_baseline(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    page.locator("[name=mode][value=difference]").check()
    row = page.locator("#groups li.is-baseline")
    assert row.locator(".row-name bdi").inner_text() == "white"
    assert row.locator(".row-value").inner_text().startswith("0")
    black = page.locator("#groups li", has_text="Black").locator(".row-value").inner_text()
    assert black.startswith("−")
    page.locator("[name=baseline]").select_option(label="Black")
    white = page.locator("#groups li", has_text="white").first.locator(".row-value").inner_text()
    assert white.split(" ")[0] == black.split(" ")[0].removeprefix("−")
    page.locator("[name=mode][value=ratio]").check()
    assert "Times Black" in page.locator("#groups .key").inner_text()


@pytest.mark.parametrize("order", ["high", "low", "name", "n"])
def test_order(open_page: Open, order: str) -> None:
    page = open_page(fixtures.lending()).page
    page.locator("[name=sort]").select_option(order)
    if order == "name":
        assert names(page)[1:] == sorted(names(page)[1:], key=str.lower)
    elif order == "n":
        sizes = [int(t.replace(",", "")) for t in page.locator("#groups .board-rows .row-n").all_inner_texts()[1:]]
        assert sizes == sorted(sizes, reverse=True)
    else:
        assert shares(page) == sorted(shares(page), reverse=order == "high")


def test_groups_of_another_kind_can_be_added_and_removed(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    page.locator(".chip", has_text="sex").first.locator("input").check()
    assert {"white", "men", "women"} <= set(names(page))
    page.locator(".chip", has_text="race").first.locator("input").uncheck()
    assert "white" not in names(page)
    assert "men" in names(page)


def test_hundreds_of_groups_can_be_searched_filtered_and_shown(open_page: Open) -> None:
    page = open_page(fixtures.big(slices=300, thresholds=3, models=1)).page
    rows = page.locator("#groups .board-rows:not(.board-everyone) > li")
    assert rows.count() == 50
    page.get_by_role("button", name="Show all 299 groups").click()
    assert rows.count() == 299
    page.locator("[name=search]").fill("017")
    assert names(page)[1:] == ["Region 017"]
    page.locator("[name=search]").fill("")
    page.locator("[name=min-n]").fill("270")
    assert 0 < rows.count() < 299
    assert "are left out" in page.locator("#groups .controls").inner_text()
    page.locator("[name=search]").fill("no such group")
    assert rows.count() == 0


def test_two_models_share_a_row_and_can_be_taken_away(open_page: Open) -> None:
    page = open_page(fixtures.lending(models=2)).page
    first = page.locator("#groups .board-rows:not(.board-everyone) > li").first
    assert first.locator(".row-plot .shape").count() == 2
    shapes = first.locator(".row-plot .shape").evaluate_all("all => all.map(n => n.getAttribute('d').includes('a'))")
    assert shapes == [True, False], "the second model has another shape"
    page.locator(".chip", has_text="challenger").locator("input").uncheck()
    assert first.locator(".row-plot .shape").count() == 1
    assert page.locator(".chip", has_text="p").locator("[name=model]").first.is_disabled(), "one model always stays"


def test_a_row_opens_to_every_measure_and_to_the_rows_when_embedded(open_page: Open) -> None:
    page = open_page(fixtures.with_rows()).page
    page.locator("#groups .row-name", has_text="Black").first.click()
    detail = page.locator(".row-detail")
    assert "False positive rate" in detail.inner_text()
    body = detail.locator("tbody").nth(1)
    assert body.locator("tr").count() == 100
    assert set(body.locator("tr th").all_inner_texts()) == {"Black"}


def test_embedded_rows_are_found_from_the_banner_and_names_say_that_they_open(open_page: Open) -> None:
    page = open_page(fixtures.with_rows()).page
    assert "every measure of it, and its rows" in page.locator(".board-hint").inner_text()
    page.get_by_role("link", name="See the rows").click()
    page.locator("#rows tbody tr").first.wait_for(state="visible")
    assert page.locator("#rows tbody tr").count() == 100
    page.locator("#rows select").select_option(label="race")
    page.locator("#rows input").fill("black")
    page.wait_for_function("![...document.querySelectorAll('#rows tbody th')].some(h => h.innerText !== 'Black')")
    assert page.locator("#rows tbody tr").count() > 0
    page.locator("#rows input").fill("nobody has this")
    page.locator("#rows output", has_text="0 of ").wait_for()
    assert open_page(fixtures.lending()).page.locator("#rows").count() == 0


def test_the_table_behind_the_chart_is_what_the_chart_shows(open_page: Open, tmp_path: Path) -> None:
    page = open_page(fixtures.lending()).page
    table = saved(page, page.locator("#groups-table"), tmp_path)
    assert [row[0] for row in table[1:]] == names(page)
    assert [round(float(row[4]) * 100) for row in table[2:]] == [round(v) for v in shares(page)]
    assert len(table[1][4]) > 6, "full precision"


def test_copy_puts_the_same_table_on_the_clipboard(open_page: Open) -> None:
    opened = open_page(fixtures.lending(), permissions=["clipboard-read", "clipboard-write"])
    page = opened.page
    page.locator("#groups-table summary").click()
    page.locator("#groups-table").get_by_role("button", name="Copy as CSV").click()
    page.get_by_text("Copied 4 rows.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.splitlines()[0].startswith("group,measure,model,threshold,value,low,high")
    assert len(text.splitlines()) == 5


def test_score_charts_follow_their_own_controls(open_page: Open, tmp_path: Path) -> None:
    page = open_page(fixtures.lending(models=2)).page
    assert page.locator("#roc .curve").count() == 3
    page.locator("[name=curve-family]").select_option(label="sex")
    assert page.locator("#roc .curve").count() == 2
    before = page.locator("#roc .curve").first.get_attribute("d")
    page.locator("[name=curve-model]").select_option(label="challenger")
    assert page.locator("#roc .curve").first.get_attribute("d") != before
    page.locator("[name=curve-group]").first.uncheck()
    assert page.locator("#roc .curve").count() == 1
    assert page.locator("#calibration .panel").count() == 1
    assert page.locator("#distribution .panel").count() == 1
    rows = saved(page, page.locator("#roc .table-fold"), tmp_path)
    assert rows[0][:3] == ["group", "threshold", "false_positive_rate"]
    assert len(rows) == 20


def test_a_group_has_one_colour_everywhere(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    colour = "n => getComputedStyle(n).color"
    in_board = page.locator("#groups li", has_text="Black").locator(".row-plot").first.evaluate(colour)
    in_roc = page.locator("#roc g", has=page.locator("title", has_text="Black")).last.evaluate(colour)
    in_panel = page.locator("#calibration .panel", has_text="Black").locator("svg").evaluate(colour)
    assert in_board == in_roc == in_panel
