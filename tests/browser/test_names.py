"""Long names and large numbers: what tells two apart is seen, and nothing is broken in two or cut."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from sterling.core import document as doc
from sterling.core.overview import Dot, Dots
from tests.browser import documents, fixtures, profiles

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
ENDS = [fixtures.DECLARED + end for end in ("regular", "irregular", "not known")]
WIDTHS = pytest.mark.parametrize("width", [390, 768, 1440])

SEEN = """
(all) => all.map((name) => {
  const frame = name.getBoundingClientRect();
  const walk = document.createTreeWalker(name, NodeFilter.SHOW_TEXT);
  let seen = "";
  while (walk.nextNode()) {
    const own = walk.currentNode.parentElement.getBoundingClientRect();
    for (let i = 0; i < walk.currentNode.length; i++) {
      const range = document.createRange();
      range.setStart(walk.currentNode, i);
      range.setEnd(walk.currentNode, i + 1);
      const box = range.getBoundingClientRect();
      const right = Math.min(own.right, frame.right) + 1;
      if (box.right <= right && box.bottom <= frame.bottom + 4) seen += walk.currentNode.data[i];
    }
  }
  return seen;
})
"""


LINES = """
all => all.map(n => {
  const range = document.createRange();
  range.selectNodeContents(n);
  return [n.scrollWidth - n.clientWidth, range.getClientRects().length];
})
"""
WORDS = """
row => [...row.children].filter(n => n.tagName !== 'svg').map(n => n.getBoundingClientRect())
  .map(b => [b.left, b.right, b.top + b.height / 2])
"""


def seen(found: Any) -> list[str]:
    """The letters of each name that its box doesn't cut off."""
    texts: list[str] = found.evaluate_all(SEEN)
    return texts


def told_apart(found: Any, among: int) -> None:
    texts = seen(found)
    assert len(texts) == among
    assert len(set(texts)) == among, texts


@WIDTHS
def test_groups_that_differ_at_their_end_look_different_everywhere(open_page: Open, width: int) -> None:
    page = open_page(fixtures.long_names(), width=width).page
    told_apart(page.locator("#groups .board-rows:not(.board-everyone) .row-name > bdi"), 3)
    told_apart(page.locator("#scores .chip bdi"), 3)
    told_apart(page.locator("#roc .legend bdi"), 3)
    told_apart(page.locator("#calibration h4 bdi"), 3)
    told_apart(page.locator("#distribution h4 bdi"), 3)
    told_apart(page.locator("#people .people-name"), 6)
    told_apart(page.locator("[name=baseline] option"), 5)
    assert max(map(len, page.locator("[name=baseline] option").all_inner_texts())) <= 32, "seen whole in a closed list"
    tails = page.locator("#groups .board-rows:not(.board-everyone) .parted > span:last-child")
    assert tails.evaluate_all("all => all.filter(n => n.scrollWidth > n.clientWidth).length") == 0
    full = page.locator("#groups .board-rows:not(.board-everyone) .row-name").evaluate_all(
        "all => all.map(n => n.title)"
    )
    assert sorted(full) == sorted(ENDS), "the whole name is a pointer away"
    texts = page.locator("#groups .row-name > bdi").all_text_contents()
    assert not any("\u2026" in t for t in texts[1:]) or len(set(texts)) == len(texts)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_long_cells_of_a_table_are_told_apart_before_they_are_unfolded(open_page: Open) -> None:
    page = open_page(fixtures.long_names()).page
    page.locator("#people .table-fold summary").first.click()
    cells = page.locator("#people .table-fold bdi.text", has_text="The applicant")
    cells.first.wait_for()
    told_apart(cells, 3)
    page.locator("#people .table-fold").get_by_role("button", name="show all").first.click()
    assert any(t in ENDS for t in cells.all_text_contents())


