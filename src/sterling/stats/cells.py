"""Intervals for numbers computed from a table of counts: ratios of sums of cells, and any smooth function of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Pair, Sided, divide
from sterling.stats.normal import z
from sterling.stats.proportion import wilson_value


def delta_variance(gradient: ArrayLike, cells: ArrayLike) -> Array:
    """Linearised variance of f(cells) for multinomial cells on the last axis: sum c g^2 - (sum c g)^2 / n.

    `gradient` is the derivative of f by each cell. For functions of shares (unchanged when all cells double) the second
    term is zero. Source: Rao 1973, Linear Statistical Inference, 6a.2.
    """
    g, c = np.broadcast_arrays(np.asarray(gradient, dtype=np.float64), np.asarray(cells, dtype=np.float64))
    mean = divide(np.sum(c * g, axis=-1) ** 2, np.sum(c, axis=-1))
    return np.asarray(np.maximum(np.sum(c * g * g, axis=-1) - mean, 0.0))


def ratio_of_cells_variance(numerator: ArrayLike, denominator: ArrayLike, cells: ArrayLike) -> Array:
    """Linearised variance of R = (a . c) / (b . c): sum c (a - R b)^2 / (b . c)^2."""
    a, b, c = _cells(numerator, denominator, cells)
    bottom = np.sum(b * c, axis=-1)
    share = divide(np.sum(a * c, axis=-1), bottom)
    return divide(np.sum(c * (a - share[..., None] * b) ** 2, axis=-1), bottom * bottom)


def delta_interval(
    numerator: ArrayLike,
    denominator: ArrayLike,
    cells: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 1.0,
    level: float = 0.95,
    sided: Sided = 2,
) -> Pair:
    """Value and interval of R = (a . c) / (b . c), for cells c on the last axis and a ratio between low and high.

    The variance gives an effective n, and that n a Wilson interval on the scale from low to high, so the bounds stay
    inside and keep a width at the ends. For a share (accuracy, precision) it is Wilson's interval itself; F1 is
    [2, 1, 1] . (tp, fp, fn) below [2, 0, 0] . (tp, fp, fn). NaN where b . c is zero.
    """
    return delta_interval_z(numerator, denominator, cells, z(level, sided), low=low, high=high)


def delta_interval_z(
    numerator: ArrayLike,
    denominator: ArrayLike,
    cells: ArrayLike,
    critical: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> Pair:
    """`delta_interval` at a given critical value."""
    a, b, c = _cells(numerator, denominator, cells)
    value = divide(np.sum(a * c, axis=-1), np.sum(b * c, axis=-1))
    unit = np.clip((value - low) / (high - low), 0.0, 1.0)
    bounds = wilson_value(unit, _effective_n((a - low * b) / (high - low), b, c), critical)
    return Pair(value, low + (high - low) * bounds.low, low + (high - low) * bounds.high)


def _effective_n(a: Array, b: Array, c: Array) -> Array:
    """R (1 - R) / variance, with one imaginary row more, so that it is defined at R = 0 and 1.

    The variance per coin-flip variance is pulled towards what it would be if cells told nothing about hits.
    """
    bottom = np.sum(b * c, axis=-1)
    plain = divide(np.sum(b * b * c, axis=-1), bottom)
    share = np.clip(divide(np.sum(a * c, axis=-1), bottom), 0.0, 1.0)
    variance = divide(np.sum(c * (a - share[..., None] * b) ** 2, axis=-1), bottom)
    coin = share * (1 - share)
    prior = divide(plain, plain + bottom * coin)
    scale = (1 - prior) * np.where(coin > 0, divide(variance, np.where(coin > 0, coin, 1.0)), plain) + prior * plain
    return divide(bottom, scale)


def _cells(numerator: ArrayLike, denominator: ArrayLike, cells: ArrayLike) -> tuple[Array, Array, Array]:
    parts = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (numerator, denominator, cells)))
    return parts[0], parts[1], parts[2]
