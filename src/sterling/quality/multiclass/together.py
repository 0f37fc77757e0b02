"""A rate of every class at once: a table asks the same of each, one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.engine.quantity import Quantity
from sterling.stats.arrays import Interval

Floats = NDArray[np.float64]
_REMEMBERED = 16
"""Critical values whose bounds are kept, of each rate."""


@dataclass(frozen=True, eq=False)
class Together:
    """A quantity with a column for each class. Bounds found for one class are found, and kept, for all of them."""

    whole: Quantity

    def of(self, column: int, info: MetricInfo) -> Quantity:
        """What it says of one class: arrays of shape (slices, 1)."""
        one, whole = slice(column, column + 1), self.whole
        return Quantity(
            info=info, value=whole.value[:, one], n_eligible=whole.n_eligible[:, one],
            n_effective=whole.n_effective[:, one], method=whole.method,
            interval_at=partial(_column, self._interval_at, one), decide_at=partial(_column, self._decide_at, one),
        )  # fmt: skip

    @cached_property
    def _interval_at(self) -> Callable[[Floats], Interval]:
        return _remembering(self.whole.interval_at)

    @cached_property
    def _decide_at(self) -> Callable[[Floats], Interval]:
        return _remembering(self.whole.decide_at)


def _column(at: Callable[[Floats], Interval], one: slice, critical: Floats) -> Interval:
    low, high = at(np.asarray(critical, dtype=np.float64))
    return Interval(low[:, one], high[:, one])


def _remembering(at: Callable[[Floats], Interval]) -> Callable[[Floats], Interval]:
    """The same bounds, worked out once for each of the last few critical values."""
    kept: dict[tuple[tuple[int, ...], bytes], Interval] = {}

    def remembered(critical: Floats) -> Interval:
        key = critical.shape, critical.tobytes()
        if key not in kept:
            if len(kept) == _REMEMBERED:
                del kept[next(iter(kept))]
            kept[key] = at(critical)
        return kept[key]

    return remembered
