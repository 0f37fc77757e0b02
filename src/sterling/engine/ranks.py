"""Exact AUC of every slice of a family, with DeLong's variance.

AUC is the mean, over people with a positive label, of the share of negatives scored below them (ties count half); the
variance comes from the spread of those shares on both sides (DeLong, DeLong, Clarke-Pearson 1988, by ranks as in
Sun, Xu 2014). One sort serves every slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_FEW = 16
"""Up to so many groups, picking each out beats sorting by group."""
_CELLS = 1 << 14
"""Bins of slices whose AUC is worked out at a time."""


class Auc(NamedTuple):
    """Per slice: AUC, its variance, positives and negatives (rows). `bound` is a guaranteed error of the AUC itself.

    `n_pos` and `n_neg` are what the rows are worth as equally weighted independent ones: Kish's n, over clusters.
    """

    value: Floats
    variance: Floats
    positives: Ints
    negatives: Ints
    bound: Floats
    n_pos: Floats
    n_neg: Floats


class Ranked(NamedTuple):
    """Labelled rows in ascending order of score, with their codes by each joint coding.

    `blocks` numbers runs of equal scores; None when all differ.
    """

    label: NDArray[np.bool_]
    codes: tuple[NDArray[np.unsignedinteger], ...]
    blocks: NDArray[np.int32] | None


def rank_rows(scores: Floats, label: NDArray[np.uint8], codes: Sequence[NDArray[np.unsignedinteger]]) -> Ranked:
    """Sort once; every slice's AUC then needs counting only. Labels are 0 or 1."""
    packed = _packed(scores, label, codes[0]) if len(codes) == 1 else None
    if packed is not None:
        return packed
    order = np.argsort(scores)
    ordered = scores[order]
    blocks = _numbered(ordered[1:] != ordered[:-1])
    return Ranked(label[order].astype(bool), tuple(c[order] for c in codes), blocks)


def _packed(scores: Floats, label: NDArray[np.uint8], codes: NDArray[np.unsignedinteger]) -> Ranked | None:
    """Code and label ride in the low bits of the scores' own bits: numbers are sorted, not places; three times faster.

    The bits of floats of one sign ascend as the floats do, and the distance from the lowest to the highest score
    nearly always leaves a few bits free. None when it does not, or when a score is negative.
    """
    if not len(scores):
        return None
    keys = (scores + 0.0).view(np.int64)  # adding 0 turns -0.0 into 0.0
    lowest, highest, room = int(keys.min()), int(keys.max()), int(codes.max()).bit_length() + 1
    if lowest == 0:  # far from every other number in bits, though next to it in order
        lowest = int(keys.min(where=keys > 0, initial=highest)) - 1
    if lowest < 0 or (highest - lowest).bit_length() + room > 63:
        return None
    keys = np.maximum(keys, lowest)
    keys -= lowest
    keys <<= room
    keys |= codes.astype(np.int64) << 1 | label
    keys.sort()
    low: NDArray[np.unsignedinteger] = (keys & ((1 << room) - 1)).astype(np.uint8 if room <= 8 else np.uint32)
    blocks = _numbered((keys[1:] ^ keys[:-1]) >= 1 << room)
    return Ranked((low & 1).astype(bool), ((low >> 1).astype(codes.dtype),), blocks)


def _numbered(changes: NDArray[np.bool_]) -> NDArray[np.int32] | None:
    if changes.all():
        return None
    return np.concatenate([[0], np.cumsum(changes, dtype=np.int32)]).astype(np.int32)


