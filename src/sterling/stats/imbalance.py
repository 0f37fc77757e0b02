"""How unequal shares are, and how far from a reference: measures of one table of counts, with intervals.

Every one is a divergence, smallest where the shares are the reference, so that chance alone makes it larger than 0: the
intervals are those of `divergence`, whose lower ends know that. A reference that is given as exact counts as a sample
without end. The value is the measure of the shares as they are; its expectation is a little more than the
population's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from sterling.stats.arrays import Array
from sterling.stats.divergence import _effect as divergence_effect
from sterling.stats.divergence import _Expanded as Expanded
from sterling.stats.divergence import (
    jensen_shannon,
    jensen_shannon_effect,
    l_infinity,
    l_infinity_effect,
    total_variation,
    total_variation_effect,
)
from sterling.stats.effect import Effect
from sterling.stats.transport import Moments, noise, wasserstein_effect

EXACT = 1e12
"""A reference that is exact weighs as if so many rows had been seen."""


def reference_counts(shares: Array, n: float | None) -> Array:
    """Shares as counts: of a sample of n, or (None) exact."""
    return shares * (EXACT if n is None else n)


def kullback_leibler(a: Array, b: Array) -> tuple[float, Effect | None]:
    """sum p ln(p / r), from counts a of the table and b of the reference; infinite where the reference has nobody.

    Source: Kullback and Leibler 1951, Annals of Mathematical Statistics 22:79.
    """
    return _divergence(a, b, _kullback, shown=lambda v: max(v, 0.0), local=0.5)


def theil_t(a: Array) -> tuple[float, Effect | None]:
    """Theil's T of shares of equal groups: the mean of (x / mean) ln(x / mean), from 0 to ln k.

    It is the divergence of the shares from equal ones. Source: Theil 1967, Economics and Information Theory, chapter 4.
    """
    return kullback_leibler(a, reference_counts(_equal(a), None))


def theil_l(a: Array) -> tuple[float, Effect | None]:
    """Theil's L, the mean log deviation: the mean of ln(mean / x), from 0 on; infinite where a group has nobody.

    It is the divergence of equal shares from those seen. Source: Theil 1967, Economics and Information Theory.
    """
    return _divergence(a, reference_counts(_equal(a), None), _leibler, shown=lambda v: max(v, 0.0), local=0.5)


def atkinson(a: Array) -> tuple[float, Effect | None]:
    """Atkinson's index with inequality aversion 1: 1 - geometric mean / mean, from 0 to 1.

    It is 1 - exp(-L) with Theil's L. Source: Atkinson 1970, Journal of Economic Theory 2:244.
    """
    if bool((a <= 0).any()):
        return 1.0, None
    equal = reference_counts(_equal(a), None)
    return _divergence(a, equal, _leibler, shown=lambda v: -math.expm1(-max(v, 0.0)), local=0.5)


def pearson(a: Array, b: Array) -> tuple[float, Effect | None]:
    """Pearson's statistic of the counts a against the shares of b, with bounds of what it is expected to be.

    It grows with the number of rows: the p-value of `goodness` is what it is for.
    """
    n, df = float(a.sum()), len(a) - 1
    m = float(b.sum())
    size = n if m >= EXACT / 2 else n * m / (n + m)
    value, effect = _divergence(a, b, _neyman, shown=lambda v: df + size * max(v, 0.0), local=1.0)
    return (size * _neyman(a / n, b / b.sum()).value if effect is not None else value), effect


def wasserstein_steps(a: Array, b: Array) -> tuple[float, Effect]:
    """How many steps people have to move, on average, from group to next group to turn one distribution into the other.

    For groups with an order (ranges): from 0 to k - 1. Source: Vallender 1974, Theory of Probability 18:784.
    """
    p, r = a / a.sum(), b / b.sum()
    f, g = np.cumsum(p)[:-1], np.cumsum(r)[:-1]
    value = float(np.abs(f - g).sum())
    x = np.arange(len(a), dtype=np.float64)
    sides = [_moments(x, share, float(c.sum())) for share, c in ((p, a), (r, b))]
    added = noise(x, np.append(f, 1.0), np.append(g, 1.0), sides[0].n, sides[1].n)
    return value, wasserstein_effect(value, sides[0], sides[1], added)


def _moments(x: Array, share: Array, n: float) -> Moments:
    mean = float(np.sum(x * share))
    return Moments(n=n, mean=mean, std=math.sqrt(max(float(np.sum(share * (x - mean) ** 2)), 0.0)))


def distances(a: Array, b: Array, *, ordered: bool) -> dict[str, tuple[float, Effect | None]]:
    """Every measure of the distance between the counts a of the table and b of a reference, by name.

    Between groups without an order every move is one step: Wasserstein's distance is then the total variation.
    """
    return {
        "kullback_leibler": kullback_leibler(a, b),
        "jensen_shannon_distance": (jensen_shannon(a, b), jensen_shannon_effect(a, b)),
        "wasserstein": wasserstein_steps(a, b) if ordered else (total_variation(a, b), total_variation_effect(a, b)),
        "infinity_norm": (l_infinity(a, b), l_infinity_effect(a, b)),
        "total_variation": (total_variation(a, b), total_variation_effect(a, b)),
        "chi_square": pearson(a, b),
    }


def inequalities(a: Array) -> dict[str, tuple[float, Effect | None]]:
    """Every measure of how unequal the groups are in size, by name."""
    return {"atkinson": atkinson(a), "theil_l": theil_l(a), "theil_t": theil_t(a)}


def _equal(a: Array) -> Array:
    return np.full(len(a), 1.0 / len(a))


def _divergence(
    a: Array, b: Array, of: Callable[[Array, Array], Expanded], *, shown: Callable[[float], float], local: float
) -> tuple[float, Effect | None]:
    p, r = a / a.sum(), b / b.sum()
    value = of(p, r).value
    if not math.isfinite(value):
        return value, None
    return shown(value), divergence_effect(a, b, of, local=local, shown=shown, most=math.inf)


def _kullback(p: Array, r: Array) -> Expanded:
    if bool(((p > 0) & (r <= 0)).any()):
        return Expanded(math.inf, p, r, 0.0, 0.0)
    ratio = np.where((p > 0) & (r > 0), p / np.where(r > 0, r, 1.0), 1.0)
    log = np.log(ratio)
    some = r > 0
    slope_q = np.where(some, -p / np.where(some, r, 1.0), 0.0)
    added_p = 0.5 * float(np.sum((1.0 - p)[some]))
    added_q = 0.5 * float(np.sum((p * (1.0 - r) / np.where(some, r, 1.0))[some]))
    return Expanded(float(np.sum(np.where(p > 0, p * log, 0.0))), log, slope_q, added_p, added_q)


def _neyman(p: Array, r: Array) -> Expanded:
    """The sum of (p - r)^2 / r."""
    if bool((r <= 0).any()):
        return Expanded(math.inf, p, r, 0.0, 0.0)
    slope_p, slope_q = 2.0 * (p - r) / r, 1.0 - (p / r) ** 2
    added_p, added_q = float(np.sum(p * (1.0 - p) / r)), float(np.sum(p * p * (1.0 - r) / r**2))
    return Expanded(float(np.sum((p - r) ** 2 / r)), slope_p, slope_q, added_p, added_q)


def _leibler(p: Array, r: Array) -> Expanded:
    """The divergence the other way round: sum r ln(r / p)."""
    if bool(((r > 0) & (p <= 0)).any()):
        return Expanded(math.inf, p, r, 0.0, 0.0)
    other = _kullback(r, p)
    return Expanded(other.value, other.slope_q, other.slope_p, other.added_q, other.added_p)
