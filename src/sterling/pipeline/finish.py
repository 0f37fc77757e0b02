"""What follows the steps: the risk register, the bundle people sign, the report, their answer, the cards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.codec import Written
from sterling.core.files import write_atomic
from sterling.core.frozen import dataclass
from sterling.core.judge import Judgement, judge
from sterling.core.late import late_on
from sterling.core.records import Artifact, Context, EvidenceNote, Json, Membership, PredictionBatch, Record, Risk
from sterling.pipeline.execution import Hands
from sterling.pipeline.gather import data_facts, dossier, model_facts
from sterling.pipeline.notify import notify
from sterling.pipeline.power import more_people
from sterling.pipeline.review import bundle, exit_code, policy_digest, review_of, run_state
from sterling.pipeline.risks import gate, of_project, register
from sterling.pipeline.seen import late_in
from sterling.pipeline.step import made_here
from sterling.pipeline.steps.alternatives import NOT_SEARCHED
from sterling.pipeline.steps.measure import run_of
from sterling.pipeline.wiring import CARDS, card_files, project_page

if TYPE_CHECKING:
    from sterling.core.dossier import DataFacts, Dossier
    from sterling.core.evidence import Evidence
    from sterling.core.project import Project
    from sterling.core.run import Run

REPORT = "report.html"
READ_LAST = frozenset({"evidence", "verdicts"})
"""Roles of what `after_judging` takes from the hands of the steps that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run came out. `dossier` is None when it was stopped before anything was measured."""

    run: str
    state: str
    exit_code: int
    dossier: Dossier | None = None
    problems: tuple[str, ...] = ()
    written: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()
    properties: Mapping[str, Json] = field(default_factory=dict)


def after_data(hands: Hands, context: Context, known: Mapping[str, Artifact]) -> Outcome | None:
    """The gate behind the data: a broken promise is registered and stops the run before training."""
    facts = data_facts(hands.ledger, known, hands.ledger.executions(run=hands.run))
    hands.ledger.put(*_register(hands, judgement=None, data=facts))
    open_ = of_project(hands.ledger.risks(open_only=True), hands.project, hands.ledger)
    blocking = gate(open_, "training", rules=hands.project.review)
    if not blocking:
        return None
    reasons = tuple(risk.issue for risk in blocking)
    return Outcome(
        run=hands.run, state="stopped", exit_code=1, problems=reasons,
        properties={"exit_code": 1, "reason": "a promise about the data is broken"},
    )  # fmt: skip


def after_judging(hands: Hands, context: Context, known: Mapping[str, Artifact]) -> Outcome:
    """Record what was found, draw it, and ask people when the project wants them."""
    project = hands.project
    run, judgement = _judged(hands, known, (context.started or hands.now()).date())
    facts = data_facts(hands.ledger, known, hands.ledger.executions(run=hands.run))
    parts = _bundle_parts(known, project)
    properties: dict[str, Json] = {
        **context.properties, "bundle": bundle(**parts), "bundle_parts": parts, "verdict_code": judgement.exit_code,
    }  # fmt: skip
    # All at once: whoever signs the bundle has the risks of this run before them.
    hands.ledger.put(
        *_register(hands, judgement=judgement, data=facts, known=known, evidence=run.evidence),
        dataclasses.replace(context, properties=properties),
        *_notes(hands, known, run, judgement),
        *_batches(hands, known),
    )
    told, written = publish(hands, hands.run, judged=(run, judgement))
    notices, asked = _ask(hands, told, written[0])
    not_searched = known["alternatives"].properties.get(NOT_SEARCHED) if "alternatives" in known else None
    if not_searched:
        notices = (*notices, f"no alternative was looked for: {not_searched}")
    code = exit_code(judgement.exit_code, told.review.state)
    return Outcome(
        run=hands.run, state=run_state(told.review.state), exit_code=code, dossier=told, written=written,
        notices=notices, properties={"exit_code": code, "reviewers_told": asked},
    )  # fmt: skip


def _judged(hands: Hands, known: Mapping[str, Artifact], today: dt.date) -> tuple[Run, Judgement]:
    """What was measured and the verdicts: as this run's own steps made them, or from what an earlier one kept."""
    project = hands.project
    found = made_here(hands.in_hand, known["evidence"], Written)
    run = run_of(hands.ledger.read(known["evidence"].digest), project) if found is None else found.run
    judgement = made_here(hands.in_hand, known["verdicts"], Judgement)
    if judgement is None:
        late = late_on(late_in(project, hands.ledger, before=hands.run), known["table"].digest)
        judgement = judge(
            project.policy, run.evidence, more_people=more_people, waivers=project.waivers, today=today, late=late
        )
    return run, judgement


