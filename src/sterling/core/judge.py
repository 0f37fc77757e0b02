"""Verdicts: findings held against limits, on interval bounds and never on points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol

from sterling.core.column_metrics import is_measure
from sterling.core.data.metrics import DATED
from sterling.core.errors import LimitExceeded, counted
from sterling.core.evidence import Evidence, Finding, Side
from sterling.core.frozen import dataclass
from sterling.core.late import Late, Question, question
from sterling.core.matching import about, as_found, asked_by, matches, of_group, why_nothing
from sterling.core.policy import UPPER, Limit, Policy, Statement
from sterling.core.rates import RATES, Rate
from sterling.core.slices import Slice

if TYPE_CHECKING:
    from sterling.core.project import Waiver

VerdictWord = Literal["over", "undecided", "within", "insufficient", "not_applicable", "error", "unjudged"]
ORDER: tuple[VerdictWord, ...] = (
    "over",
    "undecided",
    "error",
    "insufficient",
    "within",
    "not_applicable",
    "unjudged",
)
NOT_MET: frozenset[VerdictWord] = frozenset({"undecided", "insufficient", "error", "not_applicable"})
"""What keeps a limit open: it is neither met nor exceeded."""
_LIFTED: frozenset[VerdictWord] = frozenset({"over", "undecided", "insufficient", "not_applicable"})
"""What a waiver can lift. A check that stopped with an error told nobody anything that could be waived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """So many more people of one group (`{}`: of everyone); `there`: how many rows of it there are."""

    slice: Slice
    people: int
    there: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What would decide an undecided verdict if all that was seen held.

    `more`: people of each of these groups together; none when no number would. `open`: the single groups, or the
    pairs of groups, that keep it open, the one that reaches furthest first. `rows`: how many rows there are.
    """

    more: tuple[More, ...] = ()
    open: tuple[tuple[Side, ...], ...] = ()
    rows: int = 0

    @property
    def people(self) -> int | None:
        """All of them; None when no number would decide."""
        return sum(m.people for m in self.more) if self.more else None

    @property
    def times(self) -> int:
        """How many times the rows that there are: from 1 on it is no plan for collecting data."""
        return (self.people or 0) // self.rows if self.rows else 0


class MorePeople(Protocol):
    """What would decide this; None when that is not worked out."""

    def __call__(self, finding: Finding, limit: float, level: float) -> Deciding | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a limit says of a finding. `finding` is None when there was nothing to judge.

    `deciding`: of an undecided one, what would decide it; None where that is not worked out.
    `late` is set when the limit was set or loosened after results had been seen; the word stays, and is worth less.
    `waiver` is set when somebody lifted the limit and the day has not passed: the word stays, the exit code lets it by.
    """

    ask: str
    check: str
    model: str | None
    verdict: VerdictWord
    reason: str
    finding: Finding | None = None
    limit: Limit | None = None
    deciding: Deciding | None = None
    hints: tuple[str, ...] = ()
    waiver: Waiver | None = None
    late: Late | None = None

    @property
    def more_people(self) -> int | None:
        """How many more people, of all groups that `deciding` names, would decide; None when no number is known."""
        return None if self.deciding is None else self.deciding.people


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All verdicts on a run, worst first."""

    verdicts: tuple[Verdict, ...]
    policy_origin: str = ""

    def count(self, word: VerdictWord) -> int:
        return sum(v.verdict == word for v in self.verdicts)

    @property
    def waived(self) -> tuple[Verdict, ...]:
        """The verdicts that a waiver lifts."""
        return tuple(v for v in self.verdicts if v.waiver is not None)

    @property
    def late(self) -> tuple[Verdict, ...]:
        """The verdicts whose limit was set or loosened after results had been seen."""
        return tuple(v for v in self.verdicts if v.late is not None)

    @property
    def exit_code(self) -> int:
        """1 over limit; 3 undecided, insufficient or failed; 0 otherwise. Over limit outranks undecided.

        A limit that is waived counts as if it were not there.
        """
        judged = {v.verdict for v in self.verdicts if v.limit is not None and v.waiver is None}
        if "over" in judged:
            return 1
        return 3 if judged & NOT_MET else 0

    def raise_if_over(self) -> None:
        """Raise LimitExceeded when any limit is exceeded and not waived."""
        over = [v for v in self.verdicts if v.verdict == "over" and v.waiver is None]
        if over:
            raise LimitExceeded(
                counted(len(over), "of your limits is not met", "of your limits are not met"),
                got="; ".join(f"{v.ask}: {v.reason}" for v in over[:5]),
                hint="open the report: it names the groups, the intervals and what to try first",
            )


def judge(
    policy: Policy,
    evidence: Sequence[Evidence],
    *,
    more_people: MorePeople,
    waivers: Sequence[Waiver] = (),
    today: dt.date | None = None,
    late: Mapping[Question, Late] | None = None,
) -> Judgement:
    """Hold every finding against the limits that speak of it. Limits that found nothing are reported too.

    A limit that speaks of several models has a verdict on each. `waivers` lift the limits they name until their day;
    the last day counts as whole. `today` is the day in UTC unless given. `late`: limits that came after results.
    """
    day = today or dt.datetime.now(dt.UTC).date()
    evidence = [_as_of(item, day) for item in evidence]
    verdicts: list[Verdict] = []
    judged: set[tuple[object, ...]] = set()
    told: list[Evidence] = []
    for limit in policy.limits:
        matched = list(matches(limit, evidence))
        for item, finding in matched:
            judged.add(about(item, finding))
            verdicts.append(_verdict(item, finding, as_found(limit, finding), more_people))
        for model in _unanswered(limit, matched, evidence):
            because = why_nothing(limit, model, evidence)
            told += [because] if because is not None else []
            verdicts.append(_nothing_to_judge(limit, model, because))
    for item in evidence:
        if item.outcome == "error" and not any(item is other for other in told):
            verdicts.append(
                Verdict(ask=item.ask, check=item.check, model=item.model, verdict="error", reason=item.reason)
            )
        for finding in item.findings:
            # Numbers of single columns and groups are for limits that name one; unasked they would drown all else. Days
            # that nobody gave are said by the check.
            if finding.metric.name in DATED and finding.value != finding.value:
                continue
            if not finding.columns and not of_group(finding) and about(item, finding) not in judged:
                judged.add(about(item, finding))
                verdicts.append(_unjudged(item, finding))
    verdicts = _once(verdicts)
    verdicts.sort(key=lambda v: ORDER.index(v.verdict))
    in_force = [w for w in waivers if day <= w.expires]
    marked = tuple(_marked(_lifted(v, in_force), late or {}) for v in verdicts)
    return Judgement(verdicts=marked, policy_origin=policy.origin)


def _once(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Numbers of a column or of the label alone are the same for every model: one verdict on them all, of no model."""
    found: dict[object, list[Verdict]] = {}
    for v in verdicts:
        of_all = v.finding is not None and _of_any_model(v.finding, v.limit) and (v.limit is None or not v.limit.model)
        key = (v.check, v.ask, v.limit, v.finding and _about(v.finding)) if of_all else id(v)
        found.setdefault(key, []).append(v)
    return [same[0] if len(same) == 1 else replace(same[0], model=None) for same in found.values()]


