"""How strongly columns go together: each with the label and with every group, and all pairs of a bounded number.

Rows side by side are needed, so large tables are sampled by their content (`TableAccess.sample`); `n` says how many
rows an association rests on. Weights do not enter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import field
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.profile import Association, ColumnKind, Pair
from sterling.core.frozen import dataclass
from sterling.data.statistics.kinds import NUMBERED, kind_of, numbers_of
from sterling.data.statistics.summarise import own_columns, role_of
from sterling.engine.table import TableAccess
from sterling.stats.association import LEAST, Strength, contingency, correlation_ratio, cramers_v, mutual_information
from sterling.stats.correlation import Ranks, pearson, ranks, spearman_of

ROWS = 50_000
"""Associations with the label and the groups rest on about so many rows at most."""
PAIR_ROWS, PAIRED = 5_000, 40
"""The matrix of all pairs rests on about so many rows, and holds so many columns at most."""
CATEGORIES, BINS, A_CELL = 20, 10, 5
"""Categories told apart, the commonest first, the others together; ranges of a number; rows a cell at least."""
METHODS = {
    "mutual_information": "nats, Miller's correction; shifted noncentral chi-square",
    "cramers_v": "bias-corrected; shifted noncentral chi-square",
    "correlation_ratio": "Kelley's correction; shifted noncentral chi-square",
    "spearman": "rank correlation; influence function, Fisher's scale",
    "pearson": "correlation; influence function, Fisher's scale",
}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of the rows looked at: numbers (NaN where missing) or None, and its values as text or numbers."""

    name: str
    kind: ColumnKind
    numbers: NDArray[np.float64] | None
    values: pl.Series
    _codes: dict[int, NDArray[np.int64]] = field(default_factory=dict, repr=False)

    @property
    def category(self) -> bool:
        """Whether it is told apart by values, not ordered as a number."""
        return self.numbers is None

    def coded(self, most: int) -> NDArray[np.int64]:
        """The number of each row's value or range, of which there are about `most`; worked out once for all pairs."""
        if most not in self._codes:
            self._codes[most] = (
                _categories(self.values, most) if self.numbers is None else _ranges(self.numbers, min(BINS, most))
            )
        return self._codes[most]


def associations_of(
    access: TableAccess, columns: Sequence[str], groups: Sequence[str], *, rows: int = ROWS
) -> dict[str, tuple[Association, ...]]:
    """For each column its associations with the label and with each group column, the label first.

    Mutual information always, and the measure that fits the two kinds. Numbers are cut into ranges for the first.
    """
    label = access.roles.label
    targets = [t for t in dict.fromkeys([*([label] if label is not None else []), *groups]) if t in access.columns]
    if not targets:
        return {}
    frame = _side_by_side(access, tuple(dict.fromkeys([*columns, *targets])), rows)
    known = {name: read for name in frame.columns if (read := _read(frame[name])) is not None}
    aims = [_as_category(known[t], always=t != label) for t in targets if t in known]
    out: dict[str, tuple[Association, ...]] = {}
    for name in columns:
        if name in known and role_of(access, name) not in ("id", "weight"):
            found = [a for aim in aims if aim.name != name for a in _with(known[name], aim, access.level)]
            out[name] = tuple(found)
    return out


def pairs_of(access: TableAccess, *, rows: int = PAIR_ROWS, most: int = PAIRED) -> tuple[Pair, ...]:
    """The matrix of associations: each pair of the first `most` columns that can be compared, once.

    Two numbers: Spearman; two categories: Cramér's V; a number and a category: the correlation ratio. Label and groups
    come first, then the table's order.
    """
    first = [c for c in (access.roles.label, *access.roles.groups) if c is not None and c in access.columns]
    names = [c for c in dict.fromkeys([*first, *own_columns(access)]) if role_of(access, c) not in ("id", "weight")]
    frame = _side_by_side(access, tuple(names), rows)
    read = [known for name in frame.columns if (known := _read(frame[name])) is not None]
    kept = [c if c.name not in first else _as_category(c, always=c.name != access.roles.label) for c in read][:most]
    ranked = {c.name: ranks(c.numbers) for c in kept if c.numbers is not None and not np.isnan(c.numbers).any()}
    return tuple(_pair(a, b, ranked, access.level) for a, b in combinations(kept, 2))


def _side_by_side(access: TableAccess, names: tuple[str, ...], rows: int) -> pl.DataFrame:
    """Rows of the columns that can be compared, in an order of their values: sums of floats then are the same."""
    frame = access.sample(names, most=rows)
    frame = frame.select(c for c in frame.columns if kind_of(frame.schema[c]) in (*NUMBERED, "text"))
    return frame.sort(frame.columns) if frame.width else frame


