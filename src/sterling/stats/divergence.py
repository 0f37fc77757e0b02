"""How far apart two distributions over the same cells are: from counts to a distance with an interval.

Plug-in distances are too large: even between equal populations they grow with the number of cells over the number
of rows. So what chance adds (the second-order term of the expansion) is taken off, and the interval is that of a
noncentral chi-squared variable: near equality these distances *are* scaled chi-squared statistics. Further out their
variance is another; the interval is stretched by the root of the ratio (the delta method's variance over the
local one).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from sterling.stats.arrays import Array
from sterling.stats.difference import square_and_add
from sterling.stats.effect import Effect
from sterling.stats.homogeneity import chi_square
from sterling.stats.noncentral import central_sf, shift_high, shift_low
from sterling.stats.normal import sidak, z
from sterling.stats.proportion import clopper_pearson_z, wilson_z

FEWEST = 3
"""A cell with fewer rows than this in one sample leaves the stability index without an upper bound."""
FLOOR = 1e-4
"""The share that a smaller one is taken as by the plain stability index, as credit risk does."""
_CLOSE = 64
"""Of so many cells, those that stand out most, the exact limits are worked out."""


class _Expanded(NamedTuple):
    """A divergence of shares: its value, its slopes by each share, and half its curvature times the share."""

    value: float
    slope_p: Array
    slope_q: Array
    added_p: float
    added_q: float


def jensen_shannon(a: Array, b: Array) -> float:
    """The Jensen-Shannon distance between two vectors of counts: from 0 to 1 (base 2). NaN where one is empty.

    Source: Lin 1991, IEEE Transactions on Information Theory 37:145; Endres and Schindelin 2003 (the root is a metric).
    """
    if not a.sum() or not b.sum():
        return math.nan
    return math.sqrt(max(_lin(a / a.sum(), b / b.sum()).value, 0.0) / math.log(2.0))


def psi(a: Array, b: Array) -> float:
    """The population stability index: the sum of (p - q) ln(p / q), in which no share may be 0.

    Half a row is added to every cell where one is empty. NaN where a sample is empty. It is Jeffreys' divergence.
    Source: Siddiqi 2006, Credit Risk Scorecards.
    """
    if not a.sum() or not b.sum():
        return math.nan
    a, b = _filled(a, b)
    return _jeffreys(a / a.sum(), b / b.sum()).value


def psi_plain(a: Array, b: Array, *, floor: float = FLOOR) -> float:
    """The stability index as credit risk works it out: shares below `floor` are taken as `floor`, chance is left in.

    NaN where a sample is empty. No population is meant: it is a number of these rows.
    """
    if not a.sum() or not b.sum():
        return math.nan
    some = (a + b) > 0
    p, q = (np.maximum(c[some] / c.sum(), floor) for c in (a, b))
    return float(np.sum((p - q) * np.log(p / q)))


def l_infinity(a: Array, b: Array) -> float:
    """The largest difference in the share of any one cell. NaN where a sample is empty."""
    if not a.sum() or not b.sum():
        return math.nan
    return float(np.max(np.abs(a / a.sum() - b / b.sum())))


def total_variation(a: Array, b: Array) -> float:
    """Half the sum of the differences of shares: the largest difference in the share of any set of cells."""
    if not a.sum() or not b.sum():
        return math.nan
    return float(np.abs(a / a.sum() - b / b.sum()).sum() / 2.0)


def _filled(a: Array, b: Array) -> tuple[Array, Array]:
    some = (a + b) > 0
    a, b = a[some], b[some]
    return (a + 0.5, b + 0.5) if bool((a == 0).any() or (b == 0).any()) else (a, b)


def _lin(p: Array, q: Array) -> _Expanded:
    both = p + q
    safe = np.where(both > 0, both, 1.0)
    slope_p = 0.5 * np.log(np.where(p > 0, 2.0 * p / safe, 1.0))
    slope_q = 0.5 * np.log(np.where(q > 0, 2.0 * q / safe, 1.0))
    added_p = float(np.sum(0.25 * q * (1.0 - p) / safe))
    added_q = float(np.sum(0.25 * p * (1.0 - q) / safe))
    return _Expanded(float(np.sum(p * slope_p + q * slope_q)), slope_p, slope_q, added_p, added_q)


def _jeffreys(p: Array, q: Array) -> _Expanded:
    ratio = p / q
    log = np.log(ratio)
    added_p = float(np.sum(0.5 * (1.0 + 1.0 / ratio) * (1.0 - p)))
    added_q = float(np.sum(0.5 * (1.0 + ratio) * (1.0 - q)))
    slope_p, slope_q = log + 1.0 - 1.0 / ratio, -log + 1.0 - ratio
    return _Expanded(float(np.sum((p - q) * log)), slope_p, slope_q, added_p, added_q)


def jensen_shannon_effect(a: Array, b: Array) -> Effect:
    """The distance of `jensen_shannon` less what chance adds, with its interval; counts may be effective ones."""
    log2 = math.log(2.0)
    return _effect(a, b, _lin, local=1.0 / 8.0, shown=lambda v: math.sqrt(min(max(v, 0.0) / log2, 1.0)), most=log2)


def psi_effect(a: Array, b: Array) -> Effect:
    """The index of `psi` less what chance adds, with its interval; counts may be effective ones.

    Where a cell has fewer than `FEWEST` rows in one sample its share may be next to nothing and the index of the
    population without end: the upper bound is infinite.
    """
    some = (a + b) > 0
    bounded = bool(np.minimum(a[some], b[some]).min() >= FEWEST)
    a, b = _filled(a, b)
    return _effect(a, b, _jeffreys, local=1.0, shown=lambda v: max(v, 0.0), most=math.inf, bounded=bounded)


def _effect(
    a: Array, b: Array, of: Callable[[Array, Array], _Expanded], *, local: float, shown: Callable[[float], float],
    most: float, bounded: bool = True,
) -> Effect:  # fmt: skip
    """`local`: the divergence over sum (p - q)^2 / (pooled share), close to equality."""
    n, m = float(a.sum()), float(b.sum())
    p, q = a / n, b / m
    found = of(p, q)
    added = found.added_p / n + found.added_q / m
    size = n * m / (n + m) / local
    variance = _variance(p, found.slope_p) / n + _variance(q, found.slope_q) / m
    usual = 4.0 * found.value / size
    stretch = math.sqrt(max(variance / usual, 0.25)) if usual > 1e-14 and size * usual > 1e-9 else 1.0
    middle = max(found.value - added, 0.0)
    statistic, df = found.value * size, max(added * size, 1e-9)
    pearson = chi_square(a, b)

    @cache
    def low(over: float) -> float:
        least = shift_low(statistic, df, over) / size
        if least > 0 and central_sf(pearson, float(len(a) - 1)) > over:
            least = 0.0  # Pearson's statistic keeps its level with fewer rows in a cell than the others do
        return shown(max(middle - stretch * (middle - min(least, middle)) if least > 0 else 0.0, 0.0))

    @cache
    def high(within: float) -> float:
        far = max(shift_high(max(statistic, df), df, within) / size, middle)
        return shown(min(middle + stretch * (far - middle), most))

    def at(over: float, within: float) -> tuple[float, float]:
        return low(over), high(within) if bounded else math.inf

    method = "less what chance adds; noncentral chi-squared distribution, stretched to the delta method's variance"
    return Effect(value=shown(middle), at=at, method=method)


def _variance(share: Array, slope: Array) -> float:
    return max(float(np.sum(share * slope**2) - np.sum(share * slope) ** 2), 0.0)


def l_infinity_effect(a: Array, b: Array) -> Effect:
    """The largest difference in one cell's share.

    At least: the largest lower bound of any cell when all hold together (Sidak, on Clopper-Pearson limits, squared and
    added). At most: the largest upper bound of any cell, each one-sided: the cell that differs most is one of them, so
    no correction is due. A cell that neither sample has seen is among them.
    """
    n, m = float(a.sum()), float(b.sum())
    apart = np.abs(a / n - b / m)
    value = float(apart.max())
    first = np.argsort(-apart, kind="stable")[:_CLOSE]

    def exact(cells: tuple[Array, Array], critical: float) -> tuple[Array, Array]:
        x, y = cells
        i, j = clopper_pearson_z(x, n, critical), clopper_pearson_z(y, m, critical)
        return square_and_add(x / n, i.low, i.high, y / m, j.low, j.high)

    @cache
    def low(over: float) -> float:
        gap = exact((a[first], b[first]), sidak(1.0 - over, len(a), 2))
        return min(max(float(np.max(np.maximum(gap[0], -gap[1]))), 0.0), value)

    @cache
    def high(within: float) -> float:
        critical = z(1.0 - within, 1)
        i, j = wilson_z(a, n, critical), wilson_z(b, m, critical)
        near = square_and_add(a / n, i.low, i.high, b / m, j.low, j.high)
        width = np.maximum(near.high, -near.low)
        widest = np.argsort(-width, kind="stable")[:_CLOSE]
        ends = exact((np.append(a[widest], 0.0), np.append(b[widest], 0.0)), critical)
        most = max(float(np.max(np.maximum(ends[1], -ends[0]))), float(width.max()))
        return min(max(most, value), 1.0)

    def at(over: float, within: float) -> tuple[float, float]:
        return low(over), high(within)

    return Effect(value=value, at=at, method="Clopper-Pearson limits of each cell, squared and added")


def total_variation_effect(a: Array, b: Array, *, one: Effect | None = None) -> Effect:
    """The total variation of `total_variation`, chance left in, with bounds of any number of cells.

    It is the largest difference in the share of any set of cells, and that set is fixed: so it is at most the statistic
    plus the bound of one difference of shares. At least: what is left when the noise, which adds at most its mean
    absolute size in every cell, is taken off (at half the chance of error); and never less than the bound of one cell,
    which is `one`, the `l_infinity_effect` of the same counts, where that is known already.
    """
    n, m = float(a.sum()), float(b.sum())
    p, q = a / n, b / m
    apart = np.abs(p - q)
    spread = np.sqrt(p * (1.0 - p) / n + q * (1.0 - q) / m)
    one = one or l_infinity_effect(a, b)
    seen = max(float(apart.sum() / 2.0), one.value)
    noise = float(math.sqrt(2.0 / math.pi) * spread.sum() / 2.0)
    scale = 0.5 * math.sqrt(1.0 / n + 1.0 / m)

    def at(over: float, within: float) -> tuple[float, float]:
        low = max(seen - noise - z(1.0 - over / 2.0, 1) * scale, one.at(over, within)[0])
        high = seen + z(1.0 - within, 1) * scale + 0.5 / n + 0.5 / m
        return min(max(low, 0.0), seen), max(min(high, 1.0), seen)

    method = "of these rows, chance left in; at least: less what chance adds, or one value's own bound"
    return Effect(value=seen, at=at, method=f"{method}; at most: the bound of one difference of shares")