def _of_any_model(finding: Finding, limit: Limit | None) -> bool:
    """Whether a number is of the table alone, whatever a model says: of one of its columns, or of the label."""
    name = finding.metric.name
    asked = limit.metric if limit is not None and limit.metric is not None else RATES.get(name)
    return is_measure(name) or (isinstance(asked, Rate) and asked.info.name == name and asked.of_label_alone)


def _about(finding: Finding) -> tuple[object, ...]:
    """What a number is of; its size too, as models may leave out rows that others do not."""
    who = finding.first.slice, finding.second, finding.n_eligible
    return finding.metric.name, finding.kind, finding.family, finding.only, *who


def _marked(verdict: Verdict, late: Mapping[Question, Late]) -> Verdict:
    """The verdict with how its limit came after results had been seen, where it did."""
    limit = verdict.limit
    found = late.get(question(limit, limit.model)) if limit is not None and late else None
    return verdict if found is None else replace(verdict, late=found)


def _as_of(item: Evidence, today: dt.date) -> Evidence:
    """Findings that hold a day become the number of days from today to it: evidence itself knows no clock."""
    if not any(f.metric.name in DATED for f in item.findings):
        return item
    return replace(item, findings=tuple(_days_left(f, today) if f.metric.name in DATED else f for f in item.findings))


def _days_left(finding: Finding, today: dt.date) -> Finding:
    now = today.toordinal()
    first = replace(finding.first, value=finding.first.value - now)
    low, high = finding.low - now, finding.high - now
    return replace(finding, value=finding.value - now, low=low, high=high, first=first)


