"""How far from independence a chi-squared statistic speaks: bounds of its noncentrality.

Sankaran's transformation of the noncentral chi-squared distribution to a normal one is right to three digits where it
is used here, at any degrees of freedom, whole or not, and for any noncentrality.
"""

from __future__ import annotations

import math
from functools import lru_cache

from sterling.stats.normal import cdf, z
from sterling.stats.special import chi2_sf


@lru_cache(maxsize=4096)
def central_sf(x: float, df: float) -> float:
    """P(X >= x) for a chi-squared X: asked again for every bound of one statistic."""
    return float(chi2_sf(x, df))


def noncentral_cdf(x: float, df: float, shift: float) -> float:
    """P(X <= x) for a noncentral chi-squared X with `df` degrees of freedom and noncentrality `shift`.

    Source: Sankaran 1963, Biometrika 50:199.
    """
    if x <= 0:
        return 0.0
    if shift <= 0:
        return 1.0 - central_sf(x, df)
    return float(cdf(_normal(x, df, shift)))


def _normal(x: float, df: float, shift: float) -> float:
    mean = df + shift
    h = 1.0 - 2.0 * mean * (df + 3.0 * shift) / (3.0 * (df + 2.0 * shift) ** 2)
    p = (df + 2.0 * shift) / mean**2
    m = (h - 1.0) * (1.0 - 3.0 * h)
    centre = 1.0 + h * p * (h - 1.0 - 0.5 * (2.0 - h) * m * p)
    return float(((x / mean) ** h - centre) / (h * math.sqrt(2.0 * p) * (1.0 + 0.5 * m * p)))


def shift_low(x: float, df: float, chance: float) -> float:
    """The largest noncentrality below which a statistic of x or more has a chance below `chance`; 0 where none does."""
    if central_sf(max(x, 0.0), df) > chance:
        return 0.0
    return _solved(x, df, z(1.0 - chance, 1))


def shift_high(x: float, df: float, chance: float) -> float:
    """The noncentrality at which a statistic of x or less has the chance `chance`; 0 where even none makes x so low."""
    if x <= 0 or 1.0 - central_sf(x, df) <= chance:
        return 0.0
    return _solved(x, df, -z(1.0 - chance, 1))


def _solved(x: float, df: float, at: float) -> float:
    """The noncentrality whose normal score of x is `at`; the score falls as the noncentrality grows."""
    low, high = 0.0, x + 20.0 * math.sqrt(2.0 * x + 50.0) + 200.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _normal(x, df, middle) > at else (low, middle)
        if high - low <= 1e-9 * max(high, 1.0):
            break
    return 0.5 * (low + high)
