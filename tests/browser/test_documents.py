"""Chapters and cards: every block as a reader meets it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from sterling.core import document as doc
from tests.browser import documents, fixtures
from tests.browser.steps import until
from tests.browser.test_first_screen import in_view

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
KINDS = ("model_card", "data_card", "dag_card")


def only(*blocks: doc.Block) -> dict[str, Any]:
    return documents.with_chapters(doc.Section(id="one", title="One", blocks=blocks))


def test_the_first_screen_keeps_its_answers_and_gains_purpose_and_review(open_page: Open) -> None:
    opened = open_page(documents.with_chapters())
    page = opened.page
    for text in (
        "Rank mortgage applications for manual approval.",
        "Awaiting review: 0 of 1 signatures",
        "set by The credit committee",
        "Black applicants are selected 18 points less often than white applicants",
        "about 900 more women would decide this",
        "Groups not recorded: disability, age",
    ):
        assert in_view(page, text), text
    opened.clean()


@pytest.mark.parametrize(
    ("state", "words", "banner"),
    [("approved", "approved by Ada Lovelace on 2026-11-22", 0), ("rejected", "rejected by Grace Hopper", 0),
     ("stale", "stale: what was signed has changed", 1)],
)  # fmt: skip
def test_each_state_of_the_review_is_said_and_has_a_mark(open_page: Open, state: str, words: str, banner: int) -> None:
    page = open_page(documents.with_chapters(state=state, words=words)).page
    assert page.locator(f".head-review.review-{state}").inner_text().replace("\n", "").endswith(words[1:])
    assert page.locator("aside.banner", has_text="out of date").count() == banner


def test_a_waived_verdict_stays_over_and_says_who_lifted_it(open_page: Open) -> None:
    report = documents.with_chapters()
    report["verdicts"][0]["waiver"] = {"owner": "Ada Lovelace", "reason": "the branch closes", "expires": "2027-01-31"}
    page = open_page(report).page
    over = page.locator(".verdict-over").first
    assert "Waived by Ada Lovelace until 31 January 2027: the branch closes" in over.inner_text().replace("\n", " ")
    assert over.locator(".icon-over").count() == 1
    assert "1 over your limit, 1 of them waived" in page.locator(".counts").inner_text().replace("\n", " ")


def test_who_set_a_limit_stands_beside_its_file(open_page: Open) -> None:
    page = open_page(documents.with_chapters()).page
    page.locator(".verdict-over button").first.click()
    facts = page.locator(".verdict-over .facts").inner_text()
    assert "set in examples/lending/sterling.toml by The credit committee" in facts
    assert documents.DIGEST.removeprefix("sha256:") in page.locator("#run").inner_text()


def test_chapters_stand_below_with_their_contents_beside_them(open_page: Open) -> None:
    opened = open_page(documents.with_chapters())
    page = opened.page
    titles = page.locator(".toc-wide a").all_inner_texts()
    assert (
        titles
        == [
            "Purpose",
            "Alternatives",
            "Risks",
            "Review",
            "Lineage",
            "Where the model is worst",
            "By two features",
            "Calibration and residuals",
        ]
        == page.locator(".chapter > h2").all_inner_texts()
    )
    assert page.locator("#run").bounding_box()["y"] < page.locator("#purpose").bounding_box()["y"]
    page.get_by_role("link", name="Risks").first.click()
    page.locator(".toc-wide a[aria-current]", has_text="Risks").wait_for()
    assert page.locator(".toc").bounding_box()["y"] >= 0, "the contents stay in view"
    assert "out of date" in page.locator(".toc-wide li", has_text="Review").inner_text()
    assert "Out of date. the model changed" in page.locator("#review").inner_text()
    opened.clean()


def test_on_a_phone_the_contents_are_a_fold(open_page: Open) -> None:
    page = open_page(documents.with_chapters(), width=390, height=844).page
    assert not page.locator(".toc-wide").is_visible()
    page.locator(".toc-narrow summary").click()
    page.locator(".toc-narrow").get_by_role("link", name="Lineage").click()
    until(page, "Math.abs(document.getElementById('lineage').getBoundingClientRect().top) < 200")


def test_one_broken_chapter_leaves_the_others(open_page: Open) -> None:
    report = documents.with_chapters()
    report["chapters"][1]["blocks"][0]["points"][0]["role"] = "secret-4711"
    page = open_page(report).page
    problem = page.locator(".problem").inner_text()
    assert "chapters[1].blocks[0].points[0].role: expected one of current, kept, rejected" in problem
    assert "4711" not in problem
    assert page.locator(".chapter").count() == 7


def test_markdown_is_drawn_and_leads_nowhere(open_page: Open) -> None:
    page = open_page(documents.with_chapters(documents.purpose())).page
    said = page.locator(".prose.said").last
    assert said.locator("strong").inner_text() == "2022"
    assert said.locator("ol > li").count() == 2
    assert said.locator("ol ul > li").count() == 2
    assert said.locator("a").count() == 0
    assert "the export's note (https://example.org/note)" in said.inner_text()
    assert "In the words of cards/data.collection.md" in said.inner_text()
    assert page.locator("h3.block-heading").all_inner_texts() == ["Who is affected"]
    assert "Not answered yet. What must the model not be used for?" in page.locator(".prompt").inner_text()


def test_facts_show_a_digest_short_and_give_it_whole(open_page: Open) -> None:
    page = open_page(
        documents.with_chapters(documents.review()), permissions=["clipboard-read", "clipboard-write"]
    ).page
    bundle = page.locator("#review dd").nth(1)
    assert bundle.locator("code").inner_text() == documents.DIGEST[7:19]
    assert bundle.locator("code").get_attribute("title") == documents.DIGEST
    bundle.get_by_role("button").click()
    bundle.get_by_text("copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == documents.DIGEST
    assert page.locator("#review dd").nth(2).inner_text() == "not known"


def test_a_grid_of_300_rows_is_sorted_shown_whole_and_taken_away(open_page: Open, tmp_path: Path) -> None:
    page = open_page(documents.with_chapters(documents.long_grid())).page
    grid = page.locator("#regions")
    first = grid.locator("tbody tr").first
    assert grid.locator("tbody tr").count() == 100
    heading = grid.get_by_role("button", name="Selection rate")
    heading.click()
    assert grid.locator("th[aria-sort=descending]").count() == 1
    high = [float(t.strip("%")) for t in grid.locator("tbody tr td:nth-child(2) bdi").all_inner_texts()]
    assert high == sorted(high, reverse=True)
    heading.click()
    assert float(first.locator("td bdi").first.inner_text().strip("%")) <= 1
    heading.click()
    assert first.locator("th").inner_text() == "Region 0"
    grid.get_by_role("button", name="Region").click()
    assert first.locator("th").inner_text() == "Region 0"
    assert grid.locator("tbody tr").nth(2).locator("th").inner_text() == "Region 2", "as people count, not as text"
    grid.get_by_role("button", name="Show all 300 rows").click()
    assert grid.locator("tbody tr").count() == 300
    with page.expect_download() as got:
        grid.get_by_role("button", name="Save CSV").click()
    got.value.save_as(tmp_path / "t.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    assert rows[0] == ["Region", "Selection rate", "Selection rate: low", "Selection rate: high", "n"]
    assert len(rows) == 301
    assert float(rows[1][2]) < float(rows[1][1]) < float(rows[1][3])


def test_the_first_column_stays_when_a_wide_table_is_moved(open_page: Open) -> None:
    columns = tuple(f"Measure {i}" for i in range(20))
    rows = tuple(tuple(doc.Cell(text=f"{i}/{k}") for k in range(20)) for i in range(4))
    page = open_page(only(doc.Grid(caption="Wide", columns=columns, rows=rows)), width=390, height=844).page
    box = page.locator("#one .table-scroll")
    before = box.locator("tbody th").first.bounding_box()["x"]
    box.evaluate("n => { n.scrollLeft = 600 }")
    assert box.locator("tbody th").first.bounding_box()["x"] == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_intervals_of_a_column_share_an_axis(open_page: Open) -> None:
    cells = [(0.0, 0.0, 0.5), (0.5, 0.25, 0.75), (1.0, 0.5, 1.0)]
    rows = tuple((doc.Cell(text=str(n), number=n, interval=(a, b)),) for n, a, b in cells)
    page = open_page(only(doc.Grid(caption="Shared", columns=("Value",), rows=rows))).page
    dots = [
        float(x)
        for x in page.locator("#one .cell-strip circle").evaluate_all("all => all.map(c => c.getAttribute('cx'))")
    ]
    ends = page.locator("#one .cell-strip .whisker").evaluate_all(
        "all => all.map(l => [+l.getAttribute('x1'), +l.getAttribute('x2')])"
    )
    assert dots[1] - dots[0] == pytest.approx(dots[2] - dots[1])
    assert ends[0][1] == pytest.approx(dots[1])
    assert ends[2] == pytest.approx([dots[1], dots[2]])


def test_a_graph_is_walked_by_keyboard_and_listed_in_words(open_page: Open) -> None:
    page = open_page(documents.with_chapters()).page
    graph = page.locator("#lineage svg.graph")
    assert graph.locator("[tabindex='0']").count() == 1, "one stop for Tab"
    graph.locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    said = page.locator("#lineage .graph-said")
    assert "ingest (step)" in said.inner_text()
    assert "from applications-2022.parquet" in said.inner_text()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Artifact: table")
    assert graph.locator(".node.lit").count() == 18, "everything comes from the table, and it from the file"
    graph.get_by_label("Artifact: schema").focus()
    assert graph.locator(".node.lit").count() == 5
    page.locator("#lineage summary").click()
    listed = page.locator("#lineage .graph-list > li")
    expect(listed).to_have_count(18)
    train = listed.nth(1 + 2 * documents.STEPS.index("train"))
    assert "from table, split" in train.inner_text()


def test_a_node_leads_to_the_section_that_tells_more(open_page: Open) -> None:
    page = open_page(documents.with_chapters()).page
    verdicts = page.locator("#lineage svg a", has_text="verdicts")
    assert verdicts.get_attribute("aria-description") == "Artifact: verdicts, verdicts, sha256:51d07a3b, over"
    verdicts.focus()
    page.keyboard.press("Enter")
    until(page, "location.hash === '#risks'")


@pytest.mark.parametrize("width", [1000, 390])
def test_a_wide_graph_scrolls_in_its_own_place(open_page: Open, width: int) -> None:
    page = open_page(documents.with_chapters(documents.sixty()), width=width, height=844).page
    room = page.locator("#big .graph-scroll")
    assert room.evaluate("n => n.scrollWidth > n.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_graph_that_is_a_little_too_wide_is_fitted_into_its_place(open_page: Open) -> None:
    page = open_page(documents.with_chapters(documents.sixty()), width=1280).page
    assert page.locator("#big .graph-scroll").evaluate("n => n.scrollWidth <= n.clientWidth")
    assert page.locator("#big .sideways").count() == 0
    drawn = page.locator("#big svg.graph").evaluate("n => n.getBoundingClientRect().width / n.viewBox.baseVal.width")
    assert drawn >= 0.9, "and stays legible"


def test_a_graph_nobody_could_follow_is_listed_and_not_drawn(open_page: Open) -> None:
    nodes = tuple(doc.Node(id=str(i), label=f"node {i}", kind="step") for i in range(400))
    edges = tuple((str(i), str(i + 1)) for i in range(399))
    page = open_page(only(doc.Graph(caption="Long", text="", nodes=nodes, edges=edges))).page
    assert page.locator("svg.graph").count() == 0
    assert page.locator("#one .graph-list > li").count() == 400


def test_a_frontier_names_what_is_in_use_and_kept_by_shape_and_word(open_page: Open) -> None:
    page = open_page(documents.with_chapters()).page
    plot = page.locator("#alternatives svg.frontier")
    shapes = {role: plot.locator(f".spot-{role} .spot-shape").first.evaluate("n => n.tagName + n.getAttribute('d')")
              for role in ("current", "kept", "rejected")}  # fmt: skip
    assert len(set(shapes.values())) == 3
    assert [" ".join(t.split()) for t in page.locator("#alternatives .frontier-key > span").all_inner_texts()][:3] == [
        "in use now", "kept", "rejected"]  # fmt: skip
    labels = plot.locator(".spot-label text")
    assert {"in use", "logistic 3", "boosted-trees 7"} <= set(labels.all_text_contents())
    boxes = [labels.nth(i).bounding_box() for i in range(labels.count())]
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
            assert apart or a["y"] + a["height"] <= b["y"] + 3 or b["y"] + b["height"] <= a["y"] + 3
    assert plot.locator(".limit-text").text_content() == "limit 0.8"
    page.locator("#alternatives summary").first.click()
    expect(page.locator("#alternatives .table-fold tbody tr")).to_have_count(12)  # drawn when the fold opens


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_is_whole_and_says_how_to_check_it(open_page: Open, kind: str) -> None:
    opened = open_page(documents.card(kind))
    page = opened.page
    assert page.locator(".problem").count() == 0
    assert page.locator("h1").inner_text() == documents.card(kind).title
    seal = page.locator("#seal").inner_text()
    assert "sterling verify" in seal
    assert documents.DIGEST in seal
    assert page.get_by_text("One section is out of date").is_visible()
    opened.clean()


def test_a_card_that_cannot_be_read_says_where(open_page: Open, chromium: Any, tmp_path: Path) -> None:
    from sterling.report.document import card_json
    from sterling.report.shell import sheet

    broken: Any = card_json(documents.card())
    broken["document"]["sections"][0]["blocks"][0]["text"] = None
    file = tmp_path / "broken.html"
    file.write_text(sheet(broken, title="T", opening="", without_scripts=""), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    assert "document.sections[0].blocks[0].text: expected text" in page.get_by_role("alert").inner_text()
    page.close()


def test_on_paper_nothing_is_folded_cut_or_only_for_the_screen(open_page: Open) -> None:
    page = open_page(documents.card()).page
    page.emulate_media(media="print")
    page.locator(".graph-list").wait_for(state="visible")
    for gone in (".toc", ".table-tools", ".sort-mark", ".graph-key .on-screen"):
        assert not page.locator(gone).first.is_visible(), gone
    assert documents.DIGEST in page.locator("#review").inner_text()
    page.set_viewport_size({"width": 690, "height": 1000})
    for box in page.locator(".table-scroll").all():
        assert box.evaluate("n => n.scrollWidth <= n.clientWidth + 1"), "a table would be cut at the paper's edge"
    assert page.locator("svg.graph").bounding_box()["height"] <= 160 * 96 / 25.4 + 1
    assert len(page.pdf(format="A4")) > 20_000


def test_all_of_a_long_table_is_printed(open_page: Open) -> None:
    page = open_page(documents.with_chapters(documents.long_grid())).page
    page.emulate_media(media="print")
    until(page, "document.querySelectorAll('#regions tbody tr').length === 300")


def test_without_limits_the_page_orders_as_the_terminal_and_begins_with_something_measured(open_page: Open) -> None:
    report = fixtures.no_limits()
    small = fixtures.verdict("insufficient", "Asian applicants: too few to say", slice={"race": "Asian"}, limit=None,
                             statement=None, metric="true_positive_rate", reason="41 applicants")  # fmt: skip
    measured = [v for v in report["verdicts"] if v["verdict"] == "unjudged"]
    report["verdicts"] = [small, *measured]
    report["counts"] = {**dict.fromkeys(report["counts"], 0), "insufficient": 1, "unjudged": len(measured)}
    page = open_page(report).page
    blocks = page.locator(".verdicts .verdict-block").evaluate_all("all => all.map(n => n.id)")
    assert blocks == ["verdicts-insufficient", "verdicts-unjudged"]
    assert page.locator("#groups-title").inner_text() == measured[0]["sentence"]


def test_what_the_page_cannot_tell_is_never_folded(open_page: Open) -> None:
    report = fixtures.lending()
    report["unknowns"] = [f"Unknown number {i}" for i in range(9)]
    page = open_page(report).page
    assert page.locator(".next-unknown li").count() == 9
    assert page.locator(".next-unknown h2").inner_text().split() == [
        "What",
        "this",
        "page",
        "can’t",
        "tell",
        "you",
        "9",
    ]


def test_no_word_on_the_page_asks_what_a_slice_is(open_page: Open) -> None:
    page = open_page(documents.with_chapters()).page
    page.emulate_media(media="print")
    page.locator(".graph-list").wait_for(state="visible")
    assert "slice" not in page.locator("body").inner_text().lower()
