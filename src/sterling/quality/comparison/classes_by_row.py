"""What a row adds to a metric of a model that names one of several classes: the influence of each row.

Each function takes what a model says of all rows and gives an `Of`: from a slice and its rows to the metric's value and
the influence of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.rates import Rate
from sterling.engine.columns import Columns
from sterling.engine.encode import Batch
from sterling.quality.comparison import linear
from sterling.quality.comparison.linear import Of
from sterling.quality.comparison.rates import CELL
from sterling.quality.comparison.scores import auc, of_scores
from sterling.quality.comparison.several import LABELLED, mean_over, over_labels
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.multiclass.metrics import averages_of, labelled
from sterling.quality.multiclass.rows import Rows, look_at
from sterling.quality.multiclass.tops import ordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """Of every row the class predicted, and how sure the model was of it; nobody knows how sure given decisions are.

    `columns`: the probabilities of the classes at `members`, or the prediction.
    """

    measured: MulticlassMeasured
    batch: Batch
    members: Ints
    columns: tuple[NDArray[np.generic], ...]
    predicted: Ints
    scored: Rows | None

    @property
    def rows(self) -> Rows:
        """What is known of each row of a model that gives probabilities; of no other is asked what needs them."""
        assert self.scored is not None
        return self.scored

    def chance_of(self, c: int) -> Floats:
        """The probability of a class that the model has a column for."""
        return np.asarray(self.columns[int(np.flatnonzero(self.members == c)[0])], dtype=np.float64)

    def among(self, k: int) -> NDArray[np.bool_]:
        """Whether each class is one of the k most probable of each row, (rows, classes)."""
        out = np.zeros((len(self.predicted), len(self.measured.classes)), dtype=bool)
        best = ordered(Columns(tuple(np.asarray(c, dtype=np.float64) for c in self.columns)), self.members)[:, :k]
        np.put_along_axis(out, best, values=True, axis=1)
        return out

    def at(self, threshold: float, measured: MulticlassMeasured) -> Said:
        """The same with no prediction, the last class, where the confidence is below a threshold."""
        if not measured.abstains:
            return self
        return replace(self, measured=measured, predicted=self.rows.named(threshold, len(measured.classes)))


def said(batch: Batch, model: int, measured: MulticlassMeasured) -> Said:
    """What one of the models of a batch says."""
    given, classes = batch.scores[model], measured.classes
    if measured.model.kind == "prediction":
        return Said(
            measured=measured, batch=batch, members=np.zeros(0, dtype=np.int64), columns=(given,), predicted=given,
            scored=None,
        )  # fmt: skip
    members = np.array([classes.index(c) for c in measured.model.classes], dtype=np.int64)
    rows = look_at(given, batch.label, members, len(classes))
    return Said(
        measured=measured, batch=batch, members=members, columns=given.columns, predicted=rows.predicted,
        scored=rows,
    )  # fmt: skip


def average(name: str, one: Said) -> Of:
    """An average over classes: its slope by the cell of the confusion table that the row is in."""
    m = one.measured
    value, slope = averages_of(m)[name](labelled(m, m.confusion.worth / m.unit))

    def at(row: int, rows: Places) -> tuple[float, Floats]:
        return float(value[row]), np.nan_to_num(slope[row, one.batch.label[rows], one.predicted[rows]])

    return at


def average_of_top(rate: Rate, k: int, one: Said) -> Of:
    """The mean over classes of a rate, where the k most probable classes of each row are predicted."""
    among, classes = one.among(k), len(one.measured.classes)
    true = (one.batch.label[:, None] == np.arange(classes)).astype(np.int64)
    return over_labels(rate, CELL[among.astype(np.int64), true], np.ones(classes), one.batch, occurs=LABELLED)


def right_of_decided(one: Said) -> Of:
    """The share of rows with a prediction whose class it is, where others have none."""
    decided = one.predicted < len(one.measured.classes)
    right = one.predicted == one.batch.label

    def at(_: int, rows: Places) -> tuple[float, Floats]:
        weight, among = linear.weights(one.batch, rows), decided[rows]
        total = float(weight[among].sum())
        if total <= 0:
            return float("nan"), np.zeros(len(rows))
        value = float(weight[right[rows]].sum() / total)
        return value, np.asarray((right[rows] - value * among) / total)

    return at


def mean(each: Callable[[Said], Floats], one: Said) -> Of:
    """The mean of a number of every row."""
    return linear.mean(each(one), one.batch)


def confidence_auc(one: Said) -> Of:
    """The AUC of the highest probability as a score of being right."""
    right = (one.predicted == one.batch.label).astype(np.int64)
    return lambda _, rows: of_scores(auc, one.rows.confidence[rows], right[rows], linear.weights(one.batch, rows))


def mean_auc(shares: Callable[[Said, Floats], Floats], by_labels: bool, one: Said) -> Of:
    """The mean over classes of the AUC of each against the rest, weighted by `shares`, which may be the labels'."""

    def at(_: int, rows: Places) -> tuple[float, Floats]:
        weight, label = linear.weights(one.batch, rows), one.batch.label[rows]
        found = [of_scores(auc, one.chance_of(c)[rows], (label == c).astype(np.int64), weight) for c in one.members]
        each = np.array([value for value, _ in found])
        labels = np.array([weight[label == c].sum() for c in one.members])
        added = np.stack([part for _, part in found], axis=1)
        has = label[:, None] == one.members if by_labels else None
        return mean_over(each, added, shares(one, labels), has)

    return at


def _given(one: Said, labels: Floats) -> Floats:
    weights = np.array(one.measured.class_weights)
    return weights[one.members] if len(weights) else np.ones(len(labels))


BY_ROW: Mapping[str, tuple[Callable[[Said], Of], bool]] = {
    "brier": (partial(mean, lambda one: one.rows.distance), False),
    "log_loss": (partial(mean, lambda one: one.rows.loss), False),
    "mean_confidence": (partial(mean, lambda one: one.rows.confidence), True),
    "overconfidence": (partial(mean, lambda one: one.rows.confidence - (one.predicted == one.batch.label)), False),
    "confidence_auc": (confidence_auc, False),
    "macro_auc": (partial(mean_auc, lambda _, labels: np.ones(len(labels)), False), False),
    "weighted_auc": (partial(mean_auc, lambda _, labels: labels, True), False),
    "class_weighted_auc": (partial(mean_auc, _given, False), False),
}
"""By name: the influence of each row, and whether rows without a label count."""
