"""Metrics of models that write text: values and intervals from the totals of the basis.

BLEU and the length ratio are functions of totals, whose variance is linearised (Särndal, Swensson and Wretman 1992,
5.5); its sampling is that of rows, as Koehn 2004 (EMNLP) resamples them. ROUGE is a mean over rows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.metrics import ScoreMetric
from sterling.core.rates import RATES, MetricInfo
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import computes
from sterling.engine.quantity import At, Quantity
from sterling.engine.shares import share_quantity
from sterling.quality.text import infos as _infos
from sterling.quality.text.bleu import bleu
from sterling.quality.text.measured import TextMeasured
from sterling.quality.text.rows import ROUGE, SHARES
from sterling.quality.text.slopes import length_ratio, log_bleu
from sterling.stats.arrays import Interval, factor
from sterling.stats.bounded import bounded_z
from sterling.stats.means import mean_bounded_z, mean_positive_z, student
from sterling.stats.proportion import exact_value

Floats = NDArray[np.float64]
REGISTERED = _infos


@computes("text", *SHARES)
def _share(m: TextMeasured, metric: ScoreMetric) -> Quantity:
    rate = replace(RATES["true_positive_rate"], info=metric.info)
    return binary_quantity(m.shares[metric.info.name], rate)


@computes("text", *ROUGE)
def _rouge(m: TextMeasured, metric: ScoreMetric) -> Quantity:
    mean, variance = m.of.mean(metric.info.name, "one")
    units = m.of.units("one")
    total, squares = mean * units, (variance * units + mean**2) * units

    def at(critical: ArrayLike) -> Interval:
        return mean_bounded_z(total[:, None], squares[:, None], units[:, None], critical)

    return _quantity(m, metric.info, mean, at, "score interval for a bounded mean")


@computes("text", "bleu")
def _bleu(m: TextMeasured, metric: ScoreMetric) -> Quantity:
    found = m.bleu
    relative = m.of.linearised(log_bleu(m), "one")
    units = m.of.units("one")
    none = np.any(found.none, axis=1, keepdims=True)

    def at(critical: ArrayLike) -> Interval:
        zed = np.broadcast_to(np.asarray(critical, dtype=np.float64), (len(units), 1))
        reach = student(zed, np.maximum(units - 1, 1.0)[:, None])
        low, high = bounded_z(found.value[:, None], (found.value**2 * relative)[:, None], units[:, None], reach)
        least = np.where(none, 0.0, low)
        return Interval(np.where(np.isnan(low), np.nan, least), np.fmax(high, _unmet(m, relative, units, zed)))

    method = "Wilson score interval at the n of the linearised variance, Student's t"
    return _quantity(m, metric.info, found.value, at, method)


def _unmet(m: TextMeasured, relative: Floats, units: Floats, zed: Floats) -> Floats:
    """The upper end where an order has no match: as if as many rows matched in full as may, with none seen.

    That share is the exact limit of 0 in n. NaN where every order has a match.
    """
    out = np.full(zed.shape, np.nan)
    rows = np.flatnonzero(m.bleu.none.any(axis=1) & (units > 1) & ~np.isnan(zed[:, 0]))
    if not len(rows):
        return out
    share = exact_value(np.zeros(len(rows)), units[rows], zed[rows, 0]).high
    grams, none = m.grams[rows], m.bleu.none[rows]
    most = np.where(none, share[:, None] * grams, m.matches[rows])
    best = bleu(most, grams, m.of.total("reference_words")[rows], unit=m.unit[rows]).value
    reach = student(zed[rows, 0], units[rows] - 1) * np.sqrt(np.nan_to_num(relative[rows]))
    out[rows, 0] = np.minimum(best * factor(reach), 1.0)
    return out


@computes("text", "length_ratio")
def _length(m: TextMeasured, metric: ScoreMetric) -> Quantity:
    ratio, slope = length_ratio(m)
    units, variance = m.of.units("one"), m.of.linearised(slope, "one")
    total, squares = ratio * units, (variance * (units - 1) + ratio**2) * units

    def at(critical: ArrayLike) -> Interval:
        return mean_positive_z(total[:, None], squares[:, None], units[:, None], critical)

    return _quantity(m, metric.info, ratio, at, "Student interval on the log scale")


@computes("text", "representation")
def _representation(m: TextMeasured, metric: ScoreMetric) -> Quantity:
    w, q = (m.of.total("all"), m.of.product("all", "all")) if m.of.weighted else (None, None)
    clusters = None if m.of.clusters is None else (m.of.clusters["all"], m.of.product("all", "all"))
    return share_quantity(metric.info, m.n, w, q, clusters)


def _quantity(m: TextMeasured, info: MetricInfo, value: Floats, at: At, method: str) -> Quantity:
    """Known where there are two independent rows or more: of one, nobody can say how far it lies from the others."""
    units, count = m.of.units("one"), m.of.counts["one"]
    if m.of.clusters is not None:
        count = np.where(units > 1, count, np.minimum(count, m.of.clusters["one"]))
    return Quantity(
        info=info,
        value=np.where(units > 1, value, np.nan)[:, None],
        interval_at=at,
        decide_at=at,
        n_eligible=count[:, None],
        n_effective=units[:, None],
        method=method + m.of.dependence,
    )
