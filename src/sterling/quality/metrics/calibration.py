"""Calibration: do people with a score of 0.7 have a positive label 70 times in 100?"""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import ScoreMetric
from sterling.engine.binary.levels import Levels
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.computing import computes
from sterling.engine.quantity import Quantity
from sterling.quality.metrics.by_levels import NOTHING, Number, gather, linearised
from sterling.stats.normal import cdf

Floats = NDArray[np.float64]
BINS = 10
EDGE = 1e-6
"""How far scores are kept from 0 and 1 where their logit is taken."""
_STEPS = 50
_LABELS = np.array([0.0, 1.0])


def binned_error(levels: Levels, *, equal: Literal["width", "size"], chance: bool) -> Number:
    """The mean distance of score and label over bins, and its variance. `chance`: what chance adds is left in.

    A bin whose scores and labels differ by d on the whole shows |d + noise|; the mean of that beyond |d| is taken off
    (Bröcker 2012, Climate Dynamics 39:655; Kumar, Liang and Ma 2019, NeurIPS). That falls short where bins are small,
    since |d| is itself too large: the low end allows for all that noise adds where d is 0.
    """
    total = levels.w.sum(axis=1)
    n = total.sum()
    if n <= 0:
        return NOTHING
    if equal == "width":
        place = np.minimum(np.floor(levels.score * BINS + 1e-12), BINS - 1).astype(np.int64)
    else:
        place = np.minimum(np.floor((np.cumsum(total) - total / 2) / n * BINS), BINS - 1).astype(np.int64)
    weight = np.bincount(place, weights=total, minlength=BINS)
    squares = np.bincount(place, weights=levels.q.sum(axis=1), minlength=BINS)
    some = weight > 0
    weight, squares = weight[some], squares[some]
    score = np.bincount(place, weights=total * levels.score, minlength=BINS)[some] / weight
    label = np.bincount(place, weights=levels.w[:, 1], minlength=BINS)[some] / weight
    gap, share, rows = score - label, weight / n, weight**2 / squares
    smooth = (label * rows + 0.5) / (rows + 1)  # a bin of one label is not known without error
    noise = np.sqrt(np.where(rows > 1, smooth * (1 - smooth) / np.maximum(rows - 1, 1), 0.25))
    plain = float((share * np.abs(gap)).sum())
    value = plain if chance else max(plain - float((share * _beyond(np.abs(gap), noise)).sum()), 0.0)
    kish = n**2 / levels.q.sum()
    variance = float((share**2 * noise**2).sum() + (share * (np.abs(gap) - plain) ** 2).sum() / kish)
    most = float((share * noise).sum()) * float(np.sqrt(2 / np.pi))
    below = max(most - (plain - value), 0.0) + levels.half
    return Number(value=value, variance=_widened(variance, levels), low=below, high=levels.half)


def _beyond(gap: Floats, noise: Floats) -> Floats:
    """The mean of |gap + normal noise| less |gap| (gap >= 0): what chance adds to a bin's distance."""
    ratio = gap / noise
    density = np.exp(-0.5 * ratio**2) / np.sqrt(2 * np.pi)
    folded = 2 * noise * density + gap * (1 - 2 * cdf(-ratio))
    return np.asarray(folded - gap)


def _widened(variance: float, levels: Levels) -> float:
    """With clusters: as if each were one row, the cautious end."""
    if levels.members is None:
        return variance
    kish = float(levels.w.sum() ** 2 / levels.q.sum())
    return variance * max(kish / max(float(levels.effective().sum()), 1.0), 1.0)


