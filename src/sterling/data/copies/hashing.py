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


def row_keys(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    """A 64-bit hash of the values of `columns` in each row, shape (rows,).

    Values are compared as people mean them: 1, 1.0 and true are equal, NaN is missing, categories are their texts. Of
    n different rows two share a hash with a chance of at most n² / 2^65: under 3 in 100 million for a million rows.
    """
    total = np.zeros(frame.height, dtype=np.uint64)
    for column in columns:
        total += part(frame, column)
    return total


def part(frame: pl.DataFrame, column: str) -> Hashes:
    """What one column adds to the hash of each row; taken away again, the hash is that of the other columns."""
    digest = hashlib.blake2b(column.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return value_keys(frame[column]) * np.uint64(int.from_bytes(digest, "little") | 1)


def value_keys(values: pl.Series) -> Hashes:
    """A 64-bit hash of each value, shape (rows,); all missing ones are equal."""
    plain = _plain(values)
    keys = plain.hash(0).to_numpy().astype(np.uint64)
    if values.dtype in (pl.Int64, pl.UInt64, pl.Int128):
        large = (plain.abs() >= LARGE).fill_null(False).to_numpy()
        if large.any():
            keys = np.where(large, values.hash(1).to_numpy(), keys)
    return np.where(plain.is_null().to_numpy(), np.uint64(0x9E3779B97F4A7C15), keys)


def countable(schema: pl.Schema) -> tuple[str, ...]:
    """The columns whose values can be compared: all but foreign Python objects."""
    return tuple(name for name, dtype in schema.items() if dtype != pl.Object)


def _plain(values: pl.Series) -> pl.Series:
    """The values in the one form in which their kind is compared."""
    dtype = values.dtype
    if (dtype.is_numeric() and not dtype.is_decimal()) or dtype == pl.Boolean:
        return values.cast(pl.Float64).fill_nan(None)
    if dtype in (pl.Categorical, pl.Enum) or dtype.is_decimal():
        return values.cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        return values.cast(pl.Datetime("us", dtype.time_zone))
    return values
