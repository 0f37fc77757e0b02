"""How strongly a label goes with one group and with another: measures of two groups, less one another.

With x the share of rows in a group, y the share with a positive label and a the share with both, every measure is a
function m(a, x, y); what is told of two groups is m of the first less m of the second. Intervals rest on the counts of
all groups and labels as one multinomial draw (delta method), but where a closed form holds at small counts it is used.

Source: Aka, Burke, Bauerle, Greer and Mitchell 2021, Measuring Model Biases in the Absence of Ground Truth, AIES.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.bounded import bounded_z
from sterling.stats.difference import newcombe
from sterling.stats.normal import z
from sterling.stats.proportion import wilson
from sterling.stats.ratio import ratio_score

Floats = NDArray[np.float64]


class Slopes(NamedTuple):
    """A measure of one group, and how it grows with a, x and y."""

    value: float
    a: float
    x: float
    y: float


class Apart(NamedTuple):
    """A measure of the first group less that of the second, with its interval and how it was found."""

    value: float
    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Effective counts: rows with a positive label and all labelled rows of each group, shape (groups,)."""

    positive: Floats
    n: Floats

    @property
    def total(self) -> float:
        return float(self.n.sum())


def _dice(a: float, x: float, y: float) -> Slopes:
    both = x + y
    return Slopes(2 * a / both, 2 / both, -2 * a / both**2, -2 * a / both**2)


def _jaccard(a: float, x: float, y: float) -> Slopes:
    union = x + y - a
    return Slopes(a / union, (x + y) / union**2, -a / union**2, -a / union**2)


def _kendall(a: float, x: float, y: float) -> Slopes:
    spread = math.sqrt(x * (1 - x) * y * (1 - y))
    if spread == 0:
        return Slopes(math.nan, 0.0, 0.0, 0.0)
    value = (a - x * y) / spread
    by_x = -y / spread - value * (1 - 2 * x) / (2 * x * (1 - x))
    by_y = -x / spread - value * (1 - 2 * y) / (2 * y * (1 - y))
    return Slopes(value, 1 / spread, by_x, by_y)


def _t_test(a: float, x: float, y: float) -> Slopes:
    root = math.sqrt(x * y)
    if root == 0:
        return Slopes(math.nan, 0.0, 0.0, 0.0)
    value = (a - x * y) / root
    return Slopes(value, 1 / root, -y / root - value / (2 * x), -x / root - value / (2 * y))


DELTA: dict[str, tuple[Callable[[float, float, float], Slopes], float]] = {
    "sorensen_dice": (_dice, 1.0),
    "jaccard": (_jaccard, 1.0),
    "kendall_rank_correlation": (_kendall, 2.0),
    "t_test": (_t_test, 2.0),
}
"""Measures whose interval is the delta method's, and how large a difference of two groups can be."""
MEASURES = ("demographic_parity", "pointwise_mutual_information", "log_likelihood_ratio", *DELTA)


def measures(table: Table, first: int, second: int, *, level: float) -> Iterator[tuple[str, Apart]]:
    """Every measure of two groups by name; NaN where one is undefined (no positive label in a group, say)."""
    (h1, n1), (h2, n2) = ((float(table.positive[i]), float(table.n[i])) for i in (first, second))
    if not (n1 > 0 and n2 > 0):  # rows without any weight are nobody's
        yield from ((name, Apart(math.nan, math.nan, math.nan, "")) for name in MEASURES)
        return
    at = newcombe(h1, n1, h2, n2, level=level)
    yield "demographic_parity", Apart(h1 / n1 - h2 / n2, float(at.low), float(at.high), "Newcombe interval")
    part = ratio_score(h1, n1, h2, n2, level=level)
    yield "pointwise_mutual_information", _logged(h1 / n1, h2 / n2, part.low, part.high, "score interval of a ratio")
    yield "log_likelihood_ratio", _of_positives(h1, h2, level)
    for name, (measure, most) in DELTA.items():
        yield name, _linearised(table, first, second, measure, most, level)


def _logged(first: float, second: float, low: NDArray[np.float64], high: NDArray[np.float64], how: str) -> Apart:
    if not (first > 0 and second > 0):
        return Apart(math.nan, math.nan, math.nan, how)
    return Apart(math.log(first / second), math.log(float(low)), math.log(float(high)), how + ", its logarithm")


def _of_positives(h1: float, h2: float, level: float) -> Apart:
    """ln P(first | Y) / P(second | Y): the log odds of the first among the positive labels of the two."""
    how = "Wilson interval of the share among positive labels, its log odds"
    if not (h1 > 0 and h2 > 0):
        return Apart(math.nan, math.nan, math.nan, how)
    at = wilson(h1, h1 + h2, level=level)
    low, high = (float(v) for v in at)
    return Apart(math.log(h1 / h2), math.log(low / (1 - low)), math.log(high / (1 - high)), how)


def _linearised(
    table: Table, first: int, second: int, measure: Callable[[float, float, float], Slopes], most: float, level: float
) -> Apart:
    total, y = table.total, float(table.positive.sum()) / table.total
    how = "delta method for multinomial counts, kept within the scale"
    one, two = (measure(float(table.positive[i]) / total, float(table.n[i]) / total, y) for i in (first, second))
    value = one.value - two.value
    if not math.isfinite(value):
        return Apart(math.nan, math.nan, math.nan, how)
    # Slopes by each cell of the table: column 0 negative labels, column 1 positive ones.
    slope = np.zeros((len(table.n), 2))
    slope[:, 1] = one.y - two.y
    slope[first] += one.x
    slope[first, 1] += one.a
    slope[second] -= two.x
    slope[second, 1] -= two.a
    share = np.stack([table.n - table.positive, table.positive], axis=1) / total
    variance = max(float((share * slope**2).sum() - (share * slope).sum() ** 2), 0.0) / total
    at = bounded_z(value, variance, float(table.n[first] + table.n[second]), z(level), low=-most, high=most)
    return Apart(value, float(at.low), float(at.high), how)
