"""What each row says: the class predicted, how sure the model was, and how far down the true class stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sterling.engine.threads import WORKERS, spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLAB = 1 << 14
EPS = float(np.finfo(np.float64).eps)
TOP = (1, 2, 3, 5)
"""Ranks that are told apart: the true class is the first, among the first two, three, five, or further down."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """One entry per row. `predicted`: the class with the highest probability, of equal ones the first in their order.

    `rank` is the place in `TOP` of the true class, len(TOP) when it stands further down. `loss` and `distance` (half
    the squared distance between probabilities and label) are 0 where there is no label.
    """

    predicted: Ints
    confidence: Floats
    rank: Ints
    loss: Floats
    distance: Floats


def look_at(chances: Floats, label: Ints, members: Ints, classes: int) -> Rows:
    """Work out `Rows`. `chances` has a column for each of `members`, which are places among the `classes`."""
    n = len(label)
    out = Rows(
        predicted=np.empty(n, dtype=np.int64),
        confidence=np.empty(n),
        rank=np.empty(n, dtype=np.int64),
        loss=np.empty(n),
        distance=np.empty(n),
    )
    column_of = np.zeros(classes + 1, dtype=np.int64)
    column_of[members] = np.arange(len(members))
    step = max(SLAB, -(-n // (8 * WORKERS)))

    def some(start: int) -> None:
        for at in range(start, min(start + step, n), SLAB):
            _slab(chances, label, column_of, members, classes, out, slice(at, min(at + SLAB, start + step, n)))

    list(spread(some, range(0, n, step), rows=n))
    return out


def _slab(chances: Floats, label: Ints, column_of: Ints, members: Ints, classes: int, out: Rows, rows: slice) -> None:
    mine = chances[rows]
    known = label[rows] < classes
    true = column_of[label[rows]]
    given = np.take_along_axis(mine, true[:, None], axis=1)[:, 0]
    best = mine.max(axis=1)
    place = np.zeros(len(mine), dtype=np.int64)
    above, reached = np.zeros(len(mine), dtype=np.int64), np.zeros(len(mine), dtype=np.int64)
    squares = np.zeros(len(mine))
    for k in reversed(range(mine.shape[1])):
        chance = mine[:, k]
        np.copyto(place, k, where=chance == best)
        above += chance > given
        reached += chance >= given
        squares += chance * chance
    tied = np.flatnonzero(reached > above + 1)
    if len(tied):  # of classes as probable as the true one, those before it stand above it
        before = np.arange(mine.shape[1]) < true[tied, None]
        above[tied] += ((mine[tied] == given[tied, None]) & before).sum(axis=1)
    out.predicted[rows] = members[place]
    out.confidence[rows] = best
    out.rank[rows] = np.searchsorted(TOP, above + 1)
    np.multiply(np.clip(0.5 * (squares - 2.0 * given + 1.0), 0.0, 1.0), known, out=out.distance[rows])
    loss = np.log(np.clip(given, EPS, 1.0 - EPS))
    np.multiply(-loss, known, out=out.loss[rows])
