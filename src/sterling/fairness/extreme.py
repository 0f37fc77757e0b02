"""The lowest or the highest group of a family, as a finding."""

from __future__ import annotations

from sterling.core.evidence import Finding, Side
from sterling.core.rates import MetricInfo
from sterling.core.slices import Slice
from sterling.engine.measured import Measured
from sterling.fairness.compare import Family, empty_side
from sterling.stats.multiple import largest_from, smallest_from


def extreme_finding(
    measured: Measured, info: MetricInfo, family: Family, threshold: float | None, end: str, only: Slice | None = None
) -> Finding:
    """The lowest group of a family, or (end="highest") the highest, with bounds that hold over all its groups."""
    at = measured.thresholds[measured.column(threshold)] if measured.thresholds and info.by_threshold else None
    nan = float("nan")
    value, low, high = nan, nan, nan
    first = empty_side(measured)
    outermost: tuple[Side, ...] = ()
    others: tuple[Side, ...] = ()
    if len(family.rows):
        q = family.quantity
        pick = smallest_from if end == "lowest" else largest_from
        worst = pick(q.value, q.decide_at, level=measured.level)
        value, low, high = float(worst.value), float(worst.at_least), float(worst.at_most)
        first = family.side(int(worst.group))
        outermost = (family.side(int(worst.at_least_group if end == "lowest" else worst.at_most_group)),)
        others = tuple(family.side(i) for i in range(len(family.rows)) if i != int(worst.group))
    return Finding(
        metric=info,
        kind="lowest" if end == "lowest" else "highest",
        family=family.columns,
        threshold=at,
        first=first,
        second=None,
        value=value,
        low=low,
        high=high,
        level=measured.level,
        groups_compared=len(family.rows),
        only=only,
        operating=threshold is None,
        too_small=family.too_small,
        method=family.quantity.decided_by,
        outermost=outermost,
        others=others,
    )
