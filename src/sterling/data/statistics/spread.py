"""How numbers are spread, as cells in ascending order: quantiles and histograms are read off them.

A value that is held is a cell of no width, so everything read off is exact. In a sketch a cell has a width, and what
is read off says how many rows may lie on the other side.
"""

from __future__ import annotations

import math
from itertools import pairwise
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from sterling.core.data.profile import Histogram, Quantile
from sterling.core.defaults import SHARED
from sterling.core.frozen import dataclass
from sterling.data.statistics.counted import Whole, all_ones

Floats = NDArray[np.float64]
SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
BINS = 20
"""About so many bins of equal width."""
TENTHS = tuple(k / 10 for k in range(1, 10))
_RANKS: WeakValueDictionary[int, Whole] = WeakValueDictionary()
"""Whole numbers from 1 on by how many there are, as long as a spread holds them."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Disjoint cells from `lower` to below `upper` (both the value itself when the cell is one value), ascending.

    `rows` in each cell, and what they weigh (the rows again without weights), shape (c,), c >= 1; `whole`: the values
    are whole numbers. Made by `spread_over`, which adds up `upto`, rows, and `heavy`, weight, to the end of each cell.
    """

    lower: Floats
    upper: Floats
    rows: Whole
    weight: Floats | Whole
    whole: bool
    upto: Whole
    heavy: Floats | Whole

    @property
    def total(self) -> int:
        return int(self.upto[-1])

    def quantile(self, p: float) -> Quantile:
        """The least value at or below which a share `p` of the weight lies (the inverse of the distribution).

        In a cell with a width the value is interpolated; `error` is the cell's share of the weight.
        """
        return self._inside(p, *self._at(p))

    def _inside(self, p: float, cell: int, share: float) -> Quantile:
        low, high = self.lower[cell], self.upper[cell]
        if low == high:
            return Quantile(p=p, value=float(low))
        return Quantile(
            p=p, value=float(low + share * (high - low)), error=float(self.weight[cell] / self.weight.sum())
        )

    def told(self, p: float) -> Quantile:
        """The quantile as it may be told: the value itself when `SHARED` rows have it, else the mean of the `SHARED`
        rows around it, whose rank is off by half of them at most; None where fewer rows lie on one side.
        """
        cell, share = self._at(p)
        exact, rows = self._inside(p, cell, share), int(self.rows[cell])
        if rows >= SHARED:
            return exact
        rank = int(self.upto[cell]) - rows + min(int(share * rows), rows - 1)
        first = rank - SHARED // 2
        if first < 0 or first + SHARED > self.total:
            return Quantile(p=p, value=None, error=exact.error)
        cells = self.upto.searchsorted(np.arange(first, first + SHARED), side="right")
        middle = self.lower[cells] / 2 + self.upper[cells] / 2
        scale = math.frexp(float(np.abs(middle).max()))[1] - 1  # as 2^1024 is no float
        near = float(self.weight[cells[0] : cells[-1] + 1].sum() / self.heavy[-1]) / 2
        mean = float(np.ldexp(middle, -scale).sum()) / SHARED
        return Quantile(p=p, value=float(np.ldexp(mean, scale)), error=exact.error + near)

    def _at(self, p: float) -> tuple[int, float]:
        """The cell that holds the quantile, and how far into the cell it lies."""
        target = p * self.heavy[-1] * (1 - 1e-12)
        least = target if self.heavy.dtype.kind == "f" else math.ceil(target)  # of its own type, or all would be cast
        cell = min(int(self.heavy.searchsorted(least)), len(self.heavy) - 1)
        if not self.weight[cell] > 0:
            cell = int(np.flatnonzero(self.weight > 0)[0 if p < 0.5 else -1])
        into = (target - (self.heavy[cell] - self.weight[cell])) / self.weight[cell]
        return cell, float(min(max(into, 0.0), 1.0))

    def histograms(self) -> tuple[Histogram, ...]:
        """A uniform and a quantile histogram as they may be told; none when there are fewer than `SHARED` rows."""
        if self.total < SHARED:
            return ()
        edges = self.edges()
        inner = [q.value for q in map(self.told, TENTHS) if q.value is not None]
        tenths = np.unique([edges[0], *(v for v in inner if edges[0] < v < edges[-1]), edges[-1]])
        tenths = tenths if self._splits(tenths) else self._nearest(tenths)
        return (
            self._histogram("uniform", edges),
            self._histogram("quantile", tenths),
        )

    def edges(self) -> Floats:
        """Round edges of bins of equal width. `SHARED` rows or more lie at or beyond either end: an end is nobody's."""
        low = self.lower[int(np.searchsorted(self.upto, SHARED, side="left"))]
        last = int(np.searchsorted(self.upto, max(self.total - SHARED, 0), side="right"))
        high = self.upper[min(last, len(self.upto) - 1)]
        return round_edges(min(low, high), max(low, high), whole=self.whole)

    def _splits(self, edges: Floats) -> bool:
        """Whether no cell lies on both sides of an inner edge."""
        cells = np.searchsorted(self.lower, edges[1:-1], side="left") - 1
        inside = cells >= 0
        return not bool((self.upper[cells[inside]] > edges[1:-1][inside]).any())

    def _nearest(self, edges: Floats) -> Floats:
        """Inner edges moved to where cells begin, so that counts between them are exact."""
        cells = np.minimum(np.searchsorted(self.lower, edges[1:-1], side="left"), len(self.lower) - 1)
        moved = self.lower[cells]
        return np.unique([edges[0], *moved[(moved > edges[0]) & (moved < edges[-1])], edges[-1]])

    def _histogram(self, kind: str, edges: Floats) -> Histogram:
        """Counts between edges. The end bins take what lies beyond them; bins of few rows are joined to others."""
        at = np.searchsorted(self.lower, edges[1:-1], side="left")
        ends = np.concatenate([at, [len(self.rows)]])
        rows, heavy = (np.diff(np.where(ends > 0, sums[ends - 1], 0), prepend=0) for sums in (self.upto, self.heavy))
        kept, counts = _joined(rows, heavy)
        beyond = bool(self.lower[0] < edges[0]), bool(self.upper[-1] > edges[-1])
        return Histogram(
            kind="uniform" if kind == "uniform" else "quantile", edges=tuple(float(edges[i]) for i in kept),
            counts=counts, below=beyond[0], above=beyond[1],
        )  # fmt: skip


