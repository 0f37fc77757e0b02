"""FA005: how far apart are the groups among people alike in a legitimate column?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Answer, Finding, Side, TooSmall
from sterling.core.grouping import group_name
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.core.registry import check
from sterling.core.slices import GroupValue, Slice
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.fairness.compare import Family
from sterling.fairness.inequality import Bounded
from sterling.fairness.single import UNKNOWN
from sterling.stats.multiple import widest_gap_from
from sterling.stats.normal import sidak, z
from sterling.stats.standardised import Common, common_difference

METHOD = (
    "common difference at the mix of strata of Cochran, Mantel and Haenszel; Clopper-Pearson limits at the effective "
    "sizes, squared and added; low end simultaneous over all pairs (Sidak), high end one-sided (intersection-union)"
)
WITHIN = (
    "Clopper-Pearson, two groups squared and added; low end simultaneous over all groups and over all values of the "
    "given column (Bonferroni), high end one-sided (intersection-union)"
)


@check(
    code="FA005",
    name="conditional-gap",
    title="Gap among people alike",
    question="How far apart are the groups in this metric among people with equal values of a legitimate column?",
    finds=("gap",),
    needs=("groups",),
    pitfalls=(
        "A column that is itself the result of unequal treatment hides it when it is held equal.",
        "Gaps in opposite directions cancel in the common difference: ask with within = true as well.",
        "Values in which only one group has people tell nothing and do not count.",
    ),
    hints=(
        "Compare it with the plain gap (FA001): what holding the column equal takes away lies between its values.",
        "Ask who decides that the column is legitimate, and write the reason into the project.",
    ),
)
def conditional_gap(
    measured: Measured, *, metric: Metric, given: str, groups: tuple[str, ...] | None = None,
    threshold: float | None = None, within: bool = False,
) -> Answer:  # fmt: skip
    """The widest difference of `metric` between two groups when the mix of `given` is made equal.

    With `within`, the widest difference inside each value of `given` by itself. `given` is one of the group columns.
    """
    given, groups = group_name(given), None if groups is None else tuple(map(group_name, groups))
    _known(measured, given, groups)
    if not metric.info.is_proportion:
        return Answer(outcome="not_applicable", reason=f"{metric.info.name} is no share of people")
    if getattr(measured, "gram", None) is not None:
        return Answer(outcome="not_applicable", reason="rows of one cluster may lie in several strata")
    whole = measured.quantity(metric)
    findings: list[Finding] = []
    small: list[TooSmall] = []
    for column in measured.groups:
        if column == given or (groups is not None and column not in groups):
            continue
        strata = _Strata(measured, whole, column, given, measured.column(threshold))
        made = _inside(strata, threshold) if within else [_common(strata, threshold)]
        findings += made
        small += [t for f in made for t in f.too_small]
    return Answer(findings=tuple(findings), too_small=tuple(small), method=WITHIN if within else METHOD)


def _known(measured: Measured, given: str, groups: tuple[str, ...] | None) -> None:
    for name in (given, *(groups or ())):
        if name not in measured.groups:
            raise ConfigError(
                f"{shown(name)!r} is no group column", where="FA005", hint=near_miss(name, measured.groups),
                expected="group columns: " + ", ".join(map(shown, measured.groups)),
            )  # fmt: skip
    if len(measured.groups) < 2:
        raise ConfigError(
            f"there is no group column beside {shown(given)!r}", where="FA005",
            hint="name the legitimate column and the columns to compare under --groups",
        )  # fmt: skip


def _rows(measured: Measured, column: str, given: str) -> np.ndarray:
    family = next((f for f in measured.families if set(f) == {column, given}), None)
    if family is None:
        raise ConfigError(
            f"{shown(column)!r} and {shown(given)!r} were not crossed", where="FA005", hint="measure with --cross 2"
        )
    return measured.family_rows(family)


class _Strata:
    """The metric by group and value of the given column, arrays of shape (groups, values)."""

    def __init__(self, measured: Measured, whole: Quantity, column: str, given: str, at: int) -> None:
        self.measured, self.whole, self.column, self.given, self.at = measured, whole, column, given, at
        self.rows = _rows(measured, column, given)
        self.part = whole.part(self.rows, at)
        self.cells = [measured.slices[r].as_dict() for r in self.rows]
        self.groups = list(dict.fromkeys(c[column] for c in self.cells))
        self.values = list(dict.fromkeys(c[given] for c in self.cells))
        groups = np.array([self.groups.index(c[column]) for c in self.cells], dtype=np.int64)
        places = groups, np.array([self.values.index(c[given]) for c in self.cells], dtype=np.int64)
        shape = len(self.groups), len(self.values)
        self.share, self.worth, self.eligible = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape, dtype=np.int64)
        self.share[places], self.eligible[places] = self.part.value, self.part.n_eligible
        self.worth[places] = np.where(np.isnan(self.part.value), 0.0, self.part.n_effective)

    def slice(self, group: int) -> Slice:
        return Slice(((self.column, self.groups[group]),))

    def n(self, group: int) -> int:
        named = {s: int(n) for s, n in zip(self.measured.slices, self.measured.n, strict=True)}
        return named[self.slice(group)]

    def info(self) -> MetricInfo:
        info = self.part.info
        return replace(
            info, name=f"{info.name} given {self.given}", label=f"{info.label} at equal {self.given}",
            plain=f"{info.plain}, at an equal mix of {self.given}",
        )  # fmt: skip


_Pair = tuple[int, int, Common, int, int]
"""Places of two groups, their shares at one mix, and the people of each that count."""


def _pairs(strata: _Strata) -> Iterator[_Pair]:
    """Every two groups with enough people in the values they share: their places, shares and people counted."""
    for i, j in combinations(range(len(strata.groups)), 2):
        both = (strata.eligible[[i, j]] > 0).all(axis=0)
        n_i, n_j = (int(strata.eligible[k][both].sum()) for k in (i, j))
        if min(n_i, n_j) >= strata.measured.min_n:
            yield i, j, common_difference(strata.share[i], strata.worth[i], strata.share[j], strata.worth[j]), n_i, n_j


class _Gap(NamedTuple):
    """A gap with its bounds, the two groups it is between, and those that keep it open."""

    bounds: Bounded
    sides: tuple[Side, ...]
    outermost: tuple[Side, ...]


def _unknown(strata: _Strata) -> _Gap:
    measured, nan = strata.measured, float("nan")
    nobody = Side(slice=measured.slices[0], value=nan, n=int(measured.n[0]), n_eligible=0, n_effective=0.0)
    return _Gap(UNKNOWN, (nobody,), ())


def _common(strata: _Strata, threshold: float | None) -> Finding:
    """The widest common difference of any two groups."""
    pairs = list(_pairs(strata))
    taking_part = {k for i, j, *_ in pairs for k in (i, j)}
    found = _widest_common(strata, pairs) if pairs else _unknown(strata)
    small = _left_out(strata, taking_part)
    return _finding(strata, strata.info(), threshold, found, len(taking_part), METHOD, small)


def _widest_common(strata: _Strata, pairs: list[_Pair]) -> _Gap:
    level = strata.measured.level
    sure = [c.interval(sidak(level, len(pairs), 2)) for _, _, c, _, _ in pairs]
    loose = [c.interval(z(level, 1)) for _, _, c, _, _ in pairs]
    reach = [max(float(at.high), -float(at.low)) for at in loose]
    widest = max(pairs, key=lambda p: abs(p[2].difference))
    at_least = max(0.0, *(max(float(at.low), -float(at.high)) for at in sure))
    return _Gap(
        bounds=Bounded(abs(widest[2].difference), at_least, max(reach)),
        sides=_sides(strata, widest),
        outermost=_sides(strata, pairs[int(np.argmax(reach))]),
    )


def _sides(strata: _Strata, pair: _Pair) -> tuple[Side, Side]:
    i, j, common, n_i, n_j = pair
    one = Side(slice=strata.slice(i), value=common.first, n=strata.n(i), n_eligible=n_i, n_effective=common.n_first)
    two = Side(slice=strata.slice(j), value=common.second, n=strata.n(j), n_eligible=n_j, n_effective=common.n_second)
    return (one, two) if common.first >= common.second else (two, one)


def _left_out(strata: _Strata, taking_part: set[int]) -> tuple[TooSmall, ...]:
    return tuple(
        TooSmall(slice=strata.slice(k), n=strata.n(k), n_eligible=int(strata.eligible[k].sum()),
                 n_needed=strata.measured.min_n)
        for k in range(len(strata.groups)) if k not in taking_part
    )  # fmt: skip


def _inside(strata: _Strata, threshold: float | None) -> list[Finding]:
    """The widest difference in each value of the given column."""
    return [_in_value(strata, value, threshold) for value in strata.values]


def _in_value(strata: _Strata, value: GroupValue, threshold: float | None) -> Finding:
    measured, part = strata.measured, strata.part
    here = np.array([c[strata.given] == value for c in strata.cells])
    enough = here & (part.n_eligible >= measured.min_n) & ~np.isnan(part.value)
    small = tuple(
        TooSmall(slice=measured.slices[r], n=int(measured.n[r]), n_eligible=int(e), n_needed=measured.min_n)
        for r, e in zip(strata.rows[here & ~enough], part.n_eligible[here & ~enough], strict=True)
    )
    rows = strata.rows[enough]
    family = Family(
        columns=(strata.column,), rows=rows, quantity=strata.whole.part(rows, strata.at), measured=measured,
        too_small=small,
    )  # fmt: skip
    found = _unknown(strata) if len(rows) < 2 else _widest_inside(family, len(strata.values))
    made = _finding(strata, part.info, threshold, found, len(rows), WITHIN, small)
    return replace(made, only=Slice(((strata.given, value),)))


def _widest_inside(family: Family, values: int) -> _Gap:
    """The widest gap of a family whose low end holds over so many values of the given column together."""
    q, level = family.quantity, family.measured.level
    sure = widest_gap_from(q.value, q.decide_at, level=1 - (1 - level) / values)
    loose = widest_gap_from(q.value, q.decide_at, level=level)
    return _Gap(
        bounds=Bounded(float(loose.value), float(sure.at_least), float(loose.at_most)),
        sides=(_alone(family, int(loose.pair[0])), _alone(family, int(loose.pair[1]))),
        outermost=tuple(_alone(family, int(i)) for i in loose.at_most_pair),
    )


def _alone(family: Family, index: int) -> Side:
    """A group by its own column: the given value is said beside it."""
    side = family.side(index)
    (column,) = family.columns
    return replace(side, slice=Slice(((column, side.slice.as_dict()[column]),)))


def _finding(
    strata: _Strata, info: MetricInfo, threshold: float | None, gap: _Gap, compared: int, method: str,
    small: tuple[TooSmall, ...],
) -> Finding:  # fmt: skip
    measured = strata.measured
    by_threshold = measured.thresholds and info.by_threshold
    return Finding(
        metric=info, kind="gap", family=(strata.column,), first=gap.sides[0],
        second=gap.sides[1] if len(gap.sides) > 1 else None, value=gap.bounds.value, low=gap.bounds.at_least,
        high=gap.bounds.at_most, threshold=measured.thresholds[strata.at] if by_threshold else None,
        level=measured.level, groups_compared=compared, operating=threshold is None, too_small=small, method=method,
        outermost=gap.outermost,
    )  # fmt: skip
