"""How much any smooth metric changes from the baseline to the candidate: every row with its influence on both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.rates import MetricInfo
from sterling.engine.encode import Batch
from sterling.engine.quantity import At, Quantity
from sterling.stats.arrays import Interval
from sterling.stats.means import student

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Of = Callable[[int, Places], tuple[float, Floats]]
"""Of one model: from a slice and its rows to the metric's value and what a row of weight 1 adds to it."""


def ordered(batch: Batch, known: Places, columns: Sequence[NDArray[np.generic]]) -> Places:
    """The rows `known` in an order that depends on their values alone: by `columns`, weight and cluster."""
    last = (part for part in (batch.cluster, batch.weight) if part is not None)
    keys = [column[known] for column in (*last, *reversed(columns))]
    return np.asarray(known[np.lexsort(keys)])


def weights(batch: Batch, rows: Places) -> Floats:
    """The weight of each row, 1 where there are none."""
    return np.ones(len(rows)) if batch.weight is None else batch.weight[rows]


def mean(values: Floats, batch: Batch) -> Of:
    """The mean of a number of every row."""

    def at(_: int, rows: Places) -> tuple[float, Floats]:
        weight = weights(batch, rows)
        total = float(weight.sum())
        if total <= 0:
            return float("nan"), np.zeros(len(rows))
        middle = float(weight @ values[rows] / total)
        return middle, (values[rows] - middle) / total

    return at


def of_totals(metric: tuple[Floats, Floats], names: Sequence[str], values: Mapping[str, Floats]) -> Of:
    """A function of totals: its value, (slices,), and its slopes by each of the `names`, (slices, totals).

    `values`: what each row adds to the totals.
    """

    def at(row: int, rows: Places) -> tuple[float, Floats]:
        added = np.zeros(len(rows))
        for name, by in zip(names, np.nan_to_num(metric[1][row]), strict=True):
            if by != 0:
                added += by * values[name][rows]
        return float(metric[0][row]), added

    return at


def change(
    batch: Batch, slices: Sequence[NDArray[np.bool_] | None], order: Places, of: tuple[Of, Of], info: MetricInfo, *,
    relative: bool = False, steps: bool = False, eligible: Callable[[Places], int] = len, spans: Floats | None = None,
) -> Quantity:  # fmt: skip
    """Candidate less baseline for every slice, shape (slices, 1). `of`: the baseline, the candidate.

    `order` are the eligible rows, in the order in which they are added up. As a part of the baseline's value if
    `relative`; that is unknown where it is 0. `steps`: the metric is made of counts, so that at least one row may go
    from one end to the other. How far that is: the metric's range, or all of the baseline's value where it has none;
    `spans`, per slice, where it is neither (0: it cannot move). Source: Särndal, Swensson and Wretman 1992, 5.5 and
    5.6, for differences of ratios.
    """
    size = len(slices)
    value, variance, effective, count = (np.full((size, 1), np.nan) for _ in range(4))
    for row, mine in enumerate(slices):
        rows = order if mine is None else order[mine[order]]
        count[row] = eligible(rows)
        if len(rows) < 2:
            continue
        (first, by_first), (second, by_second) = (one(row, rows) for one in of)
        if relative and first == 0:
            continue
        weight = weights(batch, rows)
        times_c, times_b = (1 / first, second / first**2) if relative else (1.0, 1.0)
        part: Floats = (times_c * by_second - times_b * by_first) * weight
        units = len(rows)
        if batch.cluster is not None:
            which = np.unique(batch.cluster[rows], return_inverse=True)[1]
            units = int(which.max()) + 1
            part = np.bincount(which, weights=part).astype(np.float64)
        if units < 2:
            continue
        value[row] = second / first - 1 if relative else second - first
        variance[row] = float((part**2).sum()) * units / (units - 1)
        effective[row] = min(float(weight.sum() ** 2 / (weight**2).sum()), units)
        whole = abs(first) if info.high is None else info.high
        span = 1.0 if relative else whole if spans is None else spans[row]
        if steps or variance[row] == 0:  # equal here does not show that they always are
            variance[row] = np.fmax(variance[row], (span / effective[row]) ** 2)
        if spans is not None and spans[row] == 0:
            value[row] = variance[row] = 0.0
    at: At = partial(reach, value, variance, effective, info)
    method = "paired, linearised (influence of each row on both)"
    method += "; clusters as units" if batch.cluster is not None else ""
    return Quantity(
        info=info, value=value, interval_at=at, decide_at=at, n_eligible=np.nan_to_num(count).astype(np.int64),
        n_effective=np.nan_to_num(effective), method=method,
    )  # fmt: skip


def reach(value: Floats, variance: Floats, n: Floats, info: MetricInfo, critical: ArrayLike) -> Interval:
    """Student's interval of a change from its variance among n units, kept inside what the metric allows."""
    spread = student(critical, np.maximum(n - 1, 1)) * np.sqrt(variance)
    low, high = value - spread, value + spread
    if info.low is None or info.high is None:
        return Interval(low, high)
    return Interval(np.maximum(low, info.low), np.minimum(high, info.high))
