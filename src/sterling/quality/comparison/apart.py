"""How far the scores of two models lie apart, whatever happened: no label is needed."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.rates import MetricInfo
from sterling.engine.encode import Batch
from sterling.engine.quantity import At, Quantity
from sterling.stats.arrays import Interval
from sterling.stats.bounded import bounded_z
from sterling.stats.means import student

Floats = NDArray[np.float64]
DIFFERENCE = MetricInfo(
    name="symmetric_prediction_difference", label="Symmetric score difference",
    plain="how far the two scores of a person lie apart, as a part of their mean; 0 is equal, 2 is one of them 0",
    eligible="everyone", formula="mean(2 |a - b| / (|a| + |b|))", scale="value", high=2.0, needs_label=False,
    needs_score=True, by_threshold=False, source="TensorFlow Model Analysis, symmetric prediction difference",
    fooled_by="scores near 0, whose small differences are large parts of them",
)  # fmt: skip
COSINE = MetricInfo(
    name="score_cosine_similarity", label="Cosine similarity of the scores",
    plain="how alike the two models' scores are over all people, whatever their size; 1 is the same up to a factor",
    eligible="everyone", formula="sum(a b) / sqrt(sum(a^2) sum(b^2))", scale="value", low=-1.0, needs_label=False,
    needs_score=True, by_threshold=False, source="TensorFlow Model Analysis, model cosine similarity",
    fooled_by="scores that are all positive, which are alike to begin with",
)  # fmt: skip


def apart(batch: Batch, slices: list[NDArray[np.bool_] | None], scores: tuple[Floats, Floats]) -> list[Quantity]:
    """Both numbers for every slice, shape (slices, 1). `scores`: of the baseline, of the candidate."""
    first, second = scores
    # In the order of the values, so that sums do not depend on the order of the rows.
    order = np.lexsort([*(part for part in (batch.cluster, batch.weight) if part is not None), second, first])
    rows = [order if mine is None else order[mine[order]] for mine in slices]
    return [
        _gathered(info, [_one(info, first[r], second[r], batch, r) for r in rows], clustered=batch.cluster is not None)
        for info in (DIFFERENCE, COSINE)
    ]


def _one(info: MetricInfo, a: Floats, b: Floats, batch: Batch, rows: NDArray[np.intp]) -> tuple[float, ...]:
    """Value, variance, effective number of units, units and rows of one slice."""
    weight = np.ones(len(rows)) if batch.weight is None else batch.weight[rows]
    total = float(weight.sum())
    units = len(rows)
    if total <= 0:
        return (float("nan"), float("nan"), 0.0, 0.0, units)
    value, influence = (_difference if info is DIFFERENCE else _cosine)(a, b, weight)
    part = influence * weight
    held = weight
    if batch.cluster is not None:
        which = np.unique(batch.cluster[rows], return_inverse=True)[1]
        part, held = (np.bincount(which, weights=each).astype(np.float64) for each in (part, weight))
        units = len(part)
    variance = float((part**2).sum()) * units / (units - 1) if units > 1 else 0.25 * (info.high or 1.0) ** 2
    return value, variance, total**2 / float((held**2).sum()), float(units), len(rows)


def _difference(a: Floats, b: Floats, weight: Floats) -> tuple[float, Floats]:
    size = np.abs(a) + np.abs(b)
    each = np.divide(2 * np.abs(a - b), size, out=np.zeros(len(a)), where=size > 0)
    value = float(weight @ each / weight.sum())
    return value, (each - value) / weight.sum()


def _cosine(a: Floats, b: Floats, weight: Floats) -> tuple[float, Floats]:
    both, first, second = (float(weight @ part) for part in (a * b, a * a, b * b))
    if first <= 0 or second <= 0:
        return float("nan"), np.zeros(len(a))
    value = float(np.clip(both / np.sqrt(first * second), -1.0, 1.0))
    return value, a * b / np.sqrt(first * second) - value / 2 * (a * a / first + b * b / second)


def _gathered(info: MetricInfo, found: list[tuple[float, ...]], *, clustered: bool) -> Quantity:
    value, variance, effective, units, count = (np.array(part)[:, None] for part in zip(*found, strict=True))
    at: At = partial(_bounds, info, value, variance, effective, units)
    how = "Fisher's transformation" if info is COSINE else "score interval"
    method = f"linearised (influence of each row), {how}" + ("; clusters as units" if clustered else "")
    return Quantity(
        info=info, value=value, interval_at=at, decide_at=at, n_eligible=count.astype(np.int64), n_effective=effective,
        method=method,
    )  # fmt: skip


def _bounds(
    info: MetricInfo, value: Floats, variance: Floats, effective: Floats, units: Floats, critical: ArrayLike
) -> Interval:
    reach = student(np.broadcast_to(critical, value.shape), np.maximum(units - 1, 1))
    low, high = bounded_z(value, variance, effective, reach, low=info.low or 0.0, high=info.high or 1.0)
    if info is not COSINE:
        return Interval(low, high)
    # A correlation through the origin: Fisher's transformation, save where there is nothing to transform.
    usable = (np.abs(value) < 1) & (variance > 0)
    inside = np.where(usable, value, 0.0)
    away = reach * np.sqrt(np.where(usable, variance, 0.0)) / (1 - inside**2)
    return Interval(
        np.where(usable, np.tanh(np.arctanh(inside) - away), low),
        np.where(usable, np.tanh(np.arctanh(inside) + away), high),
    )
