"""Coverage by adding up the probability of every possible outcome: no chance is involved."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sterling.stats.arrays import Interval
from sterling.stats.difference import square_and_add
from sterling.stats.normal import z
from sterling.stats.proportion import along, clopper_pearson_z, wilson, wilson_z

Floats = NDArray[np.float64]
One = Callable[[Floats, float], Interval]
Two = Callable[[Floats, float, Floats, float], Interval]

SIZES = (5, 10, 20, 30, 100)
PAIRS = ((5, 5), (5, 30), (10, 10), (10, 30), (30, 30))
P_GRID = np.round(np.arange(1, 100) / 100, 2)
P_COARSE = np.array([0.01, 0.02, 0.05, *np.round(np.arange(0.1, 0.91, 0.1), 1), 0.95, 0.98, 0.99])
RATIO_GRID = np.array([0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9])
SLACK = 1e-9


@lru_cache(maxsize=64)
def _binomial(n: int, points: tuple[float, ...]) -> Floats:
    """Probability of each count of hits (rows: points, columns: 0 to n)."""
    return np.asarray(stats.binom.pmf(np.arange(n + 1)[None, :], n, np.array(points)[:, None]))


def binomial(n: int, p: Floats) -> Floats:
    return _binomial(n, tuple(float(x) for x in p))


def wald(hits: Floats, n: float) -> Interval:
    """The textbook interval, for contrast only."""
    p = hits / n
    reach = z(0.95) * np.sqrt(p * (1 - p) / n)
    return Interval(np.asarray(p - reach), np.asarray(p + reach))


def one_proportion(interval: One, n: int) -> Floats:
    """Coverage at every p of the grid."""
    low, high = interval(np.arange(n + 1.0), float(n))
    covered = (low[None] <= P_GRID[:, None] + SLACK) & (P_GRID[:, None] <= high[None] + SLACK)
    return np.asarray((binomial(n, P_GRID) * covered).sum(axis=1))


def _two(interval: Two, m: int, n: int) -> Interval:
    a, b = np.meshgrid(np.arange(m + 1.0), np.arange(n + 1.0), indexing="ij")
    return interval(a, float(m), b, float(n))


def two_proportions(interval: Two, m: int, n: int) -> Floats:
    """Coverage of p1 - p2 at every pair of the coarse grid."""
    low, high = _two(interval, m, n)
    first, second = binomial(m, P_COARSE), binomial(n, P_COARSE)
    out = np.empty((len(P_COARSE), len(P_COARSE)))
    for i, p in enumerate(P_COARSE):
        for j, q in enumerate(P_COARSE):
            covered = (low <= p - q + SLACK) & (p - q <= high + SLACK)
            out[i, j] = first[i] @ covered @ second[j]
    return out


def ratio_of_proportions(interval: Two, m: int, n: int) -> Floats:
    """Coverage of p1 / p2 over the ratio grid."""
    low, high = _two(interval, m, n)
    first, second = binomial(m, RATIO_GRID), binomial(n, RATIO_GRID)
    out = np.empty((len(RATIO_GRID), len(RATIO_GRID)))
    for i, p in enumerate(RATIO_GRID):
        for j, q in enumerate(RATIO_GRID):
            covered = (low <= p / q * (1 + SLACK)) & (p / q <= high * (1 + SLACK))
            out[i, j] = first[i] @ covered @ second[j]
    return out


def _joined(m: int, n: int, exact: bool, critical: float) -> Interval:
    at = clopper_pearson_z if exact else wilson_z
    a, b = np.meshgrid(np.arange(m + 1.0), np.arange(n + 1.0), indexing="ij")
    first, second = at(a, m, critical), at(b, n, critical)
    return square_and_add(a / m, first.low, first.high, b / n, second.low, second.high)


def false_over(m: int, n: int, *, exact: bool) -> Floats:
    """Chance that two equal groups are declared apart (limit 0), at every p of the fine grid."""
    low, high = _joined(m, n, exact, z(0.95))
    alarm = (low > 0) | (high < 0)
    return np.einsum("ij,jk,ik->i", binomial(m, P_GRID), alarm, binomial(n, P_GRID))


def false_within(m: int, n: int, limit: float, *, exact: bool) -> Floats:
    """Chance that two groups exactly `limit` apart are declared closer, at every p that allows it, both ways round."""
    low, high = _joined(m, n, exact, z(0.95, 1))
    passed = np.maximum(high, -low) < limit
    p = P_GRID[P_GRID + limit <= 1 + SLACK]
    up = np.minimum(p + limit, 1.0)
    one = np.einsum("ij,jk,ik->i", binomial(m, p), passed, binomial(n, up))
    other = np.einsum("ij,jk,ik->i", binomial(m, up), passed, binomial(n, p))
    return np.concatenate([one, other])


def f1_worlds(n: int) -> list[tuple[float, float]]:
    """True F1 and coverage of its interval in worlds of prevalence x recall x false alarm rate."""
    tp, fp, fn = (part.ravel() for part in np.meshgrid(*(np.arange(n + 1),) * 3, indexing="ij"))
    keep = tp + fp + fn <= n
    cells = np.stack([tp, fp, fn, n - tp - fp - fn], axis=-1)[keep]
    low, high = (along(end, 2) for end in wilson(cells[:, 0], cells[:, :3].sum(axis=1)))
    out = []
    for prevalence in (0.1, 0.3, 0.5):
        for recall in (0.3, 0.6, 0.9):
            for alarm in (0.05, 0.2, 0.5):
                shares = np.array([prevalence * recall, (1 - prevalence) * alarm, prevalence * (1 - recall), 0.0])
                shares[3] = 1 - shares.sum()
                truth = 2 * shares[0] / (2 * shares[0] + shares[1] + shares[2])
                chance = stats.multinomial.pmf(cells, n, shares)
                known = ~np.isnan(low)
                covered = (low <= truth + SLACK) & (truth <= high + SLACK)
                out.append((float(truth), float(chance[known & covered].sum() / chance[known].sum())))
    return out
