"""Incomplete gamma and beta functions, and the distributions made of them.

Written out because the base installation has no SciPy. Series and continued fractions as in the Digital Library of
Mathematical Functions, chapters 8.7, 8.9 and 8.17; both run over whole arrays until every element has converged. The
incomplete beta function is an integral of fixed length wherever it can be: a continued fraction takes a hundred steps
for groups of some thousands, one after the other, and a quadrature takes one.

Whatever is repeated until it has converged is repeated for a batch of elements until all of them have: their digits
do not depend on who else is in the array.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array, floats
from sterling.stats.quadrature import gauss_legendre

_TINY = 1e-300
_EPS = 5e-16
_MAX_STEPS = 5_000
_NODES = 40
_DEPTH = 37.0
_PIECE = 1 << 20
_CLOSE = 1e-6
"""Newton's method squares what is missing: a step from here ends within 1e-12."""
_lgamma = np.frompyfunc(math.lgamma, 1, 1)
Batch: TypeAlias = NDArray[np.int64] | None
Places: TypeAlias = NDArray[np.int64] | slice
"""Those of an array who go on; all of them to begin with."""


def log_gamma(x: ArrayLike) -> Array:
    """The logarithm of the gamma function, for positive x."""
    return np.asarray(_lgamma(np.asarray(x, dtype=np.float64)), dtype=np.float64)


def _away_from_zero(x: Array) -> Array:
    return np.where(np.abs(x) < _TINY, _TINY, x)


def _gamma_series(a: Array, x: Array) -> Array:
    term = 1.0 / a
    total = term.copy()
    for step in range(1, _MAX_STEPS):
        term = term * x / (a + step)
        total += term
        if np.all(term <= total * _EPS):
            break
    return total


def _gamma_fraction(a: Array, x: Array) -> Array:
    b = x + 1.0 - a
    c = np.full_like(x, 1.0 / _TINY)
    d = 1.0 / _away_from_zero(b)
    h = d
    for step in range(1, _MAX_STEPS):
        numerator = -step * (step - a)
        b = b + 2.0
        d = 1.0 / _away_from_zero(numerator * d + b)
        c = _away_from_zero(b + numerator / c)
        h = h * d * c
        if np.all(np.abs(d * c - 1.0) <= 4 * _EPS):
            break
    return h


def gamma_sf(a: ArrayLike, x: ArrayLike) -> Array:
    """The regularised upper incomplete gamma function Q(a, x), for a > 0 and x >= 0."""
    shape, point = floats(a, x)
    positive = np.where(point > 0, point, 1.0)
    front = np.exp(shape * np.log(positive) - positive - log_gamma(shape))
    small = positive < shape + 1.0
    lower = front * _gamma_series(shape, np.where(small, positive, 0.5 * shape))
    upper = front * _gamma_fraction(shape, np.where(small, shape + 2.0, positive))
    out = np.where(small, 1.0 - lower, upper)
    return np.asarray(np.where(point > 0, np.clip(out, 0.0, 1.0), np.where(point == 0, 1.0, np.nan)))


def chi2_sf(x: ArrayLike, df: ArrayLike) -> Array:
    """P(X >= x) for a chi-squared X with df degrees of freedom."""
    point, degrees = floats(x, df)
    return gamma_sf(degrees / 2.0, point / 2.0)


def _left(going: Places, far: NDArray[np.bool_], batch: Batch) -> Places | None:
    """Who goes on of those `going`: the batches in which somebody is `far` from having converged; None: nobody."""
    if not far.any():
        return None
    if batch is None:
        return going
    mine = batch[going]
    some = np.zeros(int(mine.max()) + 1, dtype=bool)
    some[mine[far]] = True
    return np.arange(len(batch))[going][some[mine]]


def _of(batch: Batch, some: Places | NDArray[np.bool_]) -> Batch:
    return None if batch is None else batch[some]


def _beta_fraction(a: Array, b: Array, x: Array, batch: Batch) -> Array:
    going: Places = slice(None)
    c = np.ones_like(x)
    d = 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    h = d.copy()
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 / _away_from_zero(1.0 + even * d)
        c = _away_from_zero(1.0 + even / c)
        h[going] = h[going] * d[going] * c[going]
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 / _away_from_zero(1.0 + odd * d)
        c = _away_from_zero(1.0 + odd / c)
        h[going] = h[going] * d[going] * c[going]
        left = _left(going, ~(np.abs(d[going] * c[going] - 1.0) <= 4 * _EPS), batch)
        if left is None:
            break
        going = left
    return h


