"""Two samples of numbers: how far values have to move, on average, to turn one into the other (Wasserstein's distance).

It is the largest difference of means of any function with slope 1 at most (Kantorovich and Rubinstein). So the bounds
need no resampling:

- The function that separates the populations best is fixed, and its values vary no more than the numbers do: the
  distance is at most the statistic plus the bound of one difference of means.
- The noise between the samples' distribution functions adds, on average, at most the integral of its standard deviation
  times sqrt(2 / pi). The distance is at least the statistic less that and the bound of a mean; and it is
  at least the difference of the two means, less theirs.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.arrays import Array
from sterling.stats.effect import Effect
from sterling.stats.normal import z
from sterling.stats.slabs import summed

_MEAN_OF_ABS = math.sqrt(2.0 / math.pi)


def wasserstein(
    a: NDArray[np.generic], b: NDArray[np.generic], wa: Array | None = None, wb: Array | None = None
) -> float:
    """The mean distance between the quantiles of two ascending samples, in their unit. NaN where one is empty."""
    if not len(a) or not len(b):
        return math.nan
    if wa is not None or wb is not None:
        ends_a, ends_b = _ends(a, wa), _ends(b, wb)
        ends = np.sort(np.concatenate([ends_a, ends_b]), kind="stable")  # two ascending runs are merged
        first = np.minimum(np.searchsorted(ends_a, ends, side="left"), len(a) - 1)
        second = np.minimum(np.searchsorted(ends_b, ends, side="left"), len(b) - 1)
        return _between(a[first], b[second], ends)
    if len(a) == len(b):
        return summed(lambda part: np.abs(_floats(a[part]) - _floats(b[part])), len(a)) / len(a)
    return _whole(a, b) if len(a) > len(b) else _whole(b, a)


def _whole(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Both quantile functions are steps. A step of the longer sample a meets one or two of the shorter b.

    In units of 1 / (n m) the i-th step of a is from i m to (i + 1) m, the j-th of b from j n to (j + 1) n.
    """
    n, m = len(a), len(b)

    def near(part: slice) -> Array:
        begin = np.arange(part.start, part.stop) * m
        first = begin // n
        width = np.minimum((first + 1) * n - begin, m)
        x, low, high = (_floats(v) for v in (a[part], b[first], b[np.minimum(first + 1, m - 1)]))
        return np.asarray(width * np.abs(x - low) + (m - width) * np.abs(x - high))

    return summed(near, n) / (n * m)


def _ends(values: NDArray[np.generic], weight: Array | None) -> Array:
    total = np.arange(1, len(values) + 1) if weight is None else np.cumsum(weight)
    return np.asarray(total / total[-1], dtype=np.float64)


def _between(a: NDArray[np.generic], b: NDArray[np.generic], ends: NDArray[np.generic]) -> float:
    """Both quantile functions are steps; between two neighbouring ends of steps of either, both are constant."""
    width = np.diff(ends, prepend=ends.dtype.type(0)).astype(np.float64)
    return float((width * np.abs(_floats(a) - _floats(b))).sum() / float(ends[-1]))


def _floats(values: NDArray[np.generic]) -> Array:
    return values.astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What the bounds need of a sample: its effective size, mean and standard deviation."""

    n: float
    mean: float
    std: float


def noise(x: Array, f: Array, g: Array, n: float, m: float) -> float:
    """How much distance the samples alone add on average, at most: from both distribution functions at ascending x.

    Between two points the larger of the two ends counts.
    """
    if len(x) < 2:
        return 0.0
    spread = np.sqrt(np.maximum(f * (1.0 - f), 0.0) / n + np.maximum(g * (1.0 - g), 0.0) / m)
    return float(_MEAN_OF_ABS * (np.diff(x) * np.maximum(spread[1:], spread[:-1])).sum())


def wasserstein_effect(
    value: float, a: Moments, b: Moments, added: float, *, scale: float = 1.0, most: float | None = None
) -> Effect:
    """The distance over `scale`, with its bounds. `added` is what `noise` says; `most` as in `kolmogorov.ks_effect`.

    Needs populations whose variance exists: with heavier tails than that no mean has a bound.
    """
    error = math.sqrt(a.std**2 / a.n + b.std**2 / b.n)
    upper = value if most is None else most
    apart = abs(a.mean - b.mean)

    def at(over: float, within: float) -> tuple[float, float]:
        critical = z(1.0 - over / 2.0, 1)
        low = max(value - added - critical * error, apart - critical * error, 0.0)
        high = upper + z(1.0 - within, 1) * error
        return min(low, value) / scale, high / scale

    method = "at least: less the noise of both samples, or the distance of the means; at most: the bound of one mean"
    return Effect(value=value / scale, at=at, method=method)
