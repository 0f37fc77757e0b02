"""Hashes of rows, fast: equal rows have equal hashes in any batch, file or process; different ones nearly never."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
LARGE = 2.0**53
"""From here on, floats have no place for all digits of a whole number."""
_MISSING = pl.lit(0x9E3779B97F4A7C15, dtype=pl.UInt64)


def row_keys(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    """A 64-bit hash of the values of `columns` in each row, shape (rows,).

    Values are compared as people mean them: 1, 1.0 and true are equal, NaN is missing, categories are their texts. Of
    n different rows two share a hash with a chance of at most n² / 2^65: under 3 in 100 million for a million rows.
    """
    total = np.zeros(frame.height, dtype=np.uint64)
    for column, keys in zip(columns, _keys([frame[column] for column in columns]), strict=True):
        total += keys * _factor(column)
    return total


def part(frame: pl.DataFrame, column: str) -> Hashes:
    """What one column adds to the hash of each row; taken away again, the hash is that of the other columns."""
    return value_keys(frame[column]) * _factor(column)


def value_keys(values: pl.Series) -> Hashes:
    """A 64-bit hash of each value, shape (rows,); all missing ones are equal."""
    return _keys([values])[0]


def _factor(column: str) -> np.uint64:
    digest = hashlib.blake2b(column.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little") | 1)


def _keys(columns: Sequence[pl.Series]) -> list[Hashes]:
    """As `value_keys`, of columns of one length, all in one go."""
    frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
    wide = [name for name, dtype in frame.schema.items() if dtype in (pl.Int64, pl.UInt64, pl.Int128)]
    large = frame.select(pl.col(wide).cast(pl.Float64).abs().ge(LARGE).any()).row(0) if wide else ()
    told_apart = {name for name, there in zip(wide, large, strict=True) if there}
    keys = frame.select(_key(name, dtype, large=name in told_apart) for name, dtype in frame.schema.items())
    return [key.to_numpy() for key in keys]


def _key(name: str, dtype: pl.DataType, *, large: bool) -> pl.Expr:
    plain = _plain(pl.col(name), dtype)
    key = plain.hash(0)
    if large:
        key = pl.when(plain.abs() >= LARGE).then(pl.col(name).hash(1)).otherwise(key)
    return pl.when(plain.is_null()).then(_MISSING).otherwise(key).alias(name)


def countable(schema: pl.Schema) -> tuple[str, ...]:
    """The columns whose values can be compared: all but foreign Python objects."""
    return tuple(name for name, dtype in schema.items() if dtype != pl.Object)


def _plain(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The values in the one form in which their kind is compared."""
    if (dtype.is_numeric() and not dtype.is_decimal()) or dtype == pl.Boolean:
        return values.cast(pl.Float64).fill_nan(None)
    if dtype in (pl.Categorical, pl.Enum) or dtype.is_decimal():
        return values.cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        return values.cast(pl.Datetime("us", dtype.time_zone))
    return values
