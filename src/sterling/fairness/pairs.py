"""Two groups out of many: the widest gap or the smallest ratio of each family, as findings."""

from __future__ import annotations

from typing import Literal

from sterling.core.evidence import Answer, Finding, Side
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.measured import Measured
from sterling.fairness.compare import SHARES, Family, baseline_for, empty_side, families, nothing_seen
from sterling.stats.multiple import (
    Widest,
    gap_to_baseline_from,
    ratio_to_baseline_from,
    smallest_ratio_from,
    widest_gap_from,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairQuestion:
    """What is asked of every family: a gap or a ratio, of which metric, where, and against whom."""

    kind: Literal["gap", "ratio"]
    metric: Metric
    threshold: float | None
    groups: tuple[str, ...] | None
    baseline: tuple[str, ...] | None
    crosses: bool
    method: str
    among: Slice = EVERYONE
    """The slice whose rows are compared."""


def answer_pairs(measured: Measured, question: PairQuestion) -> Answer:
    """One finding for each family of slices, and the groups too small to take part."""
    if question.metric.info.name == "representation":
        return Answer(outcome="not_applicable", reason=SHARES)
    seen = list(
        families(
            measured,
            question.metric,
            threshold=question.threshold,
            groups=question.groups,
            crosses=question.crosses,
            among=question.among,
        )
    )
    if not seen:
        return Answer(outcome="insufficient", reason=nothing_seen(question.among))
    return Answer(
        findings=tuple(pair_finding(measured, family, question) for family in seen),
        too_small=tuple(t for f in seen for t in f.too_small),
        method=question.method.format(interval=seen[0].quantity.decided_by),
        view="groups",
    )


def pair_finding(measured: Measured, family: Family, question: PairQuestion) -> Finding:
    """The widest gap or smallest ratio of a family; NaN with fewer than two groups."""
    info = question.metric.info
    against = baseline_for(family.columns, question.baseline)
    column = measured.column(question.threshold)
    first, second = empty_side(measured), None
    value = low = high = float("nan")
    shared = 0
    outermost: tuple[Side, ...] = ()
    others: tuple[Side, ...] = ()
    widest = _widest(family, question.kind, against, measured.level)
    if widest is not None:
        value, low, high = float(widest.value), float(widest.at_least), float(widest.at_most)
    if widest is not None and value == value:
        one, other = (int(i) for i in widest.pair)
        first, second, shared = family.side(one), family.side(other), family.quantity.shared_by(one, other)
        # The pair that keeps a "within" open sets the end a limit must lie beyond.
        within = widest.at_most_pair if question.kind == "gap" else widest.at_least_pair
        outermost = tuple(family.side(int(i)) for i in within)
        others = tuple(family.side(i) for i in range(len(family.rows)) if i not in widest.pair)
    return Finding(
        metric=info,
        kind=question.kind,
        family=family.columns,
        threshold=measured.thresholds[column] if measured.thresholds and info.by_threshold else None,
        first=first,
        second=second,
        value=value,
        low=low,
        high=high,
        level=measured.level,
        groups_compared=len(family.rows),
        baseline=against,
        only=question.among if question.among.items else None,
        operating=question.threshold is None,
        too_small=family.too_small,
        others=others,
        method=family.quantity.decided_by,
        outermost=outermost,
        shared=shared,
    )


def _widest(family: Family, kind: Literal["gap", "ratio"], against: Slice | None, level: float) -> Widest | None:
    """None when fewer than two groups are large enough, or the baseline is not among them."""
    place = family.place(against) if against is not None else None
    if len(family.rows) < 2 or (against is not None and place is None):
        return None
    q = family.quantity
    if place is None:
        among = widest_gap_from if kind == "gap" else smallest_ratio_from
        return among(q.value, q.decide_at, level=level)
    to_one = gap_to_baseline_from if kind == "gap" else ratio_to_baseline_from
    return to_one(q.value, q.decide_at, place, level=level)
