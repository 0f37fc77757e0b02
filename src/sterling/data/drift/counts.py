"""Counts of columns that merge in any order: what the passes over a table that is not held leave behind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.drift.facts import Size
from sterling.engine.exact import Fixed

VALUES_KEPT = 1 << 16
"""So many categories are told apart; of more, those with the smallest hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Rows, and sums of weights and of their squares (weights are shares of the largest; 1 without any)."""

    rows: int
    weight: Fixed
    squares: Fixed

    def merge(self, other: Total) -> Total:
        return Total(
            rows=self.rows + other.rows, weight=self.weight + other.weight, squares=self.squares + other.squares
        )

    @property
    def size(self) -> Size:
        weight, squares = float(self.weight.value[0]), float(self.squares.value[0])
        return Size(rows=self.rows, effective=weight**2 / squares if squares > 0 else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Categories with their counts and weights: those with the smallest hashes once there are too many to keep all."""

    counts: pl.DataFrame
    cut: bool
    buckets: Fixed
    lengths: Fixed

    def merge(self, other: Values) -> Values:
        both = pl.concat([self.counts, other.counts])
        merged, cut = smallest(both.group_by("value", "hash").agg(pl.col("rows", "high", "low").sum()))
        return Values(
            counts=merged, cut=cut or self.cut or other.cut, buckets=self.buckets + other.buckets,
            lengths=self.lengths + other.lengths,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The first pass over one table."""

    whole: Total
    there: Mapping[str, Total]
    drawn: Mapping[str, NDArray[np.float64]]
    ends: Mapping[str, tuple[float, float]]
    values: Mapping[str, Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Weights of one column between cut points: of all values, of those not at the upper end, and of how far in.

    A cell reaches from above one cut to the next, and its upper end belongs to it.
    """

    weight: Fixed
    inner: Fixed
    reach: Fixed

    def merge(self, other: Cells) -> Cells:
        return Cells(weight=self.weight + other.weight, inner=self.inner + other.inner, reach=self.reach + other.reach)


def smallest(counts: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """At most `VALUES_KEPT` values, by their hash: what is kept in the end was kept in every part, hence complete."""
    if counts.height <= VALUES_KEPT:
        return counts, False
    return counts.sort("hash", "value").head(VALUES_KEPT), True
