"""A page as plain content: sections of a few kinds of blocks. Cards and the chapters of a report are made of these.

The content is written once; `report` turns it into Markdown, `web` into HTML. Text is plain: nothing in it is markup,
except in `Prose.markdown`, where people's own Markdown is kept and rendered with all HTML escaped.
"""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass
from sterling.core.overview import Dots, Findings, Overview

Tone = Literal["plain", "over", "undecided", "within", "note", "stale"]
CellScale = Literal["share", "value", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Paragraphs. `source` says whose words: None for Sterling's own, else a file or a person."""

    text: str
    source: str | None = None
    markdown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of short statements."""

    items: tuple[str, ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name, what it is, and the digest of the evidence behind it when there is one."""

    name: str
    value: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and values, one under another."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table. `number` sorts and aligns it; `interval` is drawn beside it.

    `image`: a small picture as a data address, drawn above the text; only where people asked for rows on the page.
    """

    text: str
    number: float | None = None
    interval: tuple[float, float] | None = None
    tone: Tone = "plain"
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table with a caption that says what it shows, units in its headings."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of a graph: an artifact or a step. `link` is an anchor on the page that tells more, or None."""

    id: str
    label: str
    kind: Literal["artifact", "step", "person"]
    detail: str = ""
    tone: Tone = "plain"
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A directed graph without cycles; `text` says what it shows, for those who cannot see it."""

    caption: str
    text: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A candidate on a trade-off, with intervals in both directions."""

    label: str
    x: float
    x_low: float
    x_high: float
    y: float
    y_low: float
    y_high: float
    role: Literal["current", "kept", "rejected"] = "rejected"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Candidates by two measures. Axis names say what they mean to people; units and better direction included."""

    caption: str
    text: str
    x_name: str
    y_name: str
    points: tuple[Point, ...]
    limit_y: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A node of a tree of slices. `parent` is the index of the node above it in `Tree.nodes`; None for the root.

    `condition` is what sets its rows apart from its siblings. `value`, `low`, `high` are its rate with its interval,
    None together when there is too little to say; `coverage` is the share, 0 to 1, of all errors that fall here.
    """

    condition: str
    parent: int | None
    n: int
    value: float | None
    low: float | None
    high: float | None
    coverage: float | None = None
    tone: Tone = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Rows split again and again, each part with its rate. A parent stands before its children in `nodes`.

    `scale` says how values are written: `share` times 100 with %, `value` as they are, `count` as whole numbers.
    `text` says what the tree shows, for those who cannot see it.
    """

    caption: str
    text: str
    value_name: str
    nodes: tuple[Branch, ...]
    scale: CellScale = "share"
    coverage_name: str = "Share of all errors"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """A cell of a heat map. `value` None: nothing is shown, and `note` says why. `n` None: not told."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Values by one feature (a single row) or two; `cells` holds one tuple for each of `rows`, as long as `columns`.

    `scale` as in `Tree`. `text` says what the map shows, for those who cannot see it.
    """

    caption: str
    text: str
    row_name: str
    column_name: str
    value_name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[HeatCell, ...], ...]
    scale: CellScale = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A point of a line. `low` and `high` None together: no interval is known. `n` None: not told."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveLine:
    """A line and what it is of: a group, a model, a class."""

    label: str
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Lines with the bands of their intervals: calibration, residuals, a difference over thresholds.

    `reference`: a line to read them against, where x and y are equal or where y is 0. Scales as in `Tree`.
    """

    caption: str
    text: str
    x_name: str
    y_name: str
    lines: tuple[CurveLine, ...]
    reference: Literal["none", "diagonal", "zero"] = "none"
    x_scale: CellScale = "value"
    y_scale: CellScale = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question that a person has not answered yet, and where the answer goes."""

    question: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something the reader must not miss: a stale part, an override, a waiver."""

    text: str
    tone: Tone


Block = (
    Prose
    | Items
    | Facts
    | Grid
    | Graph
    | Frontier
    | Tree
    | HeatMap
    | Curve
    | Prompt
    | Alert
    | Overview
    | Findings
    | Dots
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its blocks. `stale` says why its content no longer fits what it speaks of; empty when it does."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""
    stale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A card, a table of outcomes, a profile: title, a sentence, sections, how to check it (ledger head, evidence)."""

    kind: Literal["model_card", "data_card", "dag_card", "outcome_table", "data_profile"]
    title: str
    lead: str
    sections: tuple[Section, ...]
    seal: tuple[Fact, ...]
    front_matter: str = ""
    """YAML put before the Markdown (the metadata head of Hugging Face model cards); empty for none."""
