"""Sums of what is worked out of long arrays: slab by slab, so that nothing in between leaves the processor's cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SLAB = 1 << 14
"""So many numbers of 8 bytes are worked on at once: a few such slabs fit a core's own cache."""


def summed(part: Callable[[slice], NDArray[np.float64]], n: int) -> float:
    """The sum of the n numbers of which `part` works out any slice; the bits are those of NumPy's sum of them all.

    NumPy adds up in pairs: it splits an array in two halves, the first of a length that 8 divides, down to 128 numbers
    (Higham 1993, SIAM Journal on Scientific Computing 14:783). The same halves are summed here, and added the same way.
    """
    return _between(part, 0, n)


def _between(part: Callable[[slice], NDArray[np.float64]], first: int, end: int) -> float:
    if end - first <= SLAB:
        return float(part(slice(first, end)).sum())
    half = (end - first) // 2
    middle = first + half - half % 8
    return _between(part, first, middle) + _between(part, middle, end)
