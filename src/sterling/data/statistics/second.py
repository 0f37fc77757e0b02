"""The second look, at columns too large to be held: exact counts in cells chosen after the first, exact sums, and the
exact counts of the values that may be the commonest. Whole numbers and fixed-point sums: no order changes them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.defaults import SHARED
from sterling.core.frozen import dataclass
from sterling.data.statistics import counted as numbers
from sterling.data.statistics import texts as words
from sterling.data.statistics.counted import Counted, Whole, count_values
from sterling.data.statistics.kinds import numbers_of
from sterling.data.statistics.look import Looking, Where, slices_of
from sterling.data.statistics.sketched import (
    NumberSketch,
    TextSketch,
    hashed,
    lot_of,
    range_start,
)
from sterling.data.statistics.spread import Spread, round_edges, spread_over
from sterling.data.statistics.texts import Texts, texts
from sterling.data.statistics.wide import is_wide, wide
from sterling.engine.exact import Fixed, add_up

CELLS = 4096
"""Rows are counted in about so many cells, each a share of 1 in so many of the rows where values are spread evenly."""
LOTS = 64
"""The values of so many of the fullest lots are counted one by one."""
_LIMBS, _FIRST = 4, 20
"""Sums are of numbers from -1 to 1, exact to 2^-92 for up to 2^43 rows."""
UNIT = 62
"""Weights in sums are parts of 2^62 units, which all rows together do not reach."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aim:
    """What the second look counts of one column of one slice.

    `cuts`: ascending, where cells begin; None for texts. Numbers are taken from `centre` and divided by 2^`exponent`.
    `lots`: whose values are counted one by one; `bound`: the most rows that any other value can have.
    """

    lots: NDArray[np.bool_]
    bound: int
    cuts: NDArray[np.float64] | None = None
    centre: float = 0.0
    exponent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Second:
    """What it found. Sums are of (value - centre) / 2^exponent and of its square, weighted if told."""

    common: Counted | Texts
    rows: Whole | None = None
    weight: Whole | None = None
    total: Fixed | None = None
    squares: Fixed | None = None


Aims = Mapping[tuple[Where, str], Aim]
Found = dict[tuple[Where, str], Second]


def aim_of(sketch: NumberSketch | TextSketch, *, whole: bool = False) -> Aim:
    """Where to look, from the first look's sketch. `whole`: the numbers are whole."""
    order = np.lexsort([np.arange(len(sketch.lots)), -sketch.lots])
    lots = np.zeros(len(sketch.lots), dtype=bool)
    lots[order[:LOTS]] = True
    bound = int(sketch.lots[order[LOTS]])
    if isinstance(sketch, TextSketch):
        return Aim(lots=lots, bound=bound)
    low, high = float(sketch.low), float(sketch.high)
    centre = low / 2 + high / 2
    far = max(high - centre, centre - low)
    return Aim(
        lots=lots, bound=bound, cuts=cuts_of(sketch, whole=whole), centre=centre, exponent=math.frexp(far)[1]
    )  # fmt: skip


def cuts_of(sketch: NumberSketch, *, whole: bool) -> NDArray[np.float64]:
    """Where cells begin: ranges of the first look split in proportion to their rows, round bin edges, 0 on its own."""
    low, high = float(sketch.low), float(sketch.high)
    used = np.flatnonzero(sketch.ranges)
    starts, ends = range_start(used), range_start(used + 1)
    pieces = np.ceil(sketch.ranges[used] / sketch.rows * CELLS).astype(np.int64)
    parts = [
        np.linspace(max(a, low) if np.isfinite(a) else low, min(b, high) if np.isfinite(b) else high, int(k) + 1)
        for a, b, k in zip(starts.tolist(), ends.tolist(), pieces.tolist(), strict=True)
    ]
    around = [round_edges(*_inner(sketch, starts, ends, used), whole=whole)]
    alone = [np.array([v, np.nextafter(v, np.inf)]) for v in (0.0, low, high) if low <= v <= high]
    cuts = np.unique(np.concatenate([*parts, *around, *alone]) + 0.0)
    return cuts[(cuts > low) & (cuts <= high)]


def _inner(sketch: NumberSketch, starts: Any, ends: Any, used: Any) -> tuple[float, float]:
    """The range without the outermost rows, to the width of a range of the first look."""
    upto = np.cumsum(sketch.ranges[used])
    first = int(np.searchsorted(upto, SHARED, side="left"))
    last = int(np.searchsorted(upto, sketch.rows - SHARED, side="right"))
    low, high = float(starts[first]), float(ends[min(last, len(used) - 1)])
    return (
        low if np.isfinite(low) and low > sketch.low else float(sketch.low),
        high if np.isfinite(high) and high < sketch.high else float(sketch.high),
    )


