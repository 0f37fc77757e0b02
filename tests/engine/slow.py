"""The obvious way: one row or one pair at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.engine.ranks import auc_by_group, rank_rows

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]


def delong_slow(score: Floats, label: Labels) -> tuple[float, float]:
    """AUC and its DeLong variance: every pair compared, then the sample variances of the two kinds of placement."""
    positive, negative = score[label == 1], score[label == 0]
    wins = np.array([[1.0 if p > q else 0.5 if p == q else 0.0 for q in negative] for p in positive])
    v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
    variance = v10.var(ddof=1) / len(positive) + v01.var(ddof=1) / len(negative)
    return float(wins.mean()), float(variance)


def auc_of_keys(score: Floats, label: Labels) -> tuple[float, float]:
    """The engine's answer for one group."""
    found = auc_by_group(rank_rows(score, label, ()), None, 1)
    return float(found.value[0]), float(found.variance[0])


def influence_slow(
    score: Floats, label: Labels, weight: Floats, cluster: NDArray[np.int64] | None
) -> tuple[float, float]:
    """Weighted AUC, and the sum of squared influences of rows (or of clusters, times m / (m - 1))."""
    pos, neg = weight[label == 1].sum(), weight[label == 0].sum()
    n = len(score)

    def win(i: int, j: int) -> float:
        return 1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0

    ones, zeros = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
    below = {i: sum(weight[j] * win(i, j) for j in zeros) / neg for i in ones}
    above = {j: sum(weight[i] * win(i, j) for i in ones) / pos for j in zeros}
    value = sum(weight[i] * below[i] for i in ones) / pos
    influence = np.array(
        [
            weight[i] * (below[i] - value) / pos if label[i] == 1 else weight[i] * (above[i] - value) / neg
            for i in range(n)
        ]
    )
    if cluster is None:
        return float(value), float((influence**2).sum())
    sums = np.array([influence[cluster == c].sum() for c in np.unique(cluster)])
    return float(value), float((sums**2).sum() * len(sums) / (len(sums) - 1))
