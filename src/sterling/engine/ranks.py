"""Exact AUC of every slice of a family, with DeLong's variance.

AUC is the mean, over people with a positive label, of the share of negatives scored below them (ties count half); the
variance comes from the spread of those shares on both sides (DeLong, DeLong, Clarke-Pearson 1988, by ranks as in
Sun, Xu 2014). One sort per family: the label rides in the lowest bit of an order-preserving integer key.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]


class Auc(NamedTuple):
    """Per slice: AUC, its variance, positives and negatives (rows). `bound` is a guaranteed error of the AUC itself."""

    value: Floats
    variance: Floats
    positives: Ints
    negatives: Ints
    bound: Floats


def sort_keys(scores: Floats, label: NDArray[np.uint8]) -> Keys:
    """Order-preserving keys of finite scores (score first, label in the lowest bit)."""
    if len(scores) and scores.min() >= 0.0 and scores.max() < 2.0:
        bits = (scores + 0.0).view(np.uint64)  # + 0.0 turns -0.0 into 0.0; floats from 0 to 2 order like their bits
    else:
        bits = np.unique(scores, return_inverse=True)[1].astype(np.uint64)
    return (bits << np.uint64(1)) | label.astype(np.uint64)


def auc_by_group(keys: Keys, codes: NDArray[np.integer] | None, groups: int) -> Auc:
    """AUC of every group. `keys` are those of labelled rows; `codes` their group, or None for one group."""
    parts = [keys] if codes is None else [keys[codes == g] for g in range(groups)] if groups <= 24 else _split(keys, codes, groups)
    rows = [_one(part) for part in parts]
    columns = [np.array(c) for c in zip(*rows, strict=True)]
    value, variance, positives, negatives = columns
    return Auc(value, variance, positives.astype(np.int64), negatives.astype(np.int64), np.zeros(len(rows)))


def _split(keys: Keys, codes: NDArray[np.integer], groups: int) -> list[Keys]:
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=groups))
    return np.split(keys[order], ends[:-1])


def _one(keys: Keys) -> tuple[float, float, int, int]:
    ordered = np.sort(keys)
    label = (ordered & np.uint64(1)).astype(bool)
    positives = int(np.count_nonzero(label))
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return np.nan, np.nan, positives, negatives
    score = ordered >> np.uint64(1)
    changes = score[1:] != score[:-1]
    if changes.all():
        below = np.flatnonzero(label) - np.arange(positives)
        above = positives - (np.flatnonzero(~label) - np.arange(negatives))
        return _delong(below.astype(np.float64), None, above.astype(np.float64), None, positives, negatives)
    ends = np.append(np.flatnonzero(changes), len(ordered) - 1)
    up_to = np.cumsum(label)[ends]
    p = np.diff(up_to, prepend=0)
    n = np.diff(ends + 1 - up_to, prepend=0)
    below = (ends + 1 - up_to) - 0.5 * n
    above = positives - up_to + 0.5 * p
    return _delong(below, p, above, n, positives, negatives)


def _delong(
    below: Floats, p: Ints | None, above: Floats, n: Ints | None, positives: int, negatives: int
) -> tuple[float, float, int, int]:
    """`below`: negatives below each positive (or tie block holding `p` of them); `above`: positives above each negative."""
    first = below if p is None else below * p
    value = float(first.sum()) / positives / negatives
    spread = below / negatives - value
    other = above / positives - value
    v10 = float((spread * spread if p is None else spread * spread * p).sum())
    v01 = float((other * other if n is None else other * other * n).sum())
    variance = _unbiased(v10, positives) / positives + _unbiased(v01, negatives) / negatives
    return value, variance, positives, negatives


def _unbiased(squares: float, n: int) -> float:
    return squares / (n - 1) if n > 1 else squares


def auc_from_bins(negative: Floats, positive: Floats) -> Auc:
    """AUC of slices from binned counts of shape (slices, bins), with its guaranteed error ½ Σ p_b n_b / (P N)."""
    p, n = positive.astype(np.float64), negative.astype(np.float64)
    pos, neg = p.sum(axis=1), n.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.cumsum(n, axis=1) - 0.5 * n
        above = pos[:, None] - np.cumsum(p, axis=1) + 0.5 * p
        value = (below * p).sum(axis=1) / pos / neg
        v10 = ((below / neg[:, None] - value[:, None]) ** 2 * p).sum(axis=1) / np.maximum(pos - 1, 1) / pos
        v01 = ((above / pos[:, None] - value[:, None]) ** 2 * n).sum(axis=1) / np.maximum(neg - 1, 1) / neg
        bound = 0.5 * (p * n).sum(axis=1) / pos / neg
    return Auc(value, v10 + v01, pos.astype(np.int64), neg.astype(np.int64), bound)


def weighted_auc(
    scores: Floats, label: NDArray[np.uint8], weight: Floats, cluster: Ints | None
) -> tuple[float, float, int, int]:
    """AUC of one slice of weighted or clustered rows, variance by linearisation (sum of squared influences).

    Rows are put in an order of (score, label, weight, cluster), so the result does not depend on theirs.
    """
    keys = (weight, label, scores) if cluster is None else (cluster, weight, label, scores)
    order = np.lexsort(keys)
    s, y, w = scores[order], label[order].astype(bool), weight[order]
    wp, wn = np.where(y, w, 0.0), np.where(y, 0.0, w)
    pos, neg = float(wp.sum()), float(wn.sum())
    count = int(np.count_nonzero(y))
    if pos <= 0 or neg <= 0:
        return np.nan, np.nan, count, len(y) - count
    starts = np.append(0, np.flatnonzero(s[1:] != s[:-1]) + 1)
    block = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(s))))
    p, n = np.add.reduceat(wp, starts), np.add.reduceat(wn, starts)
    below = (np.cumsum(n) - 0.5 * n)[block] / neg
    above = (pos - np.cumsum(p) + 0.5 * p)[block] / pos
    value = float((wp * below).sum() / pos)
    influence = np.where(y, wp * (below - value) / pos, wn * (above - value) / neg)
    if cluster is not None:
        sums = np.bincount(np.unique(cluster[order], return_inverse=True)[1], weights=influence)
        m = len(sums)
        return value, float((sums**2).sum()) * (m / (m - 1) if m > 1 else 1.0), count, len(y) - count
    return value, float((influence**2).sum()), count, len(y) - count
