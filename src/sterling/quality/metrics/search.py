"""Numbers that search the thresholds: Kolmogorov-Smirnov distance, largest F1, sensitivity at a specificity, lift.

The best of many thresholds has no closed form for its spread: the joint counts of score and label are resampled. The
value comes from every score that occurs; the resamples from at most BINS bins of equally many people.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import ScoreMetric
from sterling.engine.binary.levels import Levels
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.computing import computes
from sterling.engine.quantity import Quantity
from sterling.quality.metrics.by_levels import Ends, Number, gather
from sterling.stats.draws import draw_clustered, draw_weighted, stream

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BINS = 200
RESAMPLES = 1000
CLUSTERED_RESAMPLES = 200
"""Fewer where every cluster is drawn for itself."""
FEW = 5
"""With fewer people of a label than this, resampling shows less spread than there is: nothing is said."""
MOST_KEPT = 24
"""With more slices than this, resamples are drawn again for every metric: each takes 3 MB."""
_ROUNDING = 1e-12

Statistic = Callable[[Floats, Floats, float], Floats]
"""From weights (resamples, levels, 2), scores (levels,) and the number in the brackets to (resamples,)."""


def _above(w: Floats) -> tuple[Floats, Floats]:
    """True and false positives at every level, as shares of their label; NaN without that label."""
    total = np.flip(np.cumsum(np.flip(w, axis=-2), axis=-2), axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = total / total[..., :1, :]
    return shares[..., 1], shares[..., 0]


def _best(values: Floats, allowed: Bools, otherwise: float) -> Floats:
    """The largest allowed value of each resample."""
    best = np.where(allowed, values, -np.inf).max(axis=-1)
    unknown = np.isnan(values).all(axis=-1)
    return np.asarray(np.where(unknown, np.nan, np.where(np.isfinite(best), best, otherwise)))


def ks(w: Floats, score: Floats, at: float) -> Floats:
    """The largest excess of the true over the false positive rate."""
    tpr, fpr = _above(w)
    return np.asarray(np.maximum((tpr - fpr).max(axis=-1), 0.0))


def max_f1(w: Floats, score: Floats, at: float) -> Floats:
    """The largest F1 of any threshold."""
    total = np.flip(np.cumsum(np.flip(w, axis=-2), axis=-2), axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((2 * total[..., 1] / (total.sum(axis=-1) + total[..., :1, 1])).max(axis=-1))


def recall_at_fpr(w: Floats, score: Floats, at: float) -> Floats:
    """The largest true positive rate where the false positive rate is at most `at`; 0 when nobody may be selected."""
    tpr, fpr = _above(w)
    return np.where(np.isnan(fpr[..., 0]), np.nan, _best(tpr, fpr <= at + _ROUNDING, 0.0))


def sensitivity_at_specificity(w: Floats, score: Floats, at: float) -> Floats:
    """The largest true positive rate where the true negative rate is at least `at`."""
    return recall_at_fpr(w, score, 1 - at)


def specificity_at_sensitivity(w: Floats, score: Floats, at: float) -> Floats:
    """The largest true negative rate where the true positive rate is at least `at`."""
    tpr, fpr = _above(w)
    return np.where(np.isnan(tpr[..., 0]), np.nan, _best(1 - fpr, tpr >= at - _ROUNDING, 0.0))


def precision_at_recall(w: Floats, score: Floats, at: float) -> Floats:
    """The largest precision where the true positive rate is at least `at`."""
    tpr, _ = _above(w)
    return np.where(np.isnan(tpr[..., 0]), np.nan, _best(_precision(w), tpr >= at - _ROUNDING, 0.0))


def recall_at_precision(w: Floats, score: Floats, at: float) -> Floats:
    """The largest true positive rate where the precision is at least `at`; 0 where there is none."""
    tpr, _ = _above(w)
    return np.where(np.isnan(tpr[..., 0]), np.nan, _best(tpr, _precision(w) >= at - _ROUNDING, 0.0))


def _precision(w: Floats) -> Floats:
    total = np.flip(np.cumsum(np.flip(w, axis=-2), axis=-2), axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(total[..., 1] / total.sum(axis=-1))


def threshold_at_recall(w: Floats, score: Floats, at: float) -> Floats:
    """The highest score whose true positive rate is at least `at`."""
    tpr, _ = _above(w)
    enough = tpr >= at - _ROUNDING
    last = enough.shape[-1] - 1 - np.argmax(np.flip(enough, axis=-1), axis=-1)
    return np.where(enough.any(axis=-1), score[last], np.nan)


def lift(w: Floats, score: Floats, at: float) -> Floats:
    """Precision among the share `at` with the highest scores, over prevalence; of equal scores a fraction counts."""
    people, positives = w.sum(axis=-1), w[..., 1]
    total = people.sum(axis=-1, keepdims=True)
    before = np.flip(np.cumsum(np.flip(people, axis=-1), axis=-1), axis=-1) - people
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((at * total - before) / people, 0.0, 1.0)
        top = np.where(people > 0, part * positives, 0.0).sum(axis=-1)
        return np.asarray(top / (at * positives.sum(axis=-1)))


SEARCHES: dict[str, tuple[Statistic, Ends]] = {
    "ks": (ks, "bounded"),
    "max_f1": (max_f1, "bounded"),
    "recall_at_fpr": (recall_at_fpr, "bounded"),
    "sensitivity_at_specificity": (sensitivity_at_specificity, "bounded"),
    "specificity_at_sensitivity": (specificity_at_sensitivity, "bounded"),
    "precision_at_recall": (precision_at_recall, "bounded"),
    "recall_at_precision": (recall_at_precision, "bounded"),
    "threshold_at_recall": (threshold_at_recall, "free"),
    "lift": (lift, "positive"),
}


def searched(m: BinaryMeasured, row: int, levels: Levels, statistic: Statistic, at: float) -> Number:
    """The number of one slice, and its variance over resamples of the joint counts of score and label."""
    value = float(statistic(levels.w[None], levels.threshold, at)[0])
    unknown = Number(value=value, variance=float("nan"), known=False)
    if value != value or levels.rows.sum(axis=0).min() < FEW or (levels.members is not None and levels.units < FEW):
        return unknown
    few, sample, marks = _drawn(m, row, levels)
    sample = statistic(sample, marks, at)
    held = sample[np.isfinite(sample)]
    if 2 * len(held) <= len(sample):
        return unknown
    # The largest of many is larger again in a resample; by as much it was too large in the sample.
    bias = float(held.mean() - statistic(few[None], marks, at)[0])
    return Number(value=value, variance=float(held.var(ddof=1)), low=max(bias, 0.0), high=max(-bias, 0.0))


def _drawn(m: BinaryMeasured, row: int, levels: Levels) -> tuple[Floats, Floats, Floats]:
    """The counts of a slice, their resamples and thresholds; kept for the next metric while there are few slices."""
    if row in m.drawn:
        return m.drawn[row]
    few, place = fewer(levels)
    drawn = few.w, draws(few, place, levels, seed=m.seed, key=str(m.slices[row])), few.threshold
    if len(m.slices) <= MOST_KEPT:
        m.drawn[row] = drawn
    return drawn


def fewer(levels: Levels) -> tuple[Levels, NDArray[np.int64]]:
    """At most BINS levels of about equally many rows, and the place among them of each given level."""
    size = len(levels.score)
    if size <= BINS:
        return levels, np.arange(size)
    rows = levels.rows.sum(axis=1)
    bins = ((np.cumsum(rows) - rows / 2) / rows.sum() * BINS).astype(np.int64)
    place = np.unique(bins, return_inverse=True)[1]
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    total = [np.add.reduceat(part, starts, axis=0) for part in (levels.rows, levels.w, levels.q)]
    weight = levels.w.sum(axis=1)
    score = np.add.reduceat(levels.score * weight, starts) / np.add.reduceat(weight, starts)
    threshold = levels.threshold[starts]
    return Levels(score=score, threshold=threshold, rows=total[0], w=total[1], q=total[2], half=levels.half), place


def draws(few: Levels, place: NDArray[np.int64], levels: Levels, *, seed: int, key: str) -> Floats:
    """Resamples (resamples, levels, 2) of a slice's counts; its stream is named by the slice alone."""
    rng = stream(seed, key)
    if levels.members is None:
        drawn = draw_weighted(few.w.ravel(), few.q.ravel(), resamples=RESAMPLES, rng=rng)
    else:
        m = levels.members
        cell = place[m.level] * 2 + m.label
        drawn = draw_clustered(cell, m.weight, m.cluster, few.rows.size, resamples=CLUSTERED_RESAMPLES, rng=rng)
    return np.asarray(drawn.reshape(-1, *few.rows.shape))


@computes("binary", *SEARCHES)
def _searched(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    name = metric.base or metric.name
    statistic, ends = SEARCHES[name]
    most = 1 / metric.at if name == "lift" else np.nan  # all positives are among the share with the highest scores
    count = CLUSTERED_RESAMPLES if m.gram is not None else RESAMPLES
    return gather(
        m, metric, lambda levels, row: searched(m, row, levels, statistic, metric.at),
        ends=ends, method=f"every score tried as threshold; variance of {count:,} joint resamples", most=lambda _: most,
    )  # fmt: skip