def spread_over(lower: Floats, upper: Floats, rows: Whole, weight: Floats | None, *, whole: bool = False) -> Spread:
    """Cells with what is in them; `weight` None: each row weighs 1."""
    upto = _ranks(len(rows)) if all_ones(rows) else np.cumsum(rows)
    if weight is None:
        return Spread(lower, upper, rows, rows, whole, upto, upto)
    return Spread(lower, upper, rows, weight, whole, upto, np.cumsum(weight))


def _ranks(n: int) -> Whole:
    """1 to n, which columns whose values are all different share while any of them is there."""
    size = 1 << n.bit_length()
    every = _RANKS.get(size)
    if every is None:
        every = np.arange(1, size + 1)
        every.flags.writeable = False
        _RANKS[size] = every
    return every[:n]


def _joined(rows: Whole, heavy: Floats | Whole) -> tuple[list[int], tuple[float, ...]]:
    """Indices of the edges that stay, and counts, such that a bin is empty or holds `SHARED` rows."""
    edges, kept, counts, few, weigh = [0], [], [], 0, 0.0
    for i, (n, w) in enumerate(zip(rows.tolist(), heavy.tolist(), strict=True)):
        few, weigh = few + n, weigh + w
        if few == 0 or few >= SHARED:
            edges.append(i + 1)
            kept.append(few)
            counts.append(weigh)
            few, weigh = 0, 0.0
    while few and kept:  # what is left over at the end goes to the bins before it
        few, weigh = few + kept.pop(), weigh + counts.pop()
        edges.pop()
        if few >= SHARED:
            break
    if few:
        edges.append(len(rows))
        counts.append(weigh)
    return edges, tuple(float(c) for c in counts)


def round_edges(low: float, high: float, *, whole: bool, bins: int = BINS) -> Floats:
    """Ascending round numbers from at or below `low` to above `high`, about `bins` bins apart."""
    wide = high / bins - low / bins
    step = _round_up(wide) if wide > 0 else max(abs(high) * 2.0**-10, 1.0 if abs(high) < 2.0**40 else 0.0)
    step = max(step, 1.0) if whole else step
    if not (step > 0 and abs(low) / step < 2.0**52 and abs(high) / step < 2.0**52):
        return _apart(low, high)
    first, last = math.floor(low / step), math.floor(high / step) + 1
    with np.errstate(over="ignore"):  # what is beyond float64 is cut off below
        ticks = np.arange(first, last + 1, dtype=np.float64) * step
    digits = 12 - math.floor(math.log10(step))
    limit = np.finfo(np.float64).max
    ticks = np.clip(ticks, -limit, limit)
    if abs(digits) < 300 and float(np.abs(ticks).max()) < limit / 2:  # rounding up must not leave float64's range
        ticks = np.array([round(t, digits) for t in ticks.tolist()])
    edges = np.unique(ticks)
    return edges if len(edges) > 1 else _apart(low, high)


def _apart(low: float, high: float) -> Floats:
    """Two edges with both values between them; below the largest float where nothing lies above it."""
    if low < high:
        return np.array([low, high])
    below = low == np.finfo(np.float64).max
    return np.array([np.nextafter(low, -np.inf), low] if below else [low, np.nextafter(low, np.inf)])


def _round_up(wide: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is at least so wide."""
    power = 10.0 ** math.floor(math.log10(wide)) if wide > 1e-300 else 0.0
    return next((k * power for k in (1.0, 2.0, 5.0) if k * power >= wide * (1 - 1e-9)), 10.0 * power)


def widths(histogram: Histogram) -> tuple[float, ...]:
    """How wide each bin is: joined bins are wider, so areas, not heights, compare."""
    return tuple(b - a for a, b in pairwise(histogram.edges))