@cache
def _nodes() -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on [0, 1]."""
    nodes, weights = gauss_legendre(_NODES)
    return (nodes + 1.0) / 2.0, weights / 2.0


def _beta_integral(x: Array, a: Array, b: Array, batch: Batch) -> Array:
    """The integral of exp(-a u) ((1 - x exp(-u)) / (1 - x))^(b - 1) over u >= 0, for b >= 1 and x up to about the mean.

    It is I_x(a, b) over x^a (1 - x)^(b - 1) / B(a, b): its inverse is how fast log I grows with log x. The integrand
    is log-concave, so it is smooth, and beyond the point where it has fallen to e^-37 there is nothing left to add.
    """
    rows = max(1, _PIECE // _NODES)
    some = (slice(i, i + rows) for i in range(0, len(x), rows))
    pieces = [_quadrature(x[i], a[i], b[i], _of(batch, i)) for i in some]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def _quadrature(x: Array, a: Array, b: Array, batch: Batch) -> Array:
    rise, slope = -(b - 1.0) * np.log1p(-x), a - (b - 1.0) * x / (1.0 - x)
    # Two points beyond the end; from there Newton's method comes down to it, and stopping early is only wider.
    end = np.minimum((_DEPTH + rise) / a, np.where(slope > 0, _DEPTH / np.maximum(slope, _TINY), np.inf))
    going: Places = slice(None)
    for _ in range(8):
        p, q, far = a[going], b[going] - 1.0, end[going]
        inner = x[going] * np.exp(-far)
        step = (_DEPTH + rise[going] - p * far + q * np.log1p(-inner)) / (p - q * inner / (1.0 - inner))
        end[going] = far + step
        left = _left(going, ~(-step <= 0.05 * end[going]), batch)
        if left is None:
            break
        going = left
    nodes, weights = _nodes()
    u = end[:, None] * nodes
    height = (b - 1.0)[:, None] * np.log1p(-x[:, None] * np.exp(-u)) - a[:, None] * u + rise[:, None]
    return np.asarray(end * (np.exp(height) * weights).sum(axis=1))


def _beta_tail(x: Array, a: Array, b: Array, log_beta: Array, batch: Batch = None) -> tuple[Array, Array]:
    """log I_x(a, b) for 0 < x < 1 up to about the mean, and its derivative by log x; one-dimensional arrays.

    Below 1, b makes the integrand rise steeply, and below 1/2, a makes it very long: there the fraction is used, and it
    is short.
    """
    front = a * np.log(x) + (b - 1.0) * np.log1p(-x) - log_beta
    smooth = (b >= 1.0) & (a >= 0.5)
    integral = np.ones_like(x)
    integral[smooth] = _beta_integral(x[smooth], a[smooth], b[smooth], _of(batch, smooth))
    value, slope = front + np.log(integral), 1.0 / integral
    if not smooth.all():
        at, first, second, scale = (part[~smooth] for part in (x, a, b, np.exp(front)))
        below = np.maximum(_beta_by_fraction(at, first, second, scale, _of(batch, ~smooth)), _TINY)
        value[~smooth], slope[~smooth] = np.log(below), np.maximum(scale / below, _TINY)
    return value, slope


def _beta_by_fraction(x: Array, a: Array, b: Array, front: Array, batch: Batch) -> Array:
    """I_x(a, b) from the tail that is small; `front` is x^a (1 - x)^(b - 1) / B(a, b)."""
    swap = x > (a + 1.0) / (a + b + 2.0)
    shape, other = np.where(swap, b, a), np.where(swap, a, b)
    tail = front * (1.0 - x) * _beta_fraction(shape, other, np.where(swap, 1.0 - x, x), batch) / shape
    return np.where(swap, 1.0 - tail, tail)


def _log_beta(a: Array, b: Array) -> Array:
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def beta_cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> Array:
    """The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1]."""
    point, first, second = floats(x, a, b)
    inside = (point > 0) & (point < 1)
    p = np.where(inside, point, 0.5)
    swap = p > first / (first + second)
    near, shape, other = (part.ravel() for part in (
        np.where(swap, 1.0 - p, p), np.where(swap, second, first), np.where(swap, first, second)
    ))  # fmt: skip
    tail = np.exp(_beta_tail(near, shape, other, _log_beta(shape, other))[0]).reshape(p.shape)
    out = np.where(inside, np.where(swap, 1.0 - tail, tail), np.where(point >= 1, 1.0, 0.0))
    return np.asarray(np.where(np.isnan(point), np.nan, np.clip(out, 0.0, 1.0)))


def beta_ppf(
    p: ArrayLike, a: ArrayLike, b: ArrayLike, *, start: ArrayLike = np.nan, batch: ArrayLike | None = None
) -> Array:
    """The x with I_x(a, b) = p; 0 at p <= 0, 1 at p >= 1, NaN where any input is.

    `start` is a guess, used where it is not NaN: a good one saves most of the work, a bad one costs nothing but time.
    `batch`: a number of 0 or more for each element, see above; None: all are of one.
    """
    target, first, second = floats(p, a, b)
    # Solve in the tail that is small, where the logarithm of I is smooth.
    flip = target > 0.5
    tail = np.where(flip, 1.0 - target, target)
    guess = np.where(flip, 1.0 - np.asarray(start), start)
    shape, other = np.where(flip, second, first), np.where(flip, first, second)
    tails, shapes, others, guesses = (part.ravel() for part in np.broadcast_arrays(tail, shape, other, guess))
    together = None
    if batch is not None:
        together = np.broadcast_to(np.asarray(batch, dtype=np.int64), tail.shape).ravel()
    root = _beta_lower_root(tails, shapes, others, guesses, together).reshape(tail.shape)
    return np.asarray(np.where(flip, 1.0 - root, root))


def _beta_lower_root(tail: Array, a: Array, b: Array, guess: Array, batch: Batch) -> Array:
    """Newton's method for log I as a function of log x: concave, so after the first step it cannot overshoot."""
    inside = (tail > 0) & (a > 0) & (b > 0)
    goal = np.log(np.where(inside, tail, 0.5))
    a, b = np.where(inside, a, 1.0), np.where(inside, b, 1.0)
    log_beta, mean = _log_beta(a, b), a / (a + b)
    # Start two standard deviations below the mean, or where the leading term of the series says, whichever is higher.
    x = np.maximum(mean - 2 * np.sqrt(mean * (1 - mean) / (a + b + 1)), np.exp((goal + np.log(a) + log_beta) / a))
    x = np.clip(np.minimum(np.where(np.isnan(guess), x, guess), mean), _TINY, 1.0 - 1e-12)
    going: Places = slice(None)
    for _ in range(40):
        here, second = x[going], b[going]
        below, slope = _beta_tail(here, a[going], second, log_beta[going], _of(batch, going))
        off = goal[going] - below
        x[going] = np.clip(here * np.exp(np.clip(off / slope, -50.0, 50.0)), _TINY, 1.0 - 1e-16)
        left = _left(going, ~(np.abs(off) < np.where(second >= 1.0, _CLOSE, 1e-11)), batch)
        if left is None:
            break
        going = left
    return np.asarray(np.where(inside, x, np.where(tail <= 0, 0.0, np.nan)))


def t_cdf(x: ArrayLike, df: ArrayLike) -> Array:
    """P(T <= x) for Student's t with df (real, positive) degrees of freedom."""
    point, degrees = floats(x, df)
    tail = 0.5 * beta_cdf(degrees / (degrees + point * point), degrees / 2.0, 0.5)
    return np.asarray(np.where(point > 0, 1.0 - tail, tail))


def t_ppf(p: ArrayLike, df: ArrayLike) -> Array:
    """The x with P(T <= x) = p; the normal quantile is its limit for large df."""
    target, degrees = floats(p, df)
    tail = np.minimum(target, 1.0 - target)
    share = beta_ppf(2.0 * tail, degrees / 2.0, 0.5)
    size = np.sqrt(degrees * (1.0 - share) / np.maximum(share, _TINY))
    return np.asarray(np.where(target >= 0.5, size, -size))
