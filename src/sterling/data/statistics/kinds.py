"""What kind of values a column has, and the numbers that stand for them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.profile import ColumnKind
from sterling.data.statistics.wide import is_wide

_UNITS = {"ms": 1e-3, "us": 1e-6, "ns": 1e-9}


class Numbers(NamedTuple):
    """The finite numbers of a column, which rows have them (None: all), and how many are NaN or infinite."""

    values: NDArray[Any]
    rows: NDArray[np.bool_] | None
    nan: int
    infinite: int


def kind_of(dtype: pl.DataType) -> ColumnKind:
    """The kind of a column of this type; pictures are told from other bytes by looking at them (`images.py`)."""
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric() or dtype == pl.Duration:
        return "number"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    if dtype == pl.Date:
        return "date"
    if dtype == pl.Datetime:
        return "datetime"
    if dtype == pl.Time:
        return "time"
    return "list" if isinstance(dtype, pl.List | pl.Array) else "other"


NUMBERED: tuple[ColumnKind, ...] = ("number", "integer", "boolean", "date", "datetime", "time")
"""Kinds whose values are numbers or are counted as such."""


def unit_of(dtype: pl.DataType) -> float:
    """What one of the numbers that stand for the values is: seconds for days and times, else itself."""
    if dtype == pl.Date:
        return 86_400.0
    if isinstance(dtype, pl.Datetime | pl.Duration):
        return _UNITS[dtype.time_unit]
    return 1e-9 if dtype == pl.Time else 1.0


def numbers_of(column: pl.Series) -> Numbers:
    """The numbers behind a column of one of the NUMBERED kinds: of its own type's width, so that none is rounded.

    Days, moments and spans of time are whole numbers of their own unit (`unit_of`); decimals and whole numbers of 128
    bits become float64, which may join some that differ (`wide.py` tells them apart).
    """
    dtype = column.dtype
    known = column.drop_nulls() if column.null_count() else column
    rows = column.is_not_null().to_numpy() if column.null_count() else None
    if dtype == pl.Boolean:
        return Numbers(known.cast(pl.Int8).to_numpy(), rows, 0, 0)
    if dtype.is_temporal():
        return Numbers(known.to_physical().cast(pl.Int64).to_numpy(), rows, 0, 0)
    if dtype.is_integer() and not is_wide(dtype):
        wide = known.cast(pl.UInt64 if dtype == pl.UInt64 else pl.Int64)
        if wide.n_chunks() > 1:
            return Numbers(_own(wide, np.uint64 if dtype == pl.UInt64 else np.int64), rows, 0, 0)
        return Numbers(wide.to_numpy(), rows, 0, 0)
    values = known.cast(pl.Float64).to_numpy()
    finite = np.isfinite(values)
    if finite.all():
        return Numbers(values, rows, 0, 0)
    nan = int(np.isnan(values).sum())
    if rows is None:
        rows = finite
    else:
        rows = rows.copy()
        rows[rows] = finite
    return Numbers(values[finite], rows, nan, int(len(finite) - finite.sum()) - nan)


def floats_in_order(column: pl.Series) -> Numbers:
    """As `numbers_of` a column of floats, in ascending order and with one zero; which rows have them is not kept."""
    values, nan = ascending(column)
    first, end = int(np.searchsorted(values, -np.inf, side="right")), int(np.searchsorted(values, np.inf))
    finite = values[first:end]
    finite[np.searchsorted(finite, 0.0) : np.searchsorted(finite, 0.0, side="right")] = 0.0
    return Numbers(finite, None, nan, first + len(values) - end)


def ascending(column: pl.Series) -> tuple[NDArray[np.float64], int]:
    """The numbers of a column in ascending order, infinite ones included, and how many are NaN."""
    values = _own(column.drop_nulls().cast(pl.Float64), np.float64)
    values.sort()  # NaN last
    known = int(np.searchsorted(values, np.nan))
    return values[:known], len(values) - known


def _own(column: pl.Series, dtype: type[Any]) -> NDArray[Any]:
    """The values of a column without missing ones in an array of its own, for which NumPy asks for large pages."""
    values = np.empty(len(column), dtype=dtype)
    start = 0
    for chunk in column.get_chunks():
        values[start : start + len(chunk)] = chunk.to_numpy()
        start += len(chunk)
    return values


def missing_in(column: pl.Series) -> int:
    """How many rows have no value: null, or NaN."""
    return column.null_count() + (int(column.is_nan().sum()) if column.dtype.is_float() else 0)


def hashes_of(column: pl.Series) -> NDArray[np.uint64]:
    """64-bit hashes of the values that are there, of any type; equal values have equal hashes."""
    return column.drop_nulls().hash().to_numpy()
