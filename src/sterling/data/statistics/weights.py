"""Weights as whole numbers: sums of them are exact, so no order of rows changes a weighted statistic."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from sterling.core.errors import InputError, shown
from sterling.core.frozen import dataclass
from sterling.engine.commas import text_hint
from sterling.engine.exact import Fixed, add_up
from sterling.engine.survey import kind_of
from sterling.engine.table import TableAccess

_LARGEST = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weight column, and the unit its weights are rounded to: 2^-bits, so small that all rows fit 62 bits.

    `effective`: how many equal rows would say as much, as a part of all rows (Kish 1965, Survey Sampling).
    """

    column: str
    bits: int
    effective: float = 1.0

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
    access = replace(access, progress=None)
    access.known([column])
    dtype = access.schema[column]
    if not dtype.is_numeric():
        raise InputError(
            f"the weight column {shown(column)!r} holds {kind_of(dtype)}, not numbers", where=access.name,
            expected="a number of 0 or more for every row",
            hint=text_hint(dtype, "is it the column that says how many people a row stands for?"),
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
    found = Weights(column=column, bits=room - math.frexp(largest)[1])
    total, squares = access.fold(partial(_sums, weights=found), _added, [column])
    size = float(total.value[0]) ** 2 / float(squares.value[0])
    return replace(found, effective=min(size / access.rows, 1.0))


def _sums(frame: pl.DataFrame, *, weights: Weights) -> tuple[Fixed, Fixed]:
    """Sums of the weights and of their squares, as parts of a largest weight of at most 1: in fixed point."""
    light = np.ldexp(weights.whole(frame[weights.column]).astype(np.float64), -_LARGEST)
    return add_up(light, limbs=5, first=20), add_up(light * light, limbs=5, first=20)


def _added(a: tuple[Fixed, Fixed], b: tuple[Fixed, Fixed]) -> tuple[Fixed, Fixed]:
    return a[0] + b[0], a[1] + b[1]


def _facts(frame: pl.DataFrame, *, column: str) -> tuple[int, int, float]:
    weight = frame[column].cast(pl.Float64)
    odd = weight.is_null() | weight.is_finite().not_()
    known = weight.filter(~odd)
    return int(odd.sum()), int((known < 0).sum()), float(known.max() or 0.0)  # type: ignore[arg-type]


def _both(a: tuple[int, int, float], b: tuple[int, int, float]) -> tuple[int, int, float]:
    return a[0] + b[0], a[1] + b[1], max(a[2], b[2])
