"""Numbers that float64 cannot tell apart, counted as they are: integers of 128 bits and long decimals."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

_DIGITS = 15
"""Different decimals of so many digits are different as float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Wide:
    """Distinct numbers of one column ascending: columns `value`, `rows` and, with weights, `weight`."""

    frame: pl.DataFrame

    @property
    def values(self) -> pl.Series:
        return self.frame["value"]

    @property
    def rows(self) -> NDArray[np.int64]:
        return self.frame["rows"].to_numpy()

    @property
    def weight(self) -> NDArray[np.int64] | None:
        return self.frame["weight"].to_numpy() if "weight" in self.frame.columns else None

    @property
    def once(self) -> bool:
        """Not known without counting."""
        return False

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """64-bit hashes of the values."""
        return self.values.hash().to_numpy()


def is_exact(dtype: pl.DataType) -> bool:
    """Whether values of this type are whole numbers or decimals, not floats."""
    return dtype.is_integer() or isinstance(dtype, pl.Decimal)


def is_wide(dtype: pl.DataType) -> bool:
    """Whether values of this type that differ can be one float64."""
    if isinstance(dtype, pl.Decimal):
        return dtype.precision > _DIGITS
    return dtype in (pl.Int128, pl.UInt128)


def wide(values: pl.Series, weight: NDArray[np.int64] | None = None) -> Wide:
    """The distinct numbers of a column without missing values, and how many rows have each."""
    if weight is None:
        runs = values.sort().rle().struct.unnest()
        return Wide(runs.select("value", rows=pl.col("len").cast(pl.Int64)))
    frame = pl.DataFrame({"value": values, "rows": pl.repeat(1, len(values), dtype=pl.Int64, eager=True),
                          "weight": pl.Series(weight, dtype=pl.Int64)})  # fmt: skip
    return _added(frame)


def together(a: Wide, b: Wide) -> Wide:
    """The numbers of both sets of rows."""
    return _added(pl.concat([a.frame, b.frame]))


def _added(frame: pl.DataFrame) -> Wide:
    return Wide(frame.group_by("value").agg(pl.exclude("value").sum()).sort("value"))
