"""Where a count would lie if the stated probability were right."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import check_level, floats
from sterling.stats.normal import cdf
from sterling.stats.special import beta_cdf


def binomial_range(n: ArrayLike, p: ArrayLike, *, level: float = 0.95) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest and highest count of n people, each with probability p, that either tail leaves at least (1 - level) / 2.

    Both ends are inside: a count outside has a tail probability below (1 - level) / 2. The same as the quantiles of
    the binomial distribution at (1 - level) / 2 and (1 + level) / 2. When people's own probabilities differ, with mean
    p, their count varies less than the binomial one (Hoeffding 1956, Annals of Mathematical Statistics 27:713), so
    that the range is cautious.
    """
    tail = (1.0 - check_level(level)) / 2.0
    size, chance = floats(n, p)
    return _quantile(size, chance, tail), _quantile(size, chance, 1.0 - tail)


def binomial_range_z(n: ArrayLike, p: ArrayLike, critical: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As `binomial_range`, each tail being that of the normal distribution beyond `critical`; arrays are broadcast."""
    size, chance, tail = np.broadcast_arrays(*floats(n, p), np.asarray(cdf(-np.asarray(critical, dtype=np.float64))))
    return _quantile(size, chance, tail), _quantile(size, chance, 1.0 - tail)


def _quantile(n: NDArray[np.float64], p: NDArray[np.float64], share: NDArray[np.float64] | float) -> NDArray[np.int64]:
    """The smallest k with P(count <= k) >= share, by bisection."""
    low, high = np.full(n.shape, -1.0), n.copy()
    for _ in range(int(np.ceil(np.log2(max(float(n.max(initial=1)), 1) + 2))) + 1):
        middle = np.floor((low + high) / 2)
        enough = _cdf(middle, n, p) >= share
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return np.asarray(high, dtype=np.int64)


def _cdf(k: NDArray[np.float64], n: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(count <= k): 1 less the share of a beta distribution below p."""
    inside = (k >= 0) & (k < n)
    a, b = np.where(inside, k + 1.0, 1.0), np.where(inside, n - k, 1.0)
    return np.asarray(np.where(k < 0, 0.0, np.where(k >= n, 1.0, 1.0 - beta_cdf(p, a, b))))
