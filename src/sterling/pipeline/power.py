"""How many more people would decide an undecided verdict."""

from __future__ import annotations

from sterling.core.evidence import Finding
from sterling.core.membership import is_inferred
from sterling.stats.power import n_to_decide


def more_people(finding: Finding, limit: float, level: float) -> int | None:
    """More people needed in the smaller group, if what was seen held; None when no number would decide."""
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
        return n_to_decide(
            first.value, first.n_effective, second.value, second.n_effective, limit, level=level,
            kind="gap" if finding.kind == "gap" else "ratio", groups=max(finding.groups_compared, 2),
            baseline=finding.baseline is not None,
        )  # fmt: skip
    return n_to_decide(
        first.value, first.n_effective, None, None, limit, level=level,
        kind="floor" if finding.kind == "lowest" else "ceiling", groups=max(finding.groups_compared, 1),
    )  # fmt: skip
