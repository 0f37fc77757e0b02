"""Where numbers that float64 would round are counted from: large whole numbers and decimals that lie close together.

Differences of numbers stay what they are when all are counted from another place, so distances do as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Context, Decimal

import polars as pl

from sterling.data.drift.columns import Compared
from sterling.data.statistics.wide import is_exact, is_wide
from sterling.engine.table import TableAccess

Ends = Mapping[str, tuple[int | Decimal, int | Decimal]]
_FLOATS = 2**53
"""Whole numbers beyond it may be none of float64."""
_EXACT = Context(prec=80)
"""More digits than sums and differences of two numbers of 39 digits have."""


def with_origins(columns: Sequence[Compared], here: TableAccess, there: TableAccess) -> list[Compared]:
    """The columns, each with an `origin` where both tables hold whole numbers or decimals that need one.

    Of tables that stream, numbers of 64 bits are left as they are: it would take another look at nearly every table.
    """
    small = here.streams or there.streams
    both = [(c, here.schema[c.name], there.schema[c.name]) for c in columns if c.how == "number"]
    asked = [c.name for c, mine, theirs in both if _may_need(mine, theirs, small=small)]
    if not asked:
        return list(columns)
    ends = [_ends(asked, access) for access in (here, there)]
    scales = {c.name: (_scale(mine), _scale(theirs)) for c, mine, theirs in both}
    return [
        replace(c, origin=_origin([e for side in ends for e in side.get(c.name, ())], scales[c.name]))
        if c.name in asked else c
        for c in columns
    ]  # fmt: skip


def _may_need(mine: pl.DataType, theirs: pl.DataType, *, small: bool) -> bool:
    if not (is_exact(mine) and is_exact(theirs)):
        return False
    return any(is_wide(t) or (not small and t in (pl.Int64, pl.UInt64)) for t in (mine, theirs))


def _scale(dtype: pl.DataType) -> int:
    return dtype.scale if isinstance(dtype, pl.Decimal) else 0


def _ends(names: Sequence[str], access: TableAccess) -> Ends:
    return replace(access, progress=None).fold(_ends_of, _wider, names)


def _ends_of(frame: pl.DataFrame) -> Ends:
    return {c.name: (c.min(), c.max()) for c in frame.iter_columns() if c.null_count() < len(c)}  # type: ignore[misc]


def _wider(a: Ends, b: Ends) -> Ends:
    return {name: (min(e[0] for e in ends), max(e[1] for e in ends))
            for name in {**a, **b} if (ends := [s[name] for s in (a, b) if name in s])}  # fmt: skip


def _origin(ends: Sequence[int | Decimal], scales: tuple[int, int]) -> Decimal:
    """The end nearest to 0 where numbers lie closer together than half as far as they are from 0; 0 otherwise.

    Every number of both tables is as far from 0 at least, so that its type holds the origin and the difference.
    """
    if not ends:
        return Decimal(0)
    low, high = Decimal(min(ends)), Decimal(max(ends))
    far = max(high, -low)
    if far.scaleb(max(scales), _EXACT) <= _FLOATS or 2 * _EXACT.subtract(high, low) >= far:
        return Decimal(0)
    return (low if low > 0 else high).quantize(Decimal(1).scaleb(-min(scales)), ROUND_DOWN, _EXACT)
