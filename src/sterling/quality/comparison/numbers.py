"""Two models that predict a number, on the same rows: each row with its part in the totals metrics are made of."""

from __future__ import annotations

from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import linear
from sterling.quality.comparison.pair import RowPair, of_change
from sterling.quality.regression.measured import RegressionMeasured
from sterling.quality.regression.rows import BASIS, basis_values
from sterling.quality.regression.slopes import SLOPED, rows_of

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberPair(RowPair):
    """Quantiles of errors have no slope by a total: their change is not worked out. Labels have no change."""

    @cached_property
    def values(self) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """The basis of every row, in the scale of either model."""
        label, scores = self.batch.label, self.batch.scores
        models = ((self.before, self.baseline), (self.measured, self.candidate))
        first, second = (basis_values(label, scores[i], cast(RegressionMeasured, m).scale) for m, i in models)
        return first, second

    @cached_property
    def order(self) -> Places:
        columns = [self.batch.scores[i] for i in (self.baseline, self.candidate)]
        return linear.ordered(self.batch, np.arange(self.batch.height), [*columns, self.batch.label])

    @staticmethod
    def gives(metric: Metric) -> bool:
        return metric.info.name in SLOPED and metric.info.name != "average_label"

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        name = metric.info.name
        known = self.values[0][rows_of(name)][self.order] > 0
        first, second = (
            linear.of_totals(SLOPED[name](cast(RegressionMeasured, m)), BASIS, values)
            for m, values in zip((self.before, self.measured), self.values, strict=True)
        )
        info = of_change(metric.info, relative=relative)
        return linear.change(self.batch, self.slices, self.order[known], (first, second), info, relative=relative)