def _blocks() -> doc.Section:
    """A chart, a heat map, candidates and a graph of names that differ at their end only."""
    dots = tuple(Dot(label=name, value=0.3, low=0.2, high=0.4, n=48_842_000) for name in ENDS)
    cells = tuple(tuple(doc.HeatCell(value=0.1 * (i + k), n=50) for i in range(3)) for k in range(3))
    points = tuple(
        doc.Point(label=name, x=0.3 * i, x_low=0.3 * i, x_high=0.3 * i, y=0.2 * i, y_low=0.2 * i, y_high=0.2 * i,
                             role="kept") for i, name in enumerate(ENDS))  # fmt: skip
    nodes = tuple(doc.Node(id=str(i), label=name, kind="step") for i, name in enumerate(ENDS))
    return doc.Section(id="long", title="Long names", blocks=(
        Dots(caption="Dots", text="", value_name="Rate", dots=dots, scale="share"),
        doc.HeatMap(caption="Heat", text="", row_name="from", column_name="to", value_name="Share", rows=tuple(ENDS),
                    columns=tuple(ENDS), cells=cells),
        doc.Frontier(caption="Candidates", text="", x_name="x", y_name="y", points=points),
        doc.Graph(caption="Graph", text="", nodes=nodes, edges=(("0", "1"), ("1", "2"))),
    ))  # fmt: skip


@WIDTHS
def test_names_in_the_charts_of_chapters_look_different(open_page: Open, width: int) -> None:
    page = open_page(documents.with_chapters(_blocks()), width=width).page
    told_apart(page.locator("#long .dots-name bdi"), 3)
    told_apart(page.locator("#long .heat tbody th bdi"), 3)
    told_apart(page.locator("#long .spot-label text"), 3)
    labels = page.locator("#long .node").evaluate_all(
        "all => all.map(n => [...n.querySelectorAll('.node-label')].map(t => t.textContent).join(' '))"
    )
    assert len(set(labels)) == 3, labels
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@WIDTHS
def test_numbers_of_people_stand_on_one_line_and_are_never_left_out(open_page: Open, width: int) -> None:
    page = open_page(fixtures.long_names(), width=width).page
    numbers = page.locator("#groups .row-n")
    assert numbers.first.inner_text() == "48,840,000"
    boxes = numbers.evaluate_all(LINES)
    assert all(over <= 0 and lines == 1 for over, lines in boxes), boxes
    room = page.locator("#groups .row").first.evaluate(WORDS)
    for (_, right, _), (left, _, _) in itertools.pairwise(room):
        assert right <= left + 1, "no column lies on the next"


@pytest.mark.parametrize("width", [390, 700, 722, 735, 750, 1440])
def test_the_words_of_a_row_stand_on_one_line_at_every_width(open_page: Open, width: int) -> None:
    page = open_page(fixtures.lending(), width=width).page
    middles = [top for _, _, top in page.locator("#groups .row").nth(1).evaluate(WORDS)]
    assert len(middles) == 3
    assert max(middles) - min(middles) < 4, middles


def test_on_paper_rows_are_one_line_and_none_is_parted_from_what_lies_behind_it(open_page: Open) -> None:
    page = open_page(fixtures.big(slices=60, thresholds=10), width=794).page
    page.emulate_media(media="print")
    page.locator("#groups .board-part").nth(1).wait_for()
    middles = [top for _, _, top in page.locator("#groups .row").nth(1).evaluate(WORDS)]
    assert max(middles) - min(middles) < 4, middles
    sheets = page.locator("#groups .board-part").evaluate_all(
        "all => all.map(n => [n.querySelectorAll('.row').length, getComputedStyle(n).breakInside])"
    )
    assert all(rows <= 25 and kept == "avoid" for rows, kept in sheets), sheets
    assert sum(rows for rows, _ in sheets) == 51, "the first fifty, and everyone"


def test_on_paper_a_chart_and_its_axis_stay_together(open_page: Open) -> None:
    page = open_page(documents.with_chapters(_blocks(), documents.heat())).page
    page.emulate_media(media="print")
    kept = "all => all.map(n => getComputedStyle(n).breakInside)"
    for drawn in (".dots", ".heat-scroll", ".panels", ".words > div"):
        whole = page.locator(drawn).evaluate_all(kept.replace("n)", "n.closest('.whole') ?? n)"))
        assert whole and set(whole) == {"avoid"}, drawn
    assert page.locator(".dots-axis").first.evaluate("n => getComputedStyle(n).breakBefore") == "avoid"


def test_numbers_under_an_axis_never_lie_on_each_other(open_page: Open) -> None:
    small = tuple(Dot(label=f"column {i}", value=1e-6 * i, low=0.0, high=3.4e-5, n=480_000) for i in range(3))
    block = Dots(caption="Rare", text="", value_name="Share", dots=small, scale="share")
    for page in (
        open_page(documents.with_chapters(doc.Section(id="rare", title="Rare", blocks=(block,))), width=390).page,
        open_page(fixtures.long_names(), width=390).page,
    ):
        for axis in page.locator(".axis-plot").all():
            boxes = axis.locator("span").evaluate_all(
                "all => all.map(n => n.getBoundingClientRect()).map(b => [b.left, b.right])"
            )
            assert len(boxes) > 1
            assert boxes[0][0] >= 0 and boxes[-1][1] <= 390
            assert all(right < left for (_, right), (left, _) in itertools.pairwise(boxes)), boxes
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


