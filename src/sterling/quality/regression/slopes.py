"""Metrics of models that predict a number as functions of the totals of the basis: values, and slopes by each total.

Values have shape (slices,), slopes (slices, basis); both are in the metric's own unit. A mean is a ratio of totals,
linearised (Särndal, Swensson and Wretman 1992, 5.6).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.quality.regression.measured import RegressionMeasured
from sterling.quality.regression.rows import PLACE
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Sloped = tuple[Floats, Floats]
_EMPTY = 1e-12
"""A sum of squares about the mean below this share of the sum of squares about the centre is rounding."""

MEANS = {
    "average_label": ("y", "one"), "average_prediction": ("f", "all"), "mean_error": ("e", "one"),
    "mean_absolute_error": ("abs", "one"), "mean_squared_error": ("ee", "one"),
    "root_mean_squared_error": ("ee", "one"), "mean_absolute_percentage_error": ("relative", "nonzero"),
    "mean_squared_log_error": ("log", "one"),
}  # fmt: skip
"""What is averaged, and among which rows."""


def unit(m: RegressionMeasured, name: str) -> tuple[float, float]:
    """What a mean in units of `Scale` is multiplied by, and what is then added."""
    scale = m.scale
    match name:
        case "average_label" | "average_prediction":
            return 2.0**scale.exponent, scale.centre
        case "mean_squared_error":
            return 4.0**scale.error, 0.0
        case "mean_absolute_percentage_error":
            return 2.0**scale.relative, 0.0
        case "mean_squared_log_error":
            return 4.0**scale.log, 0.0
        case _:
            return 2.0**scale.error, 0.0


def mean(m: RegressionMeasured, name: str) -> Sloped:
    """One of `MEANS`, or its root."""
    what, among = MEANS[name]
    value = divide(m.of.total(what), m.of.total(among))
    slope = np.zeros_like(m.of.sums)
    slope[:, PLACE[what]], slope[:, PLACE[among]] = divide(1.0, m.of.total(among)), -divide(value, m.of.total(among))
    if name == "root_mean_squared_error":
        value = np.sqrt(value)
        slope = divide(slope, 2 * value[:, None])
    size, shift = unit(m, name)
    return value * size + shift, slope * size


def unexplained(m: RegressionMeasured) -> Sloped:
    """1 - R²: squared errors over the labels' squared distances from their mean."""
    label, slope_of_label = _about_mean(m, "y", "yy")
    errors = np.ldexp(m.of.total("ee"), 2 * (m.scale.error - m.scale.exponent))
    ratio = divide(errors, label)
    slope = -ratio[:, None] * divide(slope_of_label, label[:, None])
    slope[:, PLACE["ee"]] += divide(2.0 ** (2 * (m.scale.error - m.scale.exponent)), label)
    return ratio, slope


def r2(m: RegressionMeasured) -> Sloped:
    ratio, slope = unexplained(m)
    return 1 - ratio, -slope


def correlation(m: RegressionMeasured) -> Sloped:
    """Pearson's correlation of label and prediction."""
    ratio = 2.0 ** (m.scale.error - m.scale.exponent)
    label, of_label = _about_mean(m, "y", "yy")
    errors, of_errors = _about_mean(m, "e", "ee")
    both, of_both = _about_means(m)
    shared, of_shared = label + ratio * both, of_label + ratio * of_both
    predicted = label + 2 * ratio * both + ratio**2 * errors
    of_predicted = of_label + 2 * ratio * of_both + ratio**2 * of_errors
    predicted = np.where(predicted > _EMPTY * label, predicted, 0.0)
    root = np.sqrt(label * predicted)
    value = np.clip(divide(shared, root), -1.0, 1.0)
    known = np.where(root > 0, root, np.nan)
    slope = of_shared / known[:, None]
    for total, of_total in ((label, of_label), (predicted, of_predicted)):
        slope = slope - (value / 2 / np.where(total > 0, total, np.nan))[:, None] * of_total
    return value, slope


def squared_correlation(m: RegressionMeasured) -> Sloped:
    value, slope = correlation(m)
    return value**2, 2 * value[:, None] * slope


def _about_mean(m: RegressionMeasured, first: str, second: str) -> Sloped:
    """The sum of squares about the mean, and its slope by each total of the basis."""
    n, middle = m.of.total("one"), divide(m.of.total(first), m.of.total("one"))
    squares = m.of.total(second) - n * middle**2
    slope = np.zeros_like(m.of.sums)
    slope[:, PLACE[second]], slope[:, PLACE[first]], slope[:, PLACE["one"]] = 1.0, -2 * middle, middle**2
    return np.where(squares > _EMPTY * m.of.total(second), squares, 0.0), slope


def _about_means(m: RegressionMeasured) -> Sloped:
    """The sum of products of label and error about their means, and its slope."""
    n = m.of.total("one")
    y, e = divide(m.of.total("y"), n), divide(m.of.total("e"), n)
    slope = np.zeros_like(m.of.sums)
    slope[:, PLACE["ye"]], slope[:, PLACE["y"]], slope[:, PLACE["e"]] = 1.0, -e, -y
    slope[:, PLACE["one"]] = y * e
    return m.of.total("ye") - n * y * e, slope


SLOPED: dict[str, Callable[[RegressionMeasured], Sloped]] = {
    **{name: partial(mean, name=name) for name in MEANS}, "r2": r2, "correlation": correlation,
    "squared_correlation": squared_correlation,
}  # fmt: skip
"""Metrics that are smooth functions of totals: all but the quantiles of errors."""


def rows_of(name: str) -> str:
    """Which rows a metric is taken among, by their name in the basis."""
    return MEANS[name][1] if name in MEANS else "one"
