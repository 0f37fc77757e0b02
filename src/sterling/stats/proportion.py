"""Intervals for one proportion."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, Sided, divide, floats
from sterling.stats.normal import cdf, z
from sterling.stats.special import beta_ppf

_MANY = 1000.0
_GUESS = 10.0
_FEW = 100


def wilson(hits: ArrayLike, n: ArrayLike, *, level: float = 0.95, sided: Sided = 2) -> Interval:
    """Score interval of a proportion of `hits` among `n`.

    `n` may be an effective (non-integer) size, with hits = value * n. NaN where n is 0. With sided=1 each bound alone
    holds with probability `level`. Source: Wilson 1927, JASA 22:209.
    """
    return wilson_z(hits, n, z(level, sided))


def wilson_z(hits: ArrayLike, n: ArrayLike, critical: ArrayLike) -> Interval:
    """The Wilson interval at a given critical value, e.g. one widened for many comparisons."""
    return wilson_value(divide(hits, n), n, critical)


def wilson_value(value: ArrayLike, n: ArrayLike, critical: ArrayLike) -> Interval:
    """The Wilson interval around a proportion already computed, e.g. a weighted one with its effective n."""
    p, size, zed = floats(value, n, critical)
    size = np.where(size > 0, size, np.nan)
    square = zed * zed / size
    centre = (p + square / 2.0) / (1.0 + square)
    # Rounding may take p a hair outside [0, 1]; the root must not turn that into NaN.
    spread = np.sqrt(np.maximum(p * (1.0 - p), 0.0) * square + square * square / 4.0) / (1.0 + square)
    low = np.where(p <= 0, 0.0, np.clip(centre - spread, 0.0, p))
    high = np.where(p >= 1, 1.0, np.clip(centre + spread, p, 1.0))
    unknown = np.isnan(p) | np.isnan(size)
    return Interval(np.asarray(np.where(unknown, np.nan, low)), np.asarray(np.where(unknown, np.nan, high)))


def along(share: ArrayLike, k: float) -> Array:
    """k s / (1 + (k - 1) s): what k h / (k h + m) is where a share s of h + m are hits.

    It rises with s, so that it takes the bounds of a share to its own. F1 (the Dice coefficient) lies along the
    threat score (the Jaccard index) with k = 2.
    """
    s = np.asarray(share, dtype=np.float64)
    return np.asarray(k * s / (1.0 + (k - 1.0) * s))


def clopper_pearson(hits: ArrayLike, n: ArrayLike, *, level: float = 0.95, sided: Sided = 2) -> Interval:
    """The "exact" interval: never below its level, hence wide. Source: Clopper and Pearson 1934, Biometrika 26:404."""
    return clopper_pearson_z(hits, n, z(level, sided))


def clopper_pearson_z(
    hits: ArrayLike, n: ArrayLike, critical: ArrayLike, *, batch: ArrayLike | None = None
) -> Interval:
    """The Clopper-Pearson interval whose tails equal the normal tail beyond `critical`.

    This is what decisions about groups rest on (see `multiple`). A non-integer effective n is allowed, as Korn and
    Graubard 1998 do for surveys. `batch`: a number for each element; bounds are those, to the last digit, that the
    elements of one number have in an array of their own. Without it all elements are of one batch.
    """
    count, size, zed = floats(hits, n, critical)
    who = None if batch is None else np.broadcast_to(np.asarray(batch, dtype=np.float64), count.shape)
    given = [np.clip(count, 0.0, size), size, zed, *([] if who is None else [who])]
    known = (size > 0) & ~np.isnan(count) & ~np.isnan(zed)
    bounds = _each_case(*(part[known] for part in given))
    low, high = np.full(count.shape, np.nan), np.full(count.shape, np.nan)
    low[known], high[known] = bounds
    return Interval(low, high)


def _each_case(*given: Array) -> Interval:
    """Of many slices some share their counts, of simulations most do: each distinct case is solved once."""
    if len(given[0]) < _FEW:
        return _clopper_pearson(*given)
    cases, where = np.unique(np.stack(given), axis=1, return_inverse=True)
    low, high = _clopper_pearson(*cases)
    return Interval(low[where.ravel()], high[where.ravel()])


def exact_value(value: ArrayLike, n: ArrayLike, critical: ArrayLike, *, batch: ArrayLike | None = None) -> Interval:
    """The Clopper-Pearson interval around a share already computed, e.g. a weighted one with its effective n."""
    share, size = floats(value, n)
    return clopper_pearson_z(np.where(size > 0, share * size, 0.0), size, critical, batch=batch)


def _clopper_pearson(count: Array, size: Array, zed: Array, batch: Array | None = None) -> Interval:
    # A weighted share of nothing or all may miss 0 or n by rounding only.
    count = np.where(count < 1e-9 * size, 0.0, np.where(size - count < 1e-9 * size, size, count))
    rough = _expanded(count, size, zed)
    few = np.minimum(count, size - count) < _MANY
    if not few.any():
        return rough
    who = None if batch is None else batch[few]
    exact = _solved(count[few], size[few], zed[few], Interval(rough.low[few], rough.high[few]), who)
    low, high = rough.low.copy(), rough.high.copy()
    low[few], high[few] = exact
    return Interval(low, high)


def _solved(count: Array, size: Array, zed: Array, rough: Interval, batch: Array | None) -> Interval:
    """Both ends in one search from a rough start: the high end is the low end of the misses."""
    misses, tail = size - count, cdf(-zed)
    near = np.minimum(count, misses) >= _GUESS
    starts = np.where(near, np.stack([rough.low, 1.0 - rough.high]), np.nan)
    hits, tails = np.stack([count, misses]), np.stack([tail, tail])
    low, missed = _exact_low(hits, hits[::-1], tails, starts, batch)
    return Interval(low, 1.0 - missed)


def _exact_low(hits: Array, misses: Array, tail: Array, start: Array, batch: Array | None) -> Array:
    """The share at which `hits` or more, with that many misses, would be seen with probability `tail`."""
    some = hits > 0
    share = beta_ppf(tail, np.where(some, hits, 1.0), misses + 1.0, start=start, batch=batch)
    return np.asarray(np.where(some, share, 0.0))


def _expanded(hits: Array, n: Array, critical: Array) -> Interval:
    """Clopper-Pearson for large counts: Wilson half a hit further out, moved by the skewness term.

    Beyond 1,000 hits and misses the error is below 0.1 % of the interval's width at any usual level.
    """
    skew = (1.0 - 2.0 * hits / n) * (critical * critical - 1.0) / (6.0 * n)
    low, high = wilson_z(np.stack([hits - 0.5, hits + 0.5]), n, critical)
    return Interval(low[0] - skew, high[1] - skew)
