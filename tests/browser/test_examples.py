"""The pages of the example tables: what their first screen holds, and that no group goes missing without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import sterling as st
from sterling.report.payload import payload
from tests.house.law import ROOT
from tests.report.test_examples import ASKED

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
SCREEN = {"width": 1280, "height": 900}


@pytest.fixture(scope="module", params=sorted(ASKED))
def example(request: pytest.FixtureRequest) -> dict[str, Any]:
    name = request.param
    folder = ROOT / "examples" / name
    run = st.evaluate(folder / "data" / f"{name}.parquet", policy=folder / "sterling.toml", **ASKED[name])
    return payload(run, run.judgement)


def test_the_first_screen_says_what_to_do_and_what_not_to_conclude(open_page: Open, example: dict[str, Any]) -> None:
    page = open_page(example, **SCREEN).page
    for place in ("#next-title", ".next-next li", "#unknown-title", ".next-unknown li"):
        box = page.locator(place).first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= SCREEN["height"], place
    for word in ("over", "undecided", "within"):
        if example["counts"][word] > 0:
            assert page.locator(f".verdict-{word}").count() > 0, word
    more = page.locator(".verdict-block .more")
    for _ in range(more.count()):
        more.first.click()
    judged = sum(example["counts"][w] for w in ("over", "undecided", "within"))
    assert page.locator(".verdict-over, .verdict-undecided, .verdict-within").count() == judged


def test_every_group_is_drawn_or_named_with_its_reason(open_page: Open, example: dict[str, Any]) -> None:
    page = open_page(example, **SCREEN).page
    charts = page.locator("#scores")
    asked = charts.locator("[name=curve-group]:checked").count()
    assert asked > 1
    roc = charts.locator("#roc")
    missing = roc.locator(".not-drawn li").all_inner_texts()
    assert roc.locator("path.curve").count() + len(missing) == asked
    assert all("label, 30 needed" in text and "(n " in text for text in missing)
    drawn = {"#calibration": example["board"]["calibration"], "#distribution": example["board"]["distribution"]}
    for chart in (c for c, of_models in drawn.items() if any(of_models[0])):
        left = charts.locator(f"{chart} .not-drawn li").count()
        assert charts.locator(f"{chart} .panel").count() + left == asked, chart


def test_the_kind_of_label_stands_where_errors_do(open_page: Open, example: dict[str, Any]) -> None:
    agreement = example["subject"]["label"]["agreement"]
    if agreement is None:
        pytest.skip("the label is an outcome")
    page = open_page(example, **SCREEN).page
    for place in (".head-facts", "#roc .source", ".block-within .caveat"):
        assert agreement in page.locator(place).inner_text().lower(), place


def test_a_check_leads_to_its_page_from_an_installed_copy(open_page: Open, example: dict[str, Any]) -> None:
    page = open_page(example, **SCREEN).page
    fold = page.locator("#method details").first
    fold.locator("summary").click()
    fold.get_by_text(f"sterling checks {example['evidence'][0]['check']}").first.wait_for()


def test_no_count_below_ten_is_on_the_page(example: dict[str, Any]) -> None:
    board = example["board"]
    counts = [n for c in board["distribution"][0]["counts"] for n in (*c["positive"], *c["negative"])]
    assert all(n is None or n == 0 or n >= 10 for n in counts)
    assert all(s["n"] is None or s["n"] >= 10 for s in board["slices"])
