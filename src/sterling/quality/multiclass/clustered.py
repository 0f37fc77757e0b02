"""Rows of a multiclass model that come in clusters: what variances of its metrics need, from the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.binary.against import asked
from sterling.engine.binary.task import gram_of
from sterling.engine.clusters import Gram
from sterling.engine.encode import Batch
from sterling.engine.slicing import Slicing
from sterling.quality.multiclass.counting import ClassCounter
from sterling.quality.multiclass.rows import Rows
from sterling.quality.multiclass.squares import Squares, squares_of
from sterling.quality.multiclass.tops import ordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Hits = NDArray[np.bool_] | np.bool_
Answers = tuple[NDArray[np.uint8], NDArray[np.bool_], Hits]
_MARK = np.array([0.5])
_DECIDED = (0, 2, 5, 5, 5, 5)
"""Rows that have a prediction, the right ones as label yes and the others as no, seen as shares of what counts."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Clustered:
    """All rows, held in memory. `unit`: what a weight of 1 in the batch stands for.

    `reached`: how many of the counter's thresholds each row is sure enough for. `below`: the place of the threshold in
    force; rows that do not reach it have no prediction, which counts as one class more. What all thresholds have in
    common is worked out once: `grams` with a column for each of them, and `totals`, of which squares are made.
    """

    batch: Batch
    counter: ClassCounter
    rows: Rows
    slicing: Slicing
    unit: float
    reached: NDArray[np.unsignedinteger] | None = None
    below: int = 0
    grams: dict[tuple[object, ...], tuple[Gram, bool]] = field(default_factory=dict, repr=False)
    totals: list[Squares] = field(default_factory=list, repr=False)

    def cut(self) -> Clustered:
        """The same, told apart by the counter's thresholds, the first of which is in force."""
        narrow = np.min_scalar_type(len(self.counter.cuts))
        return replace(self, reached=self.counter.reached(self.rows).astype(narrow), grams={}, totals=[])

    def at(self, place: int) -> Clustered:
        """The same with another threshold in force; holds no rows of its own."""
        return replace(self, below=place)

    @property
    def predicted(self) -> Ints:
        """The class of each row, the place after the last where none is named."""
        if self.reached is None:
            return self.rows.predicted
        return np.where(self.reached > self.below, self.rows.predicted, self.counter.classes)

    def of_class(self, c: int) -> Gram:
        """Products of cluster totals for one class against the rest."""
        return self._of_all(
            ("class", c), lambda: (self.counter.is_class(self.batch, c), self.rows.predicted == c, np.False_)
        )

    def of_hits(self, kind: str, places: Sequence[int]) -> Gram:
        """The same for being right, among labelled rows: by `cell` of the confusion table, or by `rank`."""
        counts, right = _counting(self.batch.label < self.counter.classes), np.array(places)
        if kind != "cell":
            return self._gram(counts, np.isin(self.rows.rank, right))
        return self._of_all(("cell", *places), lambda: (
            counts, np.isin(self._cells(self.rows.predicted), right), np.isin(self._cells(self.counter.classes), right),
        ))  # fmt: skip

    def of_decided(self) -> Gram:
        """The same for being right, among labelled rows that have a prediction."""
        if ("decided",) not in self.grams:
            right, most = self.batch.label == self.rows.predicted, len(self.counter.cuts)
            label = np.where(self.batch.label < self.counter.classes, right, 2).astype(np.uint8)
            found = (
                self._gram(label, np.ones(len(label))) if self.reached is None
                else self._gram(label, self.reached, np.arange(1.0, most + 1))
            )  # fmt: skip
            self.grams["decided",] = found.counted_as(_DECIDED), False
        return self._in_force(self.grams["decided",][0], self.below)

    def of_top(self, c: int, k: int) -> Gram:
        """The same for one class against the rest, predicted where it is among the k most probable."""
        return self._gram(self.counter.is_class(self.batch, c), (self.ordered[:, :k] == c).any(axis=1))

    def of_label_in_top(self, k: int) -> Gram:
        """The same for the label's being among the k most probable classes, among labelled rows."""
        label = _counting(self.batch.label < self.counter.classes)
        return self._gram(label, (self.ordered[:, :k] == self.batch.label[:, None]).any(axis=1))

    @cached_property
    def ordered(self) -> Ints:
        """The classes of each row, most probable first."""
        return ordered(self.batch.scores[self.counter.index], self.counter.members)

    def of_none(self) -> Gram:
        """The same for having no prediction, among all rows, as an answer yes that no label agrees with."""
        missing = self.batch.label == self.counter.classes
        return self._of_all(
            ("none",), lambda: (np.where(missing, 2, 0).astype(np.uint8), np.zeros(len(missing), bool), np.True_)
        )

    def beside(self, common: int) -> Gram:
        """The same for being right where always predicting one class is not (label 1), or the other way round (0)."""
        right, usual = self.batch.label == self.predicted, self.batch.label == common
        label = (right & ~usual).astype(np.uint8)
        label[self.batch.label == self.counter.classes] = 2
        return self._gram(label, right != usual)

    @property
    def cells(self) -> Ints:
        """The place of each row in the confusion table."""
        return self._cells(self.predicted)

    def _cells(self, predicted: Ints | int) -> Ints:
        return np.asarray(self.batch.label.astype(np.int64) * self._width + predicted)

    @property
    def _width(self) -> int:
        """How many predictions there are, none included where rows may have none."""
        return self.counter.classes + (self.reached is not None)

    def squares(self, slope: Floats) -> tuple[Floats, Ints]:
        """Σ over clusters of (Σ w·slope)², and how many clusters have a labelled row, per slice.

        `slope` has shape (slices, labels, predictions): what a row of each cell adds to the metric. The order of the
        rows does not matter.
        """
        if not self.totals:
            of, most = self.counter, len(self.counter.cuts)
            found = squares_of(self.batch, self.slicing, self.rows.predicted, of.classes, self.reached, most)
            self.totals.append(found)
        (found,) = self.totals
        return found.at(slope, self.below) * self.unit**2, found.clusters

    def _of_all(self, key: tuple[object, ...], asked_of: Callable[[], Answers]) -> Gram:
        """Hits at the threshold in force, found at all thresholds in one pass over the rows where that can be done.

        `asked_of` gives the labels, which rows are hits where their class is named, and which where none is.
        """
        if self.reached is None:
            label, named, _ = asked_of()
            return self._gram(label, named)
        if key not in self.grams:
            self.grams[key] = self._at_all(*asked_of())
        found, falling = self.grams[key]
        return self._in_force(found, len(self.counter.cuts) - 1 - self.below if falling else self.below)

    def _in_force(self, found: Gram, place: int) -> Gram:
        """The column of one threshold."""
        some = slice(place, place + 1)
        return Gram(found.products[:, some], found.patterns[:, some])

    def _at_all(self, label: NDArray[np.uint8], named: NDArray[np.bool_], nothing: Hits) -> tuple[Gram, bool]:
        """A yes/no model whose score is the number of thresholds at which a row is a hit: falling, from the last on.

        Every row that changes must change the same way: of being right, being a class, and being none of these.
        """
        assert self.reached is not None
        most = len(self.counter.cuts)
        falling = bool((nothing & ~named).any())
        assert not (falling and (named & ~nothing).any())
        score = (
            np.where(nothing, np.where(named, most, most - self.reached.astype(np.int64)), 0) if falling
            else np.where(named, np.where(nothing, most, self.reached), 0)
        )  # fmt: skip
        return self._gram(label, score, np.arange(1.0, most + 1)), falling

    def _gram(self, label: NDArray[np.uint8], hit: NDArray[np.generic], marks: Floats = _MARK) -> Gram:
        kept = asked(self.batch, label, hit.astype(np.float64))
        found = gram_of(self.slicing, self.slicing.families, kept, 0, marks, self.unit)
        assert found is not None
        return found


def _counting(rows: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The label yes of rows that count, a missing one of the others."""
    return np.where(rows, 1, 2).astype(np.uint8)
