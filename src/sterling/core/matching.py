"""Which findings a limit speaks of, and which evidence says why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.evidence import P_OF_SHUFFLES, Evidence, Finding
from sterling.core.policy import ALSO_MEANT, Limit


def about(item: Evidence, finding: Finding) -> tuple[object, ...]:
    """What a finding is about: two asks may find the same. Of a table they may find different things under one name,
    such as how few rows look alike in one set of columns and in another: a limit on the name then speaks of both.
    """
    found = str((finding.value, finding.low, finding.high)) if finding.metric.name in ANSWERED_BY else ""
    which = (finding.kind, finding.family, finding.columns, finding.threshold, finding.baseline, finding.only)
    return (item.model, finding.metric.name, *which, finding.against, finding.relative, found)


def matches(limit: Limit, evidence: Sequence[Evidence]) -> Iterable[tuple[Evidence, Finding]]:
    """Each finding that the limit speaks of, once, with the evidence that holds it."""
    seen: set[tuple[object, ...]] = set()
    for item in evidence:
        for finding in item.findings:
            key = about(item, finding)
            if _speaks_of(limit, item, finding) and key not in seen:
                seen.add(key)
                yield item, finding


def _speaks_of(limit: Limit, item: Evidence, finding: Finding) -> bool:
    """Whether the limit speaks of this finding: same kind, metric, model, threshold, baseline and groups."""
    if limit.model is not None and item.model != limit.model:
        return False
    if limit.ask is not None:
        mine = item.ask == limit.ask and _means(limit, item, finding)
        return mine and not of_group(finding) and not (finding.columns and _has_worst(item, finding))
    if finding.kind != limit.kind:
        return False
    if limit.columns != finding.columns or finding.metric.name.startswith(P_OF_SHUFFLES):
        return False
    if limit.metric is None or limit.metric.canonical() not in (finding.metric.name, item.parameters.get("metric")):
        return False
    if limit.threshold is None and not finding.operating and finding.threshold is not None:
        return False
    if limit.threshold is not None and finding.threshold not in (None, limit.threshold):
        return False
    if limit.baseline is not None and (
        finding.baseline is None or finding.baseline.as_dict() != limit.baseline.as_dict()
    ):
        return False
    if finding.only != limit.slice or (finding.against, finding.relative) != (limit.against, limit.relative):
        return False
    return _of_its_groups(limit, finding)


def _of_its_groups(limit: Limit, finding: Finding) -> bool:
    """Whether the finding is of the groups that the limit names: those among the people of its slice, if it has one."""
    family = set(finding.family)
    if limit.slice is None or finding.metric.name in ANSWERED_BY:
        return limit.groups is None or (bool(family) and family <= set(limit.groups))
    whole = family <= set(limit.slice.family)
    if limit.kind in ("gap", "ratio"):
        return not whole and (limit.compared is None or family <= set(limit.compared))
    return whole if limit.compared is None else not whole and family <= set(limit.compared)


def _means(limit: Limit, item: Evidence, finding: Finding) -> bool:
    """Whether a limit on an ask bounds this kind of finding: by `max` a gap too, where the ask has no highest value."""
    if finding.kind == limit.kind:
        return True
    others = ALSO_MEANT.get(limit.statement, {})
    return finding.kind in others and not any(f.kind == limit.kind for f in item.findings)


def as_found(limit: Limit, finding: Finding) -> Limit:
    """The limit with the statement that its bound comes to for this finding."""
    meant = ALSO_MEANT.get(limit.statement, {}).get(finding.kind)
    return limit if meant is None else replace(limit, statement=meant)


def of_group(finding: Finding) -> bool:
    """Whether it is a number of one group of a table, which is there for limits that name that group."""
    return finding.only is not None and finding.metric.name in ANSWERED_BY


def _has_worst(item: Evidence, finding: Finding) -> bool:
    """Whether the evidence also says which column is the worst: a limit on the whole ask then speaks of that one."""
    same = (finding.metric.name, finding.kind)
    return any(not f.columns and (f.metric.name, f.kind) == same for f in item.findings)


def asked_by(limit: Limit, item: Evidence) -> bool:
    """Whether an ask was about what the limit bounds, whatever came of it."""
    if limit.ask is not None or limit.metric is None:
        return item.ask == limit.ask
    if limit.metric.info.name in ANSWERED_BY:
        return item.check == ANSWERED_BY[limit.metric.info.name]
    same = item.parameters.get("metric") == limit.metric.canonical()
    return (
        same and item.parameters.get("end") in (None, limit.kind) and (item.parameters.get("against") == limit.against)
    )


def why_nothing(limit: Limit, model: str | None, evidence: Sequence[Evidence]) -> Evidence | None:
    """The evidence that says why there was nothing to judge; that of the limit's own ask before any other."""
    asked = [e for e in evidence if asked_by(limit, e) and e.model in (model, None) and e.outcome != "measured"]
    own = limit.ask if limit.metric is None else f"{limit.metric.info.name} {limit.kind}"
    groups = None if limit.groups is None else list(limit.groups)
    return min(asked, key=lambda e: (e.ask != own, e.parameters.get("groups") != groups), default=None)
