"""What each row says: the class predicted, how sure the model was, and how far down the true class stands."""

from __future__ import annotations

from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.columns import Columns
from sterling.engine.kernels import Kernels, ready
from sterling.engine.single import widened_as_decimals
from sterling.engine.threads import WORKERS, spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.integer]
SLAB = 1 << 13
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

    @staticmethod
    def empty(n: int) -> Rows:
        whole = {name: np.empty(n, dtype=np.int64) for name in ("predicted", "rank")}
        return Rows(**whole, confidence=np.empty(n), loss=np.empty(n), distance=np.empty(n))

    def named(self, threshold: float, nothing: int) -> Ints:
        """The class predicted of each row, `nothing` where the model is less sure of it than the threshold."""
        return np.where(widened_as_decimals(self.confidence) >= threshold, self.predicted, nothing)

    def part(self, rows: slice) -> Rows:
        """Some of the rows, as views."""
        return Rows(
            predicted=self.predicted[rows], confidence=self.confidence[rows], rank=self.rank[rows],
            loss=self.loss[rows], distance=self.distance[rows],
        )  # fmt: skip


def look_at(chances: Columns, label: Places, members: Ints, classes: int) -> Rows:
    """Work out `Rows`. `chances` has a column for each of `members`, which are places among the `classes`."""
    n, out = len(label), Rows.empty(len(label))
    step = max(SLAB, -(-n // (8 * WORKERS)))
    fast = ready() if n >= SLAB and label.dtype == np.uint8 else None

    def some(start: int) -> None:
        look = Look(members, classes)
        for at in range(start, min(start + step, n), SLAB):
            rows = slice(at, min(at + SLAB, start + step, n))
            look.at(chances[rows], label[rows], out.part(rows), fast)

    list(spread(some, range(0, n, step), rows=n))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Works out `Rows` of at most `SLAB` rows at a time, by compiled loops or by NumPy, to the same bits."""

    members: Ints
    classes: int
    column_of: Ints = field(init=False)
    rank_of: Ints = field(init=False)
    held: Floats = field(init=False)

    def __post_init__(self) -> None:
        many = len(self.members)
        column_of = np.zeros(self.classes + 1, dtype=np.int64)
        column_of[self.members] = np.arange(many)
        object.__setattr__(self, "column_of", column_of)
        object.__setattr__(self, "rank_of", np.searchsorted(TOP, np.arange(many) + 1).astype(np.int64))
        object.__setattr__(self, "held", np.empty((many, SLAB)))

    def at(self, chances: Columns, label: Places, out: Rows, fast: Kernels | None) -> None:
        """Write into `out` what the rows say."""
        n = len(label)
        for k, column in enumerate(chances.columns):
            self.held[k, :n] = column
        if fast is None:
            self._by_numpy(self.held[:, :n], label, out)
            return
        fast.look(
            self.held, label, self.column_of, self.members, self.rank_of, out.predicted, out.confidence, out.rank,
            out.loss, out.distance, n, SLAB, len(self.held), self.classes,
        )  # fmt: skip
        np.negative(np.log(out.loss, out=out.loss), out=out.loss)

    def _by_numpy(self, mine: Floats, label: Places, out: Rows) -> None:
        many, n = mine.shape
        known = label < self.classes
        true = self.column_of.take(label)
        given = np.take_along_axis(mine, true[None], axis=0)[0]
        best = mine.max(axis=0, out=out.confidence)
        narrow = np.min_scalar_type(many)  # counts up to the number of columns; one byte a row is added up fastest
        from_last, above, reached = (np.zeros(n, dtype=narrow) for _ in range(3))
        squares, square = np.zeros(n), np.empty(n)
        for k in reversed(range(many)):
            chance = mine[k]
            np.maximum(from_last, (chance == best) * narrow.type(many - k), out=from_last)
            above += chance > given
            reached += chance >= given
            squares += np.multiply(chance, chance, out=square)
        tied = np.flatnonzero(reached > above + 1)
        if len(tied):  # of classes as probable as the true one, those before it stand above it
            before = np.arange(many)[:, None] < true[tied]
            above[tied] += ((mine[:, tied] == given[tied]) & before).sum(axis=0, dtype=narrow)
        np.take(self.members[::-1], from_last - narrow.type(1), out=out.predicted, mode="clip")
        np.take(self.rank_of, above, out=out.rank, mode="clip")
        np.multiply(np.clip(0.5 * (squares - 2.0 * given + 1.0), 0.0, 1.0), known, out=out.distance)
        loss = np.log(np.clip(given, EPS, 1.0 - EPS))
        np.multiply(-loss, known, out=out.loss)
