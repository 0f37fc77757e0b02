"""The risk register: entries open by themselves, and close by evidence or by a signed decision alone.

| stage | an entry opens when | what it holds back |
| --- | --- | --- |
| scope | questions about the scope are not answered | signing, where the project asks for signatures |
| data | a promise about the data is broken | training |
| preprocessing | rows repeat, parts of the split share rows or people, a part is small | nothing; it is noted |
| training | rows are few for the features, scores are cross-fitted | nothing; it is noted |
| inference | a limit is exceeded, open or not answered | signing, unless waived, where the project asks for it |
| inference | a check stopped with an error under no limit | nothing; it is noted |
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sterling.core.codec import dump
from sterling.core.dossier import DataFacts, ModelFacts
from sterling.core.evidence import Evidence
from sterling.core.judge import Judgement
from sterling.core.project import Project, ReviewRules
from sterling.core.records import Decision, Json, LedgerReader, Risk
from sterling.core.review import HeldBack, held_back
from sterling.pipeline.issues import (
    Issue,
    data_issues,
    inference_issues,
    preprocessing_issues,
    scope_issues,
    training_issues,
)

UNASKED = (
    "; this is not asked any more: after results were seen the limit was taken away, or speaks of other people, "
    "another metric or another model"
)

GONE = "; this is not asked any more: the part of the split, the entity or the question that it is about was taken away"


def register(
    previous: Sequence[Risk],
    *,
    project: Project,
    run: str,
    judgement: Judgement | None,
    data: DataFacts,
    now: dt.datetime,
    evidence: Sequence[Evidence] = (),
    model: ModelFacts | None = None,
    proof: str | None = None,
) -> tuple[Risk, ...]:
    """The entries that a run opens, changes or closes; `previous` are all entries as they are.

    Without a judgement (before anything was measured) entries about limits stay as they are. `proof` is the digest of
    the evidence that closes entries; the run stands for it when there is none. What a decision closed stays closed
    while it is no worse than it was then. A limit that was loosened or taken away closes nothing: the evidence must
    meet the strictest bound under which the entry was open.
    """
    issues = [*scope_issues(project), *data_issues(project, data), *preprocessing_issues(project, data)]
    issues += training_issues(project, model) if model is not None else ()
    issues += inference_issues(project, judgement, evidence) if judgement is not None else ()
    by_id = {risk_id(project, issue): issue for issue in issues}
    out: list[Risk | None] = []
    known = {risk.id: risk for risk in previous}
    for id_, issue in by_id.items():
        old = known.get(id_)
        if issue.rank:
            fresh = _opened(id_, issue, run, now, project=project.name)
            out.append(fresh if old is None else _again(old, issue, fresh))
        elif old is not None and _loosened(old, issue):
            out.append(_let_off(old, issue, run))
        elif old is not None:
            out.append(_closed(old, run, data.digest if issue.stage == "preprocessing" else proof or f"run {run}"))
    cured = (r for r in previous if r.stage == "data" and r.id not in by_id)
    out += [_closed(risk, run, data.digest) for risk in cured]
    if judgement is not None:
        gone = [r for r in previous if _is_open(r, project) and r.id not in by_id]
        out += [_unasked(risk, run, UNASKED) for risk in gone if _of_limit(risk)]
        out += [_unasked(risk, run, GONE, proceed=risk.proceed) for risk in gone if risk.stage == "preprocessing"]
    return tuple(risk for risk in out if risk is not None)


def gate(risks: Iterable[Risk], before: HeldBack, *, rules: ReviewRules) -> tuple[Risk, ...]:
    """The entries that forbid what comes next. What holds training back holds all that follows it back as well."""
    passed: tuple[HeldBack | None, ...] = ("training",) if before == "training" else ("training", "signing")
    return tuple(risk for risk in risks if held_back(risk, rules) in passed)


def stopping(
    problems: Sequence[str], previous: Sequence[Risk], *, project: Project, rows: int, now: dt.datetime
) -> tuple[str, ...]:
    """Which of these broken promises of the data would stop a run: those that nobody has answered for."""
    data = DataFacts(name="", digest="", rows=rows, columns=(), problems=tuple(problems))
    fresh = register(previous, project=project, run="", judgement=None, data=data, now=now)
    risks = {risk.id: risk for risk in (*previous, *fresh)}
    mine = (risk_id(project, issue) for issue in data_issues(project, data))
    return tuple(risk.issue for risk in gate((risks[id_] for id_ in mine), "training", rules=project.review))


def of_project(risks: Sequence[Risk], project: Project, ledger: LedgerReader) -> tuple[Risk, ...]:
    """The entries that runs of this project told of: those of another one, or of another name, are not its own."""
    mine = f"project:{project.name}"
    runs = {risk.run: ledger.context(risk.run) for risk in risks}
    return tuple(risk for risk in risks if (run := runs[risk.run]) is None or run.parent in (None, mine))


def before_signing(project: Project, ledger: LedgerReader) -> tuple[Risk, ...]:
    """The open entries that hold signing back. Whoever signs unasked answers for the same ones."""
    asked = replace(project.review, required=max(project.review.required, 1))
    return gate(of_project(ledger.risks(open_only=True), project, ledger), "signing", rules=asked)


def risk_id(project: Project, issue: Issue) -> str:
    """Twelve hex digits: the same for the same question of the same project in every run."""
    return hashlib.sha256(dump([project.name, issue.stage, *issue.key])).hexdigest()[:12]


def accepted(risk: Risk, decision: Decision) -> Risk:
    """The entry once a person has answered for it."""
    return replace(
        risk,
        resolved=True,
        proceed=True,
        closed_by=decision.id,
        step_taken=f"accepted by {decision.by}: {decision.reason}",
        properties={**risk.properties, "closed": "decision"},
    )


def _opened(id_: str, issue: Issue, run: str, now: dt.datetime, *, project: str) -> Risk:
    return Risk(
        id=id_, run=run, stage=issue.stage, issue=issue.text, step_taken=issue.step_taken, owner=issue.owner,
        proceed=issue.proceed, opened=now, properties={**_facts(issue), "project": project},
    )  # fmt: skip


def _facts(issue: Issue) -> dict[str, Json]:
    facts: dict[str, Json] = {
        "question": " · ".join(issue.key), "rank": issue.rank, "least": issue.least, "most": issue.most,
    }  # fmt: skip
    return facts if issue.bound is None else {**facts, "bound": issue.bound}


def _again(old: Risk, issue: Issue, fresh: Risk) -> Risk | None:
    """What is there already: brought up to date while it is open; opened again when it came back or got worse."""
    if old.resolved:
        if old.properties.get("closed") == "decision" and not _worse(issue, old):
            return None
        times = old.properties.get("reopened", 0)
        count = times + 1 if isinstance(times, int) else 1
        return replace(fresh, properties={**fresh.properties, "reopened": count, "closed_before": old.closed_by})
    kept = {k: v for k, v in old.properties.items() if k in ("reopened", "closed_before")}
    strictest = issue.stricter(_bound(old))
    if strictest is not None:
        kept["bound"] = strictest
    same = replace(
        fresh, issue=issue.text + _since(strictest, issue), opened=old.opened, properties={**fresh.properties, **kept}
    )
    return None if replace(same, run=old.run) == old else same


def _bound(risk: Risk) -> float | None:
    """The strictest bound of its limit while the entry was open."""
    bound = risk.properties.get("bound")
    return float(bound) if isinstance(bound, int | float) else None


def _loosened(old: Risk, issue: Issue) -> bool:
    """Whether the limit is met only because it was moved: what was found is beyond where it stood."""
    bound = _bound(old)
    cured = old.resolved and old.properties.get("closed") == "evidence"
    return bound is not None and not cured and issue.stricter(bound) != issue.bound and not issue.meets(bound)


def _since(strictest: float | None, issue: Issue) -> str:
    if strictest is None or strictest == issue.bound:
        return ""
    return f"; the limit was loosened from {strictest:g} after results were seen"


def _let_off(old: Risk, issue: Issue, run: str) -> Risk | None:
    """Met under a looser limit: it stays open, or accepted, as what it was under the stricter one."""
    if old.resolved:
        return None
    text = issue.text + _since(_bound(old), issue) + ", under which it is not met"
    same = replace(old, run=run, issue=text, step_taken="", proceed=False, owner=issue.owner)
    return None if replace(same, run=old.run) == old else same


def _is_open(risk: Risk, project: Project) -> bool:
    """Whether it is an open entry of this project."""
    return risk.properties.get("project") == project.name and not risk.resolved


def _of_limit(risk: Risk) -> bool:
    return str(risk.properties.get("question", "")).startswith("limit · ")


def _unasked(old: Risk, run: str, why: str, *, proceed: bool = False) -> Risk | None:
    """Nothing asks this any more, which is no answer: it stays open, and says so."""
    if old.issue.endswith(why):
        return None
    return replace(old, run=run, issue=old.issue + why, step_taken="", proceed=proceed)


def _worse(issue: Issue, old: Risk) -> bool:
    """Of a higher rank than what was accepted, or wholly beyond it."""
    rank, most = old.properties.get("rank"), old.properties.get("most")
    if not isinstance(rank, int) or issue.rank > rank:
        return True
    if issue.rank < rank or issue.least is None or not isinstance(most, int | float):
        return False
    return issue.least > most


def _closed(old: Risk, run: str, proof: str) -> Risk | None:
    """Closed by evidence. An entry that somebody accepted and that is cured now is closed by its evidence too."""
    if old.resolved and old.properties.get("closed") == "evidence":
        return None
    facts = {**old.properties, "closed": "evidence"}
    text = old.issue.removesuffix(UNASKED).removesuffix(GONE)
    return replace(old, run=run, issue=text, resolved=True, proceed=True, closed_by=proof, properties=facts)
