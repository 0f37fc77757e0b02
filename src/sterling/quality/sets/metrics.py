"""Metrics of models that give each row a set of items.

Rates of all items together, with the items of one row taken as dependent: rows, or the clusters they come in, are what
varies (ratio of totals, linearised).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import RATES
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import compute, computes
from sterling.engine.quantity import Quantity
from sterling.quality.multilabel import row_metrics as _of_rows
from sterling.quality.sets import infos as _infos
from sterling.quality.sets.infos import RATE_OF
from sterling.quality.sets.measured import SetsMeasured

REGISTERED = (_infos, _of_rows)


@computes("sets", "representation")
def _representation(m: SetsMeasured, metric: Metric) -> Quantity:
    return compute(m.whole.exact[0], metric)


@computes("sets", *RATE_OF, *(f"{name}_at" for name in RATE_OF))
def _rate(m: SetsMeasured, metric: ScoreMetric) -> Quantity:
    items = m.items(int(metric.at))
    rate = RATES[RATE_OF[(metric.base or metric.name).removesuffix("_at")]]
    found = binary_quantity(items, replace(rate, info=metric.info))
    assert items.gram is not None
    # A group of few rows is small, however many items they have.
    rows = items.gram.clusters_with(rate.cells_read)
    return replace(
        found, n_eligible=np.where(rows < m.min_n, np.minimum(rows, found.n_eligible), found.n_eligible),
        method=found.method.replace("of the clusters", "of the rows, each with all its items") if m.by_row
        else found.method,
    )  # fmt: skip