WIDER = """
() => [...document.querySelectorAll(".table-scroll, .graph-scroll, nav, pre")]
  .filter(n => n.scrollWidth > n.clientWidth + 1)
  .map(n => [n.className, n.closest("figure")?.querySelector(".sideways") !== null])
"""


def test_what_is_wider_than_the_page_says_that_it_scrolls(open_page: Open) -> None:
    heads = tuple(f"Selection rate of region {i}" for i in range(8))
    wide = doc.Grid(caption="Regions", columns=heads, rows=(tuple(doc.Cell(text=head) for head in heads),))
    regions = doc.Section(id="regions", title="Regions", blocks=(wide,))
    chapters = (documents.heat(), documents.risks(), documents.lineage(), regions)
    found = open_page(documents.with_chapters(*chapters), width=390).page.evaluate(WIDER)
    assert {name.split()[0] for name, _ in found} == {"table-scroll", "graph-scroll"}
    assert all(said for _, said in found), found
    broad = open_page(documents.with_chapters(*chapters[:2]), width=1440).page
    assert broad.locator(".sideways").count() == 0


def test_cells_of_a_heat_map_have_the_same_decimals(open_page: Open) -> None:
    few = doc.HeatCell(value=0.08, low=0.06, high=0.10)
    many = doc.HeatCell(value=0.0801, low=0.0795, high=0.0806)
    block = doc.HeatMap(caption="Heat", text="", row_name="from", column_name="to", value_name="V", rows=("a", "b"),
                        columns=("c", "d"), cells=((few, many), (few, many)), scale="value")  # fmt: skip
    page = open_page(documents.with_chapters(doc.Section(id="h", title="H", blocks=(block,)))).page
    assert page.locator("#h td[data-cell]").all_inner_texts() == ["0.08"] * 4
    page.locator("#h td[data-cell]").nth(1).focus()
    assert "0.0801 [0.0795, 0.0806]" in page.locator("#h .graph-said").inner_text()


def test_series_and_facts_of_a_column_are_not_broken_inside_words(open_page: Open) -> None:
    page = open_page(profiles.full(), width=1440).page
    if page.locator(".series-set", has_text="All").count():
        page.locator(".series-set", has_text="All").first.click()
    cut = page.locator(".beside-name bdi").evaluate_all(
        "all => all.filter(n => n.scrollWidth > n.clientWidth && getComputedStyle(n).textOverflow !== 'ellipsis')"
        ".length"
    )
    assert cut == 0
    page.locator(".overview-toggle").first.click()
    facts = page.locator(".overview-table").first.locator("tbody th")
    facts.first.wait_for()
    heights = dict(zip(facts.all_inner_texts(), facts.evaluate_all("all => all.map(n => n.offsetHeight)"), strict=True))
    assert heights["Missing"] < 32 and heights["Distinct"] < 32, heights
    assert "\u00b1" not in page.locator(".overview").first.inner_text(), "a standard deviation is no margin of error"


def test_the_level_of_the_intervals_is_said_as_it_is(open_page: Open) -> None:
    report = fixtures.lending()
    report["board"]["level"] = 0.9
    text = open_page(report).page.locator("body").inner_text()
    assert "with 90% intervals" in text and "with 95% intervals" not in text and "its 95%" not in text
    assert "at most 10 runs of 100" in text


def test_options_stay_on_one_line(open_page: Open) -> None:
    """A line that ends in `--label-` reads as an option of another name. Words before it put it at every place."""
    report = fixtures.lending()
    steps = [f"{'x ' * n}say what the label is (--label-kind outcome)" for n in range(0, 40, 2)]
    page = open_page({**report, "next_steps": steps[:4], "notices": steps[4:], "unknowns": steps}, width=390).page
    page.locator(".next button.inline").first.click()
    found = page.locator(".next .option")
    assert found.count() >= len(steps)
    assert set(found.all_text_contents()) == {"--label-kind"}
    assert found.evaluate_all("all => all.filter(n => n.getClientRects().length > 1).length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
