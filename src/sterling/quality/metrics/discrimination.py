"""How far apart the mean scores of people with a positive and with a negative label are."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import ScoreMetric
from sterling.engine.binary.levels import Levels
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.computing import computes
from sterling.engine.quantity import Quantity
from sterling.quality.metrics.by_levels import Number, gather, linearised
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
NOTHING = float("nan")


def _means(levels: Levels) -> tuple[Floats, Floats]:
    """Weight and mean score of each label."""
    held = levels.w.sum(axis=0)
    return held, divide((levels.w * levels.score[:, None]).sum(axis=0), held)


def discrimination(levels: Levels) -> tuple[float, Floats]:
    """Tjur's coefficient: the difference of the two means, and the influence of each row."""
    held, mean = _means(levels)
    if not (held > 0).all():
        return NOTHING, np.zeros((len(levels.score), 2))
    away = (levels.score[:, None] - mean) / held
    return float(mean[1] - mean[0]), away * np.array([-1.0, 1.0])


def relative_discrimination(levels: Levels) -> tuple[float, Floats]:
    """The ratio of the two means, and the influence of each row."""
    held, mean = _means(levels)
    if not (held > 0).all() or mean[0] <= 0:
        return NOTHING, np.zeros((len(levels.score), 2))
    value = float(mean[1] / mean[0])
    away = (levels.score[:, None] - mean) / held
    return value, away / mean[0] * np.array([-value, 1.0])


def _with_bins(levels: Levels, _: int) -> Number:
    """In bins, each mean may lie half a bin away."""
    number = linearised(levels, discrimination, ordering=False)
    return Number(
        value=number.value, variance=number.variance, low=2 * levels.half, high=2 * levels.half, known=number.known
    )


@computes("binary", "coefficient_of_discrimination")
def _difference(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    method = "linearised (influence of each row), score interval"
    return gather(m, metric, _with_bins, ends="bounded", method=method)


@computes("binary", "relative_coefficient_of_discrimination")
def _ratio(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    of = partial(linearised, of=relative_discrimination, ordering=False)
    method = "linearised (influence of each row), log scale"
    return gather(m, metric, lambda levels, _: of(levels), ends="positive", method=method)
