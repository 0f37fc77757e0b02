"""P-values of many tests, adjusted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array


def holm(p: ArrayLike) -> Array:
    """Adjusted p-values that bound the chance of any false alarm. NaN stays NaN and is not counted.

    Source: Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    return _adjust(p, lambda ordered, m: np.maximum.accumulate(ordered * np.arange(m, 0, -1)))


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Adjusted p-values that bound the expected share of false alarms among alarms, for independent tests.

    Source: Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289.
    """
    return _adjust(p, lambda ordered, m: np.minimum.accumulate((ordered * m / np.arange(1, m + 1))[::-1])[::-1])


def _adjust(p: ArrayLike, rule: Callable[[Array, int], Array]) -> Array:
    values = np.asarray(p, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    out = np.full(values.shape, np.nan)
    out[order] = np.minimum(rule(values[order], order.size), 1.0)
    return out
