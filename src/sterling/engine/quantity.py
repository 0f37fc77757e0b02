"""A metric of one model for every slice: values and how far they reach at any critical value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.stats.arrays import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
At = Callable[[Floats], Interval]
Shared = Callable[[int, int], int]
"""Of what `n_eligible` counts, how much two slices have both."""


@dataclass(frozen=True, slots=True, eq=False)
class CellByCell:
    """Bounds of each cell that depend on nothing but what `given` holds for that cell, in arrays of the values' shape.

    `bounds` is called with the arrays of `given` and the critical values: those of some cells take no other cell's.
    """

    bounds: Callable[..., Interval]
    given: tuple[NDArray[np.generic], ...]

    def __call__(self, critical: Floats) -> Interval:
        return self.bounds(*self.given, critical)

    def part(self, rows: Ints, column: int) -> CellByCell:
        """The bounds of some slices at one threshold."""
        return CellByCell(self.bounds, tuple(array[rows, column] for array in self.given))


@dataclass(frozen=True, slots=True, eq=False)
class SideBySide:
    """Bounds of several columns of `slices` entries: each has its own, of arrays of shape (slices, 1)."""

    ends: tuple[At, ...]
    slices: int

    def __call__(self, critical: Floats) -> Interval:
        zed = np.broadcast_to(critical, (self.slices, len(self.ends)))
        bounds = [end(zed[:, i : i + 1]) for i, end in enumerate(self.ends)]
        low, high = (np.concatenate([b[k] for b in bounds], axis=1) for k in (0, 1))
        return Interval(low, high)

    def part(self, rows: Ints, column: int) -> At:
        """The bounds of some slices at one threshold."""
        return _part(self.ends[column], rows, 0, (self.slices, 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantity:
    """A metric of one model. Arrays have shape (slices, thresholds), or (slices, 1) when it needs no threshold.

    `interval_at(critical)` gives bounds in that shape, as shown for a single slice; `decide_at` those that comparisons
    of slices rest on (for shares the exact interval, see `stats.multiple`). `n_eligible` are rows, `n_effective` what
    they are worth as equally weighted independent rows. `shared`: None where slices of one family have none in common.
    """

    info: MetricInfo
    value: Floats
    interval_at: At
    decide_at: At
    n_eligible: Ints
    n_effective: Floats
    method: str
    shared: Shared | None = None

    @property
    def decided_by(self) -> str:
        """The method behind `decide_at`."""
        return self.method.replace("Wilson score", "Clopper-Pearson")

    def part(self, rows: Ints, column: int) -> Quantity:
        """The quantity of some slices at one threshold; arrays then have shape (slices,)."""
        column = column if self.value.shape[1] > 1 else 0
        return Quantity(
            info=self.info,
            value=self.value[rows, column],
            interval_at=_part(self.interval_at, rows, column, self.value.shape),
            decide_at=_part(self.decide_at, rows, column, self.value.shape),
            n_eligible=self.n_eligible[rows, column],
            n_effective=self.n_effective[rows, column],
            method=self.method,
            shared=None if self.shared is None else lambda i, j: self.shared_by(int(rows[i]), int(rows[j])),
        )

    def shared_by(self, first: int, second: int) -> int:
        """How much of what `n_eligible` counts is both slices'."""
        return 0 if self.shared is None else self.shared(first, second)


def side_by_side(info: MetricInfo, parts: Sequence[Quantity]) -> Quantity:
    """Quantities of shape (slices, 1), one for each threshold, as one of shape (slices, thresholds)."""

    slices = len(parts[0].value)
    return Quantity(
        info=info,
        value=np.concatenate([p.value for p in parts], axis=1),
        interval_at=SideBySide(tuple(p.interval_at for p in parts), slices),
        decide_at=SideBySide(tuple(p.decide_at for p in parts), slices),
        n_eligible=np.concatenate([p.n_eligible for p in parts], axis=1),
        n_effective=np.concatenate([p.n_effective for p in parts], axis=1),
        method=parts[0].method,
    )


def _part(at: At, rows: Ints, column: int, shape: tuple[int, ...]) -> At:
    if isinstance(at, CellByCell | SideBySide):
        return at.part(rows, column)

    def bounds(critical: Floats) -> Interval:
        spread = np.full(shape, np.nan)
        spread[rows, column] = np.broadcast_to(critical, (len(rows),))
        low, high = at(spread)
        return Interval(low[rows, column], high[rows, column])

    return bounds