def auc_by_group(ranked: Ranked, codes: NDArray[np.integer] | None, groups: int) -> Auc:
    """AUC of every group. `codes` are the groups in the order of the ranks, or None for one group of all."""
    if codes is None:
        parts = [(ranked.label, ranked.blocks)]
    elif groups <= _FEW:
        picks = (codes == g for g in range(groups))
        parts = [
            (np.compress(mine, ranked.label), None if ranked.blocks is None else np.compress(mine, ranked.blocks))
            for mine in picks
        ]
    else:
        parts = _split(ranked, codes, groups)
    rows = [_one(*part) for part in parts]
    value, variance, positives, negatives = (np.array(c) for c in zip(*rows, strict=True))
    sizes = positives.astype(np.float64), negatives.astype(np.float64)
    return Auc(value, variance, positives.astype(np.int64), negatives.astype(np.int64), np.zeros(len(rows)), *sizes)


def _split(
    ranked: Ranked, codes: NDArray[np.integer], groups: int
) -> list[tuple[NDArray[np.bool_], NDArray[np.int32] | None]]:
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=groups))[:-1]
    labels = np.split(ranked.label[order], ends)
    if ranked.blocks is None:
        return [(part, None) for part in labels]
    return list(zip(labels, np.split(ranked.blocks[order], ends), strict=True))


def _one(label: NDArray[np.bool_], blocks: NDArray[np.int32] | None) -> tuple[float, float, int, int]:
    positives = int(np.count_nonzero(label))
    negatives = len(label) - positives
    if not positives or not negatives:
        return np.nan, np.nan, positives, negatives
    if blocks is None:
        return _delong_distinct(label, positives, negatives)
    ends = np.append(np.flatnonzero(blocks[1:] != blocks[:-1]), len(label) - 1)
    up_to = np.cumsum(label)[ends]
    p = np.diff(up_to, prepend=0)
    n = np.diff(ends + 1 - up_to, prepend=0)
    return _delong(ends + 1 - up_to - 0.5 * n, p, positives - up_to + 0.5 * p, n, positives, negatives)


def _delong_distinct(label: NDArray[np.bool_], positives: int, negatives: int) -> tuple[float, float, int, int]:
    """From the labels in ascending order of distinct scores. Whole numbers, summed exactly.

    With b_k negatives below the k-th positive (k = 0, 1, …), the squares over negatives of the positives above each
    need no look at the negatives: they count pairs of positives and the negatives below both, which is
    sum b_k (2 (P - k) - 1).
    """
    place = np.arange(positives)
    below = np.flatnonzero(label) - place
    total, squares = int(below.sum()), _products(below, below)
    other = (2 * positives - 1) * total - 2 * _products(below, place)
    v10 = (positives * squares - total * total) / (positives * negatives**2)
    v01 = (negatives * other - total * total) / (negatives * positives**2)
    variance = _unbiased(v10, positives) / positives + _unbiased(v01, negatives) / negatives
    return total / (positives * negatives), variance, positives, negatives


def _products(a: Ints, b: Ints) -> int:
    """The sum of a·b, in pieces that cannot overflow 64 bits."""
    step = 1 << 16
    return sum(int(np.dot(a[i : i + step], b[i : i + step])) for i in range(0, len(a), step))


def _delong(
    below: Floats, p: Ints, above: Floats, n: Ints, positives: int, negatives: int
) -> tuple[float, float, int, int]:
    """As above for runs of equal scores holding `p` positives and `n` negatives each."""
    value = float((below * p).sum()) / positives / negatives
    v10 = float(((below / negatives - value) ** 2 * p).sum())
    v01 = float(((above / positives - value) ** 2 * n).sum())
    variance = _unbiased(v10, positives) / positives + _unbiased(v01, negatives) / negatives
    return value, variance, positives, negatives


def _unbiased(squares: float, n: int) -> float:
    return squares / (n - 1) if n > 1 else squares


