"""Two yes/no models on the same rows: at every threshold, by their scores, and who is decided otherwise."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import Rate
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import rates, scores
from sterling.quality.comparison.apart import apart
from sterling.quality.comparison.joint import Joint, count
from sterling.quality.comparison.pair import DECISION, RowPair, of_change

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class YesNoPair(RowPair):
    """Scores are compared at the candidate's thresholds; see `RowPair` where one of the models gives decisions."""

    @cached_property
    def scores(self) -> tuple[Floats, Floats]:
        return self.alike((self.batch.scores[self.baseline], self.batch.scores[self.candidate]))

    @cached_property
    def joint(self) -> Joint:
        marks = np.array(self.thresholds) if self.thresholds else DECISION
        return count(self.batch, self.slices, *self.scores, marks)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        return scores.labelled(self.batch, *self.scores)

    @staticmethod
    def gives(metric: Metric) -> bool:
        return isinstance(metric, Rate) or scores.influence_of(metric) is not None

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        info = of_change(metric.info, relative=relative)
        if isinstance(metric, ScoreMetric):
            of = scores.influence_of(metric)
            assert of is not None
            return scores.change(self.batch, self.slices, self.scores, self.order, of, info, relative=relative)
        return rates.change(self.joint, metric, info, relative=relative)

    def apart(self) -> list[Quantity]:
        """Flips, and how far the two scores lie apart; of two decisions, and of different scales, that is not asked."""
        same = self.before.model.kind == self.measured.model.kind != "prediction"
        return [*rates.flips(self.joint), *(apart(self.batch, self.slices, self.scores) if same else ())]
