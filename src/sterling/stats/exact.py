"""Exact and permutation tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array
from sterling.stats.proportion import clopper_pearson
from sterling.stats.special import log_gamma

# Probabilities equal in theory may differ in the last digits; R and SciPy use the same allowance.
_TIES = 1.0 + 1e-7


class Permutation(NamedTuple):
    """A permutation test: what was seen, its p-value, and how many shuffles it rests on."""

    statistic: float
    p_value: float
    shuffles: int

    @property
    def as_extreme(self) -> int:
        """How many of the shuffles have a statistic of at least the one seen."""
        return round(self.p_value * (self.shuffles + 1)) - 1

    def bounds(self, level: float) -> tuple[float, float]:
        """Clopper-Pearson limits of the p-value that all possible shuffles would give; the value lies within them."""
        found = clopper_pearson(self.as_extreme, self.shuffles, level=level)
        return min(float(found.low), self.p_value), max(float(found.high), self.p_value)


def _log_choose(n: ArrayLike, k: ArrayLike) -> Array:
    total, part = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    return np.asarray(log_gamma(total + 1) - log_gamma(part + 1) - log_gamma(total - part + 1))


def _two_sided(log_probability: Array, seen: int) -> float:
    """The total probability of all outcomes no likelier than the one seen."""
    ratio = log_probability - log_probability[seen]
    unlikely = ratio[ratio <= math.log(_TIES)]  # far out in a tail the ratio of the others is beyond any float
    return float(min(1.0, np.exp(unlikely).sum() * math.exp(log_probability[seen])))


def fisher_exact(a: int, b: int, c: int, d: int) -> float:
    """Two-sided p-value that rows and columns of the table [[a, b], [c, d]] are unrelated, given its margins.

    1 for a table with an empty row or column. Source: Fisher 1934, Statistical Methods for Research Workers, 21.02.
    """
    if min(a, b, c, d) < 0:
        raise ValueError(f"a, b, c, d: expected counts of 0 or more, got {(a, b, c, d)}")
    low, high = max(0, a - d), min(a + b, a + c)
    possible = np.arange(low, high + 1)
    weights = _log_choose(a + b, possible) + _log_choose(c + d, a + c - possible)
    return _two_sided(weights - _log_choose(a + b + c + d, a + c), a - low)


def binomial_test(hits: int, n: int, p: float) -> float:
    """Two-sided p-value that the true share is p, having seen `hits` among n (the method of small probabilities)."""
    if not 0 <= hits <= n:
        raise ValueError(f"hits: expected a count from 0 to n = {n}, got {hits}")
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p: expected a probability from 0 to 1, got {p}")
    if p in (0.0, 1.0):
        return float(hits == n * p)
    possible = np.arange(n + 1)
    return _two_sided(_log_choose(n, possible) + possible * math.log(p) + (n - possible) * math.log1p(-p), hits)


def permutation_test(
    values: ArrayLike,
    labels: ArrayLike,
    statistic: Callable[[Array, NDArray[np.generic]], float],
    *,
    seed: int,
    n: int = 9999,
) -> Permutation:
    """The share of n shuffles of `labels` whose statistic(values, labels) is at least the one seen.

    The order seen counts as one shuffle, so the p-value is never 0 and the test is exact for any n. For a two-sided
    test pass a statistic that is large in both directions. Rows are exchangeable under the hypothesis: with clusters,
    shuffle clusters instead. Source: Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular
    Biology 9:39.
    """
    numbers, marks = np.asarray(values, dtype=np.float64), np.asarray(labels)
    if numbers.shape[0] != marks.shape[0]:
        raise ValueError(f"labels: expected one per value ({numbers.shape[0]}), got {marks.shape[0]}")
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = [float(statistic(numbers, rng.permutation(marks))) for _ in range(n)]
    return permuted(float(statistic(numbers, marks)), np.array(drawn))


def permuted(seen: float, drawn: Array) -> Permutation:
    """The test from the statistic seen and those of the shuffles, shape (shuffles,); what was seen counts as one."""
    # Sums of the same numbers in another order may differ in the last digit.
    line = seen - 1e-9 * max(1.0, abs(seen))
    return Permutation(seen, (1 + int((drawn >= line).sum())) / (1 + len(drawn)), len(drawn))
