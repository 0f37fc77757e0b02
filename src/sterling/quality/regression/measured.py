"""What was measured of one model that predicts a number: totals of the basis per slice, and of its products."""

from __future__ import annotations

import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.engine.computing import compute
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.totals import Totals
from sterling.quality.regression.quantiles import Errors
from sterling.quality.regression.survey import Scale


@dataclass(frozen=True, kw_only=True, eq=False)
class RegressionMeasured(Measured):
    """Sums of one model: `of` has the totals of the basis, in the units of `scale`, see `rows`."""

    task = "regression"

    of: Totals
    scale: Scale
    errors: Errors

    def quantity(self, metric: Metric) -> Quantity:
        self.must_give(metric.info)
        return compute(self, metric)

    def lacks(self, info: MetricInfo) -> str:
        if "regression" not in info.tasks:
            return f"{info.label} is no metric of a model that predicts a number"
        if info.name == "mean_squared_log_error" and not self.scale.logs:
            return f"{info.label} needs labels and predictions of 0 or more"
        return ""

    def told_of(self, batch: Batch, model: int) -> pl.DataFrame:
        label = pl.Series("label", batch.label, dtype=pl.Float64).fill_nan(None)
        return pl.DataFrame({"label": label, "prediction": batch.scores[model]})
