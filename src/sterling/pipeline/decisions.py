"""What people decide: to approve or reject a run, or to accept a risk. Every decision says who, why and about what.

A name is what somebody typed: it is recorded, and nobody has checked it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.project import FILE, Project
from sterling.core.records import Context, Decision, DecisionKind, Json, Ledger, Properties, Risk
from sterling.core.review import Review
from sterling.pipeline.inputs import compare_inputs
from sterling.pipeline.queries.runs import known_run, known_state
from sterling.pipeline.review import (
    ended_waivers,
    ended_words,
    exit_code,
    is_among,
    may_sign,
    person,
    review_of,
    run_state,
    standing,
)
from sterling.pipeline.risks import accepted, before_signing

LONGEST_NAME, LONGEST_REASON = 100, 4000
Answer = Literal["approve", "reject"]
SETTLED = ("complete", "awaiting_review", "rejected")
"""The states of a run that came to its end and was judged."""


class AlreadyDecided(ConfigError):
    """The same person has decided the same of the same bundle before: it stands, and is not recorded twice."""


def decide(
    project: Project,
    ledger: Ledger,
    run: str,
    *,
    kind: Answer,
    by: str,
    reason: str,
    override: bool = False,
    now: dt.datetime,
) -> Decision:
    """Record that a person approves or rejects a run; returns the decision. `run` is a run's whole id.

    An approval needs a reviewer who is not the author (where the project asks for that), no risk that holds signing
    back, a run that is still the newest state of the project, waivers that still hold, and data, model and code as the
    run read them. `override` lifts none of the last three, is recorded as such and still counts as one signature.
    Raises ConfigError or InputError that says what is in the way.
    """
    name, why = _signed(by, reason)
    context = _reviewed(ledger, run)
    review = review_of(project, ledger, context, today=now.date())
    _once(review, name, kind)
    overrides: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    if kind == "approve":
        _current(project, ledger, context)
        _still_waived(project, context, now)
        obstacles = (*_not_allowed(name, project, review.author), *_held_back(before_signing(project, ledger)))
        if obstacles and not override:
            raise obstacles[0]
        unseen = _unchanged(project, ledger, context, now)
        overrides = tuple(o.what for o in obstacles)
    else:
        if override:
            raise ConfigError("a rejection overrides nothing", hint="leave --override out")
        _listed(name, project)
    noted = {"overrides": list(overrides), "not_compared": list(unseen)}
    facts: dict[str, Json] = {what: names for what, names in noted.items() if names}
    decided: DecisionKind = "override" if overrides else kind
    decision = _decision(context.id, decided, name, why, review.bundle, now, facts)
    ledger.put(decision)
    settle(project, ledger, context.id, today=now.date())
    return decision


def accept(
    project: Project, ledger: Ledger, ids: Sequence[str], *, by: str, reason: str, now: dt.datetime
) -> tuple[Decision, ...]:
    """Record that a person answers for open risks, which then hold nothing back; returns a decision for each.

    `ids` are whole ids. Who may sign may accept, and the project's owner. All of them are accepted or none.
    """
    name, why = _signed(by, reason)
    known = {risk.id: risk for risk in ledger.risks()}
    risks = [_open(known, id_) for id_ in dict.fromkeys(ids)]
    if not (project.owner and person(name) == person(project.owner)):
        _listed(name, project)
    for risk in risks:
        _not_author(name, project, ledger.context(risk.run))
    made = [
        (risk, _decision(risk.run, "accept_risk", name, why, risk.id, now, {"issue": risk.issue})) for risk in risks
    ]
    ledger.put(*(record for risk, decision in made for record in (decision, accepted(risk, decision))))
    return tuple(decision for _, decision in made)


def _decision(
    run: str, kind: DecisionKind, by: str, reason: str, about: str, now: dt.datetime, facts: Properties
) -> Decision:
    return Decision(
        id=secrets.token_hex(8), run=run, kind=kind, by=by, reason=reason, about=about, at=now, properties=facts
    )


def settle(project: Project, ledger: Ledger, run: str, *, today: dt.date | None = None) -> None:
    """Let the run's record say where it stands, and those of other runs that found the same: what was signed is one."""
    _settle(project, ledger, run, today)
    context = known_run(ledger, run)
    for other in ledger.contexts("run"):
        same = other.parent == context.parent and other.properties.get("bundle") == context.properties.get("bundle")
        if same and other.id != run and other.properties.get("state") in SETTLED:
            _settle(project, ledger, other.id, today)


