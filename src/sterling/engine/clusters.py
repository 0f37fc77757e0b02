"""Rows that come in clusters (several per person, household or branch): what the variance of a rate needs.

For each slice and threshold: sums over clusters of products of the clusters' cell totals. With them the linearised
variance of any rate h / e is a few additions: sum (h_c - R e_c)^2 = Hh - 2 R He + R^2 Ee.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.engine.binning import Cuts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CELLS = 2_000_000
_UNIT = 30


@dataclass(frozen=True, slots=True)
class Gram:
    """`products` has shape (slices, thresholds, 6, 6); `clusters` counts the clusters with rows in each slice."""

    products: Floats
    clusters: Ints


def gram(cluster: Ints, codes: Ints, slices: int, scores: Floats, label: NDArray[np.uint8],
         weight: Floats | None, thresholds: Floats) -> Gram:  # fmt: skip
    """Products of cluster totals for one family of slices (`codes` = slice of each row).

    Weights are rounded to 2^-30 of the largest, which keeps every sum exact and so independent of row order.
    """
    bins = Cuts(thresholds).index(scores).astype(np.int64)
    width = (len(thresholds) + 1) * 3
    inner = (codes * (len(thresholds) + 1) + bins) * 3 + label
    w = np.ones(len(cluster)) if weight is None else np.ldexp(np.rint(np.ldexp(weight, _UNIT)), -_UNIT)
    order = np.argsort(cluster, kind="stable")
    sorted_cluster, inner, w = cluster[order], inner[order], w[order]
    count = int(cluster.max()) + 1
    step = max(1, _CELLS // (slices * width))
    products = np.zeros((slices, len(thresholds), len(CELLS), len(CELLS)))
    present = np.zeros(slices, dtype=np.int64)
    for start in range(0, count, step):
        stop = min(start + step, count)
        a, b = np.searchsorted(sorted_cluster, [start, stop])
        local = (sorted_cluster[a:b] - start) * (slices * width) + inner[a:b]
        totals = np.bincount(local, weights=w[a:b], minlength=(stop - start) * slices * width)
        shaped = totals.reshape(stop - start, slices, len(thresholds) + 1, 3)
        present += (shaped.sum(axis=(2, 3)) > 0).sum(axis=0)
        cells = cells_at(shaped, np.arange(1, len(thresholds) + 1))
        products += np.einsum("cstk,cstl->stkl", cells, cells)
    return Gram(products, present)


def cells_at(counts: NDArray[np.generic], first_bin: Ints) -> Floats:
    """Confusion cells at thresholds from binned counts (…, bins, labels).

    `first_bin[t]` is the lowest bin selected at threshold t. Returns (…, thresholds, 6) in the order of `CELLS`.
    """
    selected = np.flip(np.cumsum(np.flip(counts, axis=-2), axis=-2), axis=-2)
    padded = np.concatenate([selected, np.zeros_like(selected[..., :1, :])], axis=-2)
    above = padded[..., first_bin, :]
    below = padded[..., :1, :] - above
    return np.stack(
        [above[..., 1], above[..., 0], below[..., 1], below[..., 0], above[..., 2], below[..., 2]], axis=-1
    )
