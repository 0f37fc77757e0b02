"""Sums of floats that do not depend on the order of the rows: fixed point, held in exact integers.

A value is cut into limbs of 24 bits below a first scale; each limb is an integer small enough that float64 adds
65,536 of them exactly. Totals are int64. Precision is fixed by the first scale, so the same rows give the same bits
whatever their order, batches or threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

CHUNK = 1 << 16
_STEP = 24


@dataclass(frozen=True, slots=True)
class Fixed:
    """Totals per code: shape (limbs, size), in units of 2^-(first + 24 k)."""

    limbs: NDArray[np.int64]
    first: int

    @property
    def value(self) -> NDArray[np.float64]:
        total = np.zeros(self.limbs.shape[1:])
        for k in reversed(range(self.limbs.shape[0])):
            total += np.ldexp(self.limbs[k].astype(np.float64), -(self.first + _STEP * k))
        return total

    def __add__(self, other: Fixed) -> Fixed:
        return Fixed(self.limbs + other.limbs, self.first)

    def reshape(self, *shape: int) -> Fixed:
        return Fixed(self.limbs.reshape(self.limbs.shape[0], *shape), self.first)

    def sum(self, axes: tuple[int, ...]) -> Fixed:
        """Totals over some axes (counted without the limb axis)."""
        return Fixed(self.limbs.sum(axis=tuple(a + 1 for a in axes)), self.first) if axes else self

    @staticmethod
    def zeros(size: int, *, limbs: int, first: int) -> Fixed:
        return Fixed(np.zeros((limbs, size), dtype=np.int64), first)


def add_at(codes: NDArray[np.int64], values: NDArray[np.float64], size: int, *, limbs: int, first: int) -> Fixed:
    """Sum `values` by `codes`. |values| must stay below 2^(37 - first), and n |values| below 2^(63 - first)."""
    total = np.zeros((limbs, size), dtype=np.int64)
    for start in range(0, len(codes), CHUNK):
        part = codes[start : start + CHUNK]
        rest = values[start : start + CHUNK] * 2.0**first
        for k in range(limbs):
            last = k + 1 == limbs
            whole = np.rint(rest, out=rest) if last else np.rint(rest)
            total[k] += np.bincount(part, weights=whole, minlength=size).astype(np.int64)
            if not last:
                rest -= whole
                rest *= 2.0**_STEP
    return Fixed(total, first)


def add_up(values: NDArray[np.float64], *, limbs: int, first: int) -> Fixed:
    """The sum of all `values` as `add_at` gives it under one code, without looking codes up."""
    total = np.zeros((limbs, 1), dtype=np.int64)
    for start in range(0, len(values), CHUNK):
        rest = values[start : start + CHUNK] * 2.0**first
        for k in range(limbs):
            whole = np.rint(rest)
            total[k, 0] += int(whole.sum())
            rest -= whole
            rest *= 2.0**_STEP
    return Fixed(total, first)
