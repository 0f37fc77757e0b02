"""How strongly two columns go together, each measure with an interval: for tables of counts, for numbers in groups.

Chi-square, the likelihood ratio and the between-group share of variance have a common shape. Their statistic T is near
noncentral chi-square with `df` degrees of freedom and a noncentrality L that is n times the strength: its mean is
df + L, its variance 2 df + 4 k L, where k is 1 near independence and is estimated far from it (the delta method). The
value is from T - df, which chance alone does not push up; the interval holds all L for which T is within z standard
deviations of its mean. Where the two are independent it reaches 0 at the promised rate.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array
from sterling.stats.normal import z

LEAST = 10
"""Fewer rows say nothing of an association."""


class Strength(NamedTuple):
    """A measure of association, its interval and the rows it rests on; NaN where they say nothing."""

    value: float
    low: float
    high: float
    n: int


def contingency(first: NDArray[np.int64], second: NDArray[np.int64]) -> Array:
    """The table of counts of two codings 0, 1, …, each of shape (n,)."""
    r, c = int(first.max(initial=-1)) + 1, int(second.max(initial=-1)) + 1
    return np.bincount(first * c + second, minlength=r * c).reshape(r, c).astype(np.float64)


def cramers_v(table: ArrayLike, *, level: float = 0.95) -> Strength:
    """Cramér's V, corrected for the V that chance alone gives to tables of many cells; 0 not at all, 1 exactly.

    `table`: counts, shape (r, c). Source: Bergsma 2013, Journal of the Korean Statistical Society 42:323.
    """
    counts = _filled(table)
    n = int(counts.sum())
    r, c = counts.shape
    fewer = largest_phi(r, c, n)
    if n < LEAST or min(r, c) < 2 or fewer <= 0:
        return Strength(math.nan, math.nan, math.nan, n)
    p = counts / n
    rows, columns = p.sum(axis=1, keepdims=True), p.sum(axis=0, keepdims=True)
    square = p * p / (rows * columns)
    phi = max(float(square.sum()) - 1.0, 0.0)
    slope = (
        2 * p / (rows * columns)
        - square.sum(axis=1, keepdims=True) / rows
        - square.sum(axis=0, keepdims=True) / columns
    )
    df = (r - 1) * (c - 1)
    bend, full = _curvature(n * phi, n * _variance(p, slope)), phi / (min(r, c) - 1)
    found = _shifted(n * phi, df * n / (n - 1), df, bend, full, level)
    _, low, high = (min(1.0, math.sqrt(x / n / fewer)) for x in found)
    return Strength(corrected_v(counts), low, high, n)


def corrected_v(table: ArrayLike) -> float:
    """The value of `cramers_v` alone, for any number of rows; 0 when either column has one value only."""
    counts = _filled(table)
    n, (r, c) = float(counts.sum()), counts.shape
    if min(r, c) < 2 or n < 2:
        return 0.0
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / n
    phi = float(((counts - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    fewer = largest_phi(r, c, n)
    return min(1.0, math.sqrt(corrected / fewer)) if fewer > 0 else 0.0


def largest_phi(r: int, c: int, n: float) -> float:
    """What the corrected chi-square over n of an r by c table is divided by; 0 or less where n is too small for it."""
    return min(r - (r - 1) ** 2 / max(n - 1, 1), c - (c - 1) ** 2 / max(n - 1, 1)) - 1


def mutual_information(table: ArrayLike, *, level: float = 0.95) -> Strength:
    """Mutual information in nats, less what chance alone gives: 0 not at all, at most the smaller of two entropies.

    `table`: counts, shape (r, c). Source: Miller 1955, Note on the bias of information estimates (the correction, here
    with the degrees of freedom of the table); Wilks 1938 (the likelihood ratio it is 1/2n of).
    """
    counts = _filled(table)
    n = int(counts.sum())
    r, c = counts.shape
    if n < LEAST or min(r, c) < 2:
        return Strength(math.nan, math.nan, math.nan, n)
    p = counts / n
    rows, columns = p.sum(axis=1, keepdims=True), p.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.where(p > 0, np.log(p / (rows * columns)), 0.0)
    seen = max(float((p * told).sum()), 0.0)
    df = (r - 1) * (c - 1)
    most = min(-float((q * np.log(q)).sum()) for q in (rows, columns))
    bend = _curvature(2 * n * seen, 4 * n * _variance(p, told))
    found = _shifted(2 * n * seen, df, df, bend, min(seen / most, 1.0), level)
    value, low, high = (min(math.log(min(r, c)), x / (2 * n)) for x in found)
    return Strength(value, low, high, n)


def correlation_ratio(values: ArrayLike, groups: NDArray[np.int64], *, level: float = 0.95) -> Strength:
    """Eta: the root of the share of a number's variance that lies between groups, less what chance alone gives.

    `values` and `groups` (codes 0, 1, …) of shape (n,), without missing ones. Source: Kelley 1935, PNAS 21:554 (the
    correction).
    """
    y = np.asarray(values, dtype=np.float64)
    sizes = np.bincount(groups)
    n, k = len(y), int((sizes > 0).sum())
    scale = float(np.abs(y).max(initial=0.0))
    y = y / scale - float((y / scale).mean()) if scale > 0 else y
    square = float((y * y).mean()) if n else 0.0
    if n < LEAST or k < 2 or n <= k + 1 or square <= 1e-24:
        return Strength(math.nan, math.nan, math.nan, n)
    means = (np.bincount(groups, weights=y) / np.maximum(sizes, 1))[groups]
    between = float((means * means).mean()) / square
    slope = (2 * y * means - means * means - between * y * y) / square
    statistic = (n - 1) * between
    bend = _curvature(statistic, n * float((slope * slope).mean()))
    found = _shifted(statistic, k - 1, k - 1, bend, between, level)
    value, low, high = (min(1.0, math.sqrt(x / (n - k))) for x in found)
    return Strength(value, low, high, n)


def _filled(table: ArrayLike) -> Array:
    counts = np.asarray(table, dtype=np.float64)
    return np.asarray(counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0])


def _variance(p: Array, slope: Array) -> float:
    """The variance, times n, of a smooth function of shares with these derivatives (the delta method)."""
    mean = float((p * slope).sum())
    return max(float((p * slope * slope).sum()) - mean * mean, 0.0)


def _curvature(statistic: float, variance: float) -> float:
    """The variance of T over its local value 4 T. `variance`: that of T by the delta method."""
    return variance / (4 * statistic) if statistic > 0 else 1.0


def _shifted(
    statistic: float, mean: float, df: float, k: float, full: float, level: float
) -> tuple[float, float, float]:
    """Estimate and interval of the noncentrality: where (T - mean - L)^2 = z^2 (2 df + 4 k L).

    `full`: the strength as a part of the most it can be. Where one column tells the other exactly, chance adds nothing
    to T; so much less is taken off at the upper end.
    """
    critical = z(level, 2)
    over, most, bend = statistic - mean, statistic - mean * (1 - full), 2 * critical * critical * k
    value = max(over, 0.0)
    low = over + bend - _root(over, bend, critical, df)
    high = most + bend + _root(most, bend, critical, df)
    return value, min(max(low, 0.0), value), max(high, value)


def _root(over: float, bend: float, critical: float, df: float) -> float:
    return math.sqrt(max(2 * bend * over + bend * bend + 2 * critical * critical * df, 0.0))
