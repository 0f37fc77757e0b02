"""Trees of slices, heat maps and curves: by eye, by keyboard, on paper, and the tables behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import documents

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def test_a_tree_of_slices_is_read_by_eye_by_keyboard_and_as_a_list(open_page: Open) -> None:
    page = open_page(documents.with_chapters(documents.tree())).page
    sprigs = page.locator("#tree .sprig")
    assert sprigs.count() == 8
    sprigs.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    said = page.locator("#tree .graph-said").inner_text()
    assert "age under 25 and" in said and "[" in said and "share of all errors" in said
    assert page.locator("#tree .sprig.lit").count() == 3, "the part, and all above it"
    assert page.locator("#tree .sprig[tabindex='0']").count() == 1, "Tab stops once"
    page.locator("#tree .table-fold summary").first.click()
    expect(page.locator("#tree .nested-tree li")).to_have_count(8)  # drawn when the fold opens
    assert "not known n 8, fewer than 30 rows" in page.locator("#tree .nested-tree").inner_text()


def test_on_a_phone_and_on_paper_a_tree_is_a_nested_list(open_page: Open) -> None:
    phone = open_page(documents.with_chapters(documents.tree()), width=390, height=844).page
    assert phone.locator("#tree svg.tree").count() == 0
    assert phone.locator("#tree .nested-tree ul ul li").count() == 5
    page = open_page(documents.with_chapters(documents.tree())).page
    page.emulate_media(media="print")
    page.locator("#tree .nested-tree").first.wait_for(state="visible")
    assert page.locator("#tree svg.tree").count() == 0


def test_a_heat_map_says_each_cell_and_hatches_what_is_not_known(open_page: Open, tmp_path: Path) -> None:
    page = open_page(documents.with_chapters(documents.heat())).page
    heat = page.locator("#heat .heat-block").first
    cells = heat.locator("td[data-cell]")
    assert cells.count() == 12
    assert heat.locator("td.heat-none").all_inner_texts() == ["–"]
    cells.first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert heat.locator(".graph-said").inner_text() == (
        "age 65 and over, hours a week over 45: error rate not known, fewer than 30 rows"
    )
    page.keyboard.press("ArrowLeft")
    assert "[" in heat.locator(".graph-said").inner_text() and ", n " in heat.locator(".graph-said").inner_text()
    heat.locator(".table-fold summary").click()
    with page.expect_download() as got:
        heat.get_by_role("button", name="Save CSV").click()
    got.value.save_as(tmp_path / "heat.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "heat.csv").read_text("utf-8-sig"))))
    assert rows[0] == ["age", "hours a week", "Error rate", "low", "high", "n", "note"]
    assert len(rows) == 13 and rows[-1][2:] == ["", "", "", "", "fewer than 30 rows"]
    matrix = page.locator("#heat .heat-block").nth(1)
    assert matrix.locator(".heat-same[data-cell]").all_inner_texts() == ["812", "604", "144"]


def test_words_on_every_shade_are_legible(open_page: Open) -> None:
    page = open_page(documents.with_chapters(documents.heat())).page
    contrast = """() => [0, 1, 2, 3, 4, 5, 6].map((step) => {
      const cell = document.createElement('td');
      cell.className = `heat-${step}`;
      document.querySelector('.heat tbody tr').append(cell);
      const light = (rgb) => rgb.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const style = getComputedStyle(cell);
      const [a, b] = [light(style.color), light(style.backgroundColor)];
      cell.remove();
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    })"""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert min(page.evaluate(contrast)) >= 4.5, scheme


def test_a_curve_has_bands_a_reference_and_axes_in_its_own_units(open_page: Open) -> None:
    page = open_page(documents.with_chapters(documents.curve())).page
    calibration, residual = page.locator("#curves .curve-block").all()
    assert calibration.locator(".band").count() == 2 and calibration.locator(".diagonal").count() == 1
    assert "100%" in calibration.locator("svg.frontier").inner_html()
    assert residual.locator(".reference").count() == 1
    assert "80,000" in residual.locator("svg.frontier").inner_html()
    calibration.locator(".table-fold summary").click()
    expect(calibration.locator("tbody tr")).to_have_count(20)