def _read(column: pl.Series) -> Column | None:
    """A column that can be compared; None for lists, bytes and others, and for texts that hardly repeat."""
    kind = kind_of(column.dtype)
    if kind == "boolean" or kind == "text":
        values = column.cast(pl.String)
        known = len(values) - values.null_count()
        repeats = values.n_unique() <= max(CATEGORIES, known // 2)
        return Column(column.name, kind, None, values) if repeats else None
    if kind not in NUMBERED:
        return None
    found = numbers_of(column)
    numbers = np.full(len(column), np.nan)
    numbers[slice(None) if found.rows is None else found.rows] = found.values
    return Column(column.name, kind, numbers, column)


def _as_category(column: Column, *, always: bool) -> Column:
    """A group column, and a label of few values, are told apart by values."""
    few = column.values.n_unique() <= CATEGORIES
    if column.category or not (always or few):
        return column
    return Column(column.name, column.kind, None, column.values.cast(pl.String))


def _with(column: Column, aim: Column, level: float) -> list[Association]:
    def told(measure: str, found: Strength) -> Association:
        value, low, high = (None if math.isnan(v) else v for v in found[:3])
        return Association(
            column=aim.name, measure=measure, value=value, low=low, high=high, level=level, n=found.n,
            method=METHODS[measure],
        )  # fmt: skip

    out = [told("mutual_information", mutual_information(_table(column, aim), level=level))]
    if column.numbers is not None and aim.numbers is not None:
        both = np.isfinite(column.numbers) & np.isfinite(aim.numbers)
        x, y = column.numbers[both], aim.numbers[both]
        out += [
            told("spearman", spearman_of(ranks(x), ranks(y), level=level)),
            told("pearson", pearson(x, y, level=level)),
        ]
        return out
    measure, found = _fitting(column, aim, level)
    return [*out, told(measure, found)]


def _pair(a: Column, b: Column, ranked: dict[str, Ranks], level: float) -> Pair:
    if a.numbers is not None and b.numbers is not None:
        measure, found = "spearman", _spearman(a, b, ranked, level)
    else:
        measure, found = _fitting(a, b, level)
    value, low, high = (None if math.isnan(v) else v for v in found[:3])
    return Pair(
        first=a.name, second=b.name, measure=measure, value=value, low=low, high=high, level=level, n=found.n,
        method=METHODS[measure],
    )  # fmt: skip


def _spearman(a: Column, b: Column, ranked: dict[str, Ranks], level: float) -> Strength:
    if a.name in ranked and b.name in ranked:
        return spearman_of(ranked[a.name], ranked[b.name], level=level)
    assert a.numbers is not None
    assert b.numbers is not None
    both = np.isfinite(a.numbers) & np.isfinite(b.numbers)
    return spearman_of(ranks(a.numbers[both]), ranks(b.numbers[both]), level=level)


def _fitting(a: Column, b: Column, level: float) -> tuple[str, Strength]:
    """Cramér's V of two categories, the correlation ratio of a number and a category."""
    if a.category and b.category:
        return "cramers_v", cramers_v(_table(a, b), level=level)
    number, category = (b, a) if a.category else (a, b)
    assert number.numbers is not None
    known = np.isfinite(number.numbers)
    n = int(known.sum())
    codes = category.coded(max(2, min(CATEGORIES, n // A_CELL)))
    return "correlation_ratio", correlation_ratio(number.numbers[known], codes[known], level=level)


def _table(a: Column, b: Column) -> NDArray[np.float64]:
    """Counts of both columns' values or ranges, missing being one of them; so few cells that each may have rows."""
    n = len(a.values)
    if n < LEAST:
        return np.zeros((0, 0))
    other = b.coded(max(2, min(CATEGORIES, n // (2 * A_CELL))))
    used = int(other.max(initial=0)) + 1
    return contingency(a.coded(max(2, min(CATEGORIES, n // (A_CELL * used)))), other)


def _categories(values: pl.Series, most: int) -> NDArray[np.int64]:
    """A number for each of the commonest values (missing is one), and one for all others together."""
    counts = (
        values.alias("value").value_counts(name="rows").sort("rows", "value", descending=[True, False], nulls_last=True)
    )
    few = counts.height <= most
    named = counts.head(most if few else most - 1).select("value").with_row_index("code")
    joined = values.alias("value").to_frame().join(
        named, on="value", how="left", nulls_equal=True, maintain_order="left"
    )  # fmt: skip
    return joined["code"].fill_null(named.height).cast(pl.Int64).to_numpy()


def _ranges(numbers: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """Ranges of about equally many rows; missing is one more."""
    known = np.isfinite(numbers)
    if not known.any():
        return np.zeros(len(numbers), dtype=np.int64)
    ordered = np.sort(numbers[known])
    places = [max(math.ceil(k * len(ordered) / bins) - 1, 0) for k in range(1, bins)]
    cuts = np.unique(ordered[places])
    rows = np.searchsorted(ordered, cuts, side="right") - np.searchsorted(ordered, cuts, side="left")
    heavy = cuts[2 * bins * rows >= len(ordered)]  # a value of many rows is a range of its own
    edges = np.unique(np.concatenate([cuts, np.nextafter(heavy, -np.inf)]))
    codes = np.searchsorted(edges, numbers, side="left").astype(np.int64)
    return np.where(known, codes, len(edges) + 1)
