"""What was measured of one model that predicts a number: totals of the basis per slice, and of its products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.engine.computing import compute
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.regression.quantiles import Errors
from sterling.quality.regression.rows import PLACE
from sterling.quality.regression.survey import Scale
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class RegressionMeasured(Measured):
    """Sums of one model. `totals` T has shape (slices, basis), `products` G (slices, basis, basis), see `rows`.

    With weights T sums w and G w²; with clusters G sums the products of the clusters' totals. `counts` are rows among
    everyone, with a label, and with a label other than 0; `clusters` the same in clusters, None without.
    """

    task = "regression"

    counts: Mapping[str, Ints]
    totals: Floats
    products: Floats
    clusters: Mapping[str, Ints] | None
    weighted: bool
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

    def total(self, name: str) -> Floats:
        """The total of one of the basis, shape (slices,)."""
        return np.asarray(self.totals[:, PLACE[name]])

    def product(self, first: str, second: str) -> Floats:
        """The total of the product of two of the basis."""
        return np.asarray(self.products[:, PLACE[first], PLACE[second]])

    def units(self, among: str) -> Floats:
        """What the rows among `all`, `one` or `nonzero` are worth as independent rows: clusters, or Kish's n."""
        if self.clusters is not None:
            return self.clusters[among].astype(np.float64)
        if not self.weighted:
            return self.counts[among].astype(np.float64)
        return divide(self.total(among) ** 2, self.product(among, among))

    @property
    def dependence(self) -> str:
        """What an interval's method says of weights and clusters."""
        if self.clusters is not None:
            return ", clusters linearised"
        return ", weights linearised" if self.weighted else ""
