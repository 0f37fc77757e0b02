"""The limits of this evidence: what a run cannot say, gathered from everything it is known by. Never empty."""

from __future__ import annotations

from sterling.core.dossier import Dossier
from sterling.core.judge import Verdict
from sterling.report import words
from sterling.report.chapters.model import caveat
from sterling.report.deciding import power_text
from sterling.report.hints import unknowns
from sterling.report.parts import line
from sterling.report.payload import operating_threshold
from sterling.report.sentences import term, with_interval
from sterling.report.text import capital, count, listed


def limits_of_evidence(dossier: Dossier) -> tuple[str, ...]:
    """What the numbers do not show, the most particular first. Never empty."""
    found = [
        *_undecided(dossier),
        *_failed(dossier),
        *unknowns(dossier.run),
        *(caveat(dossier.model) if dossier.model else ()),
        *_threshold(dossier),
        *_openings(dossier),
        *_scope(dossier),
        *_sample(dossier),
    ]
    return tuple(dict.fromkeys(capital(t).rstrip(".") for t in found))


def _undecided(dossier: Dossier) -> list[str]:
    roles = words.settled_roles(dossier.run)
    open_ = [v for v in words.in_order(dossier.judgement) if v.limit is not None and v.verdict == "undecided"]
    return [
        f"Whether the limit is met: {_measured(v, words.sentence(v, roles))} is undecided; {power_text(v, roles)}"
        for v in open_
    ]


def _measured(verdict: Verdict, sentence: str) -> str:
    finding = verdict.finding
    if finding is None:
        return sentence
    return with_interval(sentence, finding, words.bracket(finding, verdict.limit), verdict.model)


def _failed(dossier: Dossier) -> list[str]:
    names = [line(v.ask, 60) for v in dossier.judgement.verdicts if v.verdict == "error"]
    return [f"What {listed(list(dict.fromkeys(names)))} would have shown: stopped by an error"] if names else []


def _threshold(dossier: Dossier) -> list[str]:
    run = dossier.run
    used = {operating_threshold(run, m) for m in run.roles.models} - {None}
    shown = listed([f"{t:g}" for t in sorted(t for t in used if t is not None)])
    if not used:
        return []
    rates = list(dict.fromkeys(
        term(v.finding.metric) for v in dossier.judgement.verdicts
        if v.limit is not None and v.finding is not None and v.finding.metric.by_threshold
    ))  # fmt: skip
    about = f" ({listed(rates)})" if rates else ""
    return [f"Other thresholds: rates{about} are those at a threshold of {shown}, and change with it"]


def _openings(dossier: Dossier) -> list[str]:
    looks = sum(o.part == "certify" for o in dossier.openings)
    if looks < 2:
        return []
    return [
        f"A first look: the rows for certifying were looked at {count(looks)} times, and each look "
        "makes it likelier that something is within its limit by luck"
    ]


def _scope(dossier: Dossier) -> list[str]:
    scope = dossier.project.scope
    if scope is None:
        return ["What people know of purpose, harms and groups: no scope was written"]
    found = [f"The group column {line(g.column, 40)} is inferred, so its errors are in every gap by it"
             for g in scope.groups if g.source == "inferred"]  # fmt: skip
    absent = [line(g.column, 40) for g in scope.groups if g.source == "unavailable"]
    if absent:
        found.append(f"Groups that are not available: {listed(absent, most=6)}")
    if scope.missing:
        found.append(f"{count(len(scope.missing))} questions of the scope that nobody has answered")
    return found


def _sample(dossier: Dossier) -> list[str]:
    rows = f"{count(dossier.run.n)} rows of {line(dossier.data.name, 80)}"
    return [f"Other times, places and samples: everything was measured once, on {rows}"]