def _settle(project: Project, ledger: Ledger, run: str, today: dt.date | None) -> None:
    """Looks again after writing: somebody else may decide meanwhile."""
    while True:
        context = ledger.context(run)
        assert context is not None
        state = review_of(project, ledger, context, today=today).state
        verdicts = context.properties.get("verdict_code", 0)
        code = exit_code(verdicts if isinstance(verdicts, int) else 0, state)
        settled = {**context.properties, "state": run_state(state), "exit_code": code}
        if settled == dict(context.properties):
            return
        ledger.put(replace(context, properties=settled))


def _signed(by: str, reason: str) -> tuple[str, str]:
    """Name and reason, tidied. Neither may be empty: a decision that nobody explains helps nobody later."""
    name, why = " ".join(by.split()), reason.strip()
    for text, option, most in ((name, "--as", LONGEST_NAME), (why, "--reason", LONGEST_REASON)):
        if not text:
            what = "a decision needs a name" if option == "--as" else "a decision needs a reason"
            raise ConfigError(what, where=option, hint=f'{option} "…"')
        if len(text) > most:
            raise ConfigError(
                f"this has {len(text):,} characters",
                where=option,
                expected=f"at most {most:,}",
                hint="say it in fewer words, and keep the rest where it can be linked to",
            )
    if not name.isprintable():
        raise ConfigError("the name has characters that cannot be shown", where="--as", hint="type it anew")
    return name, why


def _reviewed(ledger: Ledger, run: str) -> Context:
    context = known_run(ledger, run)
    if not context.properties.get("bundle"):
        raise InputError(
            f"the run {shown(run)} was not judged, so there is nothing to sign", where="the ledger",
            got=f"it is {known_state(context)}", hint="sterling run",
        )  # fmt: skip
    return context


def _once(review: Review, name: str, kind: Answer) -> None:
    """The same person decides the same thing about the same bundle once; they may change their mind."""
    mine = next((d for d in standing(review.decisions) if person(d.by) == person(name)), None)
    if mine is not None and (mine.kind == "reject") == (kind == "reject") and review.state != "stale":
        word = "rejected" if kind == "reject" else "approved"
        raise AlreadyDecided(
            f"{shown(mine.by)} has {word} this already, on {mine.at:%Y-%m-%d}", where="--as",
            hint="somebody else may sign, or change your answer",
        )  # fmt: skip


def _current(project: Project, ledger: Ledger, context: Context) -> None:
    """Nobody signs what the project has left behind: no override helps here, a new run does."""
    made_with = context.properties.get("project_digest")
    if made_with not in (None, project.digest, "sha256:" + hashlib.sha256(project.file.read_bytes()).hexdigest()):
        raise ConfigError(
            f"{FILE} has changed since the run {context.id[:6]}, so this is not what the project says now",
            hint="sterling run, read what it says, and sign that",
        )
    runs = [c for c in ledger.contexts("run") if c.parent == context.parent]
    later = runs[next((i for i, c in enumerate(runs) if c.id == context.id), len(runs)) + 1 :]
    bundles = [c.properties["bundle"] for c in later if c.properties.get("bundle")]
    if bundles and bundles[-1] != context.properties["bundle"]:
        raise ConfigError(
            f"the run {context.id[:6]} is stale: a newer run found something else",
            hint="read the newest report and sign that: the run is called last",
        )


