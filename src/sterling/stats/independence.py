"""Is a share the same in all groups? One test of a table with a row for each group."""

from __future__ import annotations

import numpy as np

from sterling.stats.arrays import Array
from sterling.stats.exact import fisher_exact
from sterling.stats.special import chi2_sf

LEAST = 5.0
"""With hits and misses of every group expected so often, the limit serves (Cochran 1954, Biometrics 10:417)."""
DRAWS = 1_999
MOST_EXACT = 100_000


def independence_p(hits: Array, n: Array, *, rng: np.random.Generator, whole: bool = True) -> float:
    """The p-value that groups of sizes n, with so many hits each, all have one rate; both of shape (k,).

    Pearson's test by the chi-squared limit where it serves; else of two groups Fisher's exact test, and of more the
    share of 1,999 tables with the same margins that are as far from independence, the one seen counting as one (so that
    the test is exact). `whole`: counts of rows; effective counts of weighted rows use the limit throughout. 1 where
    every row is hit, or none, or there is one group.
    """
    some = n > 0
    h, size = hits[some], n[some]
    total, hit = float(size.sum()), float(h.sum())
    if len(size) < 2 or not 0 < hit < total:
        return 1.0
    least = float(size.min()) * min(hit, total - hit) / total
    if whole and least < LEAST and total <= 1e8:
        if len(size) == 2 and hit <= MOST_EXACT:
            return fisher_exact(int(h[0]), int(size[0] - h[0]), int(h[1]), int(size[1] - h[1]))
        return _dealt(h, size, rng)
    return float(chi2_sf(float(_statistic(h, size, hit / total)), len(size) - 1))


def _statistic(hits: Array, n: Array, rate: float) -> Array:
    return np.asarray(((hits - n * rate) ** 2 / n).sum(axis=-1) / (rate * (1 - rate)))


def _dealt(hits: Array, n: Array, rng: np.random.Generator) -> float:
    total, hit = int(n.sum()), int(hits.sum())
    drawn = rng.multivariate_hypergeometric(n.astype(np.int64), hit, size=DRAWS, method="marginals")
    seen = float(_statistic(hits, n, hit / total))
    beyond = int(np.count_nonzero(_statistic(drawn.astype(np.float64), n, hit / total) >= seen * (1 - 1e-9)))
    return (1 + beyond) / (1 + DRAWS)
