"""How much a metric of scores changes from the baseline to the candidate: every row with its influence on both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import ScoreMetric
from sterling.core.rates import MetricInfo
from sterling.engine.binary.levels import Levels
from sterling.engine.encode import Batch
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import linear
from sterling.quality.metrics.calibration import expected_to_observed, recalibration
from sterling.quality.metrics.curves import average_precision, partial_auc
from sterling.quality.metrics.discrimination import discrimination, relative_discrimination

Floats = NDArray[np.float64]
_EPS = float(np.finfo(np.float64).eps)
Influenced = Callable[[Levels], tuple[float, Floats]]


def auc(levels: Levels) -> tuple[float, Floats]:
    """The AUC and the influence of each row: DeLong's placements less their mean."""
    n, p = levels.w.T
    pos, neg = p.sum(), n.sum()
    if pos <= 0 or neg <= 0:
        return float("nan"), np.zeros((len(p), 2))
    below = (np.cumsum(n) - n / 2) / neg
    above = 1 - (np.cumsum(p) - p / 2) / pos
    value = float((p * below).sum() / pos)
    return value, np.stack([(above - value) / neg, (below - value) / pos], axis=1)


def gini(levels: Levels) -> tuple[float, Floats]:
    """Twice the AUC less one."""
    value, influence = auc(levels)
    return 2 * value - 1, 2 * influence


def mean_of(levels: Levels, each: Callable[[Floats], tuple[Floats, Floats]]) -> tuple[float, Floats]:
    """The mean of a number of every row, given from the score for label 0 and label 1."""
    values = np.stack(each(levels.score), axis=1)
    total = levels.w.sum()
    if total <= 0:
        return float("nan"), np.zeros(values.shape)
    value = float((levels.w * values).sum() / total)
    return value, (values - value) / total


def _brier(p: Floats) -> tuple[Floats, Floats]:
    return p**2, (1 - p) ** 2


def _loss(p: Floats) -> tuple[Floats, Floats]:
    q = np.clip(p, _EPS, 1 - _EPS)
    return -np.log1p(-q), -np.log(q)


def _excess(p: Floats) -> tuple[Floats, Floats]:
    return p, p - 1


OF: dict[str, Influenced] = {
    "auc": auc, "gini": gini, "average_precision": average_precision,
    "brier": partial(mean_of, each=_brier), "log_loss": partial(mean_of, each=_loss),
    "calibration_in_the_large": partial(mean_of, each=_excess), "calibration_ratio": expected_to_observed,
    "calibration_slope": partial(recalibration, slope=True),
    "calibration_intercept": partial(recalibration, slope=False),
    "coefficient_of_discrimination": discrimination,
    "relative_coefficient_of_discrimination": relative_discrimination,
}  # fmt: skip
"""Metrics of scores whose change can be said: the influence of a row is known."""


def influence_of(metric: ScoreMetric) -> Influenced | None:
    """What computes the metric and its influence; None where only its value is known."""
    if metric.base == "partial_auc":
        return partial(partial_auc, most=metric.at)
    return OF.get(metric.name)


def labelled(batch: Batch, first: Floats, second: Floats) -> NDArray[np.intp]:
    """Labelled rows in an order that depends on their values alone."""
    return linear.ordered(batch, np.flatnonzero(batch.label < 2), (first, second, batch.label))


def change(
    batch: Batch, slices: Sequence[NDArray[np.bool_] | None], scores: tuple[Floats, Floats], order: NDArray[np.intp],
    of: Influenced, info: MetricInfo, *, relative: bool = False,
) -> Quantity:  # fmt: skip
    """Candidate less baseline for every slice, shape (slices, 1). `scores`: of the baseline, of the candidate."""

    def eligible(rows: NDArray[np.intp]) -> int:
        positive = int((batch.label[rows] == 1).sum())
        return len(rows) if 0 < positive < len(rows) else 0

    both = partial(of_model, batch, scores[0], of), partial(of_model, batch, scores[1], of)
    return linear.change(batch, slices, order, both, info, relative=relative, eligible=eligible)


def of_model(
    batch: Batch, score: Floats, of: Influenced, _slice: int, rows: NDArray[np.intp]
) -> tuple[float, Floats]:  # fmt: skip
    """The value of one model's scores, and the influence of every row of weight 1."""
    weight = np.ones(len(rows)) if batch.weight is None else batch.weight[rows]
    return of_scores(of, score[rows], batch.label[rows].astype(np.int64), weight)


def of_scores(of: Influenced, score: Floats, label: NDArray[np.int64], weight: Floats) -> tuple[float, Floats]:
    """The value of one model, and the influence of every row of weight 1."""
    distinct, place = np.unique(score, return_inverse=True)
    cell, size = place * 2 + label, 2 * len(distinct)
    rows = np.bincount(cell, minlength=size).reshape(-1, 2)
    w = np.bincount(cell, weights=weight, minlength=size).astype(np.float64).reshape(-1, 2)
    q = np.bincount(cell, weights=weight**2, minlength=size).astype(np.float64).reshape(-1, 2)
    value, influence = of(Levels(score=distinct, threshold=distinct, rows=rows, w=w, q=q))
    return value, influence[place, label]
