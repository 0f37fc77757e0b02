"""What was added up of columns, as metrics: means, totals, shares of sizes, and the same of all other rows.

A mean is a ratio of totals, linearised for weights and clusters (Särndal, Swensson and Wretman 1992, 5.6); Student's t
stands for the normal at the number of independent rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import ScoreMetric
from sterling.core.rates import MetricInfo
from sterling.core.slices import Slice
from sterling.engine.amounts.summing import Summing
from sterling.engine.quantity import Quantity
from sterling.stats.arrays import Interval, divide
from sterling.stats.bounded import bounded_z
from sterling.stats.means import positive_mean_z, student
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import effective_n, few_clusters, kish_n

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Sums by slice, each of shape (slices,): Σw of every number, Σw² of products, rows, and clusters if there are any.

    With clusters `products` are sums over clusters of products of their totals.
    """

    sums: Mapping[str, Floats]
    products: Mapping[tuple[str, str], Floats]
    counts: Mapping[str, Ints]
    clusters: Mapping[str, Ints] | None = None

    def units(self, among: str) -> Floats:
        """What the rows are worth as independent ones of equal weight."""
        if self.clusters is not None:
            return self.clusters[among].astype(np.float64)
        return kish_n(self.sums[among], self.products[among, among])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amounts:
    """The columns of a table by slice. `rest` are the totals of all rows outside of each slice.

    `unit`: what one of the weights in `Totals` stands for.
    """

    summing: Summing
    slices: tuple[Slice, ...]
    within: Totals
    rest: Totals
    weighted: bool
    unit: float

    def quantity(self, metric: ScoreMetric) -> Quantity:
        """`mean(age)` and its kin. Raises ConfigError for a column that was not added up."""
        assert metric.column is not None
        if metric.column not in self.summing.columns:
            raise ConfigError(f"the column {shown(metric.column)!r} was not added up", hint="name it in the plan")
        return self._mean(self.within, metric, self.summing.place(metric.column))

    def of_rest(self, metric: ScoreMetric) -> Quantity:
        """The same of all rows outside of each slice."""
        assert metric.column is not None
        return self._mean(self.rest, metric, self.summing.place(metric.column))

    def share(self, info: MetricInfo, column: str, among: tuple[str, ...]) -> Quantity:
        """Of the sizes of some columns, added up, the part that is one's; among rows that lack none of them."""
        places = {self.summing.place(c) for c in among}
        s = next(i for i, some in enumerate(self.summing.together) if set(some) == places)
        k = self.summing.place(column)
        every, part, whole = f"set {s} all", f"set {s} part {k}", f"set {s} whole"
        value, variance, units = _ratio(self.within, part, every, whole)
        enough = units > 1
        value = np.where(enough, value, np.nan)

        def at(critical: ArrayLike) -> Interval:
            reach = _t(critical, units)
            found = bounded_z(value[:, None], variance[:, None], units[:, None], reach)
            return Interval(*(np.where(enough[:, None], end, np.nan) for end in found))

        return self._made(info, self.within, value, at, whole, "linearised, bounded by 0 and 1, Student's t")

    def _mean(self, totals: Totals, metric: ScoreMetric, k: int) -> Quantity:
        amount, one = self.summing.amounts[k], f"{k} one"
        absolute = metric.base.endswith("absolute")
        what, exponent, shift = (
            (f"{k} size", amount.size_exponent, amount.size_centre)
            if absolute
            else (f"{k} value", amount.exponent, amount.centre)
        )
        mean, variance, units = _ratio(totals, what, one, one)
        mean, variance = np.ldexp(mean, exponent) + shift, np.ldexp(variance, 2 * exponent)
        mean = np.where(units > 1, mean, np.nan)
        times = totals.sums[one] * self.unit if metric.base.startswith("total") else np.ones(len(mean))
        if amount.share:
            return self._share_of_rows(metric, totals, np.clip(mean, 0.0, 1.0), variance, times, one)
        variance = _unless_all_equal(variance, units, self._spread_of_all(what, one, exponent))

        def at(critical: ArrayLike) -> Interval:
            if absolute:
                low, high = positive_mean_z(mean[:, None], (variance * units)[:, None], units[:, None], critical)
            else:
                reach = _t(critical, units) * np.sqrt(variance)[:, None]
                low, high = mean[:, None] - reach, mean[:, None] + reach
            return Interval(low * times[:, None], high * times[:, None])

        method = "Student interval on the log scale" if absolute else "Student interval"
        if metric.base.startswith("total"):
            method += " of the mean, times the rows"
        return self._made(metric.info, totals, mean * times, at, one, method)

    def _share_of_rows(
        self, metric: ScoreMetric, totals: Totals, share: Floats, variance: Floats, times: Floats, one: str
    ) -> Quantity:
        """The mean of zeros and ones: Student's interval would be closed where a group has none or all of them."""
        units, clusters = totals.units(one), totals.clusters
        size = units
        if clusters is not None or self.weighted:
            plain = variance if clusters is not None else variance * divide(units - 1, units)
            size = np.fmin(effective_n(share, plain, units), totals.counts[one])

        def bounds(of: Callable[..., Interval]) -> Callable[[ArrayLike], Interval]:
            def at(critical: ArrayLike) -> Interval:
                n = size[:, None] if clusters is None else few_clusters(size[:, None], critical, units[:, None])
                low, high = of(share[:, None], n, critical)
                return Interval(low * times[:, None], high * times[:, None])

            return at

        method = "Wilson score interval" + (" times the rows" if metric.base.startswith("total") else "")
        made = self._made(metric.info, totals, share * times, bounds(wilson_value), one, method)
        return replace(made, decide_at=bounds(exact_value))

    def _spread_of_all(self, what: str, one: str, exponent: int) -> float:
        """The variance of a number among everyone, as of one independent row."""
        _, variance, units = _ratio(self.within, what, one, one)
        return float(np.ldexp(variance[0] * units[0], 2 * exponent))

    def _made(
        self, info: MetricInfo, totals: Totals, value: Floats, at: Callable[[ArrayLike], Interval], among: str,
        method: str,
    ) -> Quantity:  # fmt: skip
        units, count = totals.units(among), totals.counts[among]
        if totals.clusters is not None:
            count = np.where(units > 1, count, np.minimum(count, totals.clusters[among]))
            method += ", clusters linearised"
        elif self.weighted:
            method += ", weights linearised"
        return Quantity(
            info=info, value=value[:, None], interval_at=at, decide_at=at, n_eligible=count[:, None],
            n_effective=units[:, None], method=method,
        )  # fmt: skip

    def of_slices(self, slices: tuple[Slice, ...]) -> Amounts:
        """The same for slices in another order, some of them perhaps left out."""
        if slices == self.slices:
            return self
        place = {s: i for i, s in enumerate(self.slices)}
        rows = np.array([place[s] for s in slices], dtype=np.int64)
        return replace(self, slices=slices, within=_picked(self.within, rows), rest=_picked(self.rest, rows))


