"""How many more people would decide an undecided verdict."""

from __future__ import annotations

from sterling.core.evidence import Finding
from sterling.stats.power import Kind, n_to_decide


def more_people(finding: Finding, limit: float, level: float) -> int | None:
    """More people needed in the smaller group, if what was seen held; None when no number would decide."""
    return n_to_decide_finding(finding, limit, level)


def n_to_decide_finding(finding: Finding, limit: float, level: float) -> int | None:
    first, second = finding.first, finding.second
    if not first.n_effective > 0 or finding.metric.scale != "share":
        return None
    kind: Kind
    if finding.kind in ("gap", "ratio"):
        if second is None or not second.n_effective > 0:
            return None
        kind = "gap" if finding.kind == "gap" else "ratio"
        return n_to_decide(
            first.value, first.n_effective, second.value, second.n_effective, limit, level=level, kind=kind,
            groups=max(finding.groups_compared, 2),
        )  # fmt: skip
    kind = "floor" if finding.kind == "lowest" else "ceiling"
    return n_to_decide(
        first.value,
        first.n_effective,
        None,
        None,
        limit,
        level=level,
        kind=kind,
        groups=max(finding.groups_compared, 1),
    )
