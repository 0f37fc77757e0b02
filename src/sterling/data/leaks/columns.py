"""How strange a value is for its column, judged from rows of a reference, and columns as coordinates."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.leaks.coding import comparable

Floats = NDArray[np.float64]
KINDS = 100
"""A text column of more different values names rows: it is left out."""
UNSEEN = 1e12
"""The strangeness of what the reference never has: a text that it lacks, or a missing value."""
EDGE = 0.05
"""Numbers are measured in distances from the median to the quantiles at this share from either end."""
FAR = 10.0
"""Coordinates of numbers end here, so that one column does not drown the others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number:
    """A column of numbers: its median, the usual distance below and above it, and whether values are missing."""

    column: str
    middle: float
    below: float
    above: float
    missing: bool

    def strange(self, values: pl.Series) -> Floats:
        """Distances from the median in usual distances of that side, shape (rows,)."""
        x = _array(values)
        side = np.where(x < self.middle, self.below, self.above)
        with np.errstate(divide="ignore", invalid="ignore"):
            away = np.where(x == self.middle, 0.0, np.abs(x - self.middle) / side)
        return np.where(np.isnan(x), 0.0 if self.missing else UNSEEN, np.minimum(away, UNSEEN))

    def coded(self, values: pl.Series) -> Floats:
        x, wide = _array(values), (self.below + self.above) / 2
        lost = np.isnan(x)
        place = np.where(lost, 0.0, (x - self.middle) / (wide if wide > 0 else 1.0))
        return np.column_stack([np.clip(place, -FAR, FAR), lost.astype(np.float64)])

    def what(self, values: pl.Series) -> NDArray[np.str_]:
        x = _array(values)
        return np.where(np.isnan(x), "missing", np.where(x < self.middle, "below", "above"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text:
    """A column of names of things: those that occur, and whether some are missing."""

    column: str
    known: pl.Series
    missing: bool

    def strange(self, values: pl.Series) -> Floats:
        lost = values.is_null().to_numpy()
        seen = np.where(lost, self.missing, values.is_in(self.known.implode()).fill_null(False).to_numpy())
        return np.where(seen, 0.0, UNSEEN)

    def coded(self, values: pl.Series) -> Floats:
        """A column of 0 and 1 for each value, scaled so that two different values are 1 apart."""
        table = pl.DataFrame({"v": self.known}).with_row_index("i")
        place = values.to_frame("v").join(table, on="v", how="left", maintain_order="left")["i"]
        code = place.cast(pl.Int64).fill_null(-1).to_numpy()
        return np.asarray((code[:, None] == np.arange(len(self.known))[None, :]) / math.sqrt(2))

    def what(self, values: pl.Series) -> NDArray[np.str_]:
        return np.where(values.is_null().to_numpy(), "missing", "unseen")


def learned(column: pl.Series) -> Number | Text | None:
    """What is usual in a column; None when it holds nothing comparable, or names rows."""
    plain = comparable(column)
    if plain is None or plain.null_count() == len(plain):
        return None
    known, missing = plain.drop_nulls(), plain.null_count() > 0
    if plain.dtype == pl.String:
        names = known.unique().sort()
        return None if len(names) > KINDS else Text(column=column.name, known=names, missing=missing)
    x = np.sort(_array(known))
    low, middle, high = (float(x[int(share * (len(x) - 1))]) for share in (EDGE, 0.5, 1 - EDGE))
    below = middle - low or middle - float(x[0])
    above = high - middle or float(x[-1]) - middle
    return Number(column=column.name, middle=middle, below=below or above, above=above or below, missing=missing)


def plain_of(frame: pl.DataFrame, column: Number | Text) -> pl.Series:
    """The column of another table in the form in which it was learned; texts and numbers are not mixed up."""
    values = comparable(frame[column.column])
    wanted = pl.String if isinstance(column, Text) else pl.Float64
    if values is None:
        values = pl.Series([None] * frame.height, dtype=wanted)
    return values if values.dtype == wanted else values.cast(wanted, strict=False)


def _array(values: pl.Series) -> Floats:
    return values.cast(pl.Float64).to_numpy().astype(np.float64)
