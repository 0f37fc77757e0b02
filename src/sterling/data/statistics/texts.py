"""Texts as their distinct values, with how many rows have each: what a column of texts is while all of it is held."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.statistics.alike import alike, ready


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Distinct texts in no order: columns `value`, `rows` and, with weights, `weight`."""

    frame: pl.DataFrame

    @property
    def bytes(self) -> int:
        """How long all are together."""
        return int(self.frame["value"].str.len_bytes().sum())

    @property
    def size(self) -> int:
        return self.frame.height

    @property
    def total(self) -> int:
        return int(self.frame["rows"].sum())


def texts(values: pl.Series, weight: NDArray[np.int64] | None = None) -> Texts:
    """The distinct texts of a column without missing values."""
    text = values.cast(pl.String) if values.dtype != pl.String else values
    if weight is None:
        loop = ready()
        frame = None if loop is None else alike(text, loop)
        if frame is None:
            frame = text.alias("value").value_counts(name="rows").cast({"rows": pl.Int64})
        return Texts(frame)
    frame = pl.DataFrame({"value": text, "weight": pl.Series(weight, dtype=pl.Int64)})
    return Texts(frame.group_by("value").agg(rows=pl.len().cast(pl.Int64), weight=pl.col("weight").sum()))


def together(a: Texts, b: Texts) -> Texts:
    """The texts of both sets of rows."""
    if not a.size or not b.size:
        return a if a.size else b
    both = pl.concat([a.frame, b.frame.select(a.frame.columns)])
    return Texts(both.group_by("value").agg(pl.col(c).sum() for c in a.frame.columns if c != "value"))
