"""Intervals for any number between two ends, or above 0, from its variance and how many people stand behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Interval, divide, factor, floats
from sterling.stats.proportion import wilson_value

_PRIOR_PERSON = 1.0


def bounded_z(
    value: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    critical: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> Interval:
    """Interval of a value in [low, high] with sampling variance `variance` among n people, at a critical value.

    A Wilson interval whose n is what the variance makes of n people, pulled towards n as if one more person had been
    seen, so that it stays inside and keeps a width where the value is at an end or the variance is 0. NaN where the
    value or the variance is, or n is 0.
    """
    x, v, size, zed = floats(value, variance, n, critical)
    known = (size > 0) & ~np.isnan(x) & ~np.isnan(v)
    unit = np.clip((np.where(known, x, low) - low) / (high - low), 0.0, 1.0)
    coin = unit * (1 - unit)
    prior = _PRIOR_PERSON / (_PRIOR_PERSON + size * coin)
    ratio = np.where(coin > 0, divide(np.where(known, v, 0.0) / (high - low) ** 2 * size, coin), 1.0)
    bounds = wilson_value(unit, divide(size, (1 - prior) * ratio + prior), zed)
    width = high - low
    return Interval(
        np.where(known, low + width * bounds.low, np.nan), np.where(known, low + width * bounds.high, np.nan)
    )


def positive_z(
    value: ArrayLike, variance: ArrayLike, critical: ArrayLike, *, n: ArrayLike, most: ArrayLike
) -> Interval:
    """Interval of a number that is never negative, with sampling variance `variance`, on the log scale.

    At 0, of which the logarithm says nothing, it is that of a share of 0 among n people, `most` being the number where
    the share is 1. NaN where the value or the variance is. Source: the delta method; Rao 1973, Linear Statistical
    Inference, 6a.2.
    """
    x, v, zed, size, top = floats(value, variance, critical, n, most)
    known, some = (x >= 0) & ~np.isnan(v), x > 0
    reach = factor(zed * divide(np.sqrt(np.where(known, v, 0.0)), np.where(some, x, 1.0)), x)
    at_zero = top * wilson_value(np.zeros_like(x), size, zed).high
    low, high = np.where(some, x / reach, 0.0), np.where(some, x * reach, at_zero)
    return Interval(np.where(known, low, np.nan), np.where(known, high, np.nan))