def look_again(frame: pl.DataFrame, *, looking: Looking, aims: Aims) -> Found:
    """The second look at some rows."""
    weight = None if looking.weights is None else looking.weights.whole(frame[looking.weights.column])
    out: Found = {}
    for where, part, heavy in slices_of(frame, weight, looking.groups):
        for name in looking.columns:
            aim = aims.get((where, name))
            if aim is not None:
                out[where, name] = _second(part[name], heavy, aim)
    return out


def together(a: Found, b: Found) -> Found:
    """What both second looks found."""
    out = dict(a)
    for key, found in b.items():
        known = out.get(key)
        out[key] = found if known is None else _joined(known, found)
    return out


def _second(column: pl.Series, weight: Whole | None, aim: Aim) -> Second:
    if aim.cuts is None:
        there = column.is_not_null().to_numpy()
        known = column.drop_nulls().cast(pl.String)
        hit = aim.lots[lot_of(known.hash().to_numpy())]
        heavy = None if weight is None else weight[there][hit]
        return Second(common=texts(known.filter(pl.Series(hit, dtype=pl.Boolean)), heavy))
    found = numbers_of(column)
    heavy = weight if weight is None or found.rows is None else weight[found.rows]
    exact = column.drop_nulls() if is_wide(column.dtype) else None
    hashes = exact.hash().to_numpy() if exact is not None else hashed(_one_zero(found.values))
    hit = aim.lots[lot_of(hashes)]
    light = None if heavy is None else heavy[hit]
    common = count_values(found.values[hit], light)
    if exact is not None:
        common = replace(common, exact=wide(exact.filter(pl.Series(hit, dtype=pl.Boolean)), light))
    values = found.values.astype(np.float64)
    near = np.ldexp(values - aim.centre, -aim.exponent)
    if heavy is None:
        edges = np.searchsorted(np.sort(values), aim.cuts, side="left")
        rows = np.diff(edges, prepend=0, append=len(values)).astype(np.int64)
        return Second(common=common, rows=rows, total=_sum(near), squares=_sum(near * near))
    order = np.argsort(values, kind="stable")
    edges = np.searchsorted(values[order], aim.cuts, side="left")
    upto = np.concatenate([[0], np.cumsum(heavy[order])])
    ends = np.concatenate([[0], edges, [len(values)]])
    parts = np.ldexp(heavy.astype(np.float64), -UNIT)
    return Second(
        common=common, rows=np.diff(ends).astype(np.int64), weight=np.diff(upto[ends]),
        total=_sum(near * parts), squares=_sum(near * near * parts),
    )  # fmt: skip


def _one_zero(values: NDArray[Any]) -> NDArray[Any]:
    return values + 0.0 if values.dtype.kind == "f" else values


def _sum(values: NDArray[np.float64]) -> Fixed:
    return add_up(values, limbs=_LIMBS, first=_FIRST)


def _joined(a: Second, b: Second) -> Second:
    common: Counted | Texts
    if isinstance(a.common, Counted) and isinstance(b.common, Counted):
        common = numbers.together(a.common, b.common)
    else:
        assert isinstance(a.common, Texts)
        assert isinstance(b.common, Texts)
        common = words.together(a.common, b.common)
    return Second(
        common=common, rows=_added(a.rows, b.rows), weight=_added(a.weight, b.weight),
        total=None if a.total is None or b.total is None else a.total + b.total,
        squares=None if a.squares is None or b.squares is None else a.squares + b.squares,
    )  # fmt: skip


def _added(a: Whole | None, b: Whole | None) -> Whole | None:
    return None if a is None or b is None else a + b


def spread_of(
    sketch: NumberSketch, aim: Aim, found: Second, weight: NDArray[np.float64] | None, *, unit: float, whole: bool
) -> Spread:
    """The cells of the second look; empty ones are left out. `weight`: what the rows of each cell weigh."""
    assert aim.cuts is not None
    assert found.rows is not None
    lower = np.concatenate([[float(sketch.low)], aim.cuts])
    upper = np.concatenate([aim.cuts, [float(sketch.high)]])
    single = np.nextafter(lower, np.inf) >= upper  # one float64 alone
    upper = np.where(single, lower, upper)
    some = found.rows > 0
    heavy = None if weight is None else weight[some]
    return spread_over(lower[some] * unit, upper[some] * unit, found.rows[some], heavy, whole=whole)
