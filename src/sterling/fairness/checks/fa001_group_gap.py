"""FA001: how far apart are the groups?"""

from __future__ import annotations

from sterling.core.evidence import Answer, Finding, Side
from sterling.core.metrics import Metric
from sterling.core.registry import check
from sterling.engine.measured import Measured
from sterling.fairness.compare import NO_ROWS, SHARES, Family, baseline_for, empty_side, families
from sterling.stats.multiple import gap_to_baseline_from, widest_gap_from

METHOD = (
    "{interval}; two groups joined by square-and-add (Newcombe); low end simultaneous over all groups compared, "
    "high end one-sided (intersection-union)"
)


@check(
    code="FA001",
    name="group-gap",
    title="Gap between groups",
    question="How far apart are the groups in this metric?",
    needs=("groups",),
    pitfalls=(
        "The widest of many gaps is large by chance: the low end is corrected for that, a plain interval is not.",
        "Equal rates do not mean equal treatment when groups differ in what the label measures.",
        "With a past human decision as the label, error rates show agreement with past decisions.",
    ),
    hints=(
        "Look at the groups chart: is one group apart, or is it a slope?",
        "Compare at other thresholds: a gap that closes at another threshold is a choice, not a property of the score.",
        "Check the label by group before blaming the score.",
    ),
)
def group_gap(
    measured: Measured,
    *,
    metric: Metric,
    threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
    baseline: tuple[str, ...] | None = None,
    crosses: bool = True,
) -> Answer:
    """The widest difference of `metric` between any two groups of each family, or to a baseline group."""
    if metric.info.name == "representation":
        return Answer(outcome="not_applicable", reason=SHARES)
    seen = list(families(measured, metric, threshold=threshold, groups=groups, crosses=crosses))
    if not seen:
        return Answer(outcome="insufficient", reason=NO_ROWS)
    findings = tuple(_finding(measured, metric, f, threshold, baseline) for f in seen)
    interval = seen[0].quantity.decided_by
    return Answer(
        findings=findings,
        too_small=tuple(t for f in seen for t in f.too_small),
        method=METHOD.format(interval=interval),
        view="groups",
    )


def _finding(
    measured: Measured, metric: Metric, family: Family, threshold: float | None, baseline: tuple[str, ...] | None
) -> Finding:
    against = baseline_for(family.columns, baseline)
    place = family.place(against) if against is not None else None
    known = len(family.rows) > 1 and (against is None or place is not None)
    at = measured.thresholds[measured.column(threshold)] if measured.thresholds and metric.info.by_threshold else None
    nan = float("nan")
    value, low, high = nan, nan, nan
    first = second = empty_side(measured)
    outermost: tuple[Side, ...] = ()
    others: tuple[Side, ...] = ()
    if known:
        q = family.quantity
        gap = (
            widest_gap_from(q.value, q.decide_at, level=measured.level)
            if place is None
            else gap_to_baseline_from(q.value, q.decide_at, place, level=measured.level)
        )
        value, low, high = float(gap.value), float(gap.at_least), float(gap.at_most)
        first, second = family.side(int(gap.pair[0])), family.side(int(gap.pair[1]))
        outermost = tuple(family.side(int(i)) for i in gap.at_most_pair)
        others = tuple(family.side(i) for i in range(len(family.rows)) if i not in gap.pair)
    return Finding(
        metric=metric.info,
        kind="gap",
        family=family.columns,
        threshold=at,
        first=first,
        second=second if known else None,
        value=value,
        low=low,
        high=high,
        level=measured.level,
        groups_compared=len(family.rows),
        baseline=against,
        operating=threshold is None,
        too_small=family.too_small,
        others=others,
        method=family.quantity.decided_by,
        outermost=outermost,
    )
