"""Intervals for the difference of two independent quantities."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, Sided, divide, floats
from sterling.stats.normal import z
from sterling.stats.proportion import wilson_z


def newcombe(
    h1: ArrayLike, n1: ArrayLike, h2: ArrayLike, n2: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Interval of h1/n1 - h2/n2: the two Wilson intervals, squared and added.

    Never outside [-1, 1], never of zero width, and defined with 0 or n hits. NaN where either n is 0.
    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.
    """
    critical = z(level, sided)
    first, second = wilson_z(h1, n1, critical), wilson_z(h2, n2, critical)
    return square_and_add(divide(h1, n1), first.low, first.high, divide(h2, n2), second.low, second.high)


def square_and_add(
    v1: ArrayLike, l1: ArrayLike, u1: ArrayLike, v2: ArrayLike, l2: ArrayLike, u2: ArrayLike
) -> Interval:
    """Interval of v1 - v2 from the separate interval of each, when the two are independent.

    Distances from the estimates to the facing bounds add as squares, so lopsided intervals keep their lean.
    Source: Zou and Donner 2008, Statistics in Medicine 27:1693 (method of variance estimates recovery).
    """
    a, low_a, high_a, b, low_b, high_b = floats(v1, l1, u1, v2, l2, u2)
    gap = a - b
    return Interval(
        np.asarray(gap - np.hypot(a - low_a, high_b - b)), np.asarray(gap + np.hypot(high_a - a, b - low_b))
    )


def square_and_add_linear(weights: ArrayLike, value: ArrayLike, low: ArrayLike, high: ArrayLike) -> Interval:
    """Interval of the sum of weights * value over the last axis, for independent parts with their own intervals.

    Balanced accuracy, for instance, is half a true positive rate plus half a true negative rate.
    """
    w, v, lo, hi = floats(weights, value, low, high)
    centre = np.sum(w * v, axis=-1)
    up = np.where(w >= 0, hi - v, v - lo) * w
    down = np.where(w >= 0, v - lo, hi - v) * w
    return Interval(
        np.asarray(centre - np.sqrt(np.sum(down * down, axis=-1))),
        np.asarray(centre + np.sqrt(np.sum(up * up, axis=-1))),
    )


def miettinen_nurminen(
    h1: ArrayLike, n1: ArrayLike, h2: ArrayLike, n2: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Score interval of h1/n1 - h2/n2 by inverting the test of a given difference.

    Kept as an independent check on `newcombe`, the default; `docs/coverage.md` compares them.
    Source: Miettinen and Nurminen 1985, Statistics in Medicine 4:213.
    """
    a, m, b, n = floats(h1, n1, h2, n2)
    critical = z(level, sided)
    gap = divide(a, m) - divide(b, n)
    low = _search(gap, np.full(gap.shape, -1.0), a, m, b, n, critical)
    high = _search(gap, np.full(gap.shape, 1.0), a, m, b, n, critical)
    return Interval(low, high)


def _search(inside: Array, outside: Array, a: Array, m: Array, b: Array, n: Array, critical: float) -> Array:
    """Bisect between a difference the test accepts and the end of the scale."""
    near, far = inside.copy(), outside.copy()
    for _ in range(52):
        middle = 0.5 * (near + far)
        accepted = _score(middle, a, m, b, n) <= critical
        near, far = np.where(accepted, middle, near), np.where(accepted, far, middle)
    return np.asarray(np.where(np.isnan(inside), np.nan, 0.5 * (near + far)))


def _score(delta: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
    """|z| of the test that the difference is delta, variance at the constrained maximum of the likelihood."""
    second = _constrained(delta, a, m, b, n)
    first = np.clip(second + delta, 0.0, 1.0)
    total = m + n
    variance = (divide(first * (1 - first), m) + divide(second * (1 - second), n)) * divide(total, total - 1)
    distance = np.abs(divide(a, m) - divide(b, n) - delta)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(variance > 0, distance / np.sqrt(variance), np.where(distance > 0, np.inf, 0.0)))


def _constrained(delta: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
    """The second proportion at the maximum of the likelihood given p1 - p2 = delta: a cubic, solved in closed form."""
    total = m + n
    c3, c2 = total, (m + 2 * n) * delta - total - (a + b)
    c1, c0 = (n * delta - total - 2 * b) * delta + (a + b), b * delta * (1 - delta)
    scaled = c2 / (3 * c3)
    q = scaled**3 - c1 * c2 / (6 * c3 * c3) + c0 / (2 * c3)
    p = np.sign(q) * np.sqrt(np.maximum(scaled**2 - c1 / (3 * c3), 0.0))
    p = np.where(p == 0, 1e-30, p)
    angle = (math.pi + np.arccos(np.clip(q / p**3, -1.0, 1.0))) / 3.0
    low, high = np.maximum(0.0, -delta), np.minimum(1.0, 1.0 - delta)
    return np.asarray(np.clip(2 * p * np.cos(angle) - scaled, low, high))
