"""A metric of one model for every slice: values and how far they reach at any critical value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sterling.core.rates import MetricInfo
from sterling.stats.arrays import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
At = Callable[[Floats], Interval]


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantity:
    """A metric of one model. Arrays have shape (slices, thresholds), or (slices, 1) when it needs no threshold.

    `interval_at(critical)` gives bounds in that shape, as shown for a single slice; `decide_at` those that comparisons
    of slices rest on (for shares the exact interval, see `stats.multiple`). `n_eligible` are rows, `n_effective` what
    they are worth as equally weighted independent rows.
    """

    info: MetricInfo
    value: Floats
    interval_at: At
    decide_at: At
    n_eligible: Ints
    n_effective: Floats
    method: str

    @property
    def decided_by(self) -> str:
        """The method behind `decide_at`."""
        return self.method.replace("Wilson score", "Clopper-Pearson")

    def part(self, rows: Ints, column: int) -> Quantity:
        """The quantity of some slices at one threshold; arrays then have shape (slices,)."""
        column = column if self.value.shape[1] > 1 else 0

        def sub(at: At) -> At:
            if isinstance(at, CellByCell):
                return at.part(rows, column)

            def bounds(critical: Floats) -> Interval:
                spread = np.full(self.value.shape, np.nan)
                spread[rows, column] = np.broadcast_to(critical, (len(rows),))
                low, high = at(spread)
                return Interval(low[rows, column], high[rows, column])

            return bounds

        return Quantity(
            info=self.info,
            value=self.value[rows, column],
            interval_at=sub(self.interval_at),
            decide_at=sub(self.decide_at),
            n_eligible=self.n_eligible[rows, column],
            n_effective=self.n_effective[rows, column],
            method=self.method,
        )
