"""Columns as small whole numbers, without a look at any label: values where they are few, else ranges."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
RANGES = 256
LEAST = 60
"""A range holds about so many rows at least, of which half may be all that is learned from."""


def codes(column: pl.Series) -> Ints | None:
    """A number from 0 per row, shape (rows,), missing being one of them. None for values that cannot be ordered.

    Numbers and times with many values are cut into ranges of about equally many rows. Texts are taken as they are: one
    that occurs once is a value of its own, and tells nothing of other rows.
    """
    plain = comparable(column)
    if plain is None:
        return None
    if plain.dtype == pl.String:
        return plain.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    return ranges(plain)


def ranges(numbers: pl.Series) -> Ints:
    """Numbers (float64, missing as null) by value where these are few, else by range; missing is 0."""
    known = numbers.drop_nulls()
    most = max(2, min(RANGES, len(known) // LEAST))
    distinct = known.unique().sort()
    if len(distinct) > most:
        ordered = known.sort().to_numpy()
        cuts = np.unique(ordered[(np.arange(1, most) * len(ordered)) // most])
    else:
        cuts = distinct.to_numpy()[1:]
    place = np.searchsorted(cuts, numbers.fill_null(0.0).to_numpy(), side="right") + 1
    return np.where(numbers.is_null().to_numpy(), 0, place).astype(np.int64)


def places(column: pl.Series) -> Ints | None:
    """The place of each number or time among those of the column, from 1, missing being 0; None for other kinds."""
    plain = comparable(column)
    if plain is None or plain.dtype == pl.String:
        return None
    return plain.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()


def comparable(column: pl.Series) -> pl.Series | None:
    """Numbers, truth values and times as float64 (NaN as missing, infinities at the ends); texts; None for the rest."""
    dtype = column.dtype
    if dtype.is_numeric() or dtype == pl.Boolean:
        numbers = column.cast(pl.Float64, strict=False).fill_nan(None)
        return numbers.clip(-1.7e308, 1.7e308)
    if dtype.is_temporal():
        return column.to_physical().cast(pl.Float64)
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    return pl.repeat(None, len(column), dtype=pl.Float64, eager=True) if dtype == pl.Null else None


def order_of(column: pl.Series) -> pl.Series | None:
    """The place of each id in the order of ids, texts by length first, as numbers count: as float64."""
    plain = comparable(column)
    if plain is None or plain.dtype != pl.String:
        return plain
    table = pl.DataFrame({"v": plain}).with_columns(n=pl.col("v").str.len_bytes())
    return table.select(pl.struct("n", "v").rank("dense").cast(pl.Float64)).to_series().set(plain.is_null(), None)
