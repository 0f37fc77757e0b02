"""Pages of models that give a number or one of several classes, and of a candidate against a baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.report.payload import payload
from tests.browser import fixtures
from tests.browser.steps import unfold

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def table(n: int = 1500) -> pl.DataFrame:
    """Incomes in dollars that are predicted too low in the south, and a sector with its three probabilities."""
    rng = np.random.default_rng(8)
    region = rng.choice(["north", "south"], n, p=[0.7, 0.3])
    income = np.exp(rng.normal(10.6, 0.4, n))
    guess = income * np.where(region == "south", 0.8, 1.0) + rng.normal(0, 4000, n)
    sector = rng.choice(["farm", "factory", "office"], n)
    scores = np.stack([(sector == c) * 1.3 + rng.gumbel(size=n) for c in ("farm", "factory", "office")], axis=1)
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    columns = {f"p_{c}": shares[:, i] for i, c in enumerate(("farm", "factory", "office"))}
    return pl.DataFrame({"region": region, "income": income, "guess": guess, "sector": sector, **columns})


def report(**options: Any) -> dict[str, Any]:
    run = st.evaluate(table(), groups=["region"], **options)
    return payload(run, run.judgement)


@pytest.fixture(scope="module")
def regression() -> dict[str, Any]:
    return report(label="income", score="guess", task="regression")


@pytest.fixture(scope="module")
def multiclass() -> dict[str, Any]:
    return report(label="sector", score="p_{class}", task="multiclass")


def test_a_page_of_numbers_has_no_thresholds_and_keeps_its_units(open_page: Open, regression: dict[str, Any]) -> None:
    opened = open_page(regression)
    page = opened.page
    head = page.locator(".head-facts").inner_text()
    assert "label: income" in head and "selected at" not in head
    assert page.locator("[name=threshold], #scores, #roc").count() == 0
    page.locator("[name=metric]").select_option(label="Mean absolute error")
    numbers = page.locator("#groups .board-rows > li .row-value").all_inner_texts()
    assert all("%" not in text for text in numbers) and any("," in text for text in numbers), numbers
    assert "%" not in page.locator("#groups .axis-place").first.inner_text()
    unfold(page)
    text = page.locator("body").inner_text()
    assert "predicted numbers" in text and "regression" in text
    assert "The score from which somebody is selected" not in text
    assert "Threshold" not in page.locator("#groups .source").inner_text()
    opened.clean()


def test_measures_of_one_class_stand_under_its_name(open_page: Open, multiclass: dict[str, Any]) -> None:
    opened = open_page(multiclass)
    page = opened.page
    groups = page.locator("[name=metric] optgroup").evaluate_all("all => all.map(n => n.label)")
    assert groups[0] == "All classes together"
    assert {"One class: farm", "One class: factory", "One class: office"} <= set(groups)
    assert page.locator("[name=threshold], #scores").count() == 0
    assert "selected at" not in page.locator(".head-facts").inner_text()
    opened.clean()


def test_confusion_tables_of_groups_stand_beside_each_other_on_one_scale(
    open_page: Open, multiclass: dict[str, Any]
) -> None:
    opened = open_page(multiclass)
    page = opened.page
    maps = page.locator("#classes .heat-beside .heat-block")
    places = maps.evaluate_all("all => all.map(n => n.getBoundingClientRect())")
    assert len(places) == 2 and places[0]["right"] <= places[1]["left"] and places[0]["bottom"] == places[1]["bottom"]
    assert page.locator("#classes .heat-ramp").count() == 1, "one scale for all"
    assert page.locator("#classes .grid-block .sideways").count() == 0, "the table of classes fits the page"
    opened.clean()


def test_the_first_screen_names_the_label_and_its_positive_value(open_page: Open) -> None:
    page = open_page(fixtures.lending()).page
    assert "label: approve = 1, the lender's past decision" in page.locator(".head-facts").inner_text()


def test_what_is_said_of_two_models_stands_together(open_page: Open) -> None:
    made = fixtures.no_limits()
    made["models"] = fixtures.lending(models=2)["models"]
    made["board"] = fixtures.lending(models=2)["board"]
    of = {"slice": {"race": "Black"}, "versus": {"race": "white"}, "limit": None, "value": 0.1, "low": 0.0, "high": 0.2}
    made["verdicts"] = [
        fixtures.verdict("unjudged", f"{metric} of {model}", metric=metric, model=model, n=500, **of)
        for model in ("p", "challenger")
        for metric in ("selection_rate", "accuracy")
    ]
    page = open_page(made).page
    assert [t.split("\n")[0].strip() for t in page.locator(".verdict-sentence bdi.text[dir]").all_inner_texts()] == [
        "selection_rate of p", "selection_rate of challenger", "accuracy of p", "accuracy of challenger"]  # fmt: skip
    assert page.locator(".verdict-again").count() == 2


def test_a_comparison_shows_the_difference_over_thresholds_and_by_group(open_page: Open) -> None:
    opened = open_page(fixtures.compared())
    page = opened.page
    section = page.locator("#comparison")
    assert "challenger less p" in " ".join(section.locator(".subtitle").first.inner_text().split())
    assert section.locator("[name=compared-threshold]").get_attribute("aria-valuetext") == "0.5"
    before = section.locator("tbody tr").first.inner_text()
    assert "difference, points" in section.locator("thead").first.inner_text()
    section.locator("[name=compared-threshold]").focus()
    page.keyboard.press("End")
    assert section.locator("tbody tr").first.inner_text() != before
    assert section.locator(".band").count() == section.locator("path.curve").count() == 4, "everyone and three races"
    assert section.locator(".reference").count() == 1
    words = section.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert set(words) <= {"▲ higher", "▼ lower", "not told apart"}
    section.locator("[name=compared]").select_option(label="Brier score")
    assert section.locator("path.curve").count() == 0, "it needs no threshold"
    section.locator("[name=compared]").select_option(label="Newly selected")
    assert section.locator("path.curve").count() == 4
    opened.clean()


def test_a_comparison_at_one_threshold_says_which(open_page: Open) -> None:
    made = fixtures.compared()
    metric = made["comparisons"][0]["metrics"][0]
    metric |= {"thresholds": [0.5]} | {k: [row[:1] for row in metric[k]] for k in ("value", "low", "high", "n")}
    made["comparisons"][0] |= {"metrics": [metric], "flips": []}
    opened = open_page(made)
    assert opened.page.locator("#comparison .dots-block figcaption").inner_text().endswith("by group, at 0.5")
    opened.clean()


def test_without_a_comparison_there_is_no_place_for_one(open_page: Open) -> None:
    page = open_page(fixtures.lending(models=2)).page
    assert page.locator("#comparison, a[href='#comparison']").count() == 0
