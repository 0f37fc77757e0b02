"""Which cut points a score has reached: exact at every cut point, by looking up and correcting.

Multiplying and truncating is wrong where scores lie on a cut point (0.29 * 100 is 28.999…). Here a table gives a bin
that is never too high, and comparisons with the cut points themselves move it up.
"""

from __future__ import annotations

from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Floats = NDArray[np.float64]
_CELLS_PER_CUT = 8
_MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Cuts:
    """Ascending cut points. The bin of a score is the number of cut points it reaches (score >= cut)."""

    points: Floats
    table: NDArray[np.int64] = field(init=False, repr=False)
    scale: float = field(init=False, repr=False)
    steps: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        points = self.points
        if not np.all(points[1:] > points[:-1]):
            raise ValueError("cut points ascend and are distinct")
        cells = min(1 << 16, max(64, _CELLS_PER_CUT * len(points)))
        width = float(points[-1]) - float(points[0]) if len(points) > 1 else 0.0
        scale = cells / width if width > 0 and np.isfinite(cells / width) else 0.0
        # One cell of slack on either side: the looked-up bin is a lower bound whatever the rounding of the product.
        lefts = points[0] + (np.arange(cells + 2) - 2) / scale if scale else np.full(cells + 2, -np.inf)
        lowest = np.searchsorted(points, lefts, side="left").astype(np.int64)
        highest = np.append(lowest[3:], [len(points)] * 3)
        object.__setattr__(self, "table", lowest)
        object.__setattr__(self, "scale", scale)
        object.__setattr__(self, "steps", int((highest - lowest).max(initial=0)) if len(points) else 0)

    @property
    def bins(self) -> int:
        return len(self.points) + 1

    @property
    def searched(self) -> bool:
        """Whether cut points lie so unevenly that searching is better than looking up."""
        return not self.scale or self.steps > _MOST_STEPS

    def index(self, scores: Floats) -> NDArray[np.int64]:
        """The bin of every score, 0 … len(points)."""
        points = self.points
        if self.searched:
            return np.searchsorted(points, scores, side="right").astype(np.int64)
        place = scores - points[0]
        place *= self.scale
        place += 1.0
        np.clip(place, 0.0, len(self.table) - 1.0, out=place)
        bins: NDArray[np.int64] = self.table.take(place.astype(np.intp))
        ends = np.append(points, np.inf)
        for _ in range(self.steps):
            bins += scores >= ends.take(bins)
        return bins


def decimal_grid(count: int) -> Floats:
    """1/count … (count-1)/count as decimals people would type."""
    return np.array([round(i / count, 12) for i in range(1, count)])
