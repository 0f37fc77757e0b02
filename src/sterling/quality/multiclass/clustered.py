"""Rows of a multiclass model that come in clusters: what variances of its metrics need, from the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.engine.binary.against import asked
from sterling.engine.binary.task import gram_of
from sterling.engine.clusters import Gram
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.exact import add_at
from sterling.engine.slicing import Slicing
from sterling.quality.multiclass.counting import ClassCounter
from sterling.quality.multiclass.rows import Rows
from sterling.quality.multiclass.tops import ordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Hits = NDArray[np.bool_] | np.bool_
Answers = tuple[NDArray[np.uint8], NDArray[np.bool_], Hits]
_MARK = np.array([0.5])


@dataclass(frozen=True, kw_only=True, eq=False)
class Clustered:
    """All rows, held in memory. `unit`: what a weight of 1 in the batch stands for.

    `reached`: how many of the counter's thresholds each row is sure enough for. `below`: the place of the threshold in
    force; rows that do not reach it have no prediction, which counts as one class more. What all thresholds have in
    common is worked out once: `grams` with a column for each of them, and the `paired` slice and cluster of each row.
    """

    batch: Batch
    counter: ClassCounter
    rows: Rows
    slicing: Slicing
    unit: float
    reached: NDArray[np.unsignedinteger] | None = None
    below: int = 0
    grams: dict[tuple[object, ...], tuple[Gram, bool]] = field(default_factory=dict, repr=False)
    paired: list[tuple[Ints, Ints, Ints]] = field(default_factory=list, repr=False)

    def cut(self) -> Clustered:
        """The same, told apart by the counter's thresholds, the first of which is in force."""
        narrow = np.min_scalar_type(len(self.counter.cuts))
        return replace(self, reached=self.counter.reached(self.rows).astype(narrow), grams={})

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

    def of_hits(self, kind: str, places: Sequence[int], among: Sequence[int] | None = None) -> Gram:
        """The same for being right, among labelled rows: by `cell` of the confusion table, or by `rank`.

        `among`: the places that count, all unless given.
        """
        counts, right = self.batch.label < self.counter.classes, np.array(places)
        if kind == "cell" and among is None:
            return self._of_all(("cell", *places), lambda: (
                _counting(counts), np.isin(self._cells(self.rows.predicted), right),
                np.isin(self._cells(self.counter.classes), right),
            ))  # fmt: skip
        where = self.cells if kind == "cell" else self.rows.rank
        if among is not None:
            counts = np.isin(where, np.array(among))
        return self._gram(_counting(counts), np.isin(where, right))

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
        width = self.counter.classes + (self.reached is not None)
        return np.asarray(self.batch.label.astype(np.int64) * width + predicted)

    def squares(self, slope: Floats) -> tuple[Floats, Ints]:
        """Σ over clusters of (Σ w·slope)², and how many clusters have a labelled row, per slice.

        `slope` has shape (slices, labels, predictions): what a row of each cell adds to the metric. Totals of clusters
        are exact and added up in the order of their size: the rows' order does not matter.
        """
        batch = self.batch
        labelled = np.flatnonzero(batch.label < self.counter.classes)
        weight = np.ones(len(labelled)) if batch.weight is None else batch.weight[labelled]
        flat, cell = slope.reshape(len(slope), -1), self.cells[labelled]
        squares, clusters = np.zeros(len(slope)), np.zeros(len(slope), dtype=np.int64)
        for rows, pair, slice_of in self._paired(labelled):
            totals = _exact_totals(pair, weight * np.nan_to_num(flat[rows, cell]), len(slice_of))
            order = np.lexsort((totals, slice_of))
            np.add.at(squares, slice_of[order], totals[order])
            clusters += np.bincount(slice_of, minlength=len(slope))
        return squares * self.unit**2, clusters

    def _paired(self, labelled: Ints) -> list[tuple[Ints, Ints, Ints]]:
        """Of each family: the slice of each labelled row, its pair of slice and cluster, and the slice of each pair."""
        if self.paired:
            return self.paired
        batch, start = self.batch, 0
        assert batch.cluster is not None
        many = int(batch.cluster.max(initial=0)) + 1
        for family, kept in zip(self.slicing.families.families, self.slicing.kept, strict=True):
            codes = joint_codes(batch, family)[labelled]
            row_of = np.zeros(max(int(kept.max(initial=0)), int(codes.max(initial=0))) + 1, dtype=np.int64)
            row_of[kept] = start + np.arange(len(kept))
            start += len(kept)
            rows = row_of[codes]
            pairs, pair = np.unique(rows * many + batch.cluster[labelled], return_inverse=True)
            self.paired.append((rows, pair, pairs // many))
        return self.paired

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
        place = len(self.counter.cuts) - 1 - self.below if falling else self.below
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


def _exact_totals(pair: Ints, values: Floats, size: int) -> Floats:
    """The squared totals by pair, to the same bits for any order of the rows."""
    largest = float(np.abs(values).max(initial=0.0))
    exponent = int(np.frexp(largest)[1]) if largest > 0 else 0
    totals = add_at(pair, np.ldexp(values, -exponent), size, limbs=2, first=30).value
    return np.asarray(np.ldexp(totals, exponent) ** 2)
