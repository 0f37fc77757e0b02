"""Do the sizes of groups fit given shares? An exact test where few outcomes are possible, else the limit or draws."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.stats.arrays import Array
from sterling.stats.exact import binomial_test
from sterling.stats.special import chi2_sf, log_gamma

MOST_OUTCOMES = 100_000
MOST_BINOMIAL = 100_000
DRAWS = 9_999
LEAST = 5.0
"""With every group expected so often, the chi-squared limit serves (Cochran 1954, Biometrics 10:417)."""
_TIES = 1.0 + 1e-7


class Goodness(NamedTuple):
    """A test of all groups at once: Pearson's statistic, its degrees of freedom, the p-value, and how it was found."""

    statistic: float
    df: int
    p: float
    method: str


def goodness_of_fit(counts: Array, shares: Array, *, rng: np.random.Generator, whole: bool = True) -> Goodness:
    """The p-value that groups with `counts` have these true shares, both of shape (k,).

    With two groups the exact binomial test; with at most 100,000 possible outcomes the exact multinomial one, which
    adds up all outcomes no likelier than the one seen; with every group expected five times the chi-squared limit;
    otherwise 9,999 draws from the shares. A group whose share is 0 and that has rows gives p = 0. `whole`: counts of
    rows; effective counts of weighted rows use the limit throughout. Source: Pearson 1900; Read and Cressie 1988,
    Goodness-of-Fit Statistics for Discrete Multivariate Data.
    """
    n = float(counts.sum())
    if bool((counts[shares <= 0] > 0).any()):
        return Goodness(math.inf, len(counts) - 1, 0.0, "a group that the reference has not: it cannot fit")
    c, p = counts[shares > 0], shares[shares > 0]
    df = len(c) - 1
    if df < 1 or n <= 0:
        return Goodness(0.0, 0, 1.0, "one group: nothing to compare")
    statistic = float(np.sum((c - n * p) ** 2 / (n * p)))
    if whole and len(c) == 2 and n <= MOST_BINOMIAL:
        return Goodness(statistic, df, binomial_test(int(c[0]), int(n), float(p[0])), "exact binomial test")
    if whole and _outcomes(int(n), len(c)) <= MOST_OUTCOMES:
        return Goodness(statistic, df, _exact(c.astype(np.int64), p), "exact multinomial test")
    if not whole or float((n * p).min()) >= LEAST:
        return Goodness(statistic, df, float(chi2_sf(statistic, df)), f"chi-square with {df} degrees of freedom")
    drawn = rng.multinomial(int(n), p / p.sum(), size=DRAWS)
    beyond = int(np.count_nonzero(((drawn - n * p) ** 2 / (n * p)).sum(axis=1) >= statistic * (1 - 1e-9)))
    return Goodness(statistic, df, (1 + beyond) / (1 + DRAWS), f"chi-square, {DRAWS:,} draws from the reference")


def _outcomes(n: int, k: int) -> int:
    return math.comb(n + k - 1, k - 1) if n < 10_000 else MOST_OUTCOMES + 1


def _exact(counts: NDArray[np.int64], shares: Array) -> float:
    n, log = int(counts.sum()), np.log(shares)
    outcomes, factorials = _compositions(n, len(counts)), np.asarray(log_gamma(np.arange(n + 1) + 1.0))
    chances = outcomes @ log - factorials.take(outcomes).sum(axis=1)
    seen = float(counts @ log - factorials.take(counts).sum())
    unlikely = chances[chances <= seen + math.log(_TIES)]
    return float(min(1.0, np.exp(unlikely + math.lgamma(n + 1)).sum()))


def _compositions(n: int, k: int) -> NDArray[np.int64]:
    """All ways to deal n rows to k groups, of shape (ways, k)."""
    dealt, left = np.zeros((1, 0), dtype=np.int64), np.array([n])
    for _ in range(k - 1):
        many = left + 1
        first = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        dealt, left = np.column_stack([np.repeat(dealt, many, axis=0), first]), np.repeat(left, many) - first
    return np.column_stack([dealt, left])
