"""Rows of a multiclass model that come in clusters: what variances of its metrics need, from the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.engine.binary.against import asked
from sterling.engine.binary.task import gram_of
from sterling.engine.clusters import Gram
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.exact import add_at
from sterling.engine.single import widened_as_decimals
from sterling.engine.slicing import Slicing
from sterling.quality.multiclass.counting import ClassCounter
from sterling.quality.multiclass.rows import Rows
from sterling.quality.multiclass.tops import ordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MARK = np.array([0.5])


@dataclass(frozen=True, kw_only=True, eq=False)
class Clustered:
    """All rows, held in memory. `unit`: what a weight of 1 in the batch stands for.

    `below`: rows less sure than this have no prediction, which counts as one class more.
    """

    batch: Batch
    counter: ClassCounter
    rows: Rows
    slicing: Slicing
    unit: float
    below: float | None = None

    def at(self, threshold: float) -> Clustered:
        """The same with no prediction of rows that are less sure than a threshold."""
        predicted = np.where(
            widened_as_decimals(self.rows.confidence) >= threshold, self.rows.predicted, self.counter.classes
        )
        return replace(self, rows=replace(self.rows, predicted=predicted), below=threshold)

    def of_class(self, c: int) -> Gram:
        """Products of cluster totals for one class against the rest."""
        return self._gram(self.counter.is_class(self.batch, c), self.rows.predicted == c)

    def of_hits(self, kind: str, places: Sequence[int], among: Sequence[int] | None = None) -> Gram:
        """The same for being right, among labelled rows: by `cell` of the confusion table, or by `rank`.

        `among`: the places that count, all unless given.
        """
        where = self.cells if kind == "cell" else self.rows.rank
        counts = self.batch.label < self.counter.classes
        if among is not None:
            counts = np.isin(where, np.array(among))
        return self._gram(np.where(counts, 1, 2).astype(np.uint8), np.isin(where, np.array(places)))

    def of_top(self, c: int, k: int) -> Gram:
        """The same for one class against the rest, predicted where it is among the k most probable."""
        return self._gram(self.counter.is_class(self.batch, c), (self.ordered[:, :k] == c).any(axis=1))

    def of_label_in_top(self, k: int) -> Gram:
        """The same for the label's being among the k most probable classes, among labelled rows."""
        label = np.where(self.batch.label < self.counter.classes, 1, 2).astype(np.uint8)
        return self._gram(label, (self.ordered[:, :k] == self.batch.label[:, None]).any(axis=1))

    @cached_property
    def ordered(self) -> Ints:
        """The classes of each row, most probable first."""
        return ordered(self.batch.scores[self.counter.index], self.counter.members)

    def of_none(self) -> Gram:
        """The same for having no prediction, among all rows, as an answer yes that no label agrees with."""
        missing = self.batch.label == self.counter.classes
        return self._gram(np.where(missing, 2, 0).astype(np.uint8), self.rows.predicted == self.counter.classes)

    def beside(self, common: int) -> Gram:
        """The same for being right where always predicting one class is not (label 1), or the other way round (0)."""
        right, usual = self.batch.label == self.rows.predicted, self.batch.label == common
        label = (right & ~usual).astype(np.uint8)
        label[self.batch.label == self.counter.classes] = 2
        return self._gram(label, right != usual)

    @property
    def cells(self) -> Ints:
        """The place of each row in the confusion table."""
        if self.below is None:
            return self.counter.cells(self.batch, self.rows)
        return np.asarray(self.batch.label.astype(np.int64) * (self.counter.classes + 1) + self.rows.predicted)

    def squares(self, slope: Floats) -> tuple[Floats, Ints]:
        """Σ over clusters of (Σ w·slope)², and how many clusters have a labelled row, per slice.

        `slope` has shape (slices, labels, predictions): what a row of each cell adds to the metric. Totals of clusters
        are exact and added up in the order of their size: the rows' order does not matter.
        """
        batch, families = self.batch, self.slicing.families
        labelled = np.flatnonzero(batch.label < self.counter.classes)
        weight = np.ones(len(labelled)) if batch.weight is None else batch.weight[labelled]
        flat, cell = slope.reshape(len(slope), -1), self.cells[labelled]
        squares, clusters = np.zeros(len(slope)), np.zeros(len(slope), dtype=np.int64)
        assert batch.cluster is not None
        many, start = int(batch.cluster.max(initial=0)) + 1, 0
        for family, kept in zip(families.families, self.slicing.kept, strict=True):
            codes = joint_codes(batch, family)[labelled]
            row_of = np.zeros(max(int(kept.max(initial=0)), int(codes.max(initial=0))) + 1, dtype=np.int64)
            row_of[kept] = start + np.arange(len(kept))
            start += len(kept)
            rows = row_of[codes]
            pairs, pair = np.unique(rows * many + batch.cluster[labelled], return_inverse=True)
            totals = _exact_totals(pair, weight * np.nan_to_num(flat[rows, cell]), len(pairs))
            order = np.lexsort((totals, pairs // many))
            np.add.at(squares, (pairs // many)[order], totals[order])
            clusters += np.bincount(pairs // many, minlength=len(slope))
        return squares * self.unit**2, clusters

    def _gram(self, label: NDArray[np.uint8], hit: NDArray[np.bool_]) -> Gram:
        kept = asked(self.batch, label, hit.astype(np.float64))
        found = gram_of(self.slicing, self.slicing.families, kept, 0, _MARK, self.unit)
        assert found is not None
        return found


def _exact_totals(pair: Ints, values: Floats, size: int) -> Floats:
    """The squared totals by pair, to the same bits for any order of the rows."""
    largest = float(np.abs(values).max(initial=0.0))
    exponent = int(np.frexp(largest)[1]) if largest > 0 else 0
    totals = add_at(pair, np.ldexp(values, -exponent), size, limbs=2, first=30).value
    return np.asarray(np.ldexp(totals, exponent) ** 2)
