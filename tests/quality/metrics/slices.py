"""Levels made of plain arrays, for tests that look at one slice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.engine.binary.levels import Levels, Members

Floats = NDArray[np.float64]


def levels_of(
    score: Floats, label: NDArray[np.int64], weight: Floats | None = None, cluster: NDArray[np.int64] | None = None
) -> Levels:
    """The levels of rows, by the most obvious code."""
    w = np.ones(len(score)) if weight is None else weight
    distinct, place = np.unique(score, return_inverse=True)
    rows, sums, squares = (np.zeros((len(distinct), 2)) for _ in range(3))
    np.add.at(rows, (place, label), 1)
    np.add.at(sums, (place, label), w)
    np.add.at(squares, (place, label), w * w)
    members = None if cluster is None else Members(place, label, w, cluster)
    return Levels(score=distinct, threshold=distinct, rows=rows.astype(np.int64), w=sums, q=squares, members=members)


def world(seed: int, n: int, decimals: int = 17, base: float = 0.4) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Scores with some skill (tied when `decimals` is small), labels of both kinds, weights."""
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < base).astype(np.int64)
    label[:2] = [0, 1]
    score = np.round(np.clip(rng.beta(2, 3, n) + 0.2 * label, 0.001, 0.999), decimals)
    return score, label, rng.uniform(0.2, 5.0, n)
