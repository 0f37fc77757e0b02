"""Two groups compared within strata: the common difference of a share, and its interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, divide
from sterling.stats.difference import square_and_add
from sterling.stats.proportion import clopper_pearson_z
from sterling.stats.weights import effective_n

_PRIOR_PEOPLE = 2.0


class Common(NamedTuple):
    """Two shares over the same mix of strata, and how many independent people each is worth."""

    first: float
    second: float
    n_first: float
    n_second: float

    @property
    def difference(self) -> float:
        return self.first - self.second

    def interval(self, critical: float) -> Interval:
        """Interval of the difference: Clopper-Pearson limits at the effective sizes, squared and added."""
        value, size = np.array([self.first, self.second]), np.array([self.n_first, self.n_second])
        low, high = clopper_pearson_z(np.clip(value, 0, 1) * size, size, critical)
        return square_and_add(value[0], low[0], high[0], value[1], low[1], high[1])


def common_difference(first: ArrayLike, n_first: ArrayLike, second: ArrayLike, n_second: ArrayLike) -> Common:
    """Shares of shape (strata,) of two groups, and the (effective) people behind each, at one mix of strata.

    The mix is that of Cochran, Mantel and Haenszel: each stratum weighs m n / (m + n), so that it counts for as much as
    it tells of the difference; strata that one group lacks do not count. Each group's variance is that within strata;
    strata are pulled towards the group's mean by two imaginary people, so that a stratum without hits has a variance
    too. NaN where the groups share no stratum. Source: Mantel and Haenszel 1959, JNCI 22:719; Greenland and Robins
    1985, Biometrics 41:55.
    """
    shares = np.stack([np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)])
    sizes = np.stack([np.asarray(n_first, dtype=np.float64), np.asarray(n_second, dtype=np.float64)])
    both = (sizes > 0).all(axis=0) & ~np.isnan(shares).any(axis=0)
    if not both.any():
        return Common(*[float("nan")] * 4)
    shares, sizes = shares[:, both], sizes[:, both]
    weight = sizes[0] * sizes[1] / sizes.sum(axis=0)
    weight = weight / weight.sum()
    mean = shares @ weight
    n = _worth(shares, sizes, weight, mean[:, None])
    return Common(float(mean[0]), float(mean[1]), float(n[0]), float(n[1]))


def _worth(shares: Array, sizes: Array, weight: Array, mean: Array) -> Array:
    pulled = (sizes * shares + _PRIOR_PEOPLE * mean) / (sizes + _PRIOR_PEOPLE)
    variance = (weight**2 * divide(pulled * (1 - pulled), sizes)).sum(axis=-1)
    return effective_n(mean[:, 0], variance, divide(1.0, (weight**2 / sizes).sum(axis=-1)))
