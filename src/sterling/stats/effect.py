"""A number and the bounds that it has at any chance of error: what a limit on it is held against."""

from __future__ import annotations

from collections.abc import Callable

from sterling.core.frozen import dataclass
from sterling.stats.arrays import check_level

Bounds = Callable[[float, float], tuple[float, float]]
"""From two chances of error to two bounds: the first that it is below the low one, the second above the high one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How large a difference is. `at(over, within)` gives one-sided bounds, each of which fails so often at most."""

    value: float
    at: Bounds
    method: str

    def interval(self, level: float) -> tuple[float, float]:
        """The two-sided interval: both ends share the chance of error."""
        tail = (1.0 - check_level(level)) / 2.0
        return self.at(tail, tail)