def _ask(hands: Hands, told: Dossier, report: Path) -> tuple[tuple[str, ...], bool]:
    """Tell reviewers of what they have not been told of; notices of what failed, and whether everybody knows now."""
    review = told.review
    if review.state not in ("awaiting", "stale"):
        return (), False
    same = (c for c in hands.ledger.contexts("run") if c.properties.get("bundle") == review.bundle)
    if any(c.properties.get("reviewers_told") for c in same):
        return (), True
    notices = notify(
        hands.project, review, title=hands.project.title, sentences=_sentences(told), report=report
    )  # fmt: skip
    return notices, not notices


def publish(hands: Hands, run: str, *, judged: tuple[Run, Judgement] | None = None) -> tuple[Dossier, tuple[Path, ...]]:
    """Draw the report and, once nobody is waited for, the cards; keep them in the ledger and write them.

    The files in the project's folder are those of the newest run that measured: what is decided about an older one is
    kept and drawn, and leaves them alone. A card that lies there is drawn again whatever people have said since.
    `judged` is as `dossier` takes it. Returns what they were drawn from, with the head of the ledger as it is then, and
    the files.
    """
    told = dossier(hands.project, hands.ledger, run, judged=judged)
    folder, newest = hands.project.folder, run == _newest_measured(hands)
    written: list[Path] = []
    drawn = {REPORT: project_page(told).encode()}
    kept = [hands.recording.keep(drawn[REPORT], type="report", name=REPORT)]
    lies_there = newest and any((folder / name).exists() for name in CARDS)
    if told.review.state in ("not_required", "approved") or lies_there:
        cards = card_files(told)
        kept += [hands.recording.keep(content, type="card", name=name) for name, content in cards.items()]
        drawn |= cards
    hands.recording.put(*kept, *(Membership(context=run, member=a.digest, kind="artifact") for a in kept))
    hands.recording.settle()
    if newest:  # what a power cut takes of them lies in the ledger
        written = [write_atomic(folder / name, content, lasting=False) for name, content in drawn.items()]
    return dataclasses.replace(told, head=hands.ledger.head()), tuple(written)


def as_it_stands(hands: Hands, outcome: Outcome) -> Outcome:
    """The outcome once its run is written down. What people decided while they were being told is part of it."""
    context = hands.ledger.context(hands.run)
    if outcome.dossier is None or context is None:
        return outcome
    review = review_of(hands.project, hands.ledger, context, today=dt.datetime.now(dt.UTC).date())
    if review.state == outcome.dossier.review.state:
        return outcome
    told, written = publish(hands, hands.run)
    return dataclasses.replace(
        outcome, dossier=told, written=written, state=run_state(told.review.state),
        exit_code=exit_code(told.judgement.exit_code, told.review.state),
    )  # fmt: skip


def _newest_measured(hands: Hands) -> str:
    """The newest run that came as far as a bundle to sign."""
    return next(c.id for c in reversed(hands.ledger.contexts("run")) if "bundle" in c.properties)


def _register(
    hands: Hands,
    *,
    judgement: Judgement | None,
    data: DataFacts,
    known: Mapping[str, Artifact] | None = None,
    evidence: Sequence[Evidence] = (),
) -> tuple[Risk, ...]:
    """What brings the risk register up to date; `known` holds the model and the evidence once they are there."""
    have = known or {}
    return register(
        hands.ledger.risks(), project=hands.project, run=hands.run, judgement=judgement, data=data, now=hands.now(),
        evidence=evidence, model=model_facts(have), proof=have["evidence"].digest if "evidence" in have else None,
    )  # fmt: skip


def _bundle_parts(known: Mapping[str, Artifact], project: Project) -> dict[str, str]:
    """The digests of what is signed. A model given as columns is part of the table."""
    return {
        "evidence": known["evidence"].digest,
        "verdicts": known["verdicts"].digest,
        "model": known["model"].digest if "model" in known else "",
        "data": known["table"].digest,
        "policy": policy_digest(project),
    }


def _notes(hands: Hands, known: Mapping[str, Artifact], run: Run, judgement: Judgement) -> list[Record]:
    verdicts = {(v.ask, v.model): v.verdict for v in reversed(judgement.verdicts)}
    return [
        EvidenceNote(
            run=hands.run, artifact=known["evidence"].digest, check=e.check, ask=e.ask, model=e.model,
            outcome=e.outcome, verdict=verdicts.get((e.ask, e.model)),
        )
        for e in run.evidence
    ]  # fmt: skip


def _batches(hands: Hands, known: Mapping[str, Artifact]) -> list[Record]:
    found = known.get("predictions")
    if found is None:
        return []
    models, rows = found.properties.get("models"), int(str(found.properties["rows"]))
    names = models if isinstance(models, list) else [found.properties["model"]]
    return [PredictionBatch(run=hands.run, artifact=found.digest, model=str(name), n=rows) for name in names]


def _sentences(told: Dossier) -> tuple[str, ...]:
    from sterling.pipeline.wiring import sentences

    return sentences(told)


def verdicts_of(content: bytes) -> dict[str, Json]:
    """The verdicts artifact as plain values."""
    found: dict[str, Json] = json.loads(content)
    return found
