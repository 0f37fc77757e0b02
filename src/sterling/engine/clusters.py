"""Rows that come in clusters (several per person, household or branch): what the variance of a rate needs.

For each slice and threshold: sums over clusters of products of the clusters' cell totals. With them the linearised
variance of any rate h / e is a few additions: sum (h_c - R e_c)^2 = Hh - 2 R He + R^2 Ee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.engine.binning import Cuts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CELLS = 2_000_000
_UNIT = 30
PATTERNS = 1 << len(CELLS)


@dataclass(frozen=True, slots=True)
class Gram:
    """`products` has shape (slices, thresholds, 6, 6).

    `patterns` has shape (slices, thresholds, 64): how many clusters have weight in exactly those cells (bit i: cell i).
    """

    products: Floats
    patterns: Ints

    def clusters_with(self, cells: Sequence[int]) -> Ints:
        """How many clusters have weight in any of these cells, per slice and threshold."""
        mask = sum(1 << i for i in cells)
        return np.asarray(self.patterns[..., (np.arange(PATTERNS) & mask) > 0].sum(axis=-1))


def gram(cluster: Ints, codes: Ints, slices: int, scores: Floats, label: NDArray[np.uint8],
         weight: Floats | None, thresholds: Floats) -> Gram:  # fmt: skip
    """Products of cluster totals for one family of slices (`codes` = slice of each row).

    Weights are rounded to 2^-30 of the largest, which keeps every sum exact and so independent of row order.
    """
    bins = Cuts(thresholds).index(scores).astype(np.int64)
    width = (len(thresholds) + 1) * 3
    count = int(cluster.max(initial=0)) + 1
    # Most clusters touch few slices: only the pairs of slice and cluster that occur are added up.
    pairs, pair = np.unique(codes * count + cluster, return_inverse=True)
    w = np.ones(len(cluster)) if weight is None else np.ldexp(np.rint(np.ldexp(weight, _UNIT)), -_UNIT)
    order = np.argsort(pair, kind="stable")
    inner, w, pair = (bins * 3 + label)[order], w[order], pair[order]
    slice_of = pairs // count
    ends = np.searchsorted(slice_of, np.arange(slices + 1))
    products = np.zeros((slices, len(thresholds), len(CELLS), len(CELLS)))
    patterns = np.zeros((slices, len(thresholds), PATTERNS), dtype=np.int64)
    rows = np.arange(len(thresholds)) * PATTERNS
    step = max(1, _CELLS // width)
    for s in range(slices):
        for start in range(ends[s], ends[s + 1], step):
            stop = min(start + step, ends[s + 1])
            a, b = np.searchsorted(pair, [start, stop])
            local = (pair[a:b] - start) * width + inner[a:b]
            totals = np.bincount(local, weights=w[a:b], minlength=(stop - start) * width)
            cells = cells_at(totals.reshape(stop - start, len(thresholds) + 1, 3), np.arange(1, len(thresholds) + 1))
            seen = rows + ((cells > 0) << np.arange(len(CELLS))).sum(axis=-1)
            patterns[s] += np.bincount(seen.ravel(), minlength=patterns[s].size).reshape(patterns[s].shape)
            across = cells.transpose(1, 2, 0)
            products[s] += across @ across.transpose(0, 2, 1)
    return Gram(products, patterns)


def cells_at(counts: NDArray[np.generic], first_bin: Ints) -> Floats:
    """Confusion cells at thresholds from binned counts (…, bins, labels).

    `first_bin[t]` is the lowest bin selected at threshold t. Returns (…, thresholds, 6) in the order of `CELLS`.
    """
    selected = np.flip(np.cumsum(np.flip(counts, axis=-2), axis=-2), axis=-2)
    padded = np.concatenate([selected, np.zeros_like(selected[..., :1, :])], axis=-2)
    above = padded[..., first_bin, :]
    below = padded[..., :1, :] - above
    return np.stack([above[..., 1], above[..., 0], below[..., 1], below[..., 0], above[..., 2], below[..., 2]], axis=-1)
