"""Two samples of categories: do they come from one distribution?"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sterling.stats.arrays import Array
from sterling.stats.association import largest_phi
from sterling.stats.effect import Effect
from sterling.stats.noncentral import shift_high, shift_low
from sterling.stats.special import chi2_sf

LEAST = 5.0
"""Cells that are expected less often than this are taken together: Cochran's rule."""
SHUFFLES = 9_999
FEW_ROWS = 2_000
"""Up to so many rows a table with rare cells is tested by dealing its rows anew, not by the limit."""


class Pooled(NamedTuple):
    """Counts of both samples with rare cells taken together as the last one. `rare`: how many were."""

    a: Array
    b: Array
    rare: int


class Test(NamedTuple):
    """A test of homogeneity: statistic, degrees of freedom (0: one cell), p-value and how it was found."""

    statistic: float
    df: int
    p: float
    method: str


def pooled_rare(a: Array, b: Array, *, least: float = LEAST) -> Pooled:
    """Cells whose expected count in either sample is below `least` become one, and one more if that is rare as well.

    Which cells these are depends on the sums of both samples alone, so that tests keep their level.
    """
    total = a + b
    all_rows = float(total.sum())
    smaller = min(float(a.sum()), float(b.sum())) / all_rows if all_rows else 0.0
    rare = total * smaller < least
    if not rare.any():
        return Pooled(a, b, 0)
    kept = np.flatnonzero(~rare)
    if kept.size and float(total[rare].sum()) * smaller < least:
        rare[kept[np.argmin(total[kept])]] = True
    first = np.append(a[~rare], a[rare].sum())
    second = np.append(b[~rare], b[rare].sum())
    return Pooled(first, second, int(rare.sum()))


def chi_square(a: Array, b: Array) -> float:
    """Pearson's statistic of the table with the rows a and b; 0 where one sample is empty."""
    n, m = float(a.sum()), float(b.sum())
    total = a + b
    some = total > 0
    if not n or not m:
        return 0.0
    apart = a[some] / n - b[some] / m
    return float(np.sum(apart**2 / total[some]) * n * m)


def homogeneity(a: Array, b: Array, *, rng: np.random.Generator, whole: bool = True) -> Test:
    """Pearson's test of the counts a and b of two samples, cell by cell.

    By the limit where every cell is expected five times. Else, for few rows, by dealing the rows of both samples into
    two at random (margins fixed; the table seen counts as one deal, so that the test is exact); for many, rare cells
    are taken together. `whole`: the counts are of rows; effective counts of weighted rows cannot be dealt.
    """
    some = (a + b) > 0
    a, b = a[some], b[some]
    n, m = float(a.sum()), float(b.sum())
    if len(a) < 2 or not n or not m:
        return Test(0.0, 0, 1.0, "one value: nothing to compare")
    pooled = pooled_rare(a, b)
    if pooled.rare and whole and n + m <= FEW_ROWS:
        return _dealt(a, b, rng)
    if len(pooled.a) < 2:
        return Test(0.0, 0, 1.0, "no value occurs five times in both samples")
    statistic, df = chi_square(pooled.a, pooled.b), len(pooled.a) - 1
    told = f", {pooled.rare} rare values taken together" if pooled.rare else ""
    method = f"chi-square {statistic:.4g} with {df} degrees of freedom{told}"
    return Test(statistic, df, float(chi2_sf(statistic, df)), method)


def _dealt(a: Array, b: Array, rng: np.random.Generator) -> Test:
    seen = chi_square(a, b)
    total = (a + b).astype(np.int64)
    n, m = int(a.sum()), int(b.sum())
    weight = n * m / total
    beyond = 0
    step = max(1, 2_000_000 // len(total))
    for start in range(0, SHUFFLES, step):
        size = min(step, SHUFFLES - start)
        dealt = rng.multivariate_hypergeometric(total, n, size=size, method="marginals")
        apart = dealt / n - (total - dealt) / m
        beyond += int(np.count_nonzero((apart**2 * weight).sum(axis=1) >= seen * (1.0 - 1e-9)))
    p = (1 + beyond) / (1 + SHUFFLES)
    return Test(seen, len(total) - 1, p, f"chi-square {seen:.4g}, {SHUFFLES:,} deals of the rows")


def cramers_v(statistic: float, df: int, n: float, m: float) -> Effect:
    """Cramer's V of a table of two rows and df + 1 columns, corrected for chance, with exact-order bounds.

    With N = n + m rows, sqrt(max(chi-square / N - df / (N - 1), 0) / (min(k~, 2~) - 1)) for k = df + 1 columns, where
    k~ = k - (k - 1)^2 / (N - 1). The bounds invert the noncentral chi-squared distribution; the upper one takes no
    statistic for smaller than chance makes it on average, so that it never shrinks to nothing. 0 where there is one
    cell. Source: Bergsma 2013,
    Journal of the Korean Statistical Society 42:323 (the correction); Smithson 2003, Confidence Intervals (the bounds).
    """
    rows = n + m
    method = "noncentral chi-squared distribution; less what chance adds"
    most = largest_phi(2, df + 1, rows)
    if df < 1 or most <= 0:
        return Effect(value=0.0, at=lambda over, within: (0.0, 1.0), method=method)
    value = min(math.sqrt(max(statistic / rows - df / (rows - 1), 0.0) / most), 1.0)

    def at(over: float, within: float) -> tuple[float, float]:
        low = math.sqrt(shift_low(statistic, df, over) / rows / most)
        high = math.sqrt(shift_high(max(statistic, df), df, within) / rows / most)
        return min(low, value), min(max(high, value), 1.0)

    return Effect(value=value, at=at, method=method)
