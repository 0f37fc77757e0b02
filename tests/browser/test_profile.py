"""The page about a table: its first screen, the overview with every control, hostile text, everybody's ways, speed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sterling.core.document import Document
from tests.browser import profiles
from tests.browser.steps import unfold, until
from tests.browser.test_access import AXE, RUN
from tests.browser.test_first_screen import in_view

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
LIMIT_MS, OPEN_MS, FRAME_MS, ROUNDS = 100.0, 2000.0, 17.0, 5
PAGES: dict[str, Callable[[], Document]] = {
    "full": profiles.full, "rows": profiles.with_rows, "alone": profiles.alone, "hostile": profiles.hostile,
}  # fmt: skip


def names(page: Any) -> list[str]:
    return list(page.locator(".overview-title").all_text_contents())


def drawing(page: Any) -> str:
    return str(page.locator(".overview-rows").inner_html())


def test_the_first_screen_says_what_was_found_with_its_doubt(open_page: Open) -> None:
    opened = open_page(profiles.full())
    page = opened.page
    for text in (
        "1,000 rows of 7 columns, compared with people last year. No limit is set.",
        "Broken promise: age is below the smallest value allowed",
        "notes holds email address, inside texts",
        "4.1% [2.9, 5.3]",
    ):
        assert in_view(page, text), text
    titles = page.locator("main h2").all_inner_texts()
    for title in (
        "age changed between the tables", "Female people are fewer here than in the reference",
        "Other columns tell sex",

        "hours may give the answer away", "42% of the rows are alone in age, sex and occupation",
    ):  # fmt: skip
        assert title in titles
    opened.clean()


def test_search_order_and_kind(open_page: Open) -> None:
    page = open_page(profiles.full()).page
    assert names(page) == ["age", "hours", "sex", "occupation", "born", "notes", "photo"]
    page.locator("[name=column-search]").fill("O")
    assert names(page) == ["hours", "sex", "occupation", "born", "notes", "photo"]  # the role of sex is group
    page.locator("[name=column-search]").fill("nothing like it")
    assert "No column fits" in page.locator(".overview").inner_text()
    page.locator("[name=column-search]").fill("")
    for order, first in (("missing", "occupation"), ("name", "age"), ("difference", "age"), ("order", "age")):
        page.locator("[name=column-order]").select_option(order)
        assert names(page)[0] == first, order
    page.locator("[name=column-order]").select_option("kind")
    assert names(page) == ["age", "hours", "sex", "occupation", "notes", "born", "photo"]
    page.locator("[name=column-kind]").select_option("date")
    assert names(page) == ["born"]
    assert page.locator(".overview-count").inner_text() == "1 of 7 columns"


def test_percent_log_bins_and_series_change_what_is_drawn(open_page: Open) -> None:
    page = open_page(profiles.full()).page
    seen = [drawing(page)]
    for step in (
        lambda: page.locator("[name=column-log]").check(),
        lambda: page.locator("[name=column-percent]").uncheck(),
        lambda: page.locator("[name=column-bins]").select_option("equal"),
        lambda: page.locator("[name=series]").nth(1).uncheck(),
    ):
        step()
        seen.append(drawing(page))
    assert len(set(seen)) == len(seen)
    assert page.locator("[name=series]").nth(0).is_disabled()  # one is always drawn
    assert page.locator(".overview-row").first.locator(".overview-line").count() == 1


def test_slices_are_drawn_once_asked_for_and_many_stand_under_each_other(open_page: Open) -> None:
    page = open_page(profiles.full()).page
    first = page.locator(".overview-row").first
    marked = "[...document.querySelectorAll('[name=series]')].map(n => n.checked)"
    assert page.evaluate(marked) == [True, True, False]  # two tables; the slice waits
    assert first.locator(".histogram svg").count() == 1  # two lie over each other
    page.get_by_role("button", name="All", exact=True).click()
    assert page.evaluate(marked) == [True, True, True]
    assert first.locator(".histogram svg").count() == 3
    lines = first.locator(".overview-beside tbody tr").evaluate_all("ns => ns.map(n => n.getBoundingClientRect().top)")
    strips = first.locator(".histogram svg").evaluate_all("ns => ns.map(n => n.getBoundingClientRect().top)")
    assert all(abs(a - b) < 6 for a, b in zip(lines, strips, strict=True))  # a line of numbers beside its drawing
    assert page.locator(".overview-row").nth(2).locator(".value-dots").count() > 0
    page.get_by_role("button", name="Whole tables only").click()
    assert page.evaluate(marked) == [True, True, False]


def test_the_same_table_has_the_same_colour_everywhere_in_the_overview(open_page: Open) -> None:
    page = open_page(profiles.full()).page
    script = "[...document.querySelectorAll('{}')].map(n => getComputedStyle(n).backgroundColor)"
    page.get_by_role("button", name="All", exact=True).click()
    key = page.evaluate(script.format(".series-key .series-mark"))
    row = page.evaluate(script.format(".overview-row:first-child .series-mark"))
    assert len(set(key)) == 3
    assert row == key


def test_a_column_opens_to_its_details_by_mouse_and_keyboard(open_page: Open) -> None:
    page = open_page(profiles.full()).page
    first = page.locator(".overview-toggle").first
    first.focus()
    page.keyboard.press("Enter")
    detail = page.locator(".overview-detail")
    text = detail.inner_text()
    for part in (
        "Median",
        "37",
        "Standard deviation",
        "rank correlation",
        "0.31 [0.25, 0.37]",
        "0.12 [0.09, 0.15]",
        "changed",
    ):
        assert part in text, part
    assert first.get_attribute("aria-expanded") == "true"
    first.click()
    assert detail.count() == 0
    page.locator(".overview-toggle").nth(6).click()
    assert "Pictures that cannot be read" in page.locator(".overview-detail").inner_text()


def test_small_counts_are_not_drawn_and_shared_values_only(open_page: Open) -> None:
    page = open_page(profiles.alone()).page
    assert page.locator(".overview-row").first.locator(".bars-withheld").get_attribute("d")
    assert "no value is shared by ten rows or more" in page.locator(".overview-row").nth(5).text_content()
    assert page.locator("[name=series]").count() == 0
    assert page.locator("[name=column-order] option[value=difference]").count() == 0


def test_links_of_findings_lead_to_their_chapter(open_page: Open) -> None:
    page = open_page(profiles.full()).page
    for link in page.locator(".stated-link").all():
        assert page.locator(str(link.get_attribute("href"))).count() == 1


def test_rows_are_announced_and_pictures_are_small_and_inside(open_page: Open) -> None:
    opened = open_page(profiles.with_rows())
    page = opened.page
    assert in_view(page, "This page contains row-level data: 2 example rows.")
    image = page.locator("img.cell-image")
    assert image.count() == 1
    assert str(image.get_attribute("src")).startswith("data:image/png;base64,")
    assert page.locator("#rows b").count() == 0
    opened.clean()


def test_hostile_names_and_values_stay_text(open_page: Open) -> None:
    opened = open_page(profiles.hostile())
    page = opened.page
    for toggle in page.locator(".overview-toggle").all()[:6]:
        toggle.click()
    unfold(page, most=10)
    page.locator("[name=column-search]").fill("<img")
    page.emulate_media(media="print")
    assert page.evaluate("window.__pwned") is None
    assert page.locator("img, iframe, object, embed, svg[onload]").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("a[href^=javascript], a[href^=http]").count() == 0
    opened.clean()


@pytest.mark.parametrize(
    ("state", "options"),
    [
        ("full", {}), ("full", {"color_scheme": "dark"}), ("full", {"width": 390, "height": 844}),
        ("full", {"width": 390, "height": 844, "color_scheme": "dark"}), ("alone", {}), ("rows", {}), ("hostile", {}),
    ],
)  # fmt: skip
def test_axe_finds_nothing(open_page: Open, state: str, options: dict[str, Any]) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in web/")
    page = open_page(PAGES[state](), bypass_csp=True, **options).page
    page.add_script_tag(path=str(AXE))
    page.locator(".overview-toggle").first.click()
    assert page.evaluate(RUN) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(open_page: Open, width: int) -> None:
    page = open_page(profiles.full(), width=width).page
    for toggle in page.locator(".overview-toggle").all():
        toggle.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_holds_every_column_and_no_controls(open_page: Open, tmp_path: Path) -> None:
    page = open_page(profiles.wide(60)).page
    page.emulate_media(media="print")
    until(page, "document.querySelectorAll('.overview-row').length === 60")
    assert not page.locator(".overview .controls").is_visible()
    page.pdf(path=str(tmp_path / "profile.pdf"))
    assert (tmp_path / "profile.pdf").stat().st_size > 10_000


def test_without_scripts_the_findings_stand_there(open_page: Open) -> None:
    page = open_page(profiles.full(), scripts=False).page
    assert "3 of 7 columns have missing values, most of all occupation: 18.2%" in page.inner_text("body")


STEPS = """
() => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const node = (name) => document.querySelector(`[name=column-${name}]`);
  const fire = (name, value, event) => {
    node(name).value = value;
    node(name).dispatchEvent(new Event(event, { bubbles: true }));
  };
  const steps = {
    search: (i) => fire("search", ["1", "number", "te", "7", ""][i], "input"),
    order: (i) => fire("order", ["interest", "missing", "difference", "name", "order"][i], "change"),
    kind: (i) => fire("kind", ["number", "text", "all", "number", "all"][i], "change"),
    bins: (i) => fire("bins", ["equal", "even", "equal", "even", "equal"][i], "change"),
    percent: () => node("percent").click(),
    log: () => node("log").click(),
    series: () => document.querySelectorAll("[name=series]")[1].click(),
    open: (i) => document.querySelectorAll(".overview-toggle")[i].click(),
  };
  window.take = async (name, i) => {
    await painted();
    const was = document.querySelector(".overview").innerHTML;
    const before = performance.now();
    steps[name](i);
    await painted();
    return [performance.now() - before, document.querySelector(".overview").innerHTML !== was];
  };
  return Object.keys(steps);
}
"""


@pytest.mark.stopwatch
def test_three_hundred_columns_open_and_answer_in_time(open_page: Open) -> None:
    """Two tables of 300 columns: the page opens in two seconds, and every control answers within a tenth of one.

    The best of five of each, on the clock; on a machine busy with other things, in the page's own CPU time.
    """
    begun = time.perf_counter()
    page = open_page(profiles.wide()).page
    opened = 1000 * (time.perf_counter() - begun)
    timing = page.evaluate("(([n]) => n.domComplete)(performance.getEntriesByType('navigation'))")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def cpu() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in found if m["name"] == "ProcessTime"))

    spent = cpu()
    print(f"\nopened after {opened:.0f} ms with writing the file, DOM complete {timing:.0f} ms, CPU {spent:.0f} ms")
    assert min(float(timing), spent) < OPEN_MS
    slow: dict[str, list[float]] = {}
    for name in page.evaluate(STEPS):
        wall, work, changed = [], [], False
        for i in range(ROUNDS):
            before = cpu()
            took, moved = page.evaluate("([name, i]) => take(name, i)", [name, i])
            work.append(cpu() - before)
            wall.append(took)
            changed = changed or moved
        assert changed, f"{name} changed nothing"
        print(f"{name:8} median {statistics.median(wall):4.0f} ms, best {min(wall):4.0f} ms, CPU {min(work):4.0f} ms")
        if min(min(wall), min(work) + FRAME_MS) >= LIMIT_MS:
            slow[name] = wall
    assert slow == {}


def test_rows_are_added_as_the_reader_comes_to_them(open_page: Open) -> None:
    page = open_page(profiles.wide()).page
    few = page.locator(".overview-row").count()
    assert few < 300
    page.locator(".overview-more").scroll_into_view_if_needed()
    until(page, f"document.querySelectorAll('.overview-row').length > {few}")
    page.locator(".overview-more button").click()
    until(page, "document.querySelectorAll('.overview-row').length === 300")
