"""The mean and the standard deviation of distinct numbers, from how many rows have each or what these rows weigh."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sterling.stats.slabs import summed

Floats = NDArray[np.float64]

_FAR = 100
"""Squares of differences of so small or so large numbers, times their rows, keep all their digits."""


def moments(values: Floats, heavy: Floats | NDArray[np.int64] | None) -> tuple[float | None, float | None]:
    """Mean and standard deviation (of the population) of distinct ascending values; None when nothing weighs.

    `values` and `heavy` of shape (n,), n >= 1; `heavy` None: each value weighs 1.
    """
    total = float(len(values) if heavy is None else heavy.sum())
    if not total > 0:
        return None, None
    scale = 0 if _moderate(values, heavy) else math.frexp(float(np.abs(values[[0, -1]]).max()))[1]

    def near(part: slice) -> Floats:  # no square leaves float64's range
        if scale == 0:
            return values[part]
        return np.ldexp(values[part], -scale) if abs(scale) > 1000 else values[part] * 2.0**-scale

    def weighed(found: Floats, part: slice) -> Floats:
        return found if heavy is None else found * heavy[part]

    def squares(part: slice) -> Floats:
        apart = near(part) - mean
        return weighed(np.square(apart, out=apart), part)

    mean = summed(lambda part: weighed(near(part), part), len(values)) / total
    return _scaled(mean, scale), _scaled(math.sqrt(summed(squares, len(values)) / total), scale)


def _moderate(values: Floats, heavy: Floats | NDArray[np.int64] | None) -> bool:
    """Whether every number met on the way is far inside float64's range, so that a power of two changes no digit."""
    zero = int(np.searchsorted(values, 0.0))
    around = values[[0, max(zero - 1, 0), min(zero, len(values) - 1), min(zero + 1, len(values) - 1), -1]]
    size = np.abs(around[around != 0])
    counts = heavy is None or heavy.dtype.kind == "i"
    return counts and bool(((size > 2.0**-_FAR) & (size < 2.0**_FAR)).all())


def _scaled(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:  # rounding took the mean of the largest floats a hair beyond them
        return math.copysign(float(np.finfo(np.float64).max), value)
