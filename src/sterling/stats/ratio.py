"""Intervals for the ratio of two independent quantities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, Sided, divide, floats
from sterling.stats.normal import z


def mover_ratio(v1: ArrayLike, l1: ArrayLike, u1: ArrayLike, v2: ArrayLike, l2: ArrayLike, u2: ArrayLike) -> Interval:
    """Interval of v1 / v2 from the separate interval of each, both non-negative and independent.

    The bounds are the ratios r at which the square-and-add interval of v1 - r * v2 just touches zero. The upper bound
    is infinite where v2 cannot be told from zero. Source: Donner and Zou 2012, Statistical Methods in Medical Research
    21:347.
    """
    a, low_a, high_a, b, low_b, high_b = floats(v1, l1, u1, v2, l2, u2)
    product = a * b
    # Roots in the form that neither cancels nor divides by a vanishing leading coefficient.
    low_top = low_a * (2 * a - low_a)
    low_root = np.sqrt(np.maximum(product**2 - high_b * (2 * b - high_b) * low_top, 0.0))
    low = np.where(low_top > 0, divide(low_top, product + low_root), 0.0)
    bottom = low_b * (2 * b - low_b)
    high_root = np.sqrt(np.maximum(product**2 - bottom * high_a * (2 * a - high_a), 0.0))
    high = np.where(bottom > 0, divide(product + high_root, bottom), np.inf)
    unknown = np.isnan(a) | np.isnan(b)
    return Interval(np.asarray(np.where(unknown, np.nan, low)), np.asarray(np.where(unknown, np.nan, high)))


def ratio_log(
    h1: ArrayLike, n1: ArrayLike, h2: ArrayLike, n2: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Interval of (h1/n1) / (h2/n2) on the log scale.

    Half a hit and half a miss are added to each side where a count of 0 or two full counts would make the variance
    infinite or zero; then a side with no hits keeps its natural end, 0 or infinity. With no hits at all the answer is
    (0, infinity). Source: Katz et al. 1978, Biometrics 34:469; Walter 1975, Biometrika 62:371.
    """
    a, m, b, n = floats(h1, n1, h2, n2)
    known = (m > 0) & (n > 0)
    odd = (a <= 0) | (b <= 0) | ((a >= m) & (b >= n))
    add = np.where(odd, 0.5, 0.0)
    x, s, y, t = a + add, np.where(known, m, 1) + 2 * add, b + add, np.where(known, n, 1) + 2 * add
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.log(x * t / (s * y))
        spread = z(level, sided) * np.sqrt(np.maximum(1 / x - 1 / s + 1 / y - 1 / t, 0.0))
    low = np.where(a > 0, np.exp(middle - spread), 0.0)
    high = np.where(b > 0, np.exp(middle + spread), np.inf)
    return Interval(np.asarray(np.where(known, low, np.nan)), np.asarray(np.where(known, high, np.nan)))


def ratio_score(
    h1: ArrayLike, n1: ArrayLike, h2: ArrayLike, n2: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Interval of (h1/n1) / (h2/n2) by inverting the score test of a given ratio.

    Source: Koopman 1984, Biometrics 40:513; Miettinen and Nurminen 1985, Statistics in Medicine 4:213, without their
    factor N / (N - 1).
    """
    a, m, b, n = floats(h1, n1, h2, n2)
    critical = z(level, sided)
    known = (m > 0) & (n > 0)
    m, n = np.where(known, m, 1.0), np.where(known, n, 1.0)
    start = np.log(np.maximum(a, 0.5) * n / (m * np.maximum(b, 0.5)))
    low = np.where(a > 0, np.exp(_search(start, -1.0, a, m, b, n, critical)), 0.0)
    high = np.where(b > 0, np.exp(_search(start, 1.0, a, m, b, n, critical)), np.inf)
    return Interval(np.asarray(np.where(known, low, np.nan)), np.asarray(np.where(known, high, np.nan)))


def _search(start: Array, side: float, a: Array, m: Array, b: Array, n: Array, critical: float) -> Array:
    """The log ratio, beyond `start` on the given side, where the score test begins to reject."""
    near, far = start.copy(), start + side
    for _ in range(10):
        accepted = _score(far, a, m, b, n) <= critical
        if not accepted.any():
            break
        # Beyond a ratio of e^300 the squares would overflow; only a side without hits gets there, and has its own end.
        far, near = (
            np.where(accepted, np.clip(start + 2 * (far - start), -300.0, 300.0), far),
            np.where(accepted, far, near),
        )
    for _ in range(56):
        middle = 0.5 * (near + far)
        accepted = _score(middle, a, m, b, n) <= critical
        near, far = np.where(accepted, middle, near), np.where(accepted, far, middle)
    return np.asarray(0.5 * (near + far))


def _score(log_ratio: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
    """|z| of the test that p1 = ratio * p2, variance at the constrained maximum of the likelihood."""
    ratio = np.exp(log_ratio)
    lead = (m + n) * ratio
    linear = m * ratio + a + n + b * ratio
    root = np.sqrt(np.maximum(linear**2 - 4 * lead * (a + b), 0.0))
    second = np.clip(2 * (a + b) / (linear + root), 0.0, np.minimum(1.0, 1.0 / ratio))
    first = np.clip(ratio * second, 0.0, 1.0)
    variance = first * (1 - first) / m + ratio**2 * second * (1 - second) / n
    distance = np.abs(a / m - ratio * b / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(variance > 0, distance / np.sqrt(variance), np.where(distance > 0, np.inf, 0.0)))
