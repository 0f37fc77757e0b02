"""How many more people would decide an undecided verdict."""

from __future__ import annotations

from sterling.core.evidence import Finding
from sterling.stats.power import n_to_decide


def more_people(finding: Finding, limit: float, level: float) -> int | None:
    """More people needed in the smaller group, if what was seen held; None when no number would decide."""
    first, second = finding.first, finding.second
    if not first.n_effective > 0 or finding.metric.scale != "share":
        return None
    if finding.kind in ("gap", "ratio"):
        if second is None or not second.n_effective > 0:
            return None
        return n_to_decide(
            first.value, first.n_effective, second.value, second.n_effective, limit, level=level,
            kind="gap" if finding.kind == "gap" else "ratio", groups=max(finding.groups_compared, 2),
            baseline=finding.baseline is not None,
        )  # fmt: skip
    return n_to_decide(
        first.value, first.n_effective, None, None, limit, level=level,
        kind="floor" if finding.kind == "lowest" else "ceiling", groups=max(finding.groups_compared, 1),
    )  # fmt: skip
