"""Weights as whole numbers: sums of them are exact, so no order of rows changes a weighted statistic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from sterling.core.errors import InputError, shown
from sterling.engine.table import TableAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weight column, and the unit its weights are rounded to: 2^-bits, so small that all rows fit 62 bits."""

    column: str
    bits: int

    def whole(self, column: pl.Series) -> NDArray[np.int64]:
        """The weights of some rows in units."""
        units = np.rint(np.ldexp(column.cast(pl.Float64).to_numpy(), self.bits))
        return np.asarray(units, dtype=np.int64)

    def value(self, units: ArrayLike) -> NDArray[np.float64]:
        """What so many units weigh."""
        return np.ldexp(np.asarray(units, dtype=np.float64), -self.bits)


def weights_of(access: TableAccess) -> Weights | None:
    """The weights of a table, checked; None when its rows have none. Raises InputError for weights that are none."""
    column = access.roles.weight
    if column is None:
        return None
    access.known([column])
    dtype = access.schema[column]
    if not dtype.is_numeric():
        raise InputError(
            f"the weight column {shown(column)!r} holds values of type {dtype}, not numbers", where=access.name,
            expected="a number of 0 or more for every row",
        )  # fmt: skip
    odd, negative, largest = access.fold(partial(_facts, column=column), _both, [column])
    if odd or negative:
        raise InputError(
            f"{odd + negative:,} weights in column {shown(column)!r} are "
            + ("missing or not finite" if odd else "negative"),
            where=access.name, expected="a number of 0 or more for every row", hint="check how the weights were made",
        )  # fmt: skip
    if largest <= 0:
        raise InputError(
            f"all weights in column {shown(column)!r} are 0", where=access.name, expected="at least one above 0"
        )
    room = 62 - max(access.rows, 1).bit_length()
    return Weights(column=column, bits=room - math.frexp(largest)[1])


def _facts(frame: pl.DataFrame, *, column: str) -> tuple[int, int, float]:
    weight = frame[column].cast(pl.Float64)
    odd = weight.is_null() | weight.is_finite().not_()
    known = weight.filter(~odd)
    return int(odd.sum()), int((known < 0).sum()), float(known.max() or 0.0)  # type: ignore[arg-type]


def _both(a: tuple[int, int, float], b: tuple[int, int, float]) -> tuple[int, int, float]:
    return a[0] + b[0], a[1] + b[1], max(a[2], b[2])
