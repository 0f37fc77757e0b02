"""The other half speaks: each candidate's numbers on rows that had no part in finding it.

The test of a slice against everyone else inverts the interval of their difference. For events that interval rests on
exact (Clopper-Pearson) limits of both sides, squared and added, since rare events in small slices make score intervals
raise false alarms; weights and clusters enter as an effective number of rows. Holm's method bounds the chance of any
false discovery among the candidates by 1 - level.

Source: Zou and Donner 2008, Statistics in Medicine 27:1693; Korn and Graubard 1998, Survey Methodology 24:193; Holm
1979, Scandinavian Journal of Statistics 6:65; Cohen 1988, Statistical Power Analysis, chapters 2 and 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.discovered import Level
from sterling.core.frozen import dataclass
from sterling.quality.discovery.losses import Kind
from sterling.quality.discovery.sums import Floats, Rows, Sums, total
from sterling.stats.arrays import Interval, divide
from sterling.stats.difference import square_and_add
from sterling.stats.means import mean_bounded_z, mean_positive_z, student
from sterling.stats.normal import cdf, z
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import kish_n, weighted_n

_FARTHEST = 8.0
"""Critical values beyond this are not told apart: p is below 1e-14."""
_MARKS, _ROUNDS = 32, 3


class Side(NamedTuple):
    """A mean loss, how many rows stand behind it (effective), its clusters, and the variance of one such row.

    Arrays have shape (1,). `clusters` is infinite where there are none.
    """

    value: Floats
    size: Floats
    clusters: float
    spread: Floats

    def tied(self, variance: float, plain: float, clusters: float) -> Side:
        """The side with fewer effective rows, as clusters make a variance larger than `plain`; never with more."""
        design = max(1.0, variance / plain) if plain > 0 else 1.0
        return self._replace(size=self.size / design, clusters=clusters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A slice against everyone else, in the direction of the loss: above 0 is worse."""

    slice: Level
    rest: Level
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    effect: float | None = None
    p: float | None = None
    harm: float | None = None
    coverage: float | None = None


def contrast(
    rows: Rows, inside: NDArray[np.bool_], kind: Kind, *, n: int, n_rest: int, level: float, min_n: int
) -> Contrast:
    """Compare the rows `inside` with the others. `rows`: eligible rows of the confirmation half; `n`, `n_rest`: all."""
    mine, rest = total(rows.part(inside)), total(rows.part(~inside))
    few = min(mine.n[0], rest.n[0]) < max(min_n, 2)
    first, second = _sides(rows, inside, kind, mine, rest)
    critical = np.array([z(level)])
    shown = [_level(s, side, kind, critical, rows=m, min_n=min_n) for s, side, m in
             ((mine, first, n), (rest, second, n_rest))]  # fmt: skip
    everything = float(mine.wl[0] + rest.wl[0])
    coverage = float(mine.wl[0]) / everything if everything > 0 else None
    if few or not (first.size > 0)[0] or not (second.size > 0)[0]:
        return Contrast(slice=shown[0], rest=shown[1], coverage=coverage)
    gap = float((first.value - second.value)[0])
    drawn = _difference(first, second, kind, critical, exact=False)
    share = float(mine.w[0] / (mine.w[0] + rest.w[0]))
    return Contrast(
        slice=shown[0], rest=shown[1], gap=gap, low=float(drawn.low[0]), high=float(drawn.high[0]),
        effect=_effect(first, second, mine, rest, kind), p=_p_value(first, second, kind),
        harm=share * (1 - share) * gap, coverage=coverage,
    )  # fmt: skip


def level_of(rows: Rows, kind: Kind, *, n: int, level: float, min_n: int) -> Level:
    """The mean loss of all `rows` with its interval; `n`: how many rows there are, eligible or not."""
    sums = total(rows)
    side = _side(sums, kind)
    if rows.cluster is not None and rows.size:
        variance, clusters = _clustered(rows, (rows.loss - sums.mean) / sums.w)
        side = side.tied(variance, float(sums.variance[0]), clusters)
    return _level(sums, side, kind, np.array([z(level)]), rows=n, min_n=min_n)


def _level(sums: Sums, side: Side, kind: Kind, critical: Floats, *, rows: int, min_n: int) -> Level:
    eligible = int(sums.n[0])
    if eligible < min_n or not (side.size > 0)[0]:
        return Level(n=rows, n_eligible=eligible, value=None, low=None, high=None)
    bounds = _interval(side, kind, critical, exact=False)
    low, high = float(bounds.low[0]), float(bounds.high[0])
    if not (np.isfinite(low) and np.isfinite(high)):
        return Level(n=rows, n_eligible=eligible, value=None, low=None, high=None)
    return Level(n=rows, n_eligible=eligible, value=float(side.value[0]), low=low, high=high)


