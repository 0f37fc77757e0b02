"""What is summed over the rows of a slice, and the two numbers that the search compares: mean loss and its error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Eligible rows of one half. `loss` and `weight` have shape (rows,); `event`: the loss is 0 or 1 and unweighted."""

    codes: tuple[NDArray[np.uint8], ...]
    loss: Floats
    weight: Floats | None
    cluster: NDArray[np.int64] | None
    event: bool

    @property
    def size(self) -> int:
        return len(self.loss)

    def part(self, rows: NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        at = np.flatnonzero(rows)
        return Rows(
            codes=tuple(c.take(at) for c in self.codes), loss=self.loss.take(at),
            weight=None if self.weight is None else self.weight.take(at),
            cluster=None if self.cluster is None else self.cluster.take(at), event=self.event,
        )  # fmt: skip


class Sums(NamedTuple):
    """Per slice: rows, weight, weighted loss, and squared weight times 1, loss and squared loss; any equal shapes.

    Without weights `w` is `n`, and so on: the same arrays.
    """

    n: Floats
    w: Floats
    wl: Floats
    ww: Floats
    wwl: Floats
    wwll: Floats

    @property
    def mean(self) -> Floats:
        """Mean loss; NaN where there is no weight."""
        return divide(self.wl, self.w)

    @property
    def variance(self) -> Floats:
        """Linearised variance of the mean loss. It is 0 where all losses are equal: callers guard small slices."""
        m = self.mean
        return divide(np.maximum(self.wwll - 2 * m * self.wwl + m * m * self.ww, 0.0), self.w**2)

    def each(self, change: Callable[[Floats], Floats]) -> Sums:
        """`change` of every part; parts that are the same array stay the same array, and are changed once."""
        done: dict[int, Floats] = {}
        for part in self:
            if id(part) not in done:
                done[id(part)] = change(part)
        return Sums(*(done[id(part)] for part in self))

    def joined(self, left: Floats, right: Floats | None = None) -> Sums:
        """Sums over sets of cells: `left` (sets, cells of the first axis), `right` likewise of the second."""
        return self.each(lambda part: left @ part if right is None else left @ part @ right.T)

    def minus(self, other: Sums) -> Sums:
        """The sums of all rows other than `other`'s, where these are all rows."""
        return Sums(*(a - b for a, b in zip(self, other, strict=True)))


def sums_by(rows: Rows, codes: NDArray[np.integer], size: int) -> Sums:
    """Sums for each of the codes 0 … size - 1; `codes` has shape (rows,)."""
    if rows.event:
        both = np.bincount(codes.astype(np.intp) * 2 + rows.loss.astype(np.intp), minlength=2 * size).reshape(size, 2)
        n, hits = both.sum(axis=1).astype(np.float64), both[:, 1].astype(np.float64)
        return Sums(n, n, hits, n, hits, hits)
    at = codes.astype(np.intp)
    n = np.bincount(at, minlength=size).astype(np.float64)
    if rows.weight is None:
        loss, squares = _sum(at, rows.loss, size), _sum(at, rows.loss**2, size)
        return Sums(n, n, loss, n, loss, squares)
    w, wl = rows.weight, rows.weight * rows.loss
    return Sums(n, _sum(at, w, size), _sum(at, wl, size), _sum(at, w * w, size), _sum(at, w * wl, size),
                _sum(at, wl * wl, size))  # fmt: skip


def total(rows: Rows) -> Sums:
    """Sums over all rows, each of shape (1,)."""
    return sums_by(rows, np.zeros(rows.size, dtype=np.uint8), 1)


def pair_codes(rows: Rows, first: int, second: int, width: int) -> NDArray[np.uint16]:
    """One code for two features: `width` is the second's number of bins."""
    return rows.codes[first].astype(np.uint16) * np.uint16(width) + rows.codes[second]


def _sum(at: NDArray[np.intp], values: Floats, size: int) -> Floats:
    return np.bincount(at, weights=values, minlength=size).astype(np.float64, copy=False)
