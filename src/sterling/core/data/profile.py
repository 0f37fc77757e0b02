"""The statistics of a table, column by column and slice by slice."""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, Slice

ColumnKind = Literal["number", "integer", "boolean", "text", "date", "datetime", "time", "list", "image", "other"]
"""What the values of a column are. `image`: bytes, or paths and texts that were read as pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The value at a share `p` of the rows. `error`: the rank, as a share of the rows, may be off by so much; 0: exact.

    `value` None: withheld, since it would be one row's own.
    """

    p: float
    value: float | None
    error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts between edges: `len(edges) == len(counts) + 1`; the last bin includes its upper edge. Weighted if told.

    Every bin is empty or holds at least `SHARED` rows: bins of fewer are joined to a neighbour, so bins of a uniform
    histogram may be several steps wide (draw counts over width). `below`, `above`: the first or last bin also takes the
    few values that lie beyond the outer edges, which would tell single rows' values. Edges of days, moments and times
    are seconds (since 1970-01-01 in the column's own clock, or since midnight).
    """

    kind: Literal["uniform", "quantile"]
    edges: tuple[float, ...]
    counts: tuple[float, ...]
    below: bool = False
    above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCount:
    """A value that at least `SHARED` rows have. `count`: how many have it, with weights what those rows weigh together.

    `error`: `count` is at most so much more or less. `rows`: how many have it, with weights or without; None where only
    `count` was kept.
    """

    value: str
    count: float
    error: float = 0.0
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Characters of texts, or members of lists: how short, how long, on average."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFacts:
    """What texts are made of. `vocabulary`: distinct words, `vocabulary_error` as a share of it (0: exact).

    `language`: the language most texts seem to be in, by the commonest words; None when that cannot be told.
    """

    empty: int
    blank: int
    words: float
    vocabulary: int
    vocabulary_error: float = 0.0
    language: str | None = None
    language_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """Pictures: how many could not be read, how large they are, channels, mean brightness from 0 to 1.

    `looked_at`: how many of the column's pictures were opened; all these numbers are of them.
    """

    broken: int
    widths: Lengths | None
    heights: Lengths | None
    channels: tuple[ValueCount, ...]
    brightness: Lengths | None
    looked_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """How strongly a column goes with another: the measure's name, its value with an interval, and the rows behind it.

    `column` is the other column. Measures: `mutual_information` (nats), `cramers_v`, `spearman`, `correlation_ratio`,
    `pearson`. All but Spearman's and Pearson's, from -1 to 1, are 0 where the two have nothing to do with each other.
    """

    column: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How strongly two columns go together, each pair of columns once: a cell of the matrix of associations."""

    first: str
    second: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column of one slice. Counts are of rows; `missing` counts null and `nan` NaN, which is no value either.

    `weight` is what the rows weigh, `missing_weight` what those without a value do (None without weights).

    `distinct` has an error as a share of it (0: exact). `low` and `high` are None when they would be a row's own value;
    for dates the ends are in `first` and `last` as ISO 8601 text: the value itself when `SHARED` rows have it, else the
    month or year that as many share. `mean`, `std` (of the population) are weighted if told; they, the ends, quantiles
    and histograms are of finite numbers. `quantiles`: the value at a rank when `SHARED` rows have it, else the mean of
    that many rows around the rank. `members`: what is in the lists of a column of lists, as a column of its own.
    `exact`: nothing comes from a sketch; then `distinct_error` and errors of `top` are 0.
    """

    name: str
    type: str
    kind: ColumnKind
    role: str
    n: int
    missing: int
    distinct: int
    distinct_error: float = 0.0
    weight: float | None = None
    missing_weight: float | None = None
    nan: int = 0
    infinite: int = 0
    zeros: int = 0
    negative: int = 0
    mean: float | None = None
    std: float | None = None
    low: float | None = None
    high: float | None = None
    first: str | None = None
    last: str | None = None
    quantiles: tuple[Quantile, ...] = ()
    histograms: tuple[Histogram, ...] = ()
    top: tuple[ValueCount, ...] = ()
    lengths: Lengths | None = None
    text: TextFacts | None = None
    image: ImageFacts | None = None
    associations: tuple[Association, ...] = ()
    members: ColumnProfile | None = None
    exact: bool = True

    @property
    def absent(self) -> int:
        """Rows without a value: it is null, or NaN."""
        return self.missing + self.nan

    @property
    def missing_share(self) -> float | None:
        """The part of all rows that have no value (null or NaN), with weights of all weight; None of no rows."""
        if self._weighs is not None and self.missing_weight is not None:
            return self.missing_weight / self._weighs
        return self.absent / self.n if self.n else None

    @property
    def known(self) -> float:
        """How many rows have a value, with weights what they weigh: what a `count` of `top` is a part of."""
        if self._weighs is not None and self.missing_weight is not None:
            return self._weighs - self.missing_weight
        return float(self.n - self.absent)

    @property
    def _weighs(self) -> float | None:
        """The weight of all rows, where there are weights that are not all 0."""
        return self.weight if self.weight is not None and self.weight > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The statistics of one slice of a table. `exact`: none comes from a sketch."""

    table: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    slice: Slice = EVERYONE
    exact: bool = True
    weight: float | None = None
    pairs: tuple[Pair, ...] = ()

    def column(self, name: str) -> ColumnProfile | None:
        return next((c for c in self.columns if c.name == name), None)
