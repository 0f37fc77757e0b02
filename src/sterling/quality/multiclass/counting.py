"""What is counted of a model that names one of several classes: its confusion table and one cube for each class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from sterling.engine.binary.against import asked
from sterling.engine.cube import Cube, CubeSpec, count, leaves_of
from sterling.engine.encode import Batch
from sterling.engine.families import Families
from sterling.engine.sums import Part, Sums, add_up
from sterling.engine.threads import spread
from sterling.quality.multiclass.rows import SLAB, TOP, Rows, look_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MEANS = {"loss": 31, "loss2": 26, "distance": 36, "distance2": 36}
"""Of each labelled row, by the first scale of its sum: log loss, half the squared distance, and their squares."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """A mergeable summary. `cubes`: of each of the model's columns, then of its confidence; none for predictions."""

    sums: Sums
    cubes: tuple[Cube, ...]

    def merge(self, other: Counts) -> Counts:
        """The counts of both sets of rows."""
        cubes = tuple(a.merge(b) for a, b in zip(self.cubes, other.cubes, strict=True))
        return Counts(sums=self.sums.merge(other.sums), cubes=cubes)


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassCounter:
    """Counts one model. `members`: the class of each of its columns, nothing for predictions; `spec`: of each cube."""

    index: int
    classes: int
    members: Ints
    families: Families
    spec: CubeSpec | None

    def count(self, batch: Batch) -> Counts:
        """The counts of one batch. What each row says is worked out and summed piece by piece, and hardly any kept."""
        pieces = [batch.piece(start, start + SLAB) for start in range(0, max(batch.height, 1), SLAB)]
        parts = list(spread(self._piece, pieces, rows=batch.height))
        sums = reduce(Sums.merge, (part for part, _, _ in parts))
        if self.spec is None:
            return Counts(sums=sums, cubes=())
        right, confidence = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
        chances, leaves = batch.scores[self.index], leaves_of(self.spec, batch)

        def cube(k: int) -> Cube:
            assert self.spec is not None
            if k == len(self.members):
                return count(self.spec, asked(batch, right, confidence), leaves=leaves)
            label = self.is_class(batch, int(self.members[k]))
            return count(self.spec, asked(batch, label, chances[:, k]), leaves=leaves)

        return Counts(sums=sums, cubes=tuple(spread(cube, range(len(self.members) + 1), rows=batch.height)))

    def _piece(self, batch: Batch) -> tuple[Sums, NDArray[np.uint8], Floats]:
        rows = self.rows(batch)
        sums = add_up(batch, self.families.blocks, self._parts(batch, rows))
        return sums, self.is_right(batch, rows), rows.confidence

    @cached_property
    def columns(self) -> tuple[tuple[int, int], ...]:
        """The column of each class that has one."""
        return tuple(enumerate(self.members.tolist()))

    def rows(self, batch: Batch) -> Rows:
        """What each row says. Predictions have neither confidence nor ranks."""
        given = batch.scores[self.index]
        if self.spec is not None:
            return look_at(given, batch.label, self.members, self.classes)
        nothing = np.zeros(0)
        return Rows(
            predicted=given, confidence=nothing, rank=np.zeros(0, dtype=np.int64), loss=nothing, distance=nothing
        )

    def is_class(self, batch: Batch, c: int) -> NDArray[np.uint8]:
        """1 where the label is class `c`, 0 where it is another, 2 where it is missing."""
        return _or_missing(batch.label == c, batch.label == self.classes)

    def is_right(self, batch: Batch, rows: Rows) -> NDArray[np.uint8]:
        """1 where the class predicted is the label, 0 where it is not, 2 where the label is missing."""
        return _or_missing(batch.label == rows.predicted, batch.label == self.classes)

    def cells(self, batch: Batch, rows: Rows) -> Ints:
        """The place of each row in the confusion table."""
        return np.asarray(batch.label.astype(np.int64) * self.classes + rows.predicted)

    def _parts(self, batch: Batch, rows: Rows) -> dict[str, Part]:
        shape = (self.classes + 1, self.classes)
        parts = _counted("confusion", shape, self.cells(batch, rows), batch.weight)
        if self.spec is None:
            return parts
        ranks = np.where(batch.label == self.classes, len(TOP) + 1, rows.rank)
        parts |= _counted("rank", (len(TOP) + 2,), ranks, batch.weight)
        values = {"loss": rows.loss, "distance": rows.distance}
        values |= {"loss2": rows.loss * rows.loss, "distance2": rows.distance * rows.distance}
        for name, first in MEANS.items():
            if batch.weight is None:
                parts[name] = Part(values=values[name], limbs=1, first=first)
                continue
            weighted = batch.weight * values[name]
            parts[f"w{name}"] = Part(values=weighted, limbs=2, first=first)
            parts[f"q{name}"] = Part(values=batch.weight * weighted, limbs=2, first=first)
        return parts


def _counted(name: str, shape: tuple[int, ...], places: Ints, weight: Floats | None) -> dict[str, Part]:
    """Rows by place; with weights Σw and Σw² too."""
    parts = {name: Part(shape=shape, places=places)}
    if weight is not None:
        parts[f"w{name}"] = Part(shape=shape, places=places, values=weight, limbs=2, first=32)
        parts[f"q{name}"] = Part(shape=shape, places=places, values=weight * weight, limbs=2, first=32)
    return parts


def _or_missing(yes: NDArray[np.bool_], missing: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.asarray(np.maximum(yes.view(np.uint8), missing.view(np.uint8) << 1))