def _sides(rows: Rows, inside: NDArray[np.bool_], kind: Kind, mine: Sums, rest: Sums) -> tuple[Side, Side]:
    """Both sides. Clusters that lie in both tie them together: the difference is linearised as one number."""
    first, second = _side(mine, kind), _side(rest, kind)
    if rows.cluster is None:
        return first, second
    influence = np.where(inside, (rows.loss - mine.mean) / mine.w, -(rows.loss - rest.mean) / rest.w)
    variance, clusters = _clustered(rows, influence)
    fewer = float(min(len(np.unique(rows.cluster[inside])), clusters))
    plain = float((mine.variance + rest.variance)[0])
    return first.tied(variance, plain, fewer), second.tied(variance, plain, fewer)


def _side(sums: Sums, kind: Kind) -> Side:
    """A side by itself. Its effective rows: of events from the weights of hits and misses, of other losses Kish's."""
    event = kind == "event"
    size = weighted_n(sums.w, sums.ww, sums.wl, sums.wwl) if event else kish_n(sums.w, sums.ww)
    return Side(sums.mean, size, np.inf, sums.variance * size)


def _clustered(rows: Rows, influence: Floats) -> tuple[float, int]:
    """Variance of the weighted sum of `influence` when whole clusters were drawn, and the number of clusters."""
    assert rows.cluster is not None
    _, at = np.unique(rows.cluster, return_inverse=True)
    parts = np.bincount(at, weights=influence if rows.weight is None else influence * rows.weight)
    m = len(parts)
    return (float(np.sum(parts**2)) * m / (m - 1), m) if m > 1 else (np.nan, m)


def _interval(side: Side, kind: Kind, critical: Floats, *, exact: bool) -> Interval:
    size = side.size
    if np.isfinite(side.clusters):
        size = _few(size, critical, side.clusters)
    if kind == "event":
        return (exact_value if exact else wilson_value)(side.value, size, critical)
    sum_, squares = side.value * size, (side.spread * (size - 1) + side.value**2 * size)
    if kind == "bounded":
        return mean_bounded_z(sum_, squares, size, critical)
    return mean_positive_z(sum_, squares, size, critical)


def _few(size: Floats, critical: Floats, clusters: float) -> Floats:
    """Effective rows so that a normal critical value acts like Student's t with one degree of freedom per cluster less.

    As `stats.weights.few_clusters`, and quicker where there are many clusters.
    """
    if clusters < 2:
        return np.full(critical.shape, np.nan)
    return np.asarray(size * (critical / student(critical, clusters - 1.0)) ** 2)


def _difference(first: Side, second: Side, kind: Kind, critical: Floats, *, exact: bool) -> Interval:
    a, b = (_interval(side, kind, critical, exact=exact) for side in (first, second))
    return square_and_add(first.value, a.low, a.high, second.value, b.low, b.high)


def _p_value(first: Side, second: Side, kind: Kind) -> float:
    """Two-sided: 1 less the level of the widest interval of the difference that does not reach 0."""
    worse = bool((first.value >= second.value)[0])
    near, far = 0.0, _FARTHEST
    for _ in range(_ROUNDS):
        marks = np.linspace(near, far, _MARKS + 1)[1:]
        bounds = _difference(first, second, kind, marks, exact=True)
        apart = bounds.low > 0 if worse else bounds.high < 0
        beyond = int(np.argmin(apart)) if not apart.all() else _MARKS
        near, far = (float(marks[beyond - 1]) if beyond else near), float(marks[min(beyond, _MARKS - 1)])
        if beyond == _MARKS:
            break
    return float(2 * cdf(-near))


def _effect(first: Side, second: Side, mine: Sums, rest: Sums, kind: Kind) -> float | None:
    """Cohen's h of two shares; Cohen's d, by the pooled spread of rows, of two means. None where nothing spreads."""
    a, b = float(first.value[0]), float(second.value[0])
    if kind == "event":
        return float(2 * (np.arcsin(np.sqrt(min(max(a, 0.0), 1.0))) - np.arcsin(np.sqrt(min(max(b, 0.0), 1.0)))))
    pooled = divide(first.spread * mine.n + second.spread * rest.n, mine.n + rest.n)
    return (a - b) / float(np.sqrt(pooled[0])) if pooled[0] > 0 else None
