"""Names and values meant to break out of the page stay text, and the page asks nobody for anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sterling.core.document import Document, Fact
from tests.browser import documents, fixtures
from tests.browser.steps import unfold

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def test_hostile_tables_render_harmlessly(open_page: Open) -> None:
    opened = open_page(fixtures.hostile())
    page = opened.page
    unfold(page)
    for metric in ("1", "3", "0"):
        page.locator("[name=metric]").select_option(metric)
    for mode in ("difference", "ratio"):
        page.locator(f"[name=mode][value={mode}]").check()
    page.locator("[name=search]").fill("<img")
    page.emulate_media(media="print")
    assert page.evaluate("window.__pwned") is None
    assert page.locator("img, iframe, object, embed, b b, svg[onload]").count() == 0
    assert page.locator("script").count() == 2, "the data and the page's own"
    assert page.locator("a[href^=javascript], a[href^=http]").count() == 0
    assert (
        page.evaluate("[...document.querySelectorAll('*')].some(n => [...n.attributes].some(a => /^on/i.test(a.name)))")
        is False
    )
    opened.clean()


@pytest.mark.parametrize("card", [False, True], ids=["chapters", "card"])
def test_hostile_documents_render_harmlessly(open_page: Open, card: bool) -> None:
    sections = documents.hostile()
    seal = tuple(Fact(name=h, value=h, evidence=h) for h in fixtures.HOSTILE)
    whole = Document(kind="dag_card", title=fixtures.HOSTILE[1], lead=fixtures.HOSTILE[0], sections=sections, seal=seal)
    opened = open_page(whole if card else documents.with_chapters(*sections, words=fixtures.HOSTILE[1]))
    page = opened.page
    unfold(page)
    page.emulate_media(media="print")
    assert page.evaluate("window.__pwned") is None
    assert page.locator("img, iframe, object, embed, b b, svg[onload]").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator(".problem").count() == 0
    links = page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links and all(link.startswith("#") for link in links)
    ids = page.locator("[id]").evaluate_all("all => all.map(n => n.id)")
    assert len(ids) == len(set(ids))
    assert (
        page.evaluate("[...document.querySelectorAll('*')].some(n => [...n.attributes].some(a => /^on/i.test(a.name)))")
        is False
    )
    assert "\u202e" not in page.locator("body").inner_text()
    opened.clean()


def test_hostile_text_is_shown_as_it_is_written(open_page: Open) -> None:
    page = open_page(fixtures.hostile()).page
    text = page.locator("body").inner_text()
    assert "</script><script>window.__pwned=1</script>" in text
    assert "nul\\x00 bell\\x07" in text
    assert "\\u202eright to left override" in text
    assert "\u202e" not in text
    assert "__proto__" in text
    assert page.title().startswith("</script>")


def test_a_name_of_ten_thousand_letters_is_cut_until_asked_for(open_page: Open) -> None:
    page = open_page(fixtures.hostile()).page
    assert "x" * 1000 not in page.locator("body").inner_text()
    page.get_by_role("button", name="show all 10,005 characters").first.click()
    assert "x" * 10_000 in page.locator("body").inner_text().replace("\n", "")


def test_no_formula_reaches_a_spreadsheet(open_page: Open, tmp_path: Path) -> None:
    page = open_page(fixtures.hostile()).page
    page.locator("#groups-table summary").click()
    with page.expect_download() as got:
        page.locator("#groups-table").get_by_role("button", name="Save CSV").click()
    got.value.save_as(tmp_path / "t.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"), newline="")))
    assert len(rows) > 10
    assert {len(row) for row in rows} == {14}
    assert not [field for row in rows for field in row if field.lstrip()[:1] in ("=", "+", "@")]
    assert all(field[1:].replace(".", "").isdigit() for row in rows for field in row if field.startswith("-"))


def test_the_policy_is_enforced_and_names_the_only_script(open_page: Open) -> None:
    opened = open_page(fixtures.lending())
    page = opened.page
    page.evaluate(
        """() => {
          const late = document.createElement("script");
          late.textContent = "window.__late = 1";
          document.body.append(late);
        }"""
    )
    failed: list[str] = []
    page.on("requestfailed", lambda r: failed.append(r.failure))
    page.evaluate("() => { const i = new Image(); i.src = 'https://example.invalid/x.png'; document.body.append(i); }")
    page.wait_for_timeout(100)
    assert page.evaluate("window.__late") is None
    assert failed == ["csp"], "refused by the policy, before the network"
    assert sum("Content Security Policy" in c for c in opened.complaints) == 2


def test_a_page_that_is_only_read_asks_for_nothing(open_page: Open) -> None:
    opened = open_page(fixtures.big(slices=60, thresholds=10))
    opened.page.mouse.wheel(0, 4000)
    opened.page.wait_for_timeout(200)
    opened.clean()
