"""FA002: how many times as often?"""

from __future__ import annotations

from sterling.core.evidence import Answer, Finding, Side
from sterling.core.metrics import Metric
from sterling.core.registry import check
from sterling.engine.measured import Measured
from sterling.fairness.compare import NO_ROWS, SHARES, Family, baseline_for, empty_side, families
from sterling.stats.multiple import ratio_to_baseline_from, smallest_ratio_from

METHOD = (
    "{interval}; two groups joined by the method of variance estimates recovery (MOVER); high end simultaneous over "
    "all groups compared, low end one-sided (intersection-union)"
)


@check(
    code="FA002",
    name="group-ratio",
    title="Ratio between groups",
    question="How many times as often does the metric hold for the lowest group as for the highest?",
    needs=("groups",),
    pitfalls=(
        "The four-fifths rule of thumb (0.8) is a screen for selection rates in employment, not a legal verdict.",
        "Ratios of small rates swing widely: 1 % against 2 % is a ratio of 0.5 and a gap of one point.",
    ),
    hints=(
        "Read the gap beside the ratio: the same ratio means little at small rates.",
        "Look for less discriminatory alternatives: another threshold, fewer features, another recipe.",
    ),
)
def group_ratio(
    measured: Measured,
    *,
    metric: Metric,
    threshold: float | None = None,
    groups: tuple[str, ...] | None = None,
    baseline: tuple[str, ...] | None = None,
    crosses: bool = True,
) -> Answer:
    """The smallest ratio of `metric` between any two groups of each family, or to a baseline group."""
    if metric.info.name == "representation":
        return Answer(outcome="not_applicable", reason=SHARES)
    if metric.info.low is None or metric.info.low < 0:
        return Answer(outcome="not_applicable", reason=f"{metric.info.name} can be negative: a ratio says nothing")
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
    at = measured.thresholds[measured.column(threshold)] if measured.thresholds and metric.info.by_threshold else None
    nan = float("nan")
    value, low, high = nan, nan, nan
    first = empty_side(measured)
    second = None
    outermost: tuple[Side, ...] = ()
    if len(family.rows) > 1 and (against is None or place is not None):
        q = family.quantity
        ratio = (
            smallest_ratio_from(q.value, q.decide_at, level=measured.level)
            if place is None
            else ratio_to_baseline_from(q.value, q.decide_at, place, level=measured.level)
        )
        value, low, high = float(ratio.value), float(ratio.at_least), float(ratio.at_most)
        if value == value:
            first, second = family.side(int(ratio.pair[0])), family.side(int(ratio.pair[1]))
            outermost = tuple(family.side(int(i)) for i in ratio.at_least_pair)
    return Finding(
        metric=metric.info,
        kind="ratio",
        family=family.columns,
        threshold=at,
        first=first,
        second=second,
        value=value,
        low=low,
        high=high,
        level=measured.level,
        groups_compared=len(family.rows),
        baseline=against,
        operating=threshold is None,
        too_small=family.too_small,
        method=family.quantity.decided_by,
        outermost=outermost,
    )
