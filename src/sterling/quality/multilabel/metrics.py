"""Metrics of models that give any of several labels.

Pooled (micro) metrics are rates of all labels together, whose interval takes the labels of one row as dependent: rows
are clusters. Averages over labels lie between the averages of the labels' own bounds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import SCORE_METRICS, Metric, ScoreMetric
from sterling.core.rates import RATES
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import compute, computes
from sterling.engine.quantity import Quantity
from sterling.quality.multiclass import infos as _averages
from sterling.quality.multiclass.means import mean_of
from sterling.quality.multilabel import infos as _infos
from sterling.quality.multilabel import row_metrics as _of_rows
from sterling.quality.multilabel.measured import MultilabelMeasured

Floats = NDArray[np.float64]
REGISTERED = (_averages, _infos, _of_rows)
POOLED = {
    "micro_precision": "precision", "micro_recall": "true_positive_rate", "micro_f1": "f1",
    "hamming_loss": "error_rate",
}  # fmt: skip
"""Which rate of all labels together each metric is."""
OVER_LABELS = {
    f"{how}_{name}": rate
    for how in ("macro", "weighted", "class_weighted")
    for name, rate in (("precision", "precision"), ("recall", "true_positive_rate"), ("f1", "f1"), ("auc", "auc"))
}


@computes("multilabel", "representation")
def _representation(m: MultilabelMeasured, metric: Metric) -> Quantity:
    return compute(next(iter(m.alone.values())), metric)


@computes("multilabel", *POOLED)
def _pooled(m: MultilabelMeasured, metric: ScoreMetric) -> Quantity:
    found = binary_quantity(m.pooled, replace(RATES[POOLED[metric.info.name]], info=metric.info))
    if not m.by_row:
        return found
    return replace(found, method=found.method.replace("of the clusters", "of the rows, each with all its labels"))


@computes("multilabel", *OVER_LABELS)
def _over_labels(m: MultilabelMeasured, metric: ScoreMetric) -> Quantity:
    name = metric.info.name
    rate = OVER_LABELS[name]
    parts = [m.alone[c].quantity(SCORE_METRICS[rate] if rate in SCORE_METRICS else RATES[rate]) for c in m.classes]
    cells = np.stack([(b.cells if b.w is None else b.w) for b in m.alone.values()], axis=-1)
    shape = (*parts[0].value.shape, len(parts))
    share = np.ones(shape)
    if name.startswith("class_weighted"):
        share = np.broadcast_to(m.class_weights, shape)
    elif name.startswith("weighted"):
        share = np.broadcast_to(cells[..., [0, 2], :].sum(axis=-2)[:, : shape[1]], shape)
    # A label that occurs and is never predicted has precision 0, one that is predicted and never occurs recall 0.
    nothing = None if rate == "auc" else cells[..., [0, 1, 2], :].sum(axis=-2) > 0
    return mean_of(metric.info, parts, share, nothing=nothing)
