"""Intervals for the mean of a quantity, from the count, the sum and the sum of squares."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, Sided, divide, factor, floats
from sterling.stats.normal import cdf, z
from sterling.stats.proportion import wilson_value
from sterling.stats.special import t_ppf

_PRIOR_PERSON = 1.0
_PRIOR_PEOPLE = 2.0


class Moments(NamedTuple):
    """Mean and sample variance (divisor n - 1); the variance is NaN below two rows."""

    mean: Array
    variance: Array


def moments(total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> Moments:
    """Mean and sample variance from the sum, the sum of squares and the count."""
    s, q, size = floats(total, squares, n)
    mean = divide(s, size)
    # The variance of n nearly equal values is a small difference of large sums: below rounding it is zero.
    spread = np.where(size > 1, np.maximum(q - s * mean, 0.0), np.nan)
    spread = np.where(spread <= 1e-15 * q * size, 0.0, spread)
    return Moments(mean, divide(spread, np.maximum(size - 1, 0)))


def mean_bounded(
    total: ArrayLike,
    squares: ArrayLike,
    n: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 1.0,
    level: float = 0.95,
    sided: Sided = 2,
) -> Interval:
    """Interval for the mean of values known to lie in [low, high], such as a Brier score. NaN where n is 0."""
    return mean_bounded_z(total, squares, n, z(level, sided), low=low, high=high)


def mean_bounded_z(
    total: ArrayLike, squares: ArrayLike, n: ArrayLike, critical: ArrayLike, *, low: float = 0.0, high: float = 1.0
) -> Interval:
    """`mean_bounded` at a given critical value.

    A Wilson interval whose n is enlarged by how much calmer the values are than a coin of the same mean. That ratio
    of variances is pulled towards 1 as if one more person had been seen, because rare large values stay unseen in a
    small sample: for a Brier score at 2 % prevalence and n = 30, Student's interval covers 53 % and this one over
    94 %.
    """
    s, q, size, zed = floats(total, squares, n, critical)
    width = high - low
    unit = (s - low * size) / width
    unit_squares = (q - 2 * low * s + low * low * size) / width**2
    mean, variance = moments(unit, unit_squares, size)
    mean = np.clip(mean, 0.0, 1.0)
    coin = mean * (1 - mean)
    prior = _PRIOR_PERSON / (_PRIOR_PERSON + size * coin)
    ratio = np.where((coin > 0) & (size > 1), np.minimum(divide(variance, coin), 1.0), 1.0)
    bounds = wilson_value(mean, divide(size, (1 - prior) * ratio + prior), zed)
    return Interval(low + width * bounds.low, low + width * bounds.high)


def mean_positive(
    total: ArrayLike, squares: ArrayLike, n: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Interval for the mean of non-negative values without an upper end, such as a log loss. NaN below two rows."""
    return mean_positive_z(total, squares, n, z(level, sided))


def mean_positive_z(total: ArrayLike, squares: ArrayLike, n: ArrayLike, critical: ArrayLike) -> Interval:
    """`mean_positive` at a given critical value.

    Student's t for the logarithm of the mean (delta method), with two imaginary rows at least as spread as an
    exponential quantity. No interval can know of rare huge losses that the sample never met: the published coverage
    says how low it falls at low prevalence.
    """
    mean, variance = moments(total, squares, n)
    return positive_mean_z(mean, variance, n, critical)


def positive_mean_z(mean: ArrayLike, variance: ArrayLike, n: ArrayLike, critical: ArrayLike) -> Interval:
    """`mean_positive_z` from the mean and the sample variance (divisor n - 1) of n rows."""
    m, v, size, zed = floats(mean, variance, n, critical)
    enough = size > 1
    df = np.where(enough, size - 1, 1.0)
    padded = (v * df + _PRIOR_PEOPLE * np.maximum(m * m, v)) / df
    relative = divide(np.sqrt(divide(padded, size)), m)
    spread = student(zed, df) * relative
    low = np.where(m > 0, m * np.exp(-spread), 0.0)
    high = np.where(m > 0, m * factor(spread, m), 0.0)
    return Interval(np.asarray(np.where(enough, low, np.nan)), np.asarray(np.where(enough, high, np.nan)))


def mean_t(total: ArrayLike, squares: ArrayLike, n: ArrayLike, *, level: float = 0.95, sided: Sided = 2) -> Interval:
    """Student's interval, for quantities that may take any sign (score minus label, say). NaN below two rows."""
    return mean_t_z(total, squares, n, z(level, sided))


def mean_t_z(total: ArrayLike, squares: ArrayLike, n: ArrayLike, critical: ArrayLike) -> Interval:
    """`mean_t` at a given critical value."""
    s, q, size, zed = floats(total, squares, n, critical)
    mean, variance = moments(s, q, size)
    spread = student(zed, np.maximum(size - 1, 1.0)) * np.sqrt(divide(variance, size))
    return Interval(np.asarray(mean - spread), np.asarray(mean + spread))


def student(critical: ArrayLike, df: ArrayLike) -> Array:
    """The value of Student's t whose tail equals the normal tail beyond `critical`.

    From 100 degrees of freedom on by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), which is quick and
    there agrees with the inversion to 1e-8; below by inversion.
    """
    zed, degrees = floats(critical, df)
    out = np.asarray(_expansion(zed, np.maximum(degrees, 100.0)))
    few = degrees < 100.0
    if few.any():
        out = out.copy()
        out[few] = _inverted(zed[few].tobytes(), degrees[few].tobytes())
    return out


@lru_cache(maxsize=64)
def _inverted(zed: bytes, degrees: bytes) -> Array:
    """By inversion, of arrays as bytes: many metrics of the same slices ask for the same, and it takes a while."""
    return -t_ppf(cdf(-np.frombuffer(zed)), np.frombuffer(degrees))


def _expansion(z: Array, v: Array) -> Array:
    square = z * z
    first = (square + 1) / 4
    second = ((5 * square + 16) * square + 3) / 96
    third = (((3 * square + 19) * square + 17) * square - 15) / 384
    fourth = ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160
    return np.asarray(z * (1 + (first + (second + (third + fourth / v) / v) / v) / v))
