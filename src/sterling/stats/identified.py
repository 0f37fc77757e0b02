"""Intervals for a number that the data bound and do not fix.

Of such a number two ends are estimated, each with its own error. Source: Imbens and Manski 2004, Econometrica 72:1845.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, floats
from sterling.stats.normal import cdf, z

_STEPS = 60


def imbens_manski(
    low: ArrayLike, high: ArrayLike, low_error: ArrayLike, high_error: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Interval that holds the number, wherever it lies between the ends, with probability `level`.

    The errors are standard errors of the ends. Where the ends are far apart only one of them can be missed and the
    critical value is one-sided; where they meet it is the usual two-sided one.
    """
    a, b, se_a, se_b = floats(low, high, low_error, high_error)
    largest = np.maximum(se_a, se_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.where(largest > 0, np.maximum(b - a, 0.0) / largest, np.inf)
    critical = _critical(apart, level)
    return Interval(np.asarray(a - critical * se_a), np.asarray(b + critical * se_b))


def _critical(apart: Array, level: float) -> Array:
    """C with cdf(C + apart) - cdf(-C) = level, by halving between the one-sided and the two-sided value."""
    low, high = np.full(apart.shape, z(level, 1)), np.full(apart.shape, z(level))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        short = cdf(middle + apart) - cdf(-middle) < level
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(high)


def clipped_mean_bias(distance: ArrayLike, error: ArrayLike) -> Array:
    """How far E max(0, X) lies above max(0, E X), for X normal about `distance` with standard error `error`.

    A plug-in maximum is too high (and a minimum too low) by this much: error [phi(d) - |d| Phi(-|d|)], d their ratio.
    """
    mean, se = floats(distance, error)
    ratio = np.abs(np.divide(mean, se, out=np.full(mean.shape, np.inf), where=se > 0))
    near = ratio < 8
    d = np.where(near, ratio, 0.0)
    density = np.exp(-(d**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(np.where(near, se * (density - d * cdf(-d)), 0.0))