def _lifted(verdict: Verdict, waivers: Sequence[Waiver]) -> Verdict:
    """The verdict with the waiver that lifts its limit; of several, the one that lasts longest."""
    limit = verdict.limit
    if limit is None or verdict.verdict not in _LIFTED:
        return verdict
    named = [w for w in waivers if w.limit and w.limit in (limit.name, limit.ask)]
    return replace(verdict, waiver=max(named, key=lambda w: w.expires)) if named else verdict


def over_or_within(statement: Statement, bound: float, low: float, high: float) -> VerdictWord:
    """The three-valued rule. `max` statements: over when low > bound, within when high <= bound; `min` mirrored."""
    if statement in UPPER:
        return "over" if low > bound else "within" if high <= bound else "undecided"
    return "over" if high < bound else "within" if low >= bound else "undecided"


def _located(item: Evidence, finding: Finding) -> Finding:
    """The worst of all columns with the columns that it is the number of, where the same check names them."""
    if finding.columns or finding.at or not any(f.columns for f in item.findings):
        return finding
    same = (finding.metric.name, finding.kind, finding.value, finding.only)
    found = next((f for f in item.findings if f.columns and (f.metric.name, f.kind, f.value, f.only) == same), None)
    return finding if found is None else replace(finding, at=found.columns)


def _verdict(item: Evidence, finding: Finding, limit: Limit, more_people: MorePeople) -> Verdict:
    finding = _located(item, finding)
    if finding.value != finding.value:
        return Verdict(
            ask=item.ask,
            check=item.check,
            model=item.model,
            verdict="insufficient",
            finding=finding,
            limit=limit,
            reason=_why_unknown(finding),
        )
    word = over_or_within(limit.statement, limit.bound, finding.low, finding.high)
    reasons = {
        "over": "the whole interval lies beyond the limit",
        "within": "the whole interval lies within the limit",
        "undecided": "the limit lies inside the interval",
    }
    more = more_people(finding, limit.bound, finding.level) if word == "undecided" else None
    return Verdict(
        ask=item.ask,
        check=item.check,
        model=item.model,
        verdict=word,
        reason=reasons[word],
        finding=finding,
        limit=limit,
        deciding=more,
        hints=item.hints,
    )


def _why_unknown(finding: Finding) -> str:
    if finding.kind == "ratio" and finding.groups_compared > 1 and finding.baseline is None:
        return "the metric is 0 in every group: there is no ratio"
    if finding.too_small:
        return "too few people to compare: " + ", ".join(str(t.slice) for t in finding.too_small[:3])
    if finding.metric.name in DATED:
        return "nobody has given the day"
    if finding.kind in ("lowest", "highest", "drop", "rise"):
        return "too few people to say"
    return "fewer than two groups are large enough"


def _unjudged(item: Evidence, finding: Finding) -> Verdict:
    known = finding.value == finding.value
    return Verdict(
        ask=item.ask,
        check=item.check,
        model=item.model,
        verdict="unjudged" if known else "insufficient",
        reason="no limit is set" if known else "fewer than two groups are large enough",
        finding=finding,
        hints=item.hints,
    )


def _unanswered(
    limit: Limit, matched: Sequence[tuple[Evidence, Finding]], evidence: Sequence[Evidence]
) -> tuple[str | None, ...]:
    """The models that a limit speaks of and has no finding about: each needs a verdict that says so."""
    if limit.model is not None:
        models: dict[str | None, None] = {limit.model: None}
    else:
        models = dict.fromkeys(item.model for item in evidence if asked_by(limit, item)) or {None: None}
    answered = {item.model for item, _ in matched}
    return () if answered and None in models else tuple(m for m in models if m not in answered)


def _nothing_to_judge(limit: Limit, model: str | None, because: Evidence | None) -> Verdict:
    """Say why a limit met no finding: the evidence was not applicable, insufficient, or never measured."""
    if because is not None and because.outcome != "measured":
        return Verdict(
            ask=because.ask,
            check=because.check,
            model=because.model,
            verdict=because.outcome,
            limit=limit,
            reason=because.reason,
        )
    return Verdict(
        ask=limit.ask or (limit.metric.info.name if limit.metric else ""),
        check="",
        model=model,
        verdict="not_applicable",
        limit=limit,
        reason="nothing measured here answers this limit: measure again with this policy, or check its groups",
    )
