"""From what a model does to the loss of each row: the error of a decision, of a class, of a number."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.metrics import Metric
from sterling.core.rates import Rate
from sterling.core.roles import Task
from sterling.engine.columns import Columns
from sterling.engine.encode import Batch
from sterling.engine.rows import RowAccess
from sterling.quality.discovery.losses import Losses, error_losses, event_losses, score_losses
from sterling.quality.multiclass.rows import look_at
from sterling.quality.multiclass.survey import MulticlassSurveyed

SEARCHED: dict[Task, str] = {
    "binary": "error_rate",
    "multiclass": "error_rate",
    "regression": "mean_absolute_error",
}
"""The tasks whose models can be searched, and by what when no metric is named."""
_CELL = np.array([[3, 2, 5], [1, 0, 4]], dtype=np.uint8)
"""The confusion cell by selected (no, yes) and label (negative, positive, missing), in the order of algebra.CELLS."""


def losses_of(metric: Metric, rows: RowAccess, batch: Batch, threshold: float | None) -> Losses:
    """The losses of one model's rows. `threshold`: the one in force; None for given decisions, and where
    every row is given one of several classes.

    Raises ConfigError for a metric that is no mean over rows.
    """
    task, score = rows.surveyed.roles.task, batch.scores[rows.model]
    if task == "regression":
        return error_losses(metric.info.name, score.astype(np.float64), batch.label.astype(np.float64))
    if task == "multiclass":
        return _class_losses(metric, rows, score, batch.label.astype(np.int64), threshold)
    label = batch.label.astype(np.uint8)
    if not isinstance(metric, Rate):
        return score_losses(metric.info.name, score.astype(np.float64), label)
    selected = score >= (0.5 if threshold is None else threshold)
    return event_losses(metric, _CELL[selected.astype(np.intp), label])


def _class_losses(
    metric: Metric, rows: RowAccess, score: NDArray[np.generic] | Columns, label: NDArray[np.int64],
    threshold: float | None,
) -> Losses:  # fmt: skip
    """Whether the class is missed, also by naming none below the threshold, or the loss of the class's probability."""
    surveyed = cast(MulticlassSurveyed, rows.surveyed)
    known = label < len(surveyed.classes)
    name = metric.info.name
    if isinstance(score, Columns):
        seen = look_at(score, label, surveyed.members_of(rows.model), len(surveyed.classes))
        predicted = seen.predicted if threshold is None else seen.named(threshold, len(surveyed.classes))
    else:
        predicted, seen = score.astype(np.int64), None
    if name in ("error_rate", "accuracy"):
        return Losses(loss=(predicted != label) * 1.0, eligible=known, kind="event", turned=name == "accuracy")
    if seen is not None and name == "log_loss":
        return Losses(loss=seen.loss, eligible=known, kind="positive")
    if seen is not None and name == "brier":
        return Losses(loss=seen.distance, eligible=known, kind="bounded")
    raise ConfigError(
        f"slices cannot be searched by {name}", expected="error_rate, accuracy, log_loss or brier",
        hint="it is no mean of a loss of each row",
    )  # fmt: skip
