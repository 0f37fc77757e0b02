"""The labelled rows of every slice by score: what curves, searched thresholds and calibration are worked out from.

In memory a level is a score that occurs; streamed it is one of some thousand bins. Both are made when first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_KEPT = 1_000_000
"""Of up to so many rows the levels of every slice are kept once made: some 50 bytes for a row and family of slices."""


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """The rows behind the levels of a slice: the level, label, weight and cluster of each."""

    level: Ints
    label: Ints
    weight: Floats
    cluster: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """Labelled rows of a slice by ascending score. `rows`, `w` (Σw) and `q` (Σw²) have shape (levels, 2): label 0, 1.

    `threshold`: the lowest score of a level. `half`: how far the score of a row may lie from `score`; 0 where levels
    are scores that occur. `members` are there when rows come in clusters.
    """

    score: Floats
    threshold: Floats
    rows: Ints
    w: Floats
    q: Floats
    half: float = 0.0
    members: Members | None = None

    @property
    def units(self) -> int:
        """Independent units: clusters, else rows."""
        if self.members is not None:
            return len(np.unique(self.members.cluster))
        return int(self.rows.sum())

    def variance(self, influence: Floats) -> float:
        """The linearised variance of a number, from the influence (levels, 2) of a row of weight 1 of each label."""
        units = self.units
        if units < 2:
            return float("nan")
        if self.members is None:
            squares = float((influence**2 * self.q).sum())
        else:
            m = self.members
            which = np.unique(m.cluster, return_inverse=True)[1]
            squares = float((np.bincount(which, weights=influence[m.level, m.label] * m.weight) ** 2).sum())
        return squares * units / (units - 1)

    def effective(self) -> Floats:
        """What the rows of each label are worth as equally weighted independent ones (Kish): shape (2,)."""
        total, squares = self.w.sum(axis=0), self.q.sum(axis=0)
        if self.members is not None:
            m = self.members
            which = np.unique(m.cluster, return_inverse=True)[1] * 2 + m.label
            squares = (
                (np.bincount(which, weights=m.weight, minlength=2 * int(which.max() // 2 + 1)) ** 2)
                .reshape(-1, 2)
                .sum(axis=0)
            )
        return np.asarray(np.divide(total**2, squares, out=np.zeros(2), where=squares > 0))

    def split(self, first: int) -> Levels:
        """Bins with the rows of one label (0 or 1) put below the other's: one end of what their order may be."""
        parts = [self._only(label) for label in (first, 1 - first)]
        rows, w, q = (np.stack([part[k] for part in parts], axis=1).reshape(-1, 2) for k in range(3))
        some = rows.sum(axis=1) > 0
        return Levels(
            score=np.repeat(self.score, 2)[some], threshold=np.repeat(self.threshold, 2)[some], half=self.half,
            rows=rows[some].astype(np.int64), w=w[some], q=q[some],
        )  # fmt: skip

    def _only(self, label: int) -> tuple[Ints, Floats, Floats]:
        keep = np.arange(2) == label
        return np.where(keep, self.rows, 0), np.where(keep, self.w, 0.0), np.where(keep, self.q, 0.0)


class LevelSource(Protocol):
    """Gives the levels of any slice by its place."""

    def of(self, row: int) -> Levels: ...


@dataclass(frozen=True, slots=True, eq=False)
class BinLevels:
    """Levels from binned counts of shape (slices, bins, 3), between `edges`."""

    edges: Floats
    rows: Ints
    w: Floats | None
    q: Floats | None

    def of(self, row: int) -> Levels:
        """The bins of one slice that hold labelled rows."""
        rows = self.rows[row, :, :2]
        some = rows.sum(axis=1) > 0
        rows = rows[some]
        w = rows.astype(np.float64) if self.w is None else self.w[row, :, :2][some]
        q = rows.astype(np.float64) if self.q is None else self.q[row, :, :2][some]
        low, high = self.edges[:-1][some], self.edges[1:][some]
        half = float((high - low).max(initial=0.0)) / 2
        return Levels(score=(low + high) / 2, threshold=low, rows=rows, w=w, q=q, half=half)


@dataclass(frozen=True, eq=False)
class RowLevels:
    """Levels from the rows themselves. `family` and `code`: where each slice is; `columns`: the groups of a family."""

    batch: Batch
    model: int
    columns: Sequence[tuple[int, ...]]
    family: Sequence[int]
    code: Sequence[int]

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        """Labelled rows by score and then by all else that sums depend on, so that their order does not matter."""
        b = self.batch
        known = np.flatnonzero(b.label < 2)
        keys = [b.label[known], b.scores[self.model][known]]
        if b.weight is None and b.cluster is None:
            return np.asarray(known[np.argsort(keys[1], kind="stable")])
        keys = [b.weight[known], *keys] if b.weight is not None else keys
        keys = [b.cluster[known], *keys] if b.cluster is not None else keys
        return np.asarray(known[np.lexsort(keys)])

    @cached_property
    def _families(self) -> dict[int, tuple[Ints, Ints]]:
        return {}

    def _rows(self, family: int, code: int) -> NDArray[np.intp]:
        """The rows of one slice, in order."""
        if not self.columns[family]:
            return self._order
        if family not in self._families:
            codes = joint_codes(self.batch, self.columns[family])[self._order]
            ends = np.concatenate([[0], np.cumsum(np.bincount(codes))])
            self._families[family] = np.argsort(codes, kind="stable"), ends
        order, ends = self._families[family]
        return self._order[order[ends[code] : ends[code + 1]]] if code + 1 < len(ends) else self._order[:0]

    @cached_property
    def _made(self) -> dict[int, Levels]:
        return {}

    def of(self, row: int) -> Levels:
        """The scores that occur in one slice."""
        if self.batch.height > MOST_KEPT:
            return self._make(row)
        if row not in self._made:
            self._made[row] = self._make(row)
        return self._made[row]

    def _make(self, row: int) -> Levels:
        b = self.batch
        mine = self._rows(self.family[row], self.code[row])
        score, label = b.scores[self.model][mine], b.label[mine].astype(np.int64)
        new = np.concatenate([[True], score[1:] != score[:-1]]) if len(score) else np.zeros(0, dtype=bool)
        level = np.cumsum(new) - 1
        place, size = level * 2 + label, 2 * int(new.sum())
        rows = np.bincount(place, minlength=size).reshape(-1, 2)
        w: Floats = rows.astype(np.float64)
        q = w
        weight = np.ones(len(mine)) if b.weight is None else b.weight[mine]
        if b.weight is not None:
            w = np.bincount(place, weights=weight, minlength=size).astype(np.float64).reshape(-1, 2)
            q = np.bincount(place, weights=weight**2, minlength=size).astype(np.float64).reshape(-1, 2)
        members = None if b.cluster is None else Members(level, label, weight, b.cluster[mine])
        return Levels(score=score[new], threshold=score[new], rows=rows, w=w, q=q, members=members)
