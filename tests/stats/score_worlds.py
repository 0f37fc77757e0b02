"""How often the intervals of score metrics hold the truth: scores of known skill, drawn again and again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from sterling.engine.binary.levels import Levels
from sterling.quality.metrics.calibration import binned_error, expected_to_observed, recalibration
from sterling.quality.metrics.curves import average_precision, partial_auc
from sterling.quality.metrics.search import draws, fewer, ks, lift, max_f1, recall_at_fpr
from sterling.stats.bounded import bounded_z, positive_z
from sterling.stats.normal import z

BASE = 0.3
MANY = 200_000
_Z = z(0.95)


def world(rng: np.random.Generator, n: int) -> Levels:
    """Scores that are calibrated up to a slope of 0.8, three in ten labels positive or so."""
    logit = rng.normal(-1.1, 1.4, n)
    score = 1 / (1 + np.exp(-logit))
    label = (rng.random(n) < 1 / (1 + np.exp(-0.8 * logit))).astype(np.int64)
    order = np.argsort(score)
    rows = np.stack([1 - label, label], axis=1)[order]
    w = rows.astype(np.float64)
    return Levels(score=score[order], threshold=score[order], rows=rows, w=w, q=w)


LINEARISED: dict[str, tuple[Callable[[Levels], tuple[float, np.ndarray]], str]] = {
    "average precision": (average_precision, "positive"),
    "partial AUC (0.2)": (partial(partial_auc, most=0.2), "both"),
    "calibration slope": (partial(recalibration, slope=True), "free"),
    "calibration intercept": (partial(recalibration, slope=False), "free"),
    "expected to observed": (expected_to_observed, "log"),
}
SEARCHED = {
    "ks": (ks, 0.0),
    "max F1": (max_f1, 0.0),
    "recall at FPR 0.1": (recall_at_fpr, 0.1),
    "lift (0.2)": (lift, 0.2),
}


def bounds(value: float, variance: float, kind: str, levels: Levels) -> tuple[float, float]:
    """The 95 % interval as `quality.metrics.by_levels` makes it."""
    labels = levels.effective()
    n = {"positive": labels[1], "both": 2 * labels.min()}.get(kind, 0.0)
    if kind == "free":
        return value - _Z * variance**0.5, value + _Z * variance**0.5
    if kind == "log":
        low, high = positive_z(value, variance, _Z, n=labels[1], most=1 / 0.2)
    else:
        low, high = bounded_z(value, variance, n, _Z)
    return float(low), float(high)


def linearised(name: str, n: int, draws_: int) -> float:
    """Coverage of one metric among n people."""
    of, kind = LINEARISED[name]
    truth = of(world(np.random.default_rng(99), MANY))[0]
    rng = np.random.default_rng(n)
    held = total = 0
    for _ in range(draws_):
        levels = world(rng, n)
        value, influence = of(levels)
        if value == value:
            low, high = bounds(value, levels.variance(influence), kind, levels)
            held, total = held + (low <= truth <= high), total + 1
    return held / total


def binned(n: int, draws_: int) -> float:
    """Coverage of the expected calibration error."""
    truth = binned_error(world(np.random.default_rng(99), MANY), equal="width", chance=False).value
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(draws_):
        levels = world(rng, n)
        number = binned_error(levels, equal="width", chance=False)
        low, high = bounded_z(number.value, number.variance, float(n), _Z)
        low = low - number.low
        held += bool(low <= truth <= high)
    return held / draws_


def searched(n: int, draws_: int) -> dict[str, float]:
    """Coverage of metrics whose spread is resampled; one set of resamples serves them all."""
    everyone = world(np.random.default_rng(99), MANY)
    truth = {k: float(f(everyone.w[None], everyone.threshold, at)[0]) for k, (f, at) in SEARCHED.items()}
    rng = np.random.default_rng(n)
    held = dict.fromkeys(SEARCHED, 0)
    for i in range(draws_):
        levels = world(rng, n)
        few, place = fewer(levels)
        sample = draws(few, place, levels, seed=i, key="everyone")
        for name, (f, at) in SEARCHED.items():
            value = float(f(levels.w[None], levels.threshold, at)[0])
            kind = "log" if name.startswith("lift") else "both"
            again = f(sample, few.threshold, at)
            low, high = bounds(value, float(again.var(ddof=1)), kind, levels)
            bias = float(again.mean() - f(few.w[None], few.threshold, at)[0])
            low, high = low - max(bias, 0.0), high + max(-bias, 0.0)
            held[name] += low <= truth[name] <= high
    return {name: count / draws_ for name, count in held.items()}
