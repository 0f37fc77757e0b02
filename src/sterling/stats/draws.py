"""Resamples of the counts of one slice, plain, weighted or clustered: joint draws of every cell."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from sterling.stats.arrays import Array


def stream(seed: int, key: str) -> np.random.Generator:
    """A generator of its own for every key, so that what one slice draws does not depend on which others there are."""
    digest = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:16], "little")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, digest])))


def draw_weighted(w: Array, q: Array, *, resamples: int, rng: np.random.Generator) -> Array:
    """Draws of weighted cells: from Σw and Σw² of each, of shape (K,), to (resamples, K).

    A Poisson count of rows worth Σw² / Σw each has the mean and the variance that weighing every row by a Poisson count
    of its own would give the cell. Source: Chamandy et al. 2012, Estimating uncertainty for massive data streams.
    """
    worth = np.divide(q, w, out=np.zeros(w.shape), where=w > 0)
    rows = np.divide(w, worth, out=np.zeros(w.shape), where=worth > 0)
    return np.asarray(rng.poisson(rows, size=(resamples, len(w))) * worth)


def draw_clustered(
    cell: NDArray[np.int64], weight: Array, cluster: NDArray[np.int64], cells: int, *, resamples: int,
    rng: np.random.Generator,
) -> Array:  # fmt: skip
    """Draws of cells whose rows come in clusters: every cluster is weighed by one Poisson count.

    `cell`, `weight` and `cluster` are of rows; clusters are numbered by their order. Returns (resamples, cells).
    """
    which = np.unique(cluster, return_inverse=True)[1]
    times = rng.poisson(1.0, size=(resamples, int(which.max(initial=-1)) + 1)).astype(np.float64)
    out = np.empty((resamples, cells))
    for i in range(resamples):
        out[i] = np.bincount(cell, weights=weight * times[i, which], minlength=cells)
    return out
