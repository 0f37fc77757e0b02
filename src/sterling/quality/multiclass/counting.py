"""What is counted of a model that names one of several classes: its confusion table and one cube for each class."""

from __future__ import annotations

import math
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.binary.against import asked
from sterling.engine.cube import Cube, CubeSpec, codes_in_bounds, count, leaves_of
from sterling.engine.encode import Batch
from sterling.engine.exact import Fixed
from sterling.engine.families import Families
from sterling.engine.kernels import Kernels, ready
from sterling.engine.single import widened_as_decimals
from sterling.engine.sums import Part, Sums, add_up
from sterling.engine.threads import WORKERS, spread
from sterling.quality.multiclass.rows import SLAB, TOP, Look, Rows, look_at
from sterling.quality.multiclass.tops import ordered, summed

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
    """Counts one model. `members`: the class of each of its columns, nothing for predictions; `spec`: of each cube.

    `cuts`: thresholds of confidence, in order, between which rows are told apart. `tops`: how many of the most probable
    classes of a row are counted as if they were predicted, in order.
    """

    index: int
    classes: int
    members: Ints
    families: Families
    spec: CubeSpec | None
    cuts: tuple[float, ...] = ()
    tops: tuple[int, ...] = ()

    def count(self, batch: Batch) -> Counts:
        """The counts of one batch. What each row says is worked out and summed piece by piece, and hardly any kept."""
        fast = ready() if self._plain(batch) else None
        size = SLAB if fast is None else max(SLAB, -(-batch.height // (4 * WORKERS)))
        pieces = [batch.piece(start, start + size) for start in range(0, max(batch.height, 1), size)]
        work = self._piece if fast is None else partial(self._compiled, fast)
        parts = list(spread(work, pieces, rows=batch.height))
        sums = reduce(Sums.merge, (part for part, _, _ in parts))
        if self.tops:
            sums = sums.beside(reduce(Sums.merge, spread(self._by_rank, pieces, rows=batch.height)))
        if self.spec is None:
            return Counts(sums=sums, cubes=())
        right, confidence = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
        chances, leaves = batch.scores[self.index], leaves_of(self.spec, batch)
        missing = self._missing(batch)

        def cube(k: int) -> Cube:
            assert self.spec is not None
            if k == len(self.members):
                return count(self.spec, asked(batch, right, confidence), leaves=leaves)
            label = _or_missing(batch.label == int(self.members[k]), missing)
            return count(self.spec, asked(batch, label, chances.columns[k]), leaves=leaves)

        return Counts(sums=sums, cubes=tuple(spread(cube, range(len(self.members) + 1), rows=batch.height)))

    def _piece(self, batch: Batch) -> tuple[Sums, NDArray[np.uint8], Floats]:
        rows = self.rows(batch)
        parts = self._parts(batch, rows)
        if self.cuts:
            parts |= self._by_confidence(self.stages(batch, rows), batch.weight)
        sums = add_up(batch, self.families.blocks, parts)
        return sums, self.is_right(batch, rows), rows.confidence

    def _plain(self, batch: Batch) -> bool:
        """Whether compiled loops add the rows up: no weights, and places that exist, in a byte or two."""
        if self.spec is None or batch.label.dtype != np.uint8 or not codes_in_bounds(batch):
            return False
        sizes = (math.prod(len(batch.groups[i].values) for i in columns) for columns in self.spec.blocks)
        return all(map(self.spec.plain, sizes)) and int(batch.label.max(initial=0)) <= self.classes

    def _compiled(self, fast: Kernels, batch: Batch) -> tuple[Sums, NDArray[np.uint8], Floats]:
        """As `_piece`, by compiled loops, to the same bits."""
        assert self.spec is not None
        look, rows, totals = Look(self.members, self.classes), Rows.empty(SLAB), self._nothing(batch)
        right, confidence = np.empty(batch.height, dtype=np.uint8), np.empty(batch.height)
        leaves, stages = leaves_of(self.spec, batch), np.empty(batch.height if self.cuts else 0, dtype=np.int64)
        for start in range(0, batch.height, SLAB):
            some = slice(start, start + SLAB)
            part = batch.piece(start, start + SLAB)
            said = rows.part(slice(0, part.height))
            look.at(part.scores[self.index], part.label, said, fast)
            right[some], confidence[some] = self.is_right(part, said), said.confidence
            if self.cuts:
                stages[some] = self.stages(part, said)
            for leaf, total in zip(leaves, totals, strict=True):
                fast.confuse(
                    leaf[some], part.label, said.predicted, said.rank, said.loss, said.distance, *total, part.height,
                    self.classes, len(TOP) + 2,
                )  # fmt: skip
        sums = self._sums(batch, totals)
        if self.cuts:
            sums = sums.beside(add_up(batch, self.families.blocks, self._by_confidence(stages, None)))
        return sums, right, confidence

    def _nothing(self, batch: Batch) -> list[tuple[Ints, Ints, Ints]]:
        """Totals of each block before any row: by label and prediction, by rank, and of the means side by side."""
        tails = (self.classes + 1) * self.classes, len(TOP) + 2, len(MEANS)
        sizes = [math.prod(len(batch.groups[i].values) for i in columns) for columns in self.families.blocks]
        return [tuple(np.zeros(size * tail, dtype=np.int64) for tail in tails) for size in sizes]  # type: ignore[misc]

    def _sums(self, batch: Batch, totals: list[tuple[Ints, Ints, Ints]]) -> Sums:
        every = []
        for columns, (cells, ranks, means) in zip(self.families.blocks, totals, strict=True):
            shape = tuple(len(batch.groups[i].values) for i in columns)
            held = {
                "confusion": Fixed(cells[None], 0).reshape(*shape, self.classes + 1, self.classes),
                "rank": Fixed(ranks[None], 0).reshape(*shape, len(TOP) + 2),
            }
            by_name = means.reshape(-1, len(MEANS)).T
            for (name, first), total in zip(MEANS.items(), by_name, strict=True):
                held[name] = Fixed(np.ascontiguousarray(total)[None], first).reshape(*shape)
            every.append(held)
        return Sums(blocks=self.families.blocks, values=tuple(g.values for g in batch.groups), totals=tuple(every))

    def rows(self, batch: Batch) -> Rows:
        """What each row says. Predictions have neither confidence nor ranks."""
        given = batch.scores[self.index]
        if self.spec is not None:
            return look_at(given, batch.label, self.members, self.classes)
        nothing = np.zeros(0)
        return Rows(
            predicted=given, confidence=nothing, rank=np.zeros(0, dtype=np.int64), loss=nothing, distance=nothing
        )

    def asked(self, batch: Batch, k: int) -> Batch:
        """The rows as those of a yes/no model: of the class of column k, or, after the last, of being right."""
        if k < len(self.members):
            return asked(batch, self.is_class(batch, int(self.members[k])), batch.scores[self.index].columns[k])
        rows = self.rows(batch)
        return asked(batch, self.is_right(batch, rows), rows.confidence)

    def is_class(self, batch: Batch, c: int) -> NDArray[np.uint8]:
        """1 where the label is class `c`, 0 where it is another, 2 where it is missing."""
        return _or_missing(batch.label == c, self._missing(batch))

    def is_right(self, batch: Batch, rows: Rows) -> NDArray[np.uint8]:
        """1 where the class predicted is the label, 0 where it is not, 2 where the label is missing."""
        return _or_missing(batch.label == rows.predicted, self._missing(batch))

    def _missing(self, batch: Batch) -> NDArray[np.uint8]:
        """2 where the label is missing, else 0."""
        return np.asarray((batch.label == self.classes).view(np.uint8) << 1)

    def cells(self, batch: Batch, rows: Rows) -> Ints:
        """The place of each row in the confusion table."""
        return np.asarray(batch.label.astype(np.int64) * self.classes + rows.predicted)

    def stages(self, batch: Batch, rows: Rows) -> Ints:
        """The place of each row in the confusion table and, there, how many of the `cuts` its confidence reaches."""
        return np.asarray(self.cells(batch, rows) * (len(self.cuts) + 1) + self.reached(rows))

    def reached(self, rows: Rows) -> Ints:
        """How many of the `cuts` the confidence of each row reaches."""
        return np.searchsorted(self.cuts, widened_as_decimals(rows.confidence), side="right")

    def _by_confidence(self, stages: Ints, weight: Floats | None) -> dict[str, Part]:
        return _counted("stage", (self.classes + 1, self.classes, len(self.cuts) + 1), stages, weight)

    def _by_rank(self, batch: Batch) -> Sums:
        """Rows by label and class among the k most probable, for each k in `tops`."""
        best, label = ordered(batch.scores[self.index], self.members), batch.label.astype(np.int64)
        shape, blocks = (self.classes + 1, self.classes), self.families.blocks
        places = (label * self.classes + best[:, rank] for rank in range(min(self.tops[-1], best.shape[1])))
        by_rank = [add_up(batch, blocks, _counted("top", shape, place, batch.weight)) for place in places]
        return summed(by_rank, self.tops)

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


def _or_missing(yes: NDArray[np.bool_], missing: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(yes.view(np.uint8) | missing)
