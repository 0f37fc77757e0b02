"""Correlations of two numbers, with intervals that assume no distribution: of values, and of ranks.

Both are smooth functions of means; each row's part in them (its influence) gives the variance, and the interval is made
on Fisher's scale, where it stays inside -1 to 1. Source: Fisher 1921, Metron 1:3; Hampel 1974, JASA 69:383.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array
from sterling.stats.association import LEAST, Strength
from sterling.stats.normal import z


class Ranks(NamedTuple):
    """A number's ranks: `share` of rows below (ties count half) less 1/2, the rows in ascending order, and for each
    row of that order where its ties begin and end. `influence`: each row's part in the variance of `share`.
    """

    share: Array
    order: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    variance: float
    influence: Array


def pearson(x: ArrayLike, y: ArrayLike, *, level: float = 0.95) -> Strength:
    """Pearson's correlation of two numbers, shape (n,), without missing ones."""
    a, b = _standard(x), _standard(y)
    if a is None or b is None or len(a) < LEAST:
        return Strength(math.nan, math.nan, math.nan, len(np.asarray(x)))
    r = float((a * b).mean())
    return _on_fishers_scale(r, a * b - r / 2 * (a * a + b * b), level)


def spearman(x: ArrayLike, y: ArrayLike, *, level: float = 0.95) -> Strength:
    """Spearman's rank correlation, ties at their middle rank."""
    return spearman_of(ranks(x), ranks(y), level=level)


def spearman_of(x: Ranks, y: Ranks, *, level: float = 0.95) -> Strength:
    """Spearman's correlation of ranks that are known; of the same rows."""
    n = len(x.share)
    if n < LEAST or x.variance <= 0 or y.variance <= 0:
        return Strength(math.nan, math.nan, math.nan, n)
    together = float((x.share * y.share).mean())
    scale = math.sqrt(x.variance * y.variance)
    r = together / scale
    part = x.share * y.share + _above(x, y.share) + _above(y, x.share) - 3 * together
    influence = part / scale - r / 2 * (x.influence / x.variance + y.influence / y.variance)
    return _on_fishers_scale(r, influence, level)


def ranks(x: ArrayLike) -> Ranks:
    """The ranks of a number, shape (n,), without missing ones."""
    values = np.asarray(x, dtype=np.float64)
    n = len(values)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if n else np.zeros(0, dtype=bool)
    begin = np.flatnonzero(starts)
    sizes = np.diff(begin, append=n)
    first = np.repeat(begin, sizes)
    last = first + np.repeat(sizes, sizes)
    share = np.empty(n)
    share[order] = (first + last) / (2 * max(n, 1)) - 0.5
    found = Ranks(share, order, first, last, float((share * share).mean()) if n else 0.0, share)
    return found._replace(influence=share * share + 2 * _above(found, share) - 3 * found.variance)


def _above(x: Ranks, y: Array) -> Array:
    """For each row the mean of y over the rows with a larger x, ties counting half."""
    n = len(y)
    upto = np.concatenate([[0.0], np.cumsum(y[x.order])])
    out = np.empty(n)
    out[x.order] = (upto[-1] - (upto[x.first] + upto[x.last]) / 2) / max(n, 1)
    return out


def _standard(x: ArrayLike) -> Array | None:
    values = np.asarray(x, dtype=np.float64)
    scale = float(np.abs(values).max(initial=0.0))
    if not scale > 0:
        return None
    near = values / scale
    near = near - near.mean()
    spread = float(np.sqrt((near * near).mean()))
    return near / spread if spread > 1e-12 else None


def _on_fishers_scale(r: float, influence: Array, level: float) -> Strength:
    n = len(influence)
    if abs(r) > 1 - 1e-12:
        r = math.copysign(1.0, r)
        return Strength(r, r, r, n)
    error = float(np.sqrt((influence * influence).mean() / max(n - 3, 1))) / (1 - r * r)
    middle, reach = math.atanh(r), z(level, 2) * error
    return Strength(r, math.tanh(middle - reach), math.tanh(middle + reach), n)