def _ratio(totals: Totals, what: str, among: str, counted: str) -> tuple[Floats, Floats, Floats]:
    """Σw what / Σw among, its linearised variance, and how many independent rows of `counted` stand behind it."""
    sums, products = totals.sums, totals.products
    ratio = divide(sums[what], sums[among])
    squares = products[what, what] - 2 * ratio * products[among, what] + ratio**2 * products[among, among]
    units = totals.units(counted)
    variance = divide(np.maximum(squares, 0.0), sums[among] ** 2) * divide(units, units - 1)
    return ratio, variance, units


def _unless_all_equal(variance: Floats, units: Floats, of_all: float) -> Floats:
    """A few equal numbers are no certainty: where all of a slice's are, they are taken for as spread as everyone's."""
    return np.where(variance * units > _ROUNDING * of_all, variance, divide(np.full_like(units, of_all), units))


def _t(critical: ArrayLike, units: Floats) -> Floats:
    return student(critical, np.maximum(units - 1, 1.0)[:, None])


def _picked(totals: Totals, rows: Ints) -> Totals:
    clusters = totals.clusters
    return Totals(
        sums={name: total[rows] for name, total in totals.sums.items()},
        products={pair: total[rows] for pair, total in totals.products.items()},
        counts={name: n[rows] for name, n in totals.counts.items()},
        clusters=None if clusters is None else {name: n[rows] for name, n in clusters.items()},
    )
