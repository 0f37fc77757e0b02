"""The same people before and after: intervals for the change of a share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sterling.stats.arrays import Array, Interval, Sided, floats
from sterling.stats.normal import z


def paired_change(
    gained: ArrayLike, lost: ArrayLike, n: ArrayLike, *, level: float = 0.95, sided: Sided = 2
) -> Interval:
    """Interval of (gained - lost) / n: the change of a share among the same n people.

    `gained` were not in before and are after, `lost` the other way round; all others stayed as they were. Counts may
    be effective (non-integer) ones. Never of zero width, also when nobody changed. NaN where n is 0.
    """
    return paired_change_z(gained, lost, n, z(level, sided))


def paired_change_z(gained: ArrayLike, lost: ArrayLike, n: ArrayLike, critical: ArrayLike) -> Interval:
    """`paired_change` at a given critical value.

    The changes that the score test accepts, its variance taken at the constrained maximum of the likelihood. Source:
    Tango 1998, Statistics in Medicine 17:891.
    """
    b, c, m, zed = floats(gained, lost, n, critical)
    known = (m > 0) & ~np.isnan(b) & ~np.isnan(c)
    b, c, m = (np.where(known, part, 1.0) for part in (b, c, m))
    change = (b - c) / m
    low = _search(change, -1.0, b, c, m, zed)
    high = _search(change, 1.0, b, c, m, zed)
    return Interval(np.asarray(np.where(known, low, np.nan)), np.asarray(np.where(known, high, np.nan)))


def _search(change: Array, end: float, b: Array, c: Array, n: Array, critical: Array) -> Array:
    """Bisect between a change the test accepts and the end of the scale."""
    near, far = change.copy(), np.full(change.shape, end)
    for _ in range(52):
        middle = 0.5 * (near + far)
        accepted = _score(middle, b, c, n) <= critical
        near, far = np.where(accepted, middle, near), np.where(accepted, far, middle)
    return np.asarray(0.5 * (near + far))


def _score(delta: Array, b: Array, c: Array, n: Array) -> Array:
    """|z| of the test that the change is delta."""
    lost = constrained_loss(delta, b, c, n)
    variance = n * np.maximum(2 * lost + delta * (1 - delta), 0.0)
    distance = np.abs(b - c - n * delta)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(variance > 0, distance / np.sqrt(variance), np.where(distance > 0, np.inf, 0.0)))


def constrained_loss(delta: ArrayLike, gained: ArrayLike, lost: ArrayLike, n: ArrayLike) -> Array:
    """The chance of being lost at the maximum of the likelihood, given that gained less lost is `delta`."""
    d, b, c, m = floats(delta, gained, lost, n)
    linear = (2 * m - b + c) * d - b - c
    constant = -c * d * (1 - d)
    root = np.sqrt(np.maximum(linear * linear - 8 * m * constant, 0.0))
    return np.asarray(np.clip((root - linear) / (4 * m), np.maximum(0.0, -d), np.minimum(1.0, (1 - d) / 2)))
