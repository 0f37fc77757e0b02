"""Ends of a range held against numbers as they are: whole numbers and decimals never go through float64."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import polars as pl

from sterling.core.data.schema import Ordered, Range


def outside(value: pl.Expr, ends: Range, dtype: pl.DataType) -> pl.Expr:
    """Whether values of an exact type lie beyond ends that are numbers."""
    scale, least, most = _digits(dtype)
    low = least if ends.min is None else math.ceil(_fraction(ends.min) * 10**scale)
    high = most if ends.max is None else math.floor(_fraction(ends.max) * 10**scale)
    if low > most or high < least:  # no value of this type lies between them
        return value.is_not_null()
    below = value < _literal(low, scale, dtype) if low > least else value != value  # false, for each row
    return below | (value > _literal(high, scale, dtype)) if high < most else below


def _fraction(end: Ordered) -> Fraction:
    """The number that is written: 0.1 is a tenth, and not the float64 nearest to it."""
    return Fraction(str(end))


def _digits(dtype: pl.DataType) -> tuple[int, int, int]:
    """Digits after the point, and the least and the greatest value without its point."""
    if isinstance(dtype, pl.Decimal):
        return dtype.scale, 1 - 10**dtype.precision, 10**dtype.precision - 1
    bits = int(str(dtype).removeprefix("U").removeprefix("Int"))
    if dtype.is_unsigned_integer():
        return 0, 0, 2**bits - 1
    return 0, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _literal(edge: int, scale: int, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(Decimal(f"{edge}e-{scale}") if isinstance(dtype, pl.Decimal) else edge, dtype=dtype)
