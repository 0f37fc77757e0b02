"""Interval for the area under the ROC curve, from its DeLong variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, Sided, divide, floats
from sterling.stats.normal import z

_PRIOR_PEOPLE = 2.0
_STEPS, _CLOSE = 60, 2e-15


def delong_interval(
    auc: ArrayLike, variance: ArrayLike, n_pos: ArrayLike, n_neg: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Interval of an AUC with DeLong variance `variance` among n_pos positive and n_neg negative people.

    The sizes may be effective ones. NaN without both kinds of people. At an AUC of 0 or 1, or a variance of 0 or NaN
    (one person on a side), the interval rests on the sizes alone and keeps a positive width.
    """
    return delong_z(auc, variance, n_pos, n_neg, z(level, sided))


def delong_z(auc: ArrayLike, variance: ArrayLike, n_pos: ArrayLike, n_neg: ArrayLike, critical: ArrayLike) -> Interval:
    """`delong_interval` at a given critical value.

    A score interval: the areas t with (auc - t)^2 <= critical^2 * r * V(t). V is Newcombe's variance of an AUC at t;
    r is how much larger the DeLong variance is than V at the estimate, pulled towards 1 as if two people more had
    been seen, because the DeLong variance of a nearly perfect separation rests on a few misplaced people. On the
    logit scale, the usual remedy, the worst coverage on our grid is 73 %; here it is 90 % (`docs/coverage.md`).

    Source: DeLong et al. 1988, Biometrics 44:837; Newcombe 2006, Statistics in Medicine 25:559, method 5.
    """
    given = floats(auc, variance, n_pos, n_neg, critical)
    known = (given[2] > 0) & (given[3] > 0) & ~np.isnan(given[0]) & ~np.isnan(given[4])
    area, spread, m, n, zed = (part[known] for part in given)
    area = np.clip(area, 0, 1)
    scale = zed * zed * _variance_ratio(area, spread, m, n)
    low, high = np.full(known.shape, np.nan), np.full(known.shape, np.nan)
    low[known], high[known] = _search(area, np.stack([np.zeros(area.shape), np.ones(area.shape)]), scale, m, n)
    return Interval(low, high)


def size_variance(auc: ArrayLike, n_pos: ArrayLike, n_neg: ArrayLike) -> Array:
    """The variance of an AUC judged from its value and the two sizes alone (Newcombe's method 5)."""
    t, m, n = floats(auc, n_pos, n_neg)
    return _newcombe(t, np.maximum((m + n) / 2 - 1, 0.0), m * n)


def _newcombe(t: Array, more: Array, pairs: Array) -> Array:
    return np.asarray(t * (1 - t) / pairs * (1 + more * (1 - t) / (2 - t) + more * t / (1 + t)))


def _variance_ratio(area: Array, spread: Array, m: Array, n: Array) -> Array:
    """DeLong variance over the variance by sizes, shrunk towards 1 where the estimate is near 0 or 1."""
    usable = (spread > 0) & (area > 0) & (area < 1)
    # No variance of an area exceeds that of a coin thrown once per person of the rarer kind; beyond it is rounding.
    most = area * (1 - area) / np.maximum(np.minimum(m, n) - 1, 0.5)
    ratio = np.where(usable, divide(np.minimum(spread, most), size_variance(area, m, n)), 1.0)
    information = 2 * m * n / (m + n) * area * (1 - area)
    prior = _PRIOR_PEOPLE / (_PRIOR_PEOPLE + information)
    return np.asarray((1 - prior) * ratio + prior)


def _search(area: Array, ends: Array, scale: Array, m: Array, n: Array) -> Array:
    """From the estimate towards each of `ends` (a leading axis): what is just accepted.

    Newton's method from where the variance at the estimate points to; it halves where it would leave what is left.
    """
    near, far = np.broadcast_to(area, ends.shape), ends
    more, pairs = np.maximum((m + n) / 2 - 1, 0.0), m * n
    reach = np.sqrt(scale * _newcombe(area, more, pairs))
    usable = (reach > 0) & (reach < np.abs(far - near))
    at = np.where(usable, near + np.sign(far - near) * reach, 0.5 * (near + far))
    done = np.zeros(ends.shape, dtype=bool)
    for _ in range(_STEPS):
        excess = (area - at) ** 2 - scale * _newcombe(at, more, pairs)
        accepted = excess <= 0
        near, far = np.where(accepted, at, near), np.where(accepted, far, at)
        middle = 0.5 * (near + far)
        slope = 2 * (at - area) - scale * _newcombe_slope(at, more, pairs)
        with np.errstate(divide="ignore", invalid="ignore"):
            following = at - excess / slope
        inside = (following - near) * (following - far) <= 0
        moved = np.where(done, at, np.where(inside, following, middle))
        done = done | (np.abs(moved - at) <= _CLOSE)  # what is found stays: rounding would send it away again
        at = moved
        if done.all():
            break
    return at


def _newcombe_slope(t: Array, more: Array, pairs: Array) -> Array:
    """The derivative of `_newcombe` by t."""
    bracket = 1 + more * (1 - t) / (2 - t) + more * t / (1 + t)
    inner = more * (1 / (1 + t) ** 2 - 1 / (2 - t) ** 2)
    return np.asarray(((1 - 2 * t) * bracket + t * (1 - t) * inner) / pairs)
