"""Two models that give each row any of several labels, on the same rows and at the same thresholds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import RATES
from sterling.engine.quantity import Quantity, side_by_side
from sterling.quality.comparison import linear, rates
from sterling.quality.comparison.pair import DECISION, of_change, of_one_gives
from sterling.quality.comparison.rates import CELL
from sterling.quality.comparison.scores import auc, of_scores
from sterling.quality.comparison.several import mean_over, over_labels
from sterling.quality.comparison.whole_rows import OF_ROWS, WholeRowPair
from sterling.quality.multilabel.measured import MultilabelMeasured
from sterling.quality.multilabel.metrics import OVER_LABELS, POOLED
from sterling.quality.multilabel.rows import Rows, look_at

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
_OF_EACH = ("true_positive_rate", "precision")
"""What is compared of each label without being asked for."""
_OTHERWISE: rates.Flips = {
    "flip_rate": ("Other labels given", "of all rows, the share to which the two models do not give the same labels",
                  "given otherwise / all", ((0, 1),), ((0, 0), (0, 1))),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelPair(WholeRowPair):
    """Both are looked at at the candidate's thresholds; decisions are cut at one half."""

    @cached_property
    def said(self) -> tuple[Floats, Floats]:
        """Probabilities, or decisions, (rows, labels)."""
        return self.alike((self.batch.scores[self.baseline], self.batch.scores[self.candidate]))

    @cached_property
    def marks(self) -> Floats:
        return np.array(self.thresholds) if self.thresholds else DECISION

    @cached_property
    def _looked(self) -> dict[float, tuple[Rows, Rows]]:
        return {}

    def looked(self, look: float) -> tuple[Rows, Rows]:
        if look not in self._looked:
            first, second = (look_at(self.batch.label, scores, look) for scores in self.said)
            self._looked[look] = first, second
        return self._looked[look]

    @staticmethod
    def gives(metric: Metric) -> bool:
        if metric.info.of is not None:
            return of_one_gives(metric)
        return metric.info.name in {*OF_ROWS, *POOLED, *OVER_LABELS}

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        info = metric.info
        if info.of is not None:
            k = self.measured.classes.index(info.of)
            said = self.said[0][:, k], self.said[1][:, k]
            return self.of_one(metric, self.batch.label[:, k], said, marks=self.marks, relative=relative)
        if info.name.endswith("_auc"):
            return self._linear(metric, partial(self._mean_auc, info.name), relative=relative)
        return side_by_side(
            of_change(info, relative=relative), [self._at(metric, mark, relative=relative) for mark in self.marks]
        )

    def listed(self) -> tuple[Metric, ...]:
        return tuple(m for m in self.measured.listed() if m.info.name.split(" of ")[0] in _OF_EACH)

    def apart(self) -> list[Quantity]:
        found = zip(*(self._apart_at(mark) for mark in self.marks), strict=True)
        return [side_by_side(parts[0].info, parts) for parts in found]

    def _apart_at(self, mark: float) -> list[Quantity]:
        first, second = (scores >= mark for scores in self.said)
        other = np.any(first != second, axis=1)
        out = rates.flips(self.answered(self.everyone, np.zeros(len(other)), other), _OTHERWISE)
        return out + (self.turned(mark) if self.measured.has_label else [])

    def _at(self, metric: Metric, mark: float, *, relative: bool) -> Quantity:
        """One that takes all labels together, at one threshold."""
        info = metric.info
        if info.name in OF_ROWS:
            return self.of_rows(info, mark, relative=relative)
        if info.name in POOLED:
            return self.pooled(POOLED[info.name], info, mark, relative=relative)
        rate = RATES[OVER_LABELS[info.name]]

        def found(scores: Floats) -> linear.Of:
            place = CELL[(scores >= mark).astype(np.int64), self.batch.label]
            return over_labels(rate, place, self._share(info.name), self.batch)

        return self._linear(metric, found, relative=relative)

    def _linear(self, metric: Metric, found: Callable[[Floats], linear.Of], *, relative: bool) -> Quantity:
        """Averages over labels, among the rows that have any label."""
        some = np.any(self.batch.label < 2, axis=1)
        first, second = (found(scores) for scores in self.said)
        info, order = of_change(metric.info, relative=relative), self.order[some[self.order]]
        return linear.change(self.batch, self.slices, order, (first, second), info, relative=relative)

    def _share(self, name: str) -> Floats | None:
        """What each label weighs; None where that is how many rows have it."""
        if name.startswith("class_weighted"):
            return np.array(cast(MultilabelMeasured, self.measured).class_weights)
        return None if name.startswith("weighted") else np.ones(len(self.measured.classes))

    def _mean_auc(self, name: str, scores: Floats) -> linear.Of:
        """The mean over labels of the AUC."""
        labels, share = self.batch.label, self._share(name)

        def at(_: int, rows: Places) -> tuple[float, Floats]:
            weight, mine = linear.weights(self.batch, rows), labels[rows]
            each, added = np.full(mine.shape[1], np.nan), np.zeros(mine.shape)
            for k in range(mine.shape[1]):
                known = mine[:, k] < 2
                each[k], added[known, k] = of_scores(
                    auc, scores[rows, k][known], mine[known, k].astype(np.int64), weight[known]
                )
            has = mine == 1
            return mean_over(each, added, weight @ has, has) if share is None else mean_over(each, added, share)

        return at
