"""How many values of each column hold each kind: counted once over all rows, at any size, and judged afterwards.

A number of sixteen digits that begins like a card passes the check of one one time in ten. So a kind with a check is only said to
be in a column when more values pass than chance explains, or when few look like it and words beside them name it.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from sterling.core.frozen import dataclass
from sterling.data.personal.detect import Found, hinted, look
from sterling.data.personal.kinds import ALL
from sterling.stats.special import beta_cdf

FEW = 10
BY_CHANCE = 1e-3
MARGIN = 2.0
"""So many times the chance may be off: numbers of orders are not drawn at random, and some forms favour a check."""
LARGE = 10**7
"""Whole numbers of fewer digits are no number of a person, a card or a phone."""
CHANCE = {k.name: max(o.chance for o in ALL if o.name == k.name) for k in ALL}

Counts = tuple[int, int, int, int, int]
"""Values that are candidates, hits, named, sure and whole, as in `detect.Found`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What was counted in one column: values that are there, the characters and words of texts, and of each kind."""

    values: int
    spaces: int
    kinds: Mapping[str, Counts]

    def plus(self, other: Column) -> Column:
        kinds = {
            k: tuple(a + b for a, b in zip(self.kinds.get(k, _NONE), other.kinds.get(k, _NONE), strict=True))
            for k in {**self.kinds, **other.kinds}
        }
        return Column(values=self.values + other.values, spaces=self.spaces + other.spaces, kinds=kinds)  # type: ignore[arg-type]


_NONE: Counts = (0, 0, 0, 0, 0)
Counted = dict[str, Column]


def merge(a: Counted, b: Counted) -> Counted:
    """Both together. Neither order nor grouping of additions matters."""
    return {c: a[c].plus(b[c]) for c in a}


def count(frame: pl.DataFrame) -> Counted:
    """One batch: every column of texts or numbers."""
    return {c: _column(frame[c]) for c in frame.columns}


def readable(kind: pl.DataType) -> bool:
    """Whether a column of this type is read: texts, and numbers, which may hold cards, phones and national ids."""
    return bool(kind in (pl.String, pl.Categorical, pl.Enum) or kind.is_integer() or kind.is_float())


def unreadable(kind: pl.DataType) -> bool:
    """Whether values of this type may hold anything and are not looked into: lists, bytes, objects."""
    return bool(kind.is_nested() or kind in (pl.Binary, pl.Object))


def _column(column: pl.Series) -> Column:
    there = column.drop_nulls()
    texts = _texts(there).rename("value")
    if not len(texts):
        return Column(values=len(there), spaces=0, kinds={})
    counted = texts.value_counts(name="n")
    values, n = counted["value"], counted["n"].to_numpy().astype(np.int64)
    spaces = int(values.str.count_matches(" ", literal=True).to_numpy().astype(np.int64) @ n)
    kinds = {k: _counts(f, n) for k, f in look(values, column=column.name).items()}
    return Column(values=len(there), spaces=spaces, kinds=kinds)


def _texts(there: pl.Series) -> pl.Series:
    """Values as texts; of numbers those that are whole and large."""
    if there.dtype.is_numeric():
        value = pl.col("value")
        whole = (value < 2.0**53) & (value == value.floor()) if there.dtype.is_float() else pl.lit(value=True)
        large = there.to_frame("value").filter((value >= LARGE) & whole).to_series()
        there = large.cast(pl.Int64) if large.dtype.is_float() else large
    return there.cast(pl.String)


def _counts(found: Found, n: np.ndarray) -> Counts:
    masks = (found.candidate, found.hit, found.named, found.sure, found.whole)
    return tuple(int(n[m].sum()) for m in masks)  # type: ignore[return-value]


def believed(kind: str, counts: Counts, *, column: str) -> int:
    """How many values hold the kind, as far as chance lets one say; 0 when chance explains what passed the check."""
    candidates, hits, named, sure, _ = counts
    chance = CHANCE[kind]
    if not hits or chance == 1.0:
        return hits
    if kind in hinted(column) and hits >= candidates / 2:
        return hits
    if beyond_chance(hits, candidates, chance):
        return hits
    if sure and (named < FEW or beyond_chance(sure, named, chance)):
        return sure
    return 0


def beyond_chance(hits: int, candidates: int, chance: float) -> bool:
    """Whether so many of the candidates would pass less than one time in a thousand at twice the chance (binomial)."""
    return hits > 0 and float(beta_cdf(MARGIN * chance, hits, candidates - hits + 1)) <= BY_CHANCE
