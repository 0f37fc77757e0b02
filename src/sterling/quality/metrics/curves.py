"""Areas under curves: average precision, partial AUC, Gini."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import SCORE_METRICS, ScoreMetric
from sterling.engine.binary.levels import Levels
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.computing import compute, computes
from sterling.engine.quantity import At, Quantity
from sterling.quality.metrics.by_levels import gather, linearised
from sterling.stats.arrays import Interval

Floats = NDArray[np.float64]
METHOD = "linearised (influence of each row), score interval"


def average_precision(levels: Levels) -> tuple[float, Floats]:
    """Average precision as scikit-learn defines it, and the influence of each row.

    With A and B the weight of positives and negatives at or above a level and p that of positives in it, it is
    sum p A / (A + B) over sum p.
    """
    p = levels.w[:, 1]
    above = np.flip(np.cumsum(np.flip(levels.w, axis=0), axis=0), axis=0)
    b, a = above.T
    if not len(p) or a[0] <= 0:
        return float("nan"), np.zeros((len(p), 2))
    precision = a / (a + b)
    value = float((p * precision).sum() / a[0])
    # A row adds to A or B of its own level and of every level below it.
    gain, loss = np.cumsum(p * b / (a + b) ** 2), np.cumsum(p * a / (a + b) ** 2)
    return value, np.stack([-loss, precision + gain - value], axis=1) / a[0]


def partial_auc(levels: Levels, most: float) -> tuple[float, Floats]:
    """McClish's standardised area left of the false positive rate `most`, and the influence of each row.

    Before standardising it is the mean, over positives, of how far the share of negatives above them stays below
    `most`; the threshold that gives `most` moves with the negatives (Dodd and Pepe 2003, Biometrics 59:614).
    """
    n, p = levels.w.T
    pos, neg = p.sum(), n.sum()
    if pos <= 0 or neg <= 0:
        return float("nan"), np.zeros((len(p), 2))
    start, stop = (1 - np.cumsum(n) / neg), (1 - (np.cumsum(n) - n) / neg)  # shares of negatives above, and with ties
    start, stop = np.clip(start, 0, 1), np.clip(stop, 0, 1)
    kept = _mean_below(start, stop, most)
    area = float((p * kept).sum() / pos)
    top = 1 - np.cumsum(p) / pos
    at_end = float(np.interp(most, np.append(start[::-1], 1.0), np.append(top[::-1], 1.0)))
    wide = stop > start
    part = np.divide(np.clip(most - start, 0, stop - start), stop - start, out=(start < most) * 1.0, where=wide)
    # Within a level the curve is a line: its mean over the part that counts, less where the curve ends.
    by_negative = part * (top + p / pos * part / 2 - at_end) - (area - most * at_end)
    least, widest = most * most / 2, most
    scale = 0.5 / (widest - least)
    value = 0.5 + (area - least) * scale
    return value, np.stack([by_negative / neg, (kept - area) / pos], axis=1) * scale


def _mean_below(start: Floats, stop: Floats, most: float) -> Floats:
    """The mean of max(most - v, 0) for v spread evenly from `start` to `stop`."""
    first, last = np.maximum(most - start, 0.0), np.maximum(most - stop, 0.0)
    spread = stop - start
    return np.asarray(np.divide((first**2 - last**2) / 2, spread, out=first.copy(), where=spread > 0))


@computes("binary", "average_precision")
def _average_precision(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    return gather(
        m, metric, lambda levels, _: linearised(levels, average_precision), ends="bounded", method=METHOD,
        among="positive",
    )  # fmt: skip


@computes("binary", "partial_auc")
def _partial_auc(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    of = partial(partial_auc, most=metric.at)
    return gather(m, metric, lambda levels, _: linearised(levels, of), ends="bounded", method=METHOD)


@computes("binary", "gini")
def _gini(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    auc = compute(m, SCORE_METRICS["auc"])

    def stretched(at: At) -> At:
        def bounds(critical: Floats) -> Interval:
            low, high = at(critical)
            return Interval(2 * low - 1, 2 * high - 1)

        return bounds

    return Quantity(
        info=metric.info, value=2 * auc.value - 1, interval_at=stretched(auc.interval_at),
        decide_at=stretched(auc.decide_at), n_eligible=auc.n_eligible, n_effective=auc.n_effective, method=auc.method,
    )  # fmt: skip
