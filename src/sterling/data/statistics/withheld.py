"""From the facts of a column to what may be told of it: nothing that is one row's own value.

An end of a range, a quantile or a value is told when at least `SHARED` rows have it, or as a mean over as many rows. A
limit or a question inside Sterling reckons with the facts themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.data.profile import ColumnProfile, Profile, ValueCount
from sterling.core.defaults import SHARED
from sterling.data.statistics.facts import ColumnFacts, TableFacts, iso
from sterling.data.statistics.kinds import unit_of
from sterling.data.statistics.spread import SHARES, Spread

if TYPE_CHECKING:
    import polars as pl

ENOUGH = 1_000
"""With so many values, 1 in 100 of them lies beyond the first and the last percentile: at least `SHARED` rows."""
UNTOLD = ("id",)
"""Columns of these roles name people: of their values nothing is told."""
_CLOCKED = ("date", "datetime", "time")


def profile_of(facts: TableFacts) -> Profile:
    """What may be told of one slice."""
    columns = tuple(column_profile(c) for c in facts.columns)
    return Profile(
        table=facts.table, rows=facts.rows, columns=columns, slice=facts.slice, weight=facts.weight,
        exact=all(c.exact for c in facts.columns),
    )  # fmt: skip


def column_profile(facts: ColumnFacts) -> ColumnProfile:
    """What may be told of one column."""
    counts = ColumnProfile(
        name=facts.name, type=str(facts.dtype), kind=facts.kind, role=facts.role, n=facts.n, missing=facts.missing,
        distinct=facts.distinct, distinct_error=facts.distinct_error, weight=facts.weight,
        missing_weight=facts.missing_weight, nan=facts.nan, infinite=facts.infinite, zeros=facts.zeros,
        negative=facts.negative, exact=facts.exact,
    )  # fmt: skip
    if facts.present - facts.infinite < SHARED or facts.role in UNTOLD:
        return counts
    told = replace(
        counts, lengths=facts.lengths, text=facts.text, image=facts.image,
        top=tuple(ValueCount(value=c.value, count=c.weight, rows=c.rows) for c in facts.top if c.rows >= SHARED),
        members=None if facts.members is None else column_profile(facts.members),
    )  # fmt: skip
    if facts.spread is None:
        return told
    if facts.kind == "boolean":
        return replace(told, mean=facts.mean, std=facts.std)
    told = replace(
        told, quantiles=tuple(facts.spread.told(p) for p in SHARES), histograms=facts.spread.histograms()
    )  # fmt: skip
    if facts.kind in _CLOCKED:
        return replace(
            told, first=_moment(facts, facts.spread, last=False), last=_moment(facts, facts.spread, last=True)
        )
    return replace(
        told, mean=facts.mean, std=facts.std, low=facts.low if facts.low_rows >= SHARED else None,
        high=facts.high if facts.high_rows >= SHARED else None,
    )  # fmt: skip


def _moment(facts: ColumnFacts, spread: Spread, *, last: bool) -> str | None:
    """The first or last day or moment: itself if `SHARED` rows have it, else the month or year that so many share."""
    end, rows = (facts.high, facts.high_rows) if last else (facts.low, facts.low_rows)
    if end is None:
        return None
    if rows >= SHARED:
        return iso(facts.dtype, round(end / unit_of(facts.dtype)))
    if facts.kind == "time":
        return None
    for unit in ("M", "Y"):
        period = np.datetime64(int(np.floor(end)), "s").astype(f"datetime64[{unit}]")
        start, stop = (float(p.astype("datetime64[s]").astype(np.int64)) for p in (period, period + 1))
        inside = (spread.lower >= start) & ((spread.upper <= stop) & (spread.lower < stop))
        if int(spread.rows[inside].sum()) >= SHARED:
            return str(period)
    return None


def ends_in_words(column: pl.Series) -> tuple[str | None, str | None]:
    """The ends of a column's range, in words that give no single row's value away; None for what cannot be said.

    An end is written as it is when `SHARED` rows have it. Else, where values are many, a percentile stands for it,
    rounded to two digits.
    """
    import polars as pl

    values = column.drop_nulls().cast(pl.Float64)
    values = values.filter(values.is_finite())
    return _end(values, values.min(), 1), _end(values, values.max(), 99)


def _end(values: pl.Series, extreme: object, percentile: int) -> str | None:
    if not isinstance(extreme, float):
        return None
    if int((values == extreme).sum()) >= SHARED:
        return f"{extreme:g}"
    if len(values) < ENOUGH:
        return None
    near = float(f"{values.quantile(percentile / 100, interpolation='linear'):.2g}")
    return f"about {near:g} ({'1st' if percentile == 1 else '99th'} percentile)"
