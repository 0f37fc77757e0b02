"""The mean of a metric over classes or labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.rates import MetricInfo
from sterling.engine.quantity import Quantity
from sterling.stats.arrays import Interval, divide

Floats = NDArray[np.float64]


def mean_of(
    info: MetricInfo,
    parts: Sequence[Quantity],
    share: Floats,
    *,
    nothing: NDArray[np.bool_] | None = None,
    together: Callable[[Floats], Interval] | None = None,
) -> Quantity:
    """The mean of the quantities of several classes, of shape (slices, thresholds) each, weighted by `share`.

    `share` has shape (slices, thresholds or 1, classes). A class whose value is unknown in a slice is left out there,
    or counts as 0 where `nothing` (of the same shape) says so. Bounds are the means of the classes' own bounds: what
    holds when their errors are as dependent as can be. `together` gives the bounds of all parts at once, at critical
    values of shape (slices, thresholds), where that is cheaper; its bounds have the shape of `share`.
    """
    values = _stacked([p.value for p in parts], nothing)
    weight = np.where(np.isnan(values), 0.0, np.broadcast_to(share, values.shape))
    weight = divide(weight, weight.sum(axis=-1, keepdims=True))

    def mean(each: Floats) -> Floats:
        known = np.where(weight > 0, weight * each, 0.0).sum(axis=-1)
        return np.asarray(np.where(np.isnan(weight).all(axis=-1), np.nan, known))

    def at(critical: ArrayLike) -> Interval:
        zed = np.broadcast_to(critical, parts[0].value.shape)
        if together is not None:
            low, high = together(zed)
        else:
            bounds = [p.interval_at(zed) for p in parts]
            low, high = (_stacked([b[i] for b in bounds], nothing) for i in (0, 1))
        return Interval(mean(low), mean(high))

    return Quantity(
        info=info,
        value=mean(values),
        interval_at=at,
        decide_at=at,
        n_eligible=np.max([p.n_eligible for p in parts], axis=0),
        n_effective=mean(_stacked([p.n_effective for p in parts], nothing)),
        method=f"{parts[0].method}; mean over classes of their bounds, errors taken to be fully dependent",
    )


def _stacked(parts: Sequence[Floats], nothing: NDArray[np.bool_] | None) -> Floats:
    values = np.stack(parts, axis=-1)
    return values if nothing is None else np.where(np.isnan(values) & nothing, 0.0, values)
