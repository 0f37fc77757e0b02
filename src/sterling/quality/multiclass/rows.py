"""What each row says: the class predicted, how sure the model was, and how far down the true class stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sterling.engine.threads import WORKERS, spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.integer]
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


def look_at(chances: Floats, label: Places, members: Ints, classes: int) -> Rows:
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


def _slab(chances: Floats, label: Places, column_of: Ints, members: Ints, classes: int, out: Rows, rows: slice) -> None:
    mine = chances[rows]
    n, many = mine.shape
    known = label[rows] < classes
    true = column_of.take(label[rows])
    given = np.take_along_axis(mine, true[:, None], axis=1)[:, 0]
    best = mine.max(axis=1, out=out.confidence[rows])
    narrow = np.min_scalar_type(many)  # counts up to the number of columns; one byte a row is added up fastest
    from_last, above, reached = (np.zeros(n, dtype=narrow) for _ in range(3))
    squares, square = np.zeros(n), np.empty(n)
    for k in reversed(range(many)):
        chance = mine[:, k]
        np.maximum(from_last, (chance == best) * narrow.type(many - k), out=from_last)
        above += chance > given
        reached += chance >= given
        squares += np.multiply(chance, chance, out=square)
    tied = np.flatnonzero(reached > above + 1)
    if len(tied):  # of classes as probable as the true one, those before it stand above it
        before = np.arange(many) < true[tied, None]
        above[tied] += ((mine[tied] == given[tied, None]) & before).sum(axis=1, dtype=narrow)
    np.take(members[::-1], from_last - narrow.type(1), out=out.predicted[rows], mode="clip")
    np.take(np.searchsorted(TOP, np.arange(many) + 1), above, out=out.rank[rows], mode="clip")
    np.multiply(np.clip(0.5 * (squares - 2.0 * given + 1.0), 0.0, 1.0), known, out=out.distance[rows])
    loss = np.log(np.clip(given, EPS, 1.0 - EPS))
    np.multiply(-loss, known, out=out.loss[rows])
