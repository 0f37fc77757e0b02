"""Resamples of the counts of one slice, plain, weighted or clustered: joint draws of every cell."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from sterling.core.digest import mix
from sterling.stats.arrays import Array


def stream(seed: int, key: str) -> np.random.Generator:
    """A generator of its own for every key, so that what one slice draws does not depend on which others there are."""
    digest = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:16], "little")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, digest])))


def exponential(keys: NDArray[np.uint64], *, draws: int, seed: int) -> Array:
    """Weights from the exponential distribution of mean 1, shape (draws, units): those of a unit follow from its key.

    The k-th draw of a unit is the k-th output of SplitMix64 (Steele, Lea, Flood 2014) begun at its key, so it does not
    depend on which other units there are or in which order.
    """
    step = np.uint64(0x9E3779B97F4A7C15)
    begin = mix(keys + mix(np.array([seed & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64)) * step)
    at = begin[None, :] + np.arange(1, draws + 1, dtype=np.uint64)[:, None] * step
    return np.asarray(-np.log(((mix(at) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53))


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
