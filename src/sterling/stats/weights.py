"""Weighted and clustered rows: variances by linearisation, turned into an effective number of people.

A weighted share R = sum(w * hit) / sum(w * eligible) with variance V is as uncertain as a plain share of
n = R (1 - R) / V people, so one interval (Wilson at the effective n) serves plain, weighted and clustered data.
With equal weights and no clusters the effective n is exactly the number of people.

Assumed: rows (or clusters) are independent; weights are known, not estimated from the same rows.
Source: Sarndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 5.6; Korn and Graubard 1998, Survey
Methodology 24:193; Kish 1965, Survey Sampling, 8.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, divide, floats
from sterling.stats.means import student

_PRIOR_PEOPLE = 2.0


def kish_n(w: ArrayLike, q: ArrayLike) -> Array:
    """(sum of weights) squared over (sum of squared weights): the effective n when weights tell nothing about hits."""
    total, squares = floats(w, q)
    return divide(total * total, squares)


def ratio_variance(w_elig: ArrayLike, q_elig: ArrayLike, w_hit: ArrayLike, q_hit: ArrayLike) -> Array:
    """Linearised variance of the weighted share w_hit / w_elig, from sums of weights (w) and squared weights (q).

    [R^2 (q_elig - q_hit) + (1 - R)^2 q_hit] / w_elig^2. It is zero at R = 0 and R = 1 and jumps about when hits are
    few; intervals should use `weighted_n`.
    """
    we, qe, wh, qh = floats(w_elig, q_elig, w_hit, q_hit)
    share = divide(wh, we)
    return divide(share**2 * (qe - qh) + (1 - share) ** 2 * qh, we * we)


def effective_n(value: ArrayLike, variance: ArrayLike, fallback: ArrayLike = np.nan) -> Array:
    """value (1 - value) / variance; `fallback` (say, Kish's n) where the variance or the product is zero."""
    v, spread, other = floats(value, variance, fallback)
    product = np.maximum(v * (1 - v), 0.0)
    usable = (spread > 0) & (product > 0)
    return np.asarray(np.where(usable, divide(product, np.where(usable, spread, 1.0)), other))


def weighted_n(w_elig: ArrayLike, q_elig: ArrayLike, w_hit: ArrayLike, q_hit: ArrayLike) -> Array:
    """Effective number of people behind a weighted share, steady even with few or no hits.

    The linearised effective n is w_elig / [R * a_miss + (1 - R) * a_hit], where a = q / w is the typical weight among
    hits or misses. With few hits a_hit rests on a handful of weights, so each side is given two imaginary people of
    typical weight. Where no hit, or no miss, was seen the result is Kish's n. On skewed weights and rare hits this
    lifts the worst coverage of a 95 % interval from 74 % to 87 % (`docs/coverage.md`). NaN where nobody is eligible.
    """
    we, qe, wh, qh = floats(w_elig, q_elig, w_hit, q_hit)
    typical = divide(qe, we)
    extra, extra_squares = _PRIOR_PEOPLE * typical, _PRIOR_PEOPLE * typical**2
    share = divide(wh, we)
    # Differences of nearly equal sums may fall below zero by rounding.
    hit = divide(qh + extra_squares, wh + extra)
    miss = divide(np.maximum(qe - qh, 0.0) + extra_squares, np.maximum(we - wh, 0.0) + extra)
    return divide(we, share * miss + (1 - share) * hit)


def cluster_variance(cluster_hit_sums: ArrayLike, cluster_elig_sums: ArrayLike, value: ArrayLike) -> Array:
    """Linearised variance of a share when whole clusters (last axis) were drawn, with the factor m / (m - 1).

    Clusters with nobody eligible do not count. NaN with fewer than two clusters.
    """
    hits = np.asarray(cluster_hit_sums, dtype=np.float64)
    elig = np.asarray(cluster_elig_sums, dtype=np.float64)
    share = np.asarray(value, dtype=np.float64)
    residual = hits - share[..., None] * elig
    m = np.count_nonzero(elig > 0, axis=-1).astype(np.float64)
    return divide(np.sum(residual**2, axis=-1) * divide(m, m - 1), np.sum(elig, axis=-1) ** 2)


def cluster_variance_from_sums(
    hit_hit: ArrayLike, hit_elig: ArrayLike, elig_elig: ArrayLike, elig: ArrayLike, m: ArrayLike, value: ArrayLike
) -> Array:
    """`cluster_variance` from sums over clusters of h*h, h*e, e*e and e, the number of clusters m and the share."""
    hh, he, ee, total, count, share = floats(hit_hit, hit_elig, elig_elig, elig, m, value)
    squares = np.maximum(hh - 2 * share * he + share**2 * ee, 0.0)
    return divide(squares * divide(count, count - 1), total * total)


def cluster_n(value: ArrayLike, variance: ArrayLike, elig_elig: ArrayLike, elig: ArrayLike, cap: ArrayLike) -> Array:
    """Effective n of a clustered share: never above `cap` (the n that ignores clusters, from `weighted_n`).

    A cluster variance below the unclustered one is nearly always chance. Where the share is 0 or 1 the clusters say
    nothing about their own likeness; then each counts as one person (Kish's n over clusters), the cautious end.
    """
    return np.asarray(np.fmin(effective_n(value, variance, kish_n(elig, elig_elig)), np.asarray(cap, dtype=np.float64)))


def few_clusters(n: ArrayLike, critical: ArrayLike, m: ArrayLike) -> Array:
    """The effective n shrunk so that a normal critical value acts like Student's t with m - 1 degrees of freedom.

    n * (z / t)^2, as Korn and Graubard do. NaN with fewer than two clusters.
    """
    size, zed, count = floats(n, critical, m)
    enough = count > 1
    t = student(zed, np.where(enough, count - 1, 1.0))
    return np.asarray(np.where(enough, size * (zed / t) ** 2, np.nan))
