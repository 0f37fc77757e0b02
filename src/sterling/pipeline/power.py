"""How many more people would decide an undecided verdict."""

from __future__ import annotations

import math

from sterling.core.evidence import Finding, Side
from sterling.core.membership import is_inferred
from sterling.stats.power import n_to_decide


def more_people(finding: Finding, limit: float, level: float) -> int | None:
    """More people needed in the smaller group, if what was seen held; None when no number would decide.

    Of the people who come, only as many count in the metric as did of those who were seen: a true positive rate learns
    from people with a positive label alone.
    """
    sides = finding.undecided_by(limit)
    if is_inferred(finding.family):  # more people leave it as unknown who belongs to which group
        return None
    if not finding.metric.is_proportion or not all(s.n_effective > 0 for s in sides):
        return None
    first = sides[0]
    if finding.kind in ("gap", "ratio"):
        if len(sides) < 2:
            return None
        second = sides[1]
        counted = n_to_decide(
            first.value, first.n_effective, second.value, second.n_effective, limit, level=level,
            kind="gap" if finding.kind == "gap" else "ratio", groups=max(finding.groups_compared, 2),
            baseline=finding.baseline is not None,
        )  # fmt: skip
        return _people(counted, min(first, second, key=lambda s: s.n_effective))
    counted = n_to_decide(
        first.value, first.n_effective, None, None, limit, level=level,
        kind="floor" if finding.kind == "lowest" else "ceiling", groups=max(finding.groups_compared, 1),
    )  # fmt: skip
    return _people(counted, first)


def _people(counted: int | None, side: Side) -> int | None:
    return None if counted is None else math.ceil(counted * side.n / side.n_effective)