def _still_waived(project: Project, context: Context, now: dt.datetime) -> None:
    """What a waiver let by until a day is not let by after it, whoever signs."""
    ended = ended_waivers(project, context, now.date())
    if ended:
        raise ConfigError(
            f"{ended_words(ended[0])}, and the run {context.id[:6]} was judged under it", where=ended[0].origin,
            hint="sterling run, read what it says, and sign that",
        )  # fmt: skip


def _unchanged(project: Project, ledger: Ledger, context: Context, now: dt.datetime) -> tuple[str, ...]:
    """Nobody signs for files that have changed since; returns those that are not there to be compared.

    A reviewer may have no access to the data: what cannot be compared is written down and forbids nothing.
    """
    compared = compare_inputs(project, ledger, context.id, now.date())
    if compared.changed:
        names = ", ".join(shown(n) for n in compared.changed[:3]) + (" and more" * (len(compared.changed) > 3))
        raise InputError(
            f"{names} changed since the run {context.id[:6]}, so what it found is not about the files as they are",
            hint="sterling run again first, read what it says, and sign that",
        )
    return compared.missing


def _not_allowed(name: str, project: Project, author: str | None) -> tuple[ConfigError, ...]:
    """Why this person may not approve: every reason, so that an override names them all."""
    rules = project.review
    out: list[ConfigError] = []
    if not may_sign(name, replace(rules, separate=False), author):
        out.append(_stranger(name, project))
    if not may_sign(name, replace(rules, reviewers=()), author):
        what = f"{shown(name)} is the author of this run, and the project wants somebody else to sign"
        hint = "ask another reviewer, or sign with --override, which is recorded"
        if not author:
            what = "the author of this run is not known, so nobody can show that they are somebody else"
            hint = "set STERLING_AUTHOR and run again, or sign with --override"
        out.append(ConfigError(what, where="--as", hint=hint))
    return tuple(out)


def _held_back(risks: Sequence[Risk]) -> tuple[ConfigError, ...]:
    if not risks:
        return ()
    listed = "; ".join(f"{r.id[:6]} {r.issue}" for r in risks[:3]) + (f"; and {len(risks) - 3} more" * (len(risks) > 3))
    count = "1 open risk holds" if len(risks) == 1 else f"{len(risks)} open risks hold"
    return (
        ConfigError(
            f"{count} signing back", got=listed,
            hint='cure them and run again; sterling risks accept ID --as NAME --reason "…"; or sign with --override',
        ),
    )  # fmt: skip


def _listed(name: str, project: Project) -> None:
    if project.review.reviewers and not is_among(name, project.review.reviewers):
        raise _stranger(name, project)


def _stranger(name: str, project: Project) -> ConfigError:
    return ConfigError(
        f"{shown(name)} is not among the reviewers of this project", where="--as",
        hint=near_miss(name, project.review.reviewers) or f"[review] reviewers in {FILE} names them",
    )  # fmt: skip


def _not_author(name: str, project: Project, context: Context | None) -> None:
    """Where an author may not sign their own run, they may not wave its risks through either."""
    author = context.properties.get("author") if context is not None else None
    if project.review.separate and author and person(name) == person(str(author)):
        raise ConfigError(
            f"{shown(name)} is the author of this run, and the project wants somebody else to answer for its risks",
            where="--as",
            hint="ask a reviewer, or the project's owner",
        )


def _open(known: dict[str, Risk], id_: str) -> Risk:
    risk = known.get(id_)
    if risk is None:
        raise InputError(f"there is no risk {shown(id_)!r}", where="the register", hint="sterling risks lists them")
    if risk.resolved:
        raise InputError(
            f"the risk {shown(id_)} is closed already, by {shown(risk.closed_by or 'evidence')}", where="the register",
            hint="sterling risks lists what is open",
        )  # fmt: skip
    return risk
