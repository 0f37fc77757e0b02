"""Blocks of a document that show a table: its columns side by side, sentences with their doubt, numbers of groups."""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass

Heard = Literal["plain", "over", "undecided", "within", "note", "stale"]
"""How loud something is said; as `document.Tone`."""
DrawnAs = Literal["share", "value", "count"]
"""As `document.CellScale`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A table or a slice of one, which stands beside others.

    `exact`: none of its numbers comes from a sketch. `part`: it is a slice, drawn once somebody asks for it.
    """

    name: str
    rows: int
    exact: bool = True
    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Counts between edges, `len(edges) == len(counts) + 1`; None where a count is withheld."""

    edges: tuple[float, ...]
    counts: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A value that many rows share, and how many."""

    text: str
    count: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One column of one series: what a row of the overview shows of it. Numbers are None where nothing can be said.

    `even`: bins of equal width; `equal`: bins with equal counts. `dates`: numbers are seconds since 1970.
    `rest`: rows whose value is none of `top`. `facts`: names and values that stand in the opened row.
    """

    n: int
    missing: int
    distinct: int
    distinct_error: float = 0.0
    zeros: int = 0
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[tuple[float, float | None], ...] = ()
    even: Bars | None = None
    equal: Bars | None = None
    top: tuple[Shared, ...] = ()
    rest: float | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How strongly a column goes with another, or how much it changed: a name, a number, its interval."""

    name: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    tone: Heard = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetRow:
    """A column of the table: one facet for each series, None where it has no such column."""

    name: str
    type: str
    kind: str
    role: str
    facets: tuple[Facet | None, ...]
    associations: tuple[Strength, ...] = ()
    changes: tuple[Strength, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Every column of a table as a row, in the order of the table, for one series or several beside each other."""

    caption: str
    text: str
    series: tuple[Series, ...]
    columns: tuple[FacetRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A finding as a sentence, with what its number, interval, limit and n are as text; the numbers draw a strip.

    `upward`: values above the limit are over it. `of`: what `n` counts. `link`: the section that tells more.
    """

    text: str
    tone: Heard = "plain"
    shown: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    limit_shown: str = ""
    upward: bool = True
    scale: DrawnAs = "share"
    n: int | None = None
    of: str = "rows"
    detail: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Findings under each other, worst first."""

    findings: tuple[Stated, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A group's number with its interval; `reference`: what it is read against, with ends where it is uncertain."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reference: float | None = None
    reference_low: float | None = None
    reference_high: float | None = None
    tone: Heard = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Numbers of groups or columns as dots with intervals on one axis.

    `line`: a value that all are read against, named by `line_name`; `reference_name`: what each dot's own tick is.
    """

    caption: str
    text: str
    value_name: str
    dots: tuple[Dot, ...]
    scale: DrawnAs = "share"
    line: float | None = None
    line_name: str = ""
    reference_name: str = ""
