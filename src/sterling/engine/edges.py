"""Where to divide a column: quantiles and bins of equal width, with edges in as few digits as tell the rows apart."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any

import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.grouping import Parts
from sterling.engine.batches import batches
from sterling.engine.order import HELD, order_statistics

BATCH_ROWS = 1 << 19
_DIGITS = 800
"""Enough for any finite float, written out exactly."""
_POWERS = 700
_PLAIN = 16
"""Numbers from 1e-6 to below 1e16 are written without an exponent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Of a column's finite values: how many there are, the least and the greatest."""

    n: int
    low: Any
    high: Any


def edges_of(
    table: pl.LazyFrame, numbers: pl.Expr, dtype: pl.DataType, parts: Parts, spread: Spread
) -> tuple[list[str], int]:
    """The edges between the parts that have rows, in ascending order, and how many such parts there are.

    `numbers`: the column's finite numbers, of type `dtype`, null elsewhere. Two values on different sides of an exact
    edge lie on different sides of the one that is returned. Edges depend on the values alone, not on their order.
    """
    if spread.n == 0 or spread.low == spread.high:
        return [], min(spread.n, 1)
    quantiles = parts.kind == "quantiles"
    exact = _quantiles(table, numbers, dtype, parts.count, spread) if quantiles else _equal(parts, dtype, spread)
    if not exact:
        return [], 1
    coarsest = None if quantiles else _power(Fraction(spread.high) - Fraction(spread.low), parts.count)
    ends = table.select(code=codes(numbers, exact, dtype), x=numbers).drop_nulls().group_by("code")
    held = ends.agg(low=pl.col("x").min(), high=pl.col("x").max()).sort("code").collect()
    texts: dict[str, None] = {}
    for (before, _, below), (code, above, _) in pairwise(held.iter_rows()):
        # Where parts without rows lie between, both their ends are edges.
        for at in dict.fromkeys((exact[before], exact[code - 1])):
            texts[shortest(below, at, above, coarsest=coarsest)] = None
    return list(texts), held.height


def codes(numbers: pl.Expr, edges: Sequence[float], dtype: pl.DataType) -> pl.Expr:
    """How many of the ascending edges a number reaches, as UInt8: its part. Null where the number is."""
    return reduce(operator.add, ((numbers >= pl.lit(at, dtype)).cast(pl.UInt8) for at in edges))


def _quantiles(table: pl.LazyFrame, numbers: pl.Expr, dtype: pl.DataType, count: int, spread: Spread) -> list[Any]:
    """The values with which the parts begin: part k begins where at least k/count of the rows lie below, ties aside."""

    def values() -> Iterator[pl.Series]:
        for frame in batches(table.select(numbers), size=BATCH_ROWS):
            yield frame.to_series().drop_nulls()

    places = [-(-k * spread.n // count) for k in range(1, count)]
    found = order_statistics(values, spread.n, [p for p in places if p < spread.n], dtype=dtype, held=HELD)
    return sorted({v for v in found if v > spread.low})


def _equal(parts: Parts, dtype: pl.DataType, spread: Spread) -> list[Any]:
    """Edges of bins of equal width: the float nearest to the exact one; of whole numbers the first one in the bin."""
    low, width = Fraction(spread.low), (Fraction(spread.high) - Fraction(spread.low)) / parts.count
    exact = [low + width * k for k in range(1, parts.count)]
    return sorted({math.ceil(at) for at in exact}) if dtype.is_integer() else sorted({float(at) for at in exact})


def _power(range_: Fraction, count: int) -> int:
    """To which power of ten edges of equal bins are rounded: they move by a tenth of the width at most."""
    width = range_ / count
    return (Decimal(width.numerator) / Decimal(width.denominator)).adjusted() - 1


def shortest(low: float, at: float, high: float, *, coarsest: int | None = None) -> str:
    """A number in `low` < number <= `high` in few digits, near `at`: it divides the same values as `at` does.

    `coarsest`: the greatest power of ten that it is rounded to; None for any.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        exact, least, most = Decimal(at), Decimal(low), Decimal(high)
        begin = max(exact.adjusted(), least.adjusted(), most.adjusted()) + 1 if coarsest is None else coarsest
        for power in range(begin, begin - _POWERS, -1):
            for how in (ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR):
                near = exact.scaleb(-power).to_integral_value(rounding=how).scaleb(power)
                if least < near <= most and low < _number(near, at) <= high:
                    return _written(near)
    return repr(at)


def _number(near: Decimal, like: float) -> float | int:
    """The edge as it will be compared: whole numbers with whole numbers, others as the nearest float."""
    return math.ceil(near) if isinstance(like, int) else float(near)


def _written(number: Decimal) -> str:
    """In digits alone, or with an exponent where that would be long."""
    if number == 0:
        return "0"
    if -7 < number.adjusted() < _PLAIN:
        text = f"{number:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{number.normalize():e}".replace("e+", "e")
