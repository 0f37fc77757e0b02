"""What would decide an undecided verdict: how many more people, of which groups."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.core.evidence import Finding, Kind, Side
from sterling.core.judge import Deciding, More
from sterling.core.membership import is_inferred
from sterling.core.slices import EVERYONE, Slice
from sterling.stats.deciding import people_to_decide
from sterling.stats.multiple import (
    Extreme,
    Widest,
    gap_to_baseline_from,
    largest_from,
    ratio_to_baseline_from,
    smallest_from,
    smallest_ratio_from,
    widest_gap_from,
)
from sterling.stats.power import Kind as Question
from sterling.stats.proportion import exact_value

Floats = NDArray[np.float64]
_QUESTIONS: dict[Kind, Question] = {"gap": "gap", "ratio": "ratio", "lowest": "floor", "highest": "ceiling"}
_CLOSE = 1e-6
"""How near an interval worked out again must come to the one that was judged."""
OF_ALL = "representation"
"""The metric whose size is that of the whole table: it is known better by more people of any group."""


def more_people(finding: Finding, limit: float, level: float) -> Deciding | None:
    """More people of the groups that keep the limit open, if what was seen held.

    Of the people who come, only as many count in the metric as did of those who were seen: a true positive rate learns
    from people with a positive label alone. None where the interval does not follow from the groups' values and sizes,
    so that nobody can say what it would be with more people: of means and areas, of clusters, of inferred groups.
    """
    sides = _sides(finding)
    if not _follows(finding, sides):
        return None
    value, size = _arrays(sides)
    whole = finding.metric.name == OF_ALL
    each = np.array([side.n / side.n_effective for side in sides]) if not whole else np.ones(len(sides))
    found = people_to_decide(
        value, size, limit, kind=_QUESTIONS[finding.kind], level=finding.level, baseline=_baseline(finding, sides),
        each=each,
    )  # fmt: skip
    pairs = dict.fromkeys(frozenset(map(int, pair)) for pair in found.open)
    return Deciding(
        more=() if found.more is None else _named(found.more, sides, each, whole=whole),
        open=tuple(tuple(sides[i] for i in sorted(pair)) for pair in pairs),
        rows=_rows(finding, sides),
    )


def _sides(finding: Finding) -> tuple[Side, ...]:
    """All groups compared, as far as the finding names them."""
    return (finding.first, *((finding.second,) if finding.second is not None else ()), *finding.others)


def _arrays(sides: tuple[Side, ...]) -> tuple[Floats, Floats]:
    return np.array([s.value for s in sides]), np.array([s.n_effective for s in sides])


def _baseline(finding: Finding, sides: tuple[Side, ...]) -> int | None:
    return next((i for i, side in enumerate(sides) if side.slice == finding.baseline), None)


def _follows(finding: Finding, sides: tuple[Side, ...]) -> bool:
    """Whether the interval that was judged is that of these groups' shares at these sizes."""
    known = finding.metric.is_proportion and finding.kind in _QUESTIONS and not is_inferred(finding.family)
    paired = finding.kind not in ("gap", "ratio") or len(sides) > 1
    if not known or not paired or not all(s.n_effective > 0 for s in sides):
        return False
    if finding.baseline is not None and _baseline(finding, sides) is None:
        return False
    again = _judged(finding, sides)
    return bool(abs(float(again.at_least) - finding.low) < _CLOSE and abs(float(again.at_most) - finding.high) < _CLOSE)


def _judged(finding: Finding, sides: tuple[Side, ...]) -> Widest | Extreme:
    value, size = _arrays(sides)
    at, place, level = partial(exact_value, value, size), _baseline(finding, sides), finding.level
    if finding.kind == "gap":
        return widest_gap_from(value, at, level=level) if place is None else gap_to_baseline_from(
            value, at, place, level=level
        )  # fmt: skip
    if finding.kind == "ratio":
        return smallest_ratio_from(value, at, level=level) if place is None else ratio_to_baseline_from(
            value, at, place, level=level
        )  # fmt: skip
    return (smallest_from if finding.kind == "lowest" else largest_from)(value, at, level=level)


def _named(more: NDArray[np.int64], sides: tuple[Side, ...], each: Floats, *, whole: bool) -> tuple[More, ...]:
    """The people of each group, most first; of a share of the whole table, of anybody.

    Of several classes of one group the people who come count for all.
    """
    if whole:
        return (More(slice=EVERYONE, people=int(more.max()), there=round(sides[0].n_effective)),)
    named: dict[Slice, More] = {}
    for side, counted, factor in zip(sides, more.tolist(), each.tolist(), strict=True):
        found = More(slice=side.slice, people=math.ceil(counted * factor), there=side.n)
        if counted and (side.slice not in named or found.people > named[side.slice].people):
            named[side.slice] = found
    return tuple(sorted(named.values(), key=lambda m: -m.people))


def _rows(finding: Finding, sides: tuple[Side, ...]) -> int:
    """How many rows the groups have together, those too small to compare with them."""
    every = {side.slice: side.n for side in sides} | {small.slice: small.n for small in finding.too_small}
    return max(sum(every.values()), 1)
