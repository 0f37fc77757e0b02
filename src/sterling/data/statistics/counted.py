"""Numbers as their distinct values in order, with how many rows have each: what a column is while all of it is held.

Two sets of rows put together give what all the rows give, whatever the order or the parts: values are sorted, counts
are whole numbers, and weights are whole numbers of a unit fixed before (`weights.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.statistics import wide
from sterling.data.statistics.wide import Wide

Whole = NDArray[np.int64]

_DENSE = 4
"""Whole numbers that span less than so many times their count are counted in a table instead of being sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Distinct `values` ascending, `rows` that have each, and what these rows weigh; all of shape (d,).

    `exact`: the same rows' numbers as they are, where `values` are float64 that cannot tell all of them apart.
    """

    values: NDArray[Any]
    rows: Whole
    weight: Whole | None = None
    exact: Wide | None = None

    @property
    def size(self) -> int:
        return len(self.values)

    @property
    def distinct(self) -> int:
        """How many different numbers there are, also of those that are one float64."""
        return self.size if self.exact is None else len(self.exact.values)

    @property
    def total(self) -> int:
        return len(self.rows) if self.once else int(self.rows.sum())

    @property
    def once(self) -> bool:
        """Whether no value is there twice, as far as it is known without counting."""
        return all_ones(self.rows)

    @property
    def negative(self) -> int:
        """How many rows have a value below 0."""
        return int(self.rows[: int(np.searchsorted(self.values, 0))].sum())

    def rows_of(self, value: float) -> int:
        """How many rows have this value."""
        at = int(np.searchsorted(self.values, value))
        return int(self.rows[at]) if at < self.size and self.values[at] == value else 0

    def between(self, low: float, high: float) -> int:
        """How many rows have a value from `low` to below `high`."""
        first, last = np.searchsorted(self.values, [low, high])
        return int(self.rows[first:last].sum())


def count_values(values: NDArray[Any], weight: Whole | None = None) -> Counted:
    """The distinct values of an array of shape (n,) without NaN, sorted once."""
    if values.dtype.kind == "f":
        values = values + 0.0  # there is one zero
    if weight is None:
        dense = _tallied(values) if values.dtype.kind in "iu" else None
        return dense or in_order(np.sort(values))
    order = np.argsort(values, kind="stable")
    return _runs(values[order], None, weight[order])


def in_order(values: NDArray[Any]) -> Counted:
    """The distinct values of an ascending array of shape (n,) without NaN, in which there is one zero."""
    return _runs(values, None, None)


def together(a: Counted, b: Counted) -> Counted:
    """The values of both sets of rows."""
    if not b.size:
        return a
    if not a.size:
        return b
    values = np.concatenate([a.values, b.values])
    order = np.argsort(values, kind="stable")
    rows = np.concatenate([a.rows, b.rows])[order]
    weight = None
    if a.weight is not None and b.weight is not None:
        weight = np.concatenate([a.weight, b.weight])[order]
    joined = _runs(values[order], rows, weight)
    if a.exact is None or b.exact is None:
        return joined
    return replace(joined, exact=wide.together(a.exact, b.exact))


def all_ones(rows: Whole) -> bool:
    """Whether the counts are a single 1 repeated, as they are left here where no value is there twice."""
    return rows.strides == (0,)


def _tallied(values: NDArray[Any]) -> Counted | None:
    if not len(values):
        return None
    low, high = int(values.min()), int(values.max())
    span = high - low + 1
    if span > _DENSE * len(values) + 256 or high >= 1 << 62 or low <= -(1 << 62):
        return None
    wide = values.astype(np.int64, copy=False)
    tally = np.bincount(wide - low if low else wide, minlength=span)
    found = np.flatnonzero(tally != 0)  # of truth values it takes a third of the time
    rows = tally if len(found) == span else tally[found]
    return Counted((found + low if low else found).astype(values.dtype, copy=False), rows.astype(np.int64, copy=False))


def _runs(ordered: NDArray[Any], rows: Whole | None, weight: Whole | None) -> Counted:
    """Equal neighbours of a sorted array joined."""
    n = len(ordered)
    if not n:
        none = np.zeros(0, dtype=np.int64)
        return Counted(ordered, none, None if weight is None else none)
    new = ordered[1:] != ordered[:-1]
    if np.count_nonzero(new) == n - 1:
        return Counted(ordered, np.broadcast_to(np.int64(1), n) if rows is None else rows, weight)
    starts = np.concatenate([[0], np.flatnonzero(new) + 1])
    sizes = np.diff(starts, append=n) if rows is None else np.add.reduceat(rows, starts)
    heavy = None if weight is None else np.add.reduceat(weight, starts)
    return Counted(ordered[starts], sizes.astype(np.int64, copy=False), heavy)
