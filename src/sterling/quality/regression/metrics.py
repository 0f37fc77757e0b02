"""Metrics of models that predict a number: values and intervals from the totals of the basis.

A mean's variance is that of a ratio of totals, linearised; R² and correlation are linearised on a scale where they are
unbounded (`slopes`). Student's t stands for the normal at the number of independent rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.metrics import ScoreMetric
from sterling.core.rates import MetricInfo
from sterling.engine.computing import computes
from sterling.engine.quantity import At, Quantity
from sterling.engine.shares import share_quantity
from sterling.quality.regression import infos as _infos
from sterling.quality.regression.measured import RegressionMeasured
from sterling.quality.regression.quantiles import RELATIVE_ERROR
from sterling.quality.regression.slopes import MEANS, correlation, unexplained, unit
from sterling.stats.arrays import Interval, divide, factor
from sterling.stats.backtest import binomial_range_z
from sterling.stats.means import mean_positive_z, mean_t_z, student

Floats = NDArray[np.float64]
REGISTERED = _infos


@computes("regression", *MEANS)
def _mean(m: RegressionMeasured, metric: ScoreMetric) -> Quantity:
    info = metric.info
    what, among = MEANS[info.name]
    mean, variance = m.of.mean(what, among)
    units = m.of.units(among)
    # The same interval as for that many independent rows whose mean varies as much.
    total, squares = mean * units, (variance * units + mean**2) * units
    size, shift = unit(m, info.name)
    root = info.name == "root_mean_squared_error"
    positive = info.low is not None

    def at(critical: ArrayLike) -> Interval:
        zed = np.asarray(critical)
        rule = mean_positive_z if positive else mean_t_z
        low, high = rule(total[:, None], squares[:, None], units[:, None], zed)
        if root:
            low, high = np.sqrt(low), np.sqrt(high)
        return Interval(low * size + shift, high * size + shift)

    value = np.sqrt(mean) if root else mean
    method = "Student interval on the log scale" if positive else "Student interval"
    return _quantity(m, info, value * size + shift, at, among, method)


@computes("regression", "r2")
def _r2(m: RegressionMeasured, metric: ScoreMetric) -> Quantity:
    ratio, slope = unexplained(m)
    error = np.sqrt(m.of.linearised(divide(slope, ratio[:, None]), "one"))  # of log(1 - R²)

    def at(critical: ArrayLike) -> Interval:
        reach = np.where(ratio[:, None] > 0, _reach(m, error, critical), 0.0)
        spread = factor(reach, ratio[:, None])
        return Interval(1 - ratio[:, None] * spread, 1 - ratio[:, None] / spread)

    return _quantity(m, metric.info, 1 - ratio, at, "one", "linearised on the scale of log(1 - R²), Student's t")


@computes("regression", "correlation", "squared_correlation")
def _correlation(m: RegressionMeasured, metric: ScoreMetric) -> Quantity:
    value, slope = correlation(m)
    error = divide(np.sqrt(m.of.linearised(slope, "one")), 1 - value**2)  # of Fisher's transform
    squared = metric.info.name == "squared_correlation"
    sure = np.abs(value) >= 1

    def at(critical: ArrayLike) -> Interval:
        reach = np.where(sure[:, None], 0.0, _reach(m, error, critical))
        middle = np.arctanh(np.clip(value, -1 + 1e-16, 1 - 1e-16))[:, None]
        low, high = np.tanh(middle - reach), np.tanh(middle + reach)
        low, high = np.where(sure[:, None], value[:, None], low), np.where(sure[:, None], value[:, None], high)
        two = (m.of.units("one") <= 2)[:, None]  # any two points lie on a line
        low, high = np.where(two, -1.0, low), np.where(two, 1.0, high)
        if squared:
            ends = low**2, high**2
            low, high = np.where((low < 0) & (high > 0), 0.0, np.minimum(*ends)), np.maximum(*ends)
        return Interval(np.asarray(low), np.asarray(high))

    shown = value**2 if squared else value
    return _quantity(m, metric.info, shown, at, "one", "linearised on Fisher's scale, Student's t")


def _reach(m: RegressionMeasured, error: Floats, critical: ArrayLike) -> Floats:
    df = np.maximum(m.of.units("one") - 1, 1.0)[:, None]
    return np.asarray(student(np.asarray(critical), df) * error[:, None])


_SHARES = {"median_absolute_error": 0.5, "absolute_error_p90": 0.9, "absolute_error_p95": 0.95}


@computes("regression", *_SHARES)
def _quantile(m: RegressionMeasured, metric: ScoreMetric) -> Quantity:
    share = np.full(len(m.n), _SHARES[metric.info.name])
    units = divide(m.of.total("one") ** 2, m.of.product("one", "one"))  # Kish's n, over clusters where there are any

    people = np.floor(np.where(units > 1, units, 1.0))

    def at(critical: ArrayLike) -> Interval:
        """From the binomial range of how many errors lie below the quantile; beyond the last there is no upper end."""
        zed = np.broadcast_to(np.asarray(critical, dtype=np.float64), (len(m.n), 1))[:, 0]
        known = ~np.isnan(zed) & (units > 1)
        least, most = binomial_range_z(people, share, np.where(known, zed, 1.0))
        ends = ((least - 0.5) / people, (most + 0.5) / people)  # in the middle of an order statistic's part
        below, above = (m.errors.at(np.where(known, np.clip(end, 0, 1), np.nan), side)
                        for end, side in zip(ends, (-1, 1), strict=True))  # fmt: skip
        low, high = np.where(known & (least < 1), 0.0, below), np.where(known & (most >= people), np.inf, above)
        return Interval(low[:, None], high[:, None])

    method = "order statistics by the binomial distribution"
    if not m.errors.exact:
        method += f"; from bins, error of the value at most {100 * RELATIVE_ERROR:.1g} % of it, included"
    dependence = ", each cluster counted as one person" if m.of.clusters is not None else m.of.dependence
    return _quantity(m, metric.info, m.errors.at(share), at, "one", method, dependence=dependence)


@computes("regression", "representation")
def _representation(m: RegressionMeasured, metric: ScoreMetric) -> Quantity:
    w, q = (m.of.total("all"), m.of.product("all", "all")) if m.of.weighted else (None, None)
    clusters = None if m.of.clusters is None else (m.of.clusters["all"], m.of.product("all", "all"))
    return share_quantity(metric.info, m.n, w, q, clusters)


def _quantity(
    m: RegressionMeasured, info: MetricInfo, value: Floats, at: At, among: str, method: str, *,
    dependence: str | None = None,
) -> Quantity:  # fmt: skip
    """Known where there are two independent rows or more: of one, nobody can say how far it lies from the others."""
    units = m.of.units(among)
    count = m.of.counts[among]
    if m.of.clusters is not None:
        count = np.where(units > 1, count, np.minimum(count, m.of.clusters[among]))
    return Quantity(
        info=info,
        value=np.where(units > 1, value, np.nan)[:, None],
        interval_at=at,
        decide_at=at,
        n_eligible=count[:, None],
        n_effective=units[:, None],
        method=method + (m.of.dependence if dependence is None else dependence),
    )