def recalibration(levels: Levels, *, slope: bool) -> tuple[float, Floats]:
    """The slope (or, the slope held at 1, the intercept) of the logistic line of label on logit(score).

    Newton's method on levels; NaN where it has no finite solution. Influence: inverse information times score function.
    """
    p = np.clip(levels.score, EDGE, 1 - EDGE)
    logit = np.log(p / (1 - p))
    nothing = float("nan"), np.zeros((len(p), 2))
    total = levels.w.sum(axis=1)
    if len(p) == 0 or min(levels.w.sum(axis=0)) <= 0 or (slope and len(p) < 2):
        return nothing
    x = np.stack([np.ones(len(p)), logit], axis=1) if slope else np.ones((len(p), 1))
    offset = np.zeros(len(p)) if slope else logit
    beta = np.zeros(x.shape[1])  # from no slope at all: from a steep line every score may look certain
    for _ in range(_STEPS):
        mean = 1 / (1 + np.exp(-np.clip(x @ beta + offset, -700, 700)))
        information = (x * (total * mean * (1 - mean))[:, None]).T @ x
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e13:
            return nothing
        step = np.linalg.solve(information, x.T @ (levels.w[:, 1] - total * mean))
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        while np.abs(step).max() > 1e-12 and _fit(x @ (beta + step) + offset, levels) < _fit(x @ beta + offset, levels):
            step /= 2  # too far: the likelihood has one peak, which smaller steps reach
        beta = beta + step
        if float(np.abs(step).max()) < 1e-12:
            break
    else:
        return nothing
    if float(np.abs(beta).max()) > 100:
        return nothing
    row = np.linalg.inv(information)[-1]
    return float(beta[-1]), (x @ row)[:, None] * (_LABELS - mean[:, None])


def _fit(line: Floats, levels: Levels) -> float:
    """The log-likelihood of labels whose log-odds are `line`, short of what rounding hides."""
    value = float(levels.w[:, 1] @ line - levels.w.sum(axis=1) @ np.logaddexp(0.0, line))
    return round(value, 9)


def expected_to_observed(levels: Levels) -> tuple[float, Floats]:
    """Sum of scores over sum of labels, and the influence of each row."""
    observed = float(levels.w[:, 1].sum())
    if observed <= 0:
        return float("nan"), np.zeros((len(levels.score), 2))
    value = float((levels.w.sum(axis=1) * levels.score).sum() / observed)
    return value, (levels.score[:, None] - value * _LABELS) / observed


def score_lift(levels: Levels, everyone: Levels) -> tuple[float, Floats]:
    """Mean score less everyone's at everyone's mix of labels. Everyone is taken as given."""
    mix = everyone.w.sum(axis=0) / everyone.w.sum()
    theirs = _means(everyone)
    held = levels.w.sum(axis=0)
    if ((held <= 0) & (mix > 0)).any():
        return float("nan"), np.zeros((len(levels.score), 2))
    mean = _means(levels)
    value = float(np.where(mix > 0, mix * (mean - theirs), 0.0).sum())
    return value, np.where(mix > 0, mix * (levels.score[:, None] - mean) / np.where(held > 0, held, 1.0), 0.0)


def _means(levels: Levels) -> Floats:
    total = levels.w.sum(axis=0)
    sums = (levels.w * levels.score[:, None]).sum(axis=0)
    return np.asarray(np.divide(sums, total, out=np.zeros(2), where=total > 0))


@computes("binary", "expected_calibration_error", "expected_calibration_error_plain", "adaptive_calibration_error")
def _error(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    of = partial(
        binned_error, equal="size" if metric.name.startswith("adaptive") else "width",
        chance=metric.name.endswith("plain"),
    )  # fmt: skip
    method = f"variance of {BINS} bins, score interval; the low end allows for what chance adds"
    return gather(m, metric, lambda levels, _: of(levels), ends="bounded", method=method, among="any")


@computes("binary", "calibration_slope", "calibration_intercept")
def _line(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    of = partial(recalibration, slope=metric.name == "calibration_slope")
    method = "logistic recalibration, linearised (influence of each row)"
    return gather(m, metric, lambda levels, _: linearised(levels, of, ordering=False), ends="free", method=method)


@computes("binary", "calibration_ratio")
def _ratio(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    method = "linearised (influence of each row), log scale"
    return gather(
        m, metric, lambda levels, _: linearised(levels, expected_to_observed, ordering=False), ends="positive",
        method=method, among="positive", most=lambda levels: float(levels.w.sum() / levels.w[:, 1].sum()),
    )  # fmt: skip


@computes("binary", "score_lift")
def _lift(m: BinaryMeasured, metric: ScoreMetric) -> Quantity:
    assert m.levels is not None
    of = partial(score_lift, everyone=m.levels.of(0))
    method = "linearised (influence of each row); everyone taken as given"
    return gather(
        m, metric, lambda levels, _: linearised(levels, of, ordering=False), ends="free", method=method, among="any"
    )
