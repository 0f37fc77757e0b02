"""The mean and the standard deviation of distinct numbers, from how many rows have each or what these rows weigh."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sterling.stats.slabs import summed

Floats = NDArray[np.float64]


def moments(values: Floats, heavy: Floats | NDArray[np.int64] | None) -> tuple[float | None, float | None]:
    """Mean and standard deviation (of the population) of distinct ascending values; None when nothing weighs.

    `values` and `heavy` of shape (n,), n >= 1; `heavy` None: each value weighs 1.
    """
    total = float(len(values) if heavy is None else heavy.sum())
    if not total > 0:
        return None, None
    scale = math.frexp(float(np.abs(values[[0, -1]]).max()))[1]

    def near(part: slice) -> Floats:  # no square leaves float64's range
        return np.ldexp(values[part], -scale) if abs(scale) > 1000 else values[part] * 2.0**-scale

    def weighed(found: Floats, part: slice) -> Floats:
        return found if heavy is None else found * heavy[part]

    def squares(part: slice) -> Floats:
        apart = near(part)
        np.subtract(apart, mean, out=apart)
        return weighed(np.square(apart, out=apart), part)

    mean = summed(lambda part: weighed(near(part), part), len(values)) / total
    return _scaled(mean, scale), _scaled(math.sqrt(summed(squares, len(values)) / total), scale)


def _scaled(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:  # rounding took the mean of the largest floats a hair beyond them
        return math.copysign(float(np.finfo(np.float64).max), value)