def auc_from_bins(rows: NDArray[np.int64], w: Floats | None = None, q: Floats | None = None) -> Auc:
    """AUC of slices from binned counts of shape (slices, bins, labels), with its guaranteed error ½ Σ p_b n_b / (P N).

    With weights `w` and `q` are Σw and Σw² likewise, and the variance is the sum of squared influences. A few slices
    are worked out at a time, so that they fit the processor's cache.
    """
    step = max(1, _CELLS // rows.shape[1])
    some = [slice(start, start + step) for start in range(0, max(len(rows), 1), step)]
    parts = [_binned(rows[i], None if w is None else w[i], None if q is None else q[i]) for i in some]
    return Auc(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _binned(rows: NDArray[np.int64], w: Floats | None, q: Floats | None) -> Auc:
    n, p = (np.array((rows if w is None else w)[:, :, k], dtype=np.float64) for k in (0, 1))
    n2, p2 = (n, p) if q is None else (np.array(q[:, :, k]) for k in (0, 1))
    pos, neg = p.sum(axis=1), n.sum(axis=1)
    pos2, neg2 = (pos, neg) if q is None else (p2.sum(axis=1), n2.sum(axis=1))
    negatives, positives = (neg, pos) if w is None else (rows[:, :, k].sum(axis=1) for k in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.cumsum(n, axis=1)
        below -= 0.5 * n
        above = np.cumsum(p, axis=1)
        np.subtract(pos[:, None], above, out=above)
        above += 0.5 * p
        value = (below * p).sum(axis=1) / pos / neg
        v10 = _spread(below, neg, value, p2) / pos**2
        v01 = _spread(above, pos, value, n2) / neg**2
        if w is None:
            v10, v01 = v10 * pos / np.maximum(pos - 1, 1), v01 * neg / np.maximum(neg - 1, 1)
        bound = 0.5 * (p * n).sum(axis=1) / pos / neg
        sizes = pos**2 / pos2, neg**2 / neg2
    return Auc(value, v10 + v01, positives.astype(np.int64), negatives.astype(np.int64), bound, *sizes)


def _spread(beyond: Floats, size: Floats, value: Floats, squares: Floats) -> Floats:
    """Of each slice: squared distances of the shares `beyond` / `size` from their mean, added up. Overwrites them."""
    beyond /= size[:, None]
    beyond -= value[:, None]
    beyond *= beyond
    beyond *= squares
    return np.asarray(beyond.sum(axis=1))


def weighted_auc(
    scores: Floats, label: NDArray[np.uint8], weight: Floats, cluster: Ints | None
) -> tuple[float, float, int, int, float, float]:
    """AUC of one slice of weighted or clustered rows, variance by linearisation (sum of squared influences).

    After the counts of positives and negatives come their effective numbers: Kish's n of rows or of cluster totals.

    Rows are put in an order of (score, label, weight, cluster), so the result does not depend on theirs.
    """
    keys = (weight, label, scores) if cluster is None else (cluster, weight, label, scores)
    order = np.lexsort(keys)
    s, y, w = scores[order], label[order].astype(bool), weight[order]
    wp, wn = np.where(y, w, 0.0), np.where(y, 0.0, w)
    pos, neg = float(wp.sum()), float(wn.sum())
    count = int(np.count_nonzero(y))
    if pos <= 0 or neg <= 0:
        return np.nan, np.nan, count, len(y) - count, np.nan, np.nan
    starts = np.append(0, np.flatnonzero(s[1:] != s[:-1]) + 1)
    block = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(s))))
    p, n = np.add.reduceat(wp, starts), np.add.reduceat(wn, starts)
    below = (np.cumsum(n) - 0.5 * n)[block] / neg
    above = (pos - np.cumsum(p) + 0.5 * p)[block] / pos
    value = float((wp * below).sum() / pos)
    influence = np.where(y, wp * (below - value) / pos, wn * (above - value) / neg)
    parts = [influence, wp, wn]
    factor = 1.0
    if cluster is not None:
        which = np.unique(cluster[order], return_inverse=True)[1]
        parts = [np.bincount(which, weights=part) for part in parts]
        factor = len(parts[0]) / max(len(parts[0]) - 1, 1)
    squares, n_pos, n_neg = (float((part**2).sum()) for part in parts)
    return value, squares * factor, count, len(y) - count, pos**2 / n_pos, neg**2 / n_neg
