"""Columns that are not held: two passes over each table, counts that merge in any order, and errors that are stated.

The first pass draws rows by a hash of their content, so that cut points follow the values whatever their scale or their
outliers, and counts categories: all of them while they are at most `VALUES_KEPT`, and by their hash as well. The second
counts numbers between the cut points. What a distance may be short of is worked out from the counts alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl

from sterling.data.drift.columns import Compared, categories, known, numbers
from sterling.data.drift.counts import Cells, Look, Total, Values, smallest
from sterling.data.drift.facts import Facts
from sterling.data.drift.from_counts import BUCKETS, facts_of
from sterling.data.drift.held import LONGEST
from sterling.data.statistics.weights import Weights, weights_of
from sterling.engine.exact import add_at, add_up
from sterling.engine.table import TableAccess
from sterling.stats.arrays import Array

DRAWN = 1 << 17
CUTS = 2_048
_SEED = 20_261_130
_EXACT = {"limbs": 2, "first": 22}


def compare_streamed(columns: Sequence[Compared], here: TableAccess, there: TableAccess) -> list[Facts]:
    """The facts of all columns of two tables, either of which may be out of memory or out of reach."""
    looks = [_first(columns, access) for access in (there, here)]
    cuts = {c.name: _cut_points(looks, c.name) for c in columns if c.how in ("number", "length")}
    cells = [_second(columns, access, cuts) for access in (there, here)]
    return [facts_of(c, looks, cells, cuts) for c in columns]


def _named(columns: Sequence[Compared], access: TableAccess, weights: Weights | None) -> list[str]:
    return list(dict.fromkeys([*(c.name for c in columns), *([weights.column] if weights else [])]))


def _first(columns: Sequence[Compared], access: TableAccess) -> Look:
    weights = weights_of(access)
    share = min(DRAWN / max(access.rows, 1), 1.0)
    job = partial(_look_at, columns=tuple(columns), schema=dict(access.schema), weights=weights, rows=access.rows,
                  share=share)  # fmt: skip
    return access.fold(job, _looks_merged, _named(columns, access, weights))


def _look_at(
    frame: pl.DataFrame, *, columns: tuple[Compared, ...], schema: Mapping[str, pl.DataType], weights: Weights | None,
    rows: int, share: float,
) -> Look:  # fmt: skip
    weight = _weight(frame, weights, rows)
    drawn = frame
    if share < 1.0:
        drawn = frame.filter(pl.struct(pl.all()).hash(_SEED) < int(share * 2**64))
    there, picked, ends, values = {}, {}, {}, {}
    for column in columns:
        dtype = schema[column.name]
        mask = frame.select(known(column, dtype)).to_series().to_numpy()
        there[column.name] = _total(weight[mask])
        if column.how in ("number", "length"):
            x = frame.select(numbers(column, dtype)).to_series().drop_nulls().to_numpy()
            finite = x[np.isfinite(x)]
            ends[column.name] = (float(finite.min()), float(finite.max())) if len(finite) else (np.inf, -np.inf)
            few = drawn.select(numbers(column, dtype)).to_series().drop_nulls().to_numpy()
            picked[column.name] = np.sort(few[np.isfinite(few)])
        elif column.how == "category":
            values[column.name] = _values(frame.select(value=categories(column, dtype)).to_series(), weight)
    return Look(whole=_total(weight), there=there, drawn=picked, ends=ends, values=values)


def _looks_merged(a: Look, b: Look) -> Look:
    return Look(
        whole=a.whole.merge(b.whole),
        there={c: t.merge(b.there[c]) for c, t in a.there.items()},
        drawn={c: np.sort(np.concatenate([x, b.drawn[c]]), kind="stable") for c, x in a.drawn.items()},
        ends={c: (min(low, b.ends[c][0]), max(high, b.ends[c][1])) for c, (low, high) in a.ends.items()},
        values={c: v.merge(b.values[c]) for c, v in a.values.items()},
    )


def _weight(frame: pl.DataFrame, weights: Weights | None, rows: int) -> Array:
    if weights is None:
        return np.ones(frame.height)
    room = 62 - max(rows, 1).bit_length()
    return np.ldexp(weights.whole(frame[weights.column]).astype(np.float64), -room)


def _total(weight: Array) -> Total:
    return Total(rows=len(weight), weight=add_up(weight, **_EXACT), squares=add_up(weight * weight, **_EXACT))


def _values(texts: pl.Series, weight: Array) -> Values:
    mask = texts.is_not_null().to_numpy()
    held, w = texts.filter(pl.Series(mask)), weight[mask]
    hashed = held.hash(_SEED)
    lengths = np.minimum(held.str.len_chars().to_numpy(), LONGEST).astype(np.int64)
    bucket = (hashed.to_numpy() % np.uint64(BUCKETS)).astype(np.int64)
    units = np.ldexp(w, 22)  # as `add_at` rounds them: what merges exactly
    high = np.rint(units)
    frame = pl.DataFrame(
        {"value": held, "hash": hashed, "high": high.astype(np.int64),
         "low": np.rint(np.ldexp(units - high, 24)).astype(np.int64)}
    )  # fmt: skip
    counts = frame.group_by("value", "hash").agg(pl.col("high", "low").sum(), rows=pl.len().cast(pl.Int64))
    kept, cut = smallest(counts.select("value", "hash", "rows", "high", "low"))
    return Values(
        counts=kept, cut=cut, buckets=add_at(bucket, w, BUCKETS, **_EXACT),
        lengths=add_at(lengths, w, LONGEST + 1, **_EXACT),
    )  # fmt: skip


def _cut_points(looks: Sequence[Look], name: str) -> Array:
    """Ascending cuts: every value drawn where they are few, else at equal shares of both draws, and both ends."""
    parts = []
    for drawn in (look.drawn[name] for look in looks):
        if len(drawn) and len(np.unique(drawn)) > CUTS:
            inner = drawn[((np.arange(CUTS // 2) + 0.5) * len(drawn) / (CUTS // 2)).astype(np.intp)]
            tail = np.unique(np.minimum(2 ** np.arange(14), len(drawn) - 1))
            parts += [inner, drawn[tail], drawn[len(drawn) - 1 - tail]]
        else:
            parts.append(drawn)
    ends = [e for look in looks for e in look.ends[name] if np.isfinite(e)]
    return np.unique(np.concatenate([*parts, np.array(ends, dtype=np.float64)]) + 0.0)


def _second(columns: Sequence[Compared], access: TableAccess, cuts: Mapping[str, Array]) -> Mapping[str, Cells]:
    mine = [c for c in columns if c.name in cuts]
    if not mine:
        return {}
    weights = weights_of(access)
    job = partial(_cells_of, columns=tuple(mine), schema=dict(access.schema), weights=weights, rows=access.rows,
                  cuts=dict(cuts))  # fmt: skip
    return access.fold(job, _cells_merged, _named(mine, access, weights))


def _cells_merged(a: Mapping[str, Cells], b: Mapping[str, Cells]) -> Mapping[str, Cells]:
    return {name: cells.merge(b[name]) for name, cells in a.items()}


def _cells_of(
    frame: pl.DataFrame, *, columns: tuple[Compared, ...], schema: Mapping[str, pl.DataType], weights: Weights | None,
    rows: int, cuts: Mapping[str, Array],
) -> Mapping[str, Cells]:  # fmt: skip
    weight = _weight(frame, weights, rows)
    out = {}
    for column in columns:
        values = frame.select(numbers(column, schema[column.name])).to_series()
        mask = values.is_not_null().to_numpy()
        out[column.name] = _between(values.filter(pl.Series(mask)).to_numpy(), weight[mask], cuts[column.name])
    return out


def _between(x: Array, weight: Array, cuts: Array) -> Cells:
    cell = np.searchsorted(cuts, x, side="left").astype(np.int64)
    size = len(cuts) + 1
    if not len(cuts):
        nothing = add_at(cell, weight, size, **_EXACT)
        return Cells(weight=nothing, inner=nothing, reach=nothing)
    ends = np.concatenate([[cuts[0]], cuts, [cuts[-1]]])
    low, width = ends[cell], ends[cell + 1] - ends[cell]
    with np.errstate(invalid="ignore"):
        reach = np.where(width > 0, np.clip((x - low) / np.where(width > 0, width, 1.0), 0.0, 1.0), 1.0)
    at_end = x == ends[cell + 1]
    return Cells(
        weight=add_at(cell, weight, size, **_EXACT),
        inner=add_at(cell, np.where(at_end, 0.0, weight), size, **_EXACT),
        reach=add_at(cell, weight * np.where(at_end, 1.0, reach), size, **_EXACT),
    )
