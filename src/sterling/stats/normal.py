"""The normal distribution, and the critical values that come from it.

Only the standard library and NumPy are used; agreement with SciPy is a test.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Sided, check_level

_STANDARD = NormalDist()
_SQRT2 = math.sqrt(2.0)

_WIDEST = 40.0
"""Twice what any normal value reaches within 64 bits: the range of no number of groups is as wide."""

_POINTS = 512
"""Enough for the ranges of thousands of groups, to the last digits."""
_erfc = np.frompyfunc(math.erfc, 1, 1)


def cdf(x: ArrayLike) -> Array:
    """P(Z <= x) for a standard normal Z."""
    return np.asarray(0.5 * np.asarray(_erfc(-np.asarray(x, dtype=np.float64) / _SQRT2), dtype=np.float64))


def pdf(x: ArrayLike) -> Array:
    """The standard normal density."""
    points = np.asarray(x, dtype=np.float64)
    return np.asarray(np.exp(-0.5 * points * points) / math.sqrt(2.0 * math.pi))


def _quantile(p: float) -> float:
    if 0.0 < p < 1.0:
        return _STANDARD.inv_cdf(p)
    return {0.0: -math.inf, 1.0: math.inf}.get(p, math.nan)


_ppf = np.frompyfunc(_quantile, 1, 1)


def ppf(p: ArrayLike) -> Array:
    """The x with P(Z <= x) = p; minus and plus infinity at 0 and 1, NaN outside [0, 1]."""
    return np.asarray(_ppf(np.asarray(p, dtype=np.float64)), dtype=np.float64)


@lru_cache(maxsize=256)
def z(level: float, sided: Sided = 2) -> float:
    """Critical value of a `level` interval with `sided` ends at risk: 1.96 for 0.95, 1.645 when one-sided."""
    return _STANDARD.inv_cdf(1.0 - (1.0 - check_level(level)) / sided)


@lru_cache(maxsize=256)
def sidak(level: float, comparisons: int, sided: Sided = 2) -> float:
    """Critical value at which `comparisons` bounds hold together with probability `level`.

    Exact for independent comparisons; at least `level` for the positively correlated ones met here, and for any
    two-sided normal ones (Sidak 1967, JASA 62:626).
    """
    share = -math.expm1(math.log(check_level(level)) / max(comparisons, 1))
    return -_STANDARD.inv_cdf(share / sided)


def studentized_range_cdf(q: float, k: int) -> float:
    """P(range of k independent standard normals <= q): the studentised range with infinite degrees of freedom.

    The integral k * phi(x) * (Phi(x) - Phi(x - q)) ** (k - 1) over x by the trapezoidal rule: for functions as smooth
    as this that vanish at both ends, its error falls faster than any power of the step (Trefethen and Weideman 2014,
    SIAM Review 56:385).
    """
    return 1.0 if q > _WIDEST else _range(q, k)[0] if q > 0 else 0.0


def _range(q: float, k: int) -> tuple[float, float]:
    """The distribution of that range at q > 0, and its density there."""
    x, step = np.linspace(-8.0, 8.0 + q, _POINTS, retstep=True)
    inside = np.maximum(cdf(x) - cdf(x - q), 0.0)
    share = float(step) * k * pdf(x) * inside ** (k - 2)
    return float(min(1.0, (share * inside).sum())), float((k - 1) * (share * pdf(x - q)).sum())


@lru_cache(maxsize=1024)
def studentized_range(level: float, k: int) -> float:
    """The `level` quantile of the range of k independent standard normals (Tukey's q with infinite degrees of freedom).

    Divided by the square root of 2 it takes the place of z when all pairs of k groups are compared at once; with two
    groups that is the ordinary two-sided z. Newton's method from Sidak's value, which lies above; where a step leaves
    what is known to hold the quantile, that is halved instead.
    """
    check_level(level)
    if k < 2:
        raise ValueError(f"k: expected at least 2 groups to compare, got {k}")
    low, high = 0.0, _SQRT2 * sidak(level, k * (k - 1) // 2) * (1 + 1e-9)
    q = high
    for _ in range(100):
        value, density = _range(q, k)
        low, high = (q, high) if value < level else (low, q)
        step = (value - level) / density if density > 0 else math.inf
        following = q - step if low <= q - step <= high else 0.5 * (low + high)
        if abs(following - q) <= 4e-15 * q or abs(value - level) <= 4e-16 * level:  # no more digits to be had
            return following
        q = following
    return q


def all_pairs(level: float, k: int) -> float:
    """Critical value per pair at which all pairs of k groups hold together with probability `level`."""
    return studentized_range(level, k) / _SQRT2
