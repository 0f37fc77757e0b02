"""What would decide an undecided verdict, in words: of whom more, how many, and what else keeps it open."""

from __future__ import annotations

from sterling.core.evidence import P_OF_SHUFFLES, Finding, Side
from sterling.core.judge import Deciding, Verdict
from sterling.core.membership import is_inferred
from sterling.core.policy import UPPER
from sterling.core.roles import Roles
from sterling.core.slices import Slice
from sterling.report.people import group, noun
from sterling.report.sentences import drawn_with, term
from sterling.report.text import about, count, listed

FAR = 1
"""As many people more as there are rows is no plan for collecting data: the number is not said as one."""


def power_text(verdict: Verdict, roles: Roles) -> str:
    """What would decide an undecided verdict, and why groups are named that the sentence leaves out."""
    finding = verdict.finding
    if verdict.verdict != "undecided" or finding is None or verdict.limit is None:
        return ""
    if is_inferred(finding.family):
        return f"more {noun(roles.people)} would not decide this: it takes knowing the groups of some of them"
    if finding.metric.name.startswith(P_OF_SHUFFLES):
        return "more shuffles would decide this, if the value held"
    deciding = verdict.deciding
    if deciding is None:
        return _narrowing(verdict, roles)
    if not deciding.more:
        return f"no number of {noun(roles.people)} would decide this while the value stays so close to the limit"
    why = _why_named(finding, deciding, roles)
    if deciding.times >= FAR:
        who = listed([_drawn(finding, m.slice, roles) for m in deciding.more], others="other groups")
        rows = f"more than {count(deciding.times)} times the rows" if deciding.times > 1 else "more rows than"
        return f"deciding this would take {rows} there are, of {who}{why}"
    more = [f"{about(m.people)} more {_drawn(finding, m.slice, roles)}" for m in deciding.more]
    return f"{listed(more, others='other groups')} would decide this{why}"


def _who(slice_: Slice, roles: Roles) -> str:
    return group(slice_, roles.people).text if slice_.items else noun(roles.people)


def _drawn(finding: Finding, slice_: Slice, roles: Roles) -> str:
    """Of what more would narrow an interval: people of a group; the queries that hold them where one is the unit."""
    who = _who(slice_, roles)
    drawn = drawn_with(finding, roles)
    return f"{drawn}{who}" if slice_.items or not drawn else finding.metric.unit


def _why_named(finding: Finding, deciding: Deciding, roles: Roles) -> str:
    """Why more people are asked for of groups that the sentence says nothing of; empty where it names them all."""
    said = {s.slice for s in (finding.first, finding.second) if s is not None}
    for slice_ in (m.slice for m in deciding.more if m.slice.items and m.slice not in said):
        open_ = next((o for o in deciding.open if slice_ in {s.slice for s in o}), None)
        if open_ is not None:
            too = " too" if said in [{s.slice for s in o} for o in deciding.open] else ""
            return f": {compared(finding, open_, roles)} is open{too}"
    return ""


def compared(finding: Finding, who: tuple[Side, ...], roles: Roles) -> str:
    """`the gap between Hispanic and white applicants`, `the AUC for women`, `the drop of the AUC for women`."""
    named = [_who(s.slice, roles) for s in who]
    if len(named) < 2:
        change = f"{finding.kind} of the " if finding.kind in ("drop", "rise") else ""
        return f"the {change}{term(finding.metric)} for {named[0]}"
    return f"the {'ratio' if finding.kind == 'ratio' else 'gap'} between {named[0]} and {named[1]}"


def _narrowing(verdict: Verdict, roles: Roles) -> str:
    """Of whom more would narrow an interval of which it is not worked out what it would be with more people."""
    finding, limit = verdict.finding, verdict.limit
    assert finding is not None and limit is not None
    who = finding.undecided_by(limit.bound)
    unknown = f"how many is not worked out for {term(finding.metric)}"
    if {s.slice for s in who} <= {s.slice for s in (finding.first, finding.second) if s is not None}:
        named = [_who(s.slice, roles) for s in sorted(who, key=lambda s: s.n_eligible)]
        more = listed(named) if len(named) > 1 else _drawn(finding, who[0].slice, roles)
        drawn = drawn_with(finding, roles) if len(named) > 1 else ""
        return f"more {drawn}{more} would narrow the interval; {unknown}"
    end = "high" if limit.statement in UPPER else "low"
    whose = f"its {end} end is {compared(finding, who, roles)}"
    return f"{whose}: more {drawn_with(finding, roles) or 'of '}them would narrow the interval; {unknown}"
