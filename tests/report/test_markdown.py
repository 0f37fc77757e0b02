"""Markdown, read by a real parser: whatever a value says, it stays words, and nothing is lost."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sterling.core import document as doc
from sterling.report.markdown import body, code, escape, markdown, sections
from sterling.report.text import plain

READER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
NASTY = [
    "a | b | c",
    "<script>alert(1)</script>",
    "<!-- hidden",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "`code` ``` and ~~~",
    "# heading",
    "- item\n- item",
    "1. first\n2) second",
    "> quote",
    "***\n---\n===",
    "&lt;b&gt; &amp; &#60;",
    "[ref]: http://evil.example",
    "http://evil.example www.evil.example",
    "\\`\\|",
    "a\r\nb\x00c\u2028d\u202ee",
    "**bold** _it_ ~~gone~~ $x$",
    "| --- |",
]
text = st.one_of(
    st.sampled_from(NASTY),
    st.text(alphabet=st.sampled_from("`|<>[]()!*_#-+=~&\\:/.1 a\n\t$"), max_size=30),
    st.text(max_size=30),
)


def tokens(source: str) -> list[Token]:
    """Every token, those inside lines included."""
    return [t for block in READER.parse(source) for t in (block, *(block.children or ()))]


def words(source: str) -> str:
    """What a reader sees: the text of everything, without any markup."""
    return "".join(t.content for t in tokens(source) if t.type in ("text", "text_special", "code_inline"))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


def one(block: doc.Block) -> str:
    return sections([doc.Section(id="s", title="t", blocks=(block,))])


@given(text)
def test_escaped_text_is_one_paragraph_of_the_same_words(value: str) -> None:
    found = tokens(escape(value))
    kinds = {t.type for t in found} - {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert not kinds
    assert words(escape(value)).strip() == plain(value, 100_000).strip()


@given(text)
def test_code_is_one_piece_of_code(value: str) -> None:
    shown = plain(value, 100_000)
    found = [t for t in tokens(f"see {code(value)} here") if t.type == "code_inline"]
    if shown:
        assert [t.content for t in found] == [shown]


@given(st.lists(text, min_size=2, max_size=6))
def test_a_table_keeps_its_shape(values: list[str]) -> None:
    cells = tuple(doc.Cell(text=v) for v in values)
    grid = doc.Grid(caption="c", columns=tuple(values), rows=(cells, cells))
    found = tokens(one(grid))
    assert sum(t.type == "th_open" for t in found) == len(values)
    assert sum(t.type == "td_open" for t in found) == 2 * len(values)
    assert not {t.type for t in found} & {"html_block", "html_inline", "link_open", "image", "code_inline", "fence"}


def hostile(value: str) -> doc.Document:
    """A document with one value everywhere."""
    fact = doc.Fact(name=value, value=value, evidence=value)
    node = doc.Node(id="a", label=value, kind="step", detail=value)
    point = doc.Point(label=value, x=0.1, x_low=0.0, x_high=0.2, y=0.1, y_low=0.0, y_high=0.2, note=value)
    blocks: tuple[doc.Block, ...] = (
        doc.Prose(text=value, source=value),
        doc.Prose(text=value, source="cards/x.md", markdown=True),
        doc.Items(items=(value, value)),
        doc.Facts(facts=(fact,)),
        doc.Grid(caption=value, columns=(value, "n"), rows=((doc.Cell(text=value), doc.Cell(text="1", number=1.0)),)),
        doc.Graph(caption=value, text=value, nodes=(node,), edges=()),
        doc.Frontier(caption=value, text=value, x_name=value, y_name=value, points=(point,)),
        doc.Tree(
            caption=value,
            text=value,
            value_name=value,
            nodes=(
                doc.Branch(condition=value, parent=None, n=9, value=0.5, low=0.4, high=0.6, coverage=1.0, note=value),
                doc.Branch(condition=value, parent=0, n=3, value=None, low=None, high=None),
            ),
            coverage_name=value,
        ),
        doc.HeatMap(
            caption=value,
            text=value,
            row_name=value,
            column_name=value,
            value_name=value,
            rows=(value, value),
            columns=(value,),
            cells=((doc.HeatCell(value=0.1, low=0.0, high=0.2, n=5),), (doc.HeatCell(value=None, note=value),)),
        ),
        doc.Curve(
            caption=value,
            text=value,
            x_name=value,
            y_name=value,
            lines=(doc.CurveLine(label=value, points=(doc.CurvePoint(x=0.1, y=0.2), doc.CurvePoint(x=1, y=2, n=3))),),
        ),
        doc.Prompt(question=f"Why {value}?", where=value),
        doc.Alert(text=f"See {value}", tone="over"),
    )
    section = doc.Section(id="s", title=f"T {value}", lead=value, blocks=blocks, stale=value)
    last = doc.Section(id="end", title="The end", blocks=(doc.Prose(text="Nothing was swallowed."),))
    return doc.Document(kind="model_card", title=f"T {value}", lead=value, sections=(section, last), seal=(fact,))


def test_a_curve_is_a_table_of_its_points() -> None:
    points = (doc.CurvePoint(x=0.25, y=0.31, low=0.28, high=0.34, n=1204), doc.CurvePoint(x=0.75, y=0.8))
    lines = (doc.CurveLine(label="men", points=points), doc.CurveLine(label="women", points=points[:1]))
    curve = doc.Curve(caption="Calibration", text="By sex", x_name="Mean score", y_name="Share", lines=lines,
                      y_scale="share")  # fmt: skip
    section = doc.Section(id="s", title="S", blocks=(curve,))
    source = body(doc.Document(kind="model_card", title="T", lead="", sections=(section,), seal=()))
    assert "| Line | Mean score | Share | n |" in source
    assert "| men | 0.25 | 31% \\[28, 34\\] | 1,204 |" in source
    assert "|  | 0.75 | 80.00% |  |" in source
    assert "| women | 0.25 |" in source


@given(text)
def test_no_value_becomes_markup_anywhere(value: str) -> None:
    source = body(hostile(value))
    own = [t for t in tokens(source) if t.level >= 0]
    assert not {t.type for t in own} & {"html_block", "html_inline"}
    tags = Tags(READER.render(source)).found
    assert not tags & {"script", "img", "iframe", "style", "object"}
    headings = [t for t in READER.parse(source) if t.type == "heading_open" and t.level == 0]
    assert [h.tag for h in headings] == ["h1", "h2", "h2", "h2"]
    assert "Nothing was swallowed." in words(source)
    fences = [t for t in READER.parse(source) if t.type == "fence" and t.level == 0]
    assert [f.info for f in fences] == ["mermaid"]


@given(text)
def test_links_come_from_peoples_own_markdown_alone(value: str) -> None:
    blocks = tuple(b for b in hostile(value).sections[0].blocks if not (isinstance(b, doc.Prose) and b.markdown))
    assert not [t for t in tokens(sections([doc.Section(id="s", title=value, blocks=blocks)])) if t.type == "link_open"]


@pytest.mark.parametrize(
    "left_open", ["```\nnever closed", "<!-- never closed", "- a\n  - b", "> deep", "<div>", "***"]
)
def test_what_people_leave_open_ends_with_their_words(left_open: str) -> None:
    blocks = (doc.Prose(text=left_open, source="cards/a.md", markdown=True), doc.Items(items=("after",)))
    found = READER.parse(sections([doc.Section(id="s", title="t", blocks=blocks)]))
    items = [t for t in found if t.type == "list_item_open" and t.level == 1]
    assert len(items) == 1
    assert not [t for t in found if t.type == "html_block"]


def test_peoples_markdown_is_kept() -> None:
    block = doc.Prose(text="## Why\n\n*because* of `x`\n\n- one", source="cards/a.md", markdown=True)
    page = READER.render(one(block))
    assert "<blockquote>\n<h2>Why</h2>\n<p><em>because</em> of <code>x</code></p>\n<ul>" in page
    assert "<code>cards/a.md</code>" in page


def test_numbers_stand_right_and_words_left() -> None:
    grid = doc.Grid(caption="c", columns=("Group", "n"), rows=((doc.Cell(text="a"), doc.Cell(text="1", number=1.0)),))
    assert "| --- | ---: |" in one(grid)


def test_a_graph_is_a_list_and_a_drawing() -> None:
    nodes = (doc.Node(id="x", label='a "b"', kind="artifact"), doc.Node(id="y", label="step", kind="step"))
    found = one(doc.Graph(caption="c", text="t", nodes=nodes, edges=(("x", "y"), ("x", "nowhere"))))
    assert 'n0["a #34;b#34;"]' in found and 'n1(["step"])' in found and "  n0 --> n1" in found
    assert '- **a "b"** (artifact)\n  - leads to step\n- **step** (step)' in found
    assert "nowhere" not in found


def test_evidence_is_short_beside_facts_and_whole_in_the_seal() -> None:
    whole = "sha256:" + "ab" * 32
    fact = doc.Fact(name="rows", value="3", evidence=whole)
    card: dict[str, Any] = {"kind": "data_card", "title": "T", "lead": "", "seal": (fact,)}
    made = body(doc.Document(sections=(doc.Section(id="s", title="S", blocks=(doc.Facts(facts=(fact,)),)),), **card))
    assert "- **rows**: 3 (`sha256:abababababab`)" in made
    assert f"## How to check this document\n\n- **rows**: 3 (`{whole}`)" in made


def test_the_metadata_head_comes_first() -> None:
    made = doc.Document(kind="model_card", title="T", lead="", sections=(), seal=(), front_matter="a: 1\n")
    assert markdown(made) == "---\na: 1\n---\n\n# T\n"
