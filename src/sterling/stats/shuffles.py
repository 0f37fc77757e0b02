"""Who is in which group, shuffled: permutation tests from the counts of the groups alone, without their rows.

Shuffling the labels of groups whose sizes are kept is a draw from the multivariate hypergeometric distribution: the
rows of each cell (say hits and misses) are dealt out to the groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array
from sterling.stats.exact import Permutation, permuted

MOST = 10**9 - 1
"""NumPy draws from no more rows than this."""
_CHUNK = 500_000
_LEAST = 1e-12


def shuffle_test(
    counts: ArrayLike, statistic: Callable[[Array], Array], *, shuffles: int, rng: np.random.Generator,
    strata: Sequence[slice] = (slice(None),),
) -> Permutation:  # fmt: skip
    """A permutation test of `counts` of shape (groups, cells): rows are exchangeable between the groups.

    `statistic` takes tables of shape (..., groups, cells) and gives (...); large means unlike the hypothesis. `strata`
    are cells that follow each other: only rows of one stratum are exchanged.
    Raises ValueError for counts that are negative, or more than `MOST` in all.
    """
    table = np.asarray(counts, dtype=np.int64)
    if table.min(initial=0) < 0 or table.sum() > MOST:
        raise ValueError(f"counts: expected numbers of 0 or more with a sum of at most {MOST}")
    step = max(1, _CHUNK // max(table.size, 1))
    drawn = []
    for start in range(0, shuffles, step):
        some = min(step, shuffles - start)
        parts = [shuffled(table[:, cells], shuffles=some, rng=rng) for cells in strata]
        drawn.append(statistic(np.concatenate(parts, axis=-1).astype(np.float64)))
    return permuted(float(statistic(table[None].astype(np.float64))[0]), np.concatenate(drawn))


def shuffled(counts: NDArray[np.int64], *, shuffles: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Tables of the same margins as `counts` (groups, cells), of shape (shuffles, groups, cells).

    Group by group and cell by cell, each number given those before it.
    """
    groups, cells = counts.shape
    out = np.empty((shuffles, groups, cells), dtype=np.int64)
    left = np.broadcast_to(counts.sum(axis=0), (shuffles, cells))
    for g, size in enumerate(counts.sum(axis=1)[:-1]):
        wanted, others = np.full(shuffles, size), left.sum(axis=1)
        for c in range(cells - 1):
            others = others - left[:, c]
            out[:, g, c] = rng.hypergeometric(left[:, c], others, wanted)
            wanted = wanted - out[:, g, c]
        out[:, g, -1] = wanted
        left = left - out[:, g]
    out[:, -1] = left
    return out


def furthest_apart(value: Array, variance: Array | None = None) -> Array:
    """The widest difference between two groups (last axis), 0 where fewer than two are known (not NaN).

    With `variance` every difference is divided by its standard error first; a difference that has none is huge.
    """
    out = np.zeros(value.shape[:-1])
    for g in range(value.shape[-1] - 1):
        apart = np.abs(value[..., g + 1 :] - value[..., g, None])
        if variance is not None:
            apart = apart / np.maximum(np.sqrt(variance[..., g + 1 :] + variance[..., g, None]), _LEAST)
        out = np.fmax(out, np.fmax.reduce(apart, axis=-1))
    return out
