"""How well one column alone tells rows of one kind from the rest, on rows that were not learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.digest import mix
from sterling.data.leaks.area import Area, area
from sterling.data.leaks.one_way import goes_one_way, one_way

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
FOLDS = 5


def folds_of(keys: NDArray[np.uint64], seed: int) -> Ints:
    """A fold per row from a hash of its content: the same for any order of rows, and equal rows share one.

    Where most rows repeat others, equal rows are dealt out instead, by their number among themselves: else a value that
    makes rows equal would be in one fold only, and nothing could be learned of it.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(keys) else order
    own = keys
    if 2 * len(first) < len(keys):
        number = np.empty(len(keys), dtype=np.uint64)
        number[order] = np.arange(len(keys)) - np.repeat(first, np.diff(np.append(first, len(keys))))
        own = mix(keys) + number
    return np.asarray(mix(own ^ np.uint64(seed)) % np.uint64(FOLDS)).astype(np.int64)


def held_out(codes: Ints, positive: Bools, fold: Ints) -> NDArray[np.float64]:
    """For each row the share of positive rows among those of its code in the other folds, shape (n,).

    A code's share is drawn towards the share of all by one row, so that a rare code says little.
    """
    wide = int(codes.max(initial=0)) + 1
    cell = codes * FOLDS + fold
    hits = np.bincount(cell, weights=positive, minlength=wide * FOLDS).reshape(wide, FOLDS)
    rows = np.bincount(cell, minlength=wide * FOLDS).reshape(wide, FOLDS)
    base = positive.mean() if len(positive) else 0.5
    score = (hits.sum(1, keepdims=True) - hits + base) / (rows.sum(1, keepdims=True) - rows + 1.0)
    return np.asarray(score[codes, fold])


def tells(codes: Ints, positive: Bools, fold: Ints, place: Ints | None = None) -> Area:
    """The AUC of a column alone, on rows held out. Where there is no relation it lies around 0.5.

    `place`: the order of its values (0: missing), where it has one. A fold is then told by that order instead, if the
    other folds say that it tells more than the shares of ranges do: ranges blur what goes one way.
    """
    scores = held_out(codes, positive, fold)
    if place is not None:
        for k in range(FOLDS):
            learning, here = fold != k, fold == k
            if goes_one_way(codes[learning], positive[learning], fold[learning]):
                scores[here] = one_way(codes, place, positive, learning)[here]
    return fold_by_fold(scores, positive, fold)


def fold_by_fold(scores: NDArray[np.float64], positive: Bools, fold: Ints) -> Area:
    """The mean AUC of the folds, weighted by their pairs of rows: scores of different folds are not compared.

    Every pair of rows of different folds is used twice, each time one learns from the other. Where little is learned
    that doubles the variance, where much is learned it does not; it is doubled here, which is the cautious end.
    """
    parts = [area(scores[fold == k], positive[fold == k]) for k in range(FOLDS)]
    known = [p for p in parts if p.positives and p.negatives]
    n_pos, n_neg = int(positive.sum()), int((~positive).sum())
    if not known:
        return Area(value=float("nan"), variance=float("nan"), positives=n_pos, negatives=n_neg)
    weight = np.array([p.positives * p.negatives for p in known], dtype=np.float64)
    weight /= weight.sum()
    value = float(weight @ np.array([p.value for p in known]))
    variance = 2 * float(weight**2 @ np.array([p.variance for p in known]))
    return Area(value=value, variance=variance, positives=n_pos, negatives=n_neg)
