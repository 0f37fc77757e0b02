"""Metrics of rows looked at with all their labels, or all the items of their sets."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from sterling.core.metrics import ScoreMetric
from sterling.core.rates import RATES
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import computes
from sterling.engine.quantity import At, Quantity, side_by_side
from sterling.quality.multilabel.whole import Whole
from sterling.stats.arrays import divide
from sterling.stats.means import mean_bounded_z, mean_t_z

_MEANS = {"jaccard_of_rows": "overlap", "label_cardinality": "labels", "predicted_cardinality": "said"}


class OfRows(Protocol):
    """What was measured of a task whose rows have several labels. `by_row`: rows come in no clusters."""

    @property
    def whole(self) -> Whole: ...
    @property
    def by_row(self) -> bool: ...


@computes("multilabel", "subset_accuracy")
@computes("sets", "subset_accuracy")
def _subset(m: OfRows, metric: ScoreMetric) -> Quantity:
    rate = replace(RATES["true_positive_rate"], info=metric.info)
    return side_by_side(metric.info, [binary_quantity(one, rate) for one in m.whole.exact])


@computes("multilabel", *_MEANS)
@computes("sets", *_MEANS)
def _mean(m: OfRows, metric: ScoreMetric) -> Quantity:
    name = _MEANS[metric.info.name]
    total, squares = m.whole.sums[name]
    rule = mean_bounded_z if name == "overlap" else mean_t_z
    # Of one independent row nobody can say how far it lies from the others, where nothing bounds them.
    known = (m.whole.n > 1) | (name == "overlap")
    at: At = partial(rule, total, squares, m.whole.n)
    method = "score interval for a bounded mean" if name == "overlap" else "Student interval"
    return Quantity(
        info=metric.info, value=np.where(known, divide(total, m.whole.n), np.nan), interval_at=at, decide_at=at,
        n_eligible=np.where(known, m.whole.rows, np.minimum(m.whole.rows, 1)), n_effective=m.whole.n,
        method=method + ("" if m.by_row else ", each cluster counted as one person"),
    )  # fmt: skip
