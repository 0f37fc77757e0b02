"""From bounds on every group's rate to findings that a limit can judge."""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np

from sterling.core.evidence import Finding, Side
from sterling.core.metrics import Metric
from sterling.core.slices import Slice
from sterling.engine.measured import Measured
from sterling.fairness.inferred.bounds import InferredRates
from sterling.stats.normal import z

End = Literal["gap", "lowest", "highest"]
_Found = tuple[float, float, float, tuple[int, ...], tuple[int, ...]]
"""Value, low, high, the groups it is of, and those that set the end which keeps a limit open."""


def finding(
    measured: Measured, metric: Metric, family: str, values: tuple[str, ...], found: InferredRates, *,
    end: End, independent: bool, threshold: float | None, method: str,
) -> Finding:  # fmt: skip
    """The widest gap, or the lowest or highest group: the estimate, and how far the data let it reach.

    `independent`: hits and group are taken to be independent given the probabilities, so that only chance is left.
    """
    sides = [
        Side(
            slice=Slice.of({family: value}), value=float(found.estimate[g]), n=round(float(found.n[g])),
            n_eligible=round(float(found.n[g])), n_effective=float(found.n_effective[g]),
        )
        for g, value in enumerate(values)
    ]  # fmt: skip
    enough = [g for g, side in enumerate(sides) if side.n_effective >= measured.min_n]
    many = len(enough)
    nan = float("nan")
    made: _Found = (nan, nan, nan, (0,), (0,))
    if many > 1 or (many and end != "gap"):
        made = (_gap if end == "gap" else _extreme)(found, enough, measured.level, independent, end)
    value, low, high, pair, outer = made
    info = metric.info
    column = measured.column(threshold)
    return Finding(
        metric=info, kind=end, family=(family,), level=measured.level, value=value, low=low, high=high,
        threshold=measured.thresholds[column] if measured.thresholds and info.by_threshold else None,
        first=sides[pair[0]], second=sides[pair[1]] if len(pair) > 1 else None, groups_compared=many,
        operating=threshold is None, method=method, outermost=tuple(sides[g] for g in outer),
        others=tuple(s for g, s in enumerate(sides) if g in enough and g not in pair),
    )  # fmt: skip


def _gap(found: InferredRates, groups: list[int], level: float, independent: bool, end: str) -> _Found:
    """The low end holds over all pairs at once (Bonferroni); the high one is that of an intersection-union test."""
    k = len(found.estimate)
    below, above = (0, 0) if independent else (k, 2 * k)
    ends = np.concatenate([found.estimate, found.low, found.high])
    pairs = list(itertools.permutations(groups, 2))
    sure, loose = z(1 - (1 - level) / len(pairs), 1), z(level, 1)

    def at_least(a: int, b: int) -> float:
        one, other = below + a, above + b
        return float(ends[one] - ends[other] - sure * found.error(one, other))

    def at_most(a: int, b: int) -> float:
        one, other = above + a, below + b
        return float(ends[one] - ends[other] + loose * found.error(one, other))

    widest = max(pairs, key=lambda p: found.estimate[p[0]] - found.estimate[p[1]])
    outer = max(pairs, key=lambda p: at_most(*p))
    low = max(0.0, *(at_least(*p) for p in pairs))
    value = float(found.estimate[widest[0]] - found.estimate[widest[1]])
    return value, min(low, value), min(max(at_most(*outer), value), 1.0), widest, outer


def _extreme(found: InferredRates, groups: list[int], level: float, independent: bool, end: str) -> _Found:
    k = len(found.estimate)
    below, above = (0, 0) if independent else (k, 2 * k)
    ends = np.concatenate([found.estimate, found.low, found.high])
    sure, loose = z(1 - (1 - level) / len(groups), 1), z(level, 1)
    lowest = end == "lowest"
    lows = {g: float(ends[below + g] - (loose if lowest else sure) * found.error(below + g)) for g in groups}
    highs = {g: float(ends[above + g] + (sure if lowest else loose) * found.error(above + g)) for g in groups}
    pick = min if lowest else max
    worst = pick(groups, key=lambda g: float(found.estimate[g]))
    held = lows if lowest else highs
    outer = pick(groups, key=lambda g: held[g])
    value = float(found.estimate[worst])
    low, high = pick(lows.values()), pick(highs.values())
    return value, max(min(low, value), 0.0), min(max(high, value), 1.0), (worst,), (outer,)
