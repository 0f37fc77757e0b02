"""Coverage and error rates in made-up worlds whose truth is known, drawn with fixed seeds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sterling.stats.arrays import Interval
from sterling.stats.auc import delong_z
from sterling.stats.means import mean_bounded, mean_positive, mean_t
from sterling.stats.multiple import Widest, widest_gap, widest_gap_from
from sterling.stats.normal import z
from sterling.stats.proportion import wilson_value, wilson_z
from sterling.stats.weights import (
    cluster_n,
    cluster_variance,
    effective_n,
    few_clusters,
    kish_n,
    ratio_variance,
    weighted_n,
)

Floats = NDArray[np.float64]
Z = z(0.95)


def share_covered(interval: Interval, truth: float) -> float:
    """Coverage among the worlds where an interval could be given."""
    known = ~np.isnan(interval.low)
    inside = (interval.low <= truth) & (truth <= interval.high)
    return float(inside[known].mean())


def _hits(sizes: Sequence[int], p: float | Sequence[float], draws: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    hits = rng.binomial(np.array(sizes), np.array(p), (draws, len(sizes)))
    return hits.astype(np.float64), np.array(sizes, dtype=np.float64)


def gaps(sizes: Sequence[int], p: float | Sequence[float], *, draws: int, seed: int, exact: bool = True) -> Widest:
    """The widest gap found in each of many worlds; with exact=False from Wilson limits, for contrast."""
    hits, n = _hits(sizes, p, draws, seed)
    return widest_gap(hits, n) if exact else widest_gap_from(hits / n, partial(wilson_z, hits, n))


def naive_alarms(sizes: Sequence[int], p: float, *, draws: int, seed: int) -> float:
    """How often the ordinary interval of the widest gap leaves 0 out although all groups are equal."""
    hits, n = _hits(sizes, p, draws, seed)
    found = widest_gap_from(hits / n, lambda _: wilson_z(hits, n, Z))
    return float((found.at_least > 0).mean())


def delong_variance(positive: Floats, negative: Floats) -> tuple[Floats, Floats]:
    """AUC and its DeLong variance, by comparing every pair: slow and obvious. Last axis: people."""
    above = (positive[..., :, None] > negative[..., None, :]) + 0.5 * (positive[..., :, None] == negative[..., None, :])
    m, n = positive.shape[-1], negative.shape[-1]
    spread = above.mean(axis=-1).var(axis=-1, ddof=1) / m + above.mean(axis=-2).var(axis=-1, ddof=1) / n
    return np.asarray(above.mean(axis=(-1, -2))), np.asarray(spread)


def logit_interval(auc: Floats, variance: Floats) -> Interval:
    """The usual DeLong interval on the logit scale, where it exists; for contrast only."""
    usable = (auc > 0) & (auc < 1) & (variance > 0)
    a = np.where(usable, auc, 0.5)
    middle, reach = np.log(a / (1 - a)), Z * np.sqrt(variance) / (a * (1 - a))
    low, high = (np.where(usable, 1 / (1 + np.exp(-(middle + s * reach))), np.nan) for s in (-1, 1))
    return Interval(low, high)


def auc_worlds(m: int, n: int, *, draws: int, seed: int) -> list[tuple[float, float]]:
    """Coverage of our AUC interval and of the logit one, for areas 0.5 to 0.99 and three spreads of the positives."""
    rng = np.random.default_rng(seed)
    out = []
    for area in (0.5, 0.7, 0.85, 0.95, 0.99):
        for spread in (0.5, 1.0, 2.0):
            shift = float(ndtri(area)) * np.sqrt(1 + spread**2)
            auc, variance = delong_variance(rng.normal(shift, spread, (draws, m)), rng.normal(0, 1, (draws, n)))
            ours = delong_z(auc, variance, m, n, Z)
            out.append((share_covered(ours, area), share_covered(logit_interval(auc, variance), area)))
    return out


def weight_worlds(kind: str, *, draws: int, seed: int) -> list[tuple[float, float]]:
    """Coverage with our effective n and with the plain linearised one, over n and p."""
    rng = np.random.default_rng(seed)
    out = []
    for n in (30, 100, 300):
        for p in (0.03, 0.1, 0.3, 0.5):
            hit = rng.random((draws, n)) < p
            w, truth = _weights(kind, hit, p, rng)
            sums = w.sum(1), (w * w).sum(1), (w * hit).sum(1), (w * w * hit).sum(1)
            value = sums[2] / sums[0]
            plain = effective_n(value, ratio_variance(*sums), kish_n(sums[0], sums[1]))
            ours = wilson_value(value, weighted_n(*sums), Z)
            out.append((share_covered(ours, truth), share_covered(wilson_value(value, plain, Z), truth)))
    return out


def _weights(kind: str, hit: NDArray[np.bool_], p: float, rng: np.random.Generator) -> tuple[Floats, float]:
    if kind == "a tenth weighs 10":
        return np.where(rng.random(hit.shape) < 0.1, 10.0, 1.0), p
    w = rng.lognormal(0.0, 0.8, hit.shape)
    if kind == "lognormal":
        return w, p
    factor = 0.3 if kind == "hits weigh 0.3" else 3.0
    return np.where(hit, factor * w, w), factor * p / (factor * p + 1 - p)


def cluster_worlds(clusters: int, *, draws: int, seed: int) -> list[tuple[float, float]]:
    """Coverage with clusters taken into account and ignored; 10 people a cluster, likeness 0 to 0.3."""
    rng = np.random.default_rng(seed)
    out = []
    for p in (0.1, 0.3, 0.5):
        for likeness in (1e-3, 0.1, 0.3):
            size = 1 / likeness - 1
            rate = rng.beta(p * size, (1 - p) * size, (draws, clusters))
            hits = rng.binomial(10, rate).astype(np.float64)
            people = np.full_like(hits, 10.0)
            value, n = hits.sum(1) / people.sum(1), people.sum(1)
            variance = cluster_variance(hits, people, value)
            size_n = cluster_n(value, variance, (people**2).sum(1), n, n)
            ours = wilson_value(value, few_clusters(size_n, Z, clusters), Z)
            out.append((share_covered(ours, p), share_covered(wilson_value(value, n, Z), p)))
    return out


def mean_worlds(kind: str, prevalence: tuple[float, float], *, draws: int, seed: int) -> list[tuple[float, float]]:
    """Coverage of our interval for a Brier score or log loss, and of Student's, for n from 10 to 300."""
    rng = np.random.default_rng(seed)
    p = rng.beta(*prevalence, 400_000).clip(1e-6, 1 - 1e-6)
    y = rng.random(p.size) < p
    losses = (p - y) ** 2 if kind == "Brier score" else -np.log(np.where(y, p, 1 - p))
    truth = float(losses.mean())
    out = []
    for n in (10, 30, 100, 300):
        x = rng.choice(losses, (draws, n))
        sums = x.sum(1), (x * x).sum(1), n
        ours = mean_bounded(*sums) if kind == "Brier score" else mean_positive(*sums)
        out.append((share_covered(ours, truth), share_covered(mean_t(*sums), truth)))
    return out
