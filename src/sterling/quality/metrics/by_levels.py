"""From a number of one slice and its influence to a quantity of all slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import ScoreMetric
from sterling.engine.binary.levels import Levels
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.quantity import Quantity
from sterling.stats.arrays import Interval
from sterling.stats.bounded import bounded_z, positive_z
from sterling.stats.means import student

Floats = NDArray[np.float64]
Ends = Literal["bounded", "positive", "free"]
Among = Literal["both", "positive", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of one slice. `low` and `high`: how much further its interval reaches on either side."""

    value: float
    variance: float
    low: float = 0.0
    high: float = 0.0
    known: bool = True


NOTHING = Number(value=float("nan"), variance=float("nan"), known=False)
Influenced = Callable[[Levels], tuple[float, Floats]]
"""From levels to a value and the influence (levels, 2) of a row of weight 1 of each label on it."""


def linearised(levels: Levels, of: Influenced, *, ordering: bool = True) -> Number:
    """The number of one slice with its linearised variance; with bins also what their order hides.

    `ordering`: only the order of the scores matters, so that the two ways to order the rows of each bin bound it.
    """
    value, influence = of(levels)
    if value != value:
        return NOTHING
    variance = levels.variance(influence)
    if not levels.half or not ordering:
        return Number(value=value, variance=variance)
    best, worst = of(levels.split(0))[0], of(levels.split(1))[0]
    return Number(value=value, variance=variance, low=max(value - worst, 0.0), high=max(best - value, 0.0))


def gather(
    m: BinaryMeasured,
    metric: ScoreMetric,
    of: Callable[[Levels, int], Number],
    *,
    ends: Ends,
    method: str,
    among: Among = "both",
    most: Callable[[Levels], float] = lambda levels: np.nan,
) -> Quantity:
    """The quantity of every slice. `of` takes the levels and the place of a slice.

    `among`: whether people of both labels are needed, or some with a positive one, or any. `most`: with positive ends,
    what the number is where every positive one counts: 0 of them bound it where it is 0.
    """
    assert m.levels is not None
    size, binned = len(m.slices), False
    value, variance, count, effective, below, above, units = (np.full((size, 1), np.nan) for _ in range(7))
    positives, top = (np.full((size, 1), np.nan) for _ in range(2))
    for row in range(size):
        levels = m.levels.of(row)
        binned = binned or levels.half > 0
        rows = levels.rows.sum(axis=0)
        needed = {"positive": rows[1], "both": rows.min(), "any": rows.sum()}[among]
        count[row] = rows.sum() if needed else 0
        number = of(levels, row) if needed else NOTHING
        count[row] = count[row] if number.known else min(int(count[row, 0]), int(needed))
        spread = number.variance
        if spread != spread and ends == "bounded":
            spread = 0.25  # of a single row the spread is not known: that of a coin
        if not number.known or spread != spread:
            continue
        value[row], variance[row], below[row], above[row] = number.value, spread, number.low, number.high
        label_n, units[row] = levels.effective(), levels.units
        positives[row], top[row] = label_n[1], most(levels)
        effective[row] = {"positive": label_n[1], "both": 2 * label_n.min(), "any": label_n.sum()}[among]
    low, high = metric.info.low, metric.info.high

    def at(critical: ArrayLike) -> Interval:
        # The variance of a few clusters is itself a guess, which Student's t allows for.
        times = np.asarray(critical) if m.gram is None else student(critical, np.fmax(units - 1, 1.0))
        if ends == "bounded":
            bounds = bounded_z(value, variance, effective, times, low=low or 0.0, high=1.0 if high is None else high)
        elif ends == "positive":
            bounds = positive_z(value, variance, times, n=positives, most=top)
        else:
            reach = times * np.sqrt(variance)
            bounds = Interval(value - reach, value + reach)
        return Interval(
            np.maximum(bounds.low - below, -np.inf if low is None else low),
            np.minimum(bounds.high + above, np.inf if high is None else high),
        )

    if binned:
        method += "; scores in bins, their error included"
    if m.gram is not None:
        method += "; clusters as units, Student's t"
    return Quantity(
        info=metric.info, value=value, interval_at=at, decide_at=at, n_eligible=np.nan_to_num(count).astype(np.int64),
        n_effective=np.nan_to_num(effective), method=method,
    )  # fmt: skip
