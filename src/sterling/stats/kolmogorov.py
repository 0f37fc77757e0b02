"""Two samples of numbers: the largest distance between their distribution functions (Kolmogorov and Smirnov).

The statistic is exact, ties included. Both bounds of the distance between the two *populations* follow from it alone:

- It is at least the statistic less the critical value of Smirnov's test. Where the two distribution functions are
  furthest apart, the noise around them has the increments that it has between equal populations and no larger
  variance, so that its largest value is no larger; elsewhere there is a margin.
- It is at most the statistic plus the bound of one difference of two shares: at the (fixed, unknown) point where the
  populations are furthest apart, the samples differ by no more than the statistic.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sterling.stats.arrays import Array
from sterling.stats.effect import Effect
from sterling.stats.normal import z

EXACT_ROWS = 1_000
"""Up to so many rows together the p-value is worked out exactly."""
_STEP = 64
Sorted = NDArray[np.generic]


def ks_statistic(a: Sorted, b: Sorted, wa: Array | None = None, wb: Array | None = None) -> float:
    """The largest distance between the distribution functions of two ascending samples, weighted if told.

    NaN where one is empty. Values may be infinite, not NaN.
    """
    if not len(a) or not len(b):
        return math.nan
    if wa is None and wb is None:
        return _unweighted(a, b)
    up_a, up_b = _cumulated(a, wa), _cumulated(b, wb)
    right, left = (np.searchsorted(b, a, side=side) for side in ("right", "left"))
    # Among equal values the last step of the sample is the highest and the first the lowest: no ties need be sought.
    return max(float(np.max(up_a[1:] - up_b[right])), float(np.max(up_b[left] - up_a[:-1])), 0.0)


def _unweighted(a: Sorted, b: Sorted) -> float:
    """In whole numbers, and only where it matters: every `_STEP`-th value tells how far the others can be."""
    n, m = len(a), len(b)
    posts = np.unique(np.append(np.arange(0, n, _STEP), n - 1))
    right, left = (np.searchsorted(b, a[posts], side=side) for side in ("right", "left"))
    best = int(max(((posts + 1) * m - right * n).max(), (left * n - posts * m).max(), 0))
    # Between two posts a's own share is below the later one's, and b's above the earlier one's; and in reverse.
    most = np.maximum(posts[1:] * m - right[:-1] * n, left[1:] * n - (posts[:-1] + 1) * m)
    near = np.flatnonzero(most > best)
    inner = (posts[near, None] + np.arange(1, _STEP)).ravel()
    inner = inner[inner < n]
    if len(inner):
        values = a[inner]
        right, left = (np.searchsorted(b, values, side=side) for side in ("right", "left"))
        best = int(max(best, ((inner + 1) * m - right * n).max(), (left * n - inner * m).max()))
    return best / (n * m)


def _cumulated(values: Sorted, weight: Array | None) -> Array:
    """The share of the sample up to each place, from 0 to 1; one entry more than values."""
    if weight is None:
        return np.arange(len(values) + 1) / len(values)
    total = np.concatenate([[0], np.cumsum(weight)])
    return np.asarray(total / total[-1], dtype=np.float64)


def smirnov_sf(x: float) -> float:
    """P(K > x) for the limit of the scaled statistic: 2 sum of (-1)^(k-1) exp(-2 k^2 x^2).

    Source: Smirnov 1948, Annals of Mathematical Statistics 19:279.
    """
    if x <= 0.2:
        return 1.0  # the first term of the other series: exp(-pi^2 / (8 x^2)) is below 1e-13
    if x < 1.0:
        odd = np.arange(1, 40, 2)
        below = math.sqrt(2.0 * math.pi) / x * np.exp(-((odd * math.pi) ** 2) / (8.0 * x * x)).sum()
        return float(min(max(1.0 - below, 0.0), 1.0))
    k = np.arange(1, 60)
    return float(2.0 * np.sum((-1.0) ** (k - 1) * np.exp(-2.0 * k * k * x * x)))


@lru_cache(maxsize=1024)
def smirnov_critical(chance: float) -> float:
    """The x with P(K > x) = chance."""
    low, high = 0.2, 40.0
    for _ in range(70):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if smirnov_sf(middle) > chance else (low, middle)
    return 0.5 * (low + high)


def ks_p(statistic: float, n: float, m: float) -> float:
    """The p-value by the limit. With ties it is too large: the test is then conservative. Effective sizes may be given.

    NaN where the statistic is.
    """
    if math.isnan(statistic):
        return math.nan
    return smirnov_sf(statistic * math.sqrt(n * m / (n + m)))


def ks_exact_p(statistic: float, n: int, m: int, ends: NDArray[np.bool_] | None = None) -> float:
    """The share of all ways to deal the pooled rows into samples of n and m whose statistic is at least this one.

    `ends`, of length n + m - 1: whether the pooled value at a place differs from the next; between equal values the
    distribution functions are not compared, which makes the test exact with ties. Takes n + m steps over n + 1 numbers.
    Source: Schroeer and Trenkler 1995, Computational Statistics and Data Analysis 20:185.
    """
    if math.isnan(statistic):
        return math.nan
    total = n + m
    line = statistic - 1e-9
    chance, beyond = np.zeros(n + 1), 0.0
    chance[0] = 1.0
    i = np.arange(n + 1)
    for step in range(total):
        j = step - i
        from_a = np.where((j >= 0) & (j <= m), n - i, 0) / (total - step)
        from_b = np.where((j >= 0) & (j <= m), m - j, 0) / (total - step)
        moved = chance * from_b
        moved[1:] += chance[:-1] * from_a[:-1]
        if step + 1 < total and (ends is None or ends[step]):
            far = np.abs(i / n - (step + 1 - i) / m) >= line
            beyond += float(moved[far].sum())
            moved[far] = 0.0
        chance = moved
    return min(beyond if line > 0 else 1.0, 1.0)


def ks_effect(statistic: float, n: float, m: float, *, most: float | None = None) -> Effect:
    """The statistic with bounds of the distance between the populations, at any sizes.

    `most`: what the statistic can be at most where it was worked out from counts between cut points.
    """
    upper = statistic if most is None else most
    scale = math.sqrt(1.0 / n + 1.0 / m)
    half_step = 0.5 / n + 0.5 / m

    def at(over: float, within: float) -> tuple[float, float]:
        low = statistic - smirnov_critical(over) * scale
        high = upper + z(1.0 - within, 1) * 0.5 * scale + half_step
        return max(low, 0.0), min(high, 1.0)

    method = "at least: less Smirnov's critical value; at most: the bound of one difference of shares"
    return Effect(value=statistic, at=at, method=method)
