"""Gauss-Legendre quadrature without linear algebra: an eigenvalue solver would wake every core for a moment."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sterling.stats.arrays import Array

_STEPS = 6
"""Newton's steps double the digits; from the start below three are mostly enough."""

_DONE = 1e-12
"""After a step as short as this the next would change nothing."""


class Rule(NamedTuple):
    """Nodes in (-1, 1), ascending, and their weights, shapes (n,)."""

    nodes: Array
    weights: Array


@lru_cache(maxsize=8)
def gauss_legendre(n: int) -> Rule:
    """The rule with n nodes: exact for polynomials up to degree 2n - 1.

    The nodes are the zeros of the Legendre polynomial, found by Newton's method from Tricomi's starting points.
    Source: Press et al. 2007, Numerical Recipes, section 4.6.1.
    """
    x = np.cos(np.pi * (np.arange(n, 0, -1) - 0.25) / (n + 0.5))
    for _ in range(_STEPS):
        value, before = _legendre(n, x)
        step = value * (x * x - 1.0) / (n * (x * value - before))
        x = x - step
        if np.abs(step).max() < _DONE:
            break
    _, before = _legendre(n, x)
    weights = 2.0 * (1.0 - x * x) / (n * before) ** 2
    weights *= 2.0 / weights.sum()
    for array in (x, weights):
        array.flags.writeable = False
    return Rule(x, weights)


def _legendre(n: int, x: Array) -> tuple[Array, Array]:
    """P_n and P_(n-1) at x, by the three-term recurrence."""
    before, value = np.zeros_like(x), np.ones_like(x)
    for k in range(1, n + 1):
        before, value = value, ((2 * k - 1) * x * value - (k - 1) * before) / k
    return value, before
