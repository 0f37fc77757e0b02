"""Whether the values of a column tell rows in one direction, and scores by their order.

Both are settled on rows that are learned from, so that an AUC on other rows is of scores fixed before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.engine.ranks import auc_from_bins

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def goes_one_way(codes: Ints, positive: Bools, part: Ints) -> bool:
    """Whether order tells at least as much as the shares of ranges, each learned without a part and tried on it.

    `codes` rise with the values, 0 being missing; `part` is a number of a part for each row. All of shape (rows,).
    """
    wide = int(codes.max(initial=0)) + 1
    apart, part = np.unique(part, return_inverse=True)
    hits, rest = (
        np.bincount(codes[m] * len(apart) + part[m], minlength=wide * len(apart)).reshape(wide, -1)
        for m in (positive, ~positive)
    )
    ahead = 0.0
    for j in range(len(apart)):
        p, n = hits.sum(1) - hits[:, j], rest.sum(1) - rest[:, j]
        base = float(p.sum() / max(int(p.sum() + n.sum()), 1))
        shares = (p + base) / (p + n + 1.0)
        by_order, by_share = (_auc(s, hits[:, j], rest[:, j]) for s in (_order(p, n), shares))
        if np.isfinite(by_order - by_share):
            ahead += by_order - by_share
    return ahead >= 0


def one_way(codes: Ints, place: Ints, positive: Bools, learning: Bools) -> Floats:
    """A score for each row by its place, rising or falling as the rows learned from say. Shape (rows,)."""
    wide = int(codes.max(initial=0)) + 1
    p, n = (np.bincount(codes[learning & m], minlength=wide) for m in (positive, ~positive))
    order = _order(p, n)
    falls = wide > 2 and order[1] > order[-1]
    score = (-place if falls else place).astype(np.float64)
    far = float(place.max(initial=0)) + 1.0
    return np.where(place == 0, far if order[0] == order.max() else -far, score)


def _order(p: Ints, n: Ints) -> Floats:
    """Codes in their own order or the reverse, whichever tells; missing ones at the end where their share puts them."""
    order = np.arange(len(p), dtype=np.float64)
    if _auc(order[1:], p[1:], n[1:]) < 0.5:
        order = -order
    base = p.sum() / max(int(p.sum() + n.sum()), 1)
    above = p[0] > base * (p[0] + n[0])
    order[0] = len(p) + 1.0 if above else -(len(p) + 1.0)
    return order


def _auc(score: Floats, p: Ints, n: Ints) -> float:
    """The AUC of a score for each code, from the rows of either kind that have it; NaN without both kinds."""
    places, at = np.unique(score, return_inverse=True)
    if not len(places) or not p.sum() or not n.sum():
        return float("nan")
    counts = np.stack([np.bincount(at, weights=c, minlength=len(places)) for c in (n, p)], axis=1)
    return float(auc_from_bins(counts.astype(np.int64)[None]).value[0])
