"""The model card: what it is, what was found and how sure, what that cannot say, who is affected, who signed."""

from __future__ import annotations

from sterling.core.document import Alert, Block, Document, Items, Prompt, Prose, Section
from sterling.core.dossier import Dossier
from sterling.report import words
from sterling.report.cards.front_matter import front_matter
from sterling.report.cards.identity import (
    architecture_words,
    day,
    difference,
    input_map,
    input_words,
    name_of,
    output_map,
    output_words,
    path_of,
)
from sterling.report.cards.measured import blocks as measured
from sterling.report.caveats import limits_of_evidence
from sterling.report.chapters import alternatives, data, making, model, purpose, review, risks
from sterling.report.parts import (
    cell,
    evidence_of,
    fact,
    facts,
    grid,
    headed,
    listing,
    prose,
    scope_of,
    stale_words,
    waivers,
)
from sterling.report.people import noun
from sterling.report.text import capital, count
from sterling.report.verdicts import judged, unjudged


def model_card(dossier: Dossier) -> Document:
    """Every part of Model Card Toolkit's schema, with verdicts, risks, signatures and the limits of the evidence."""
    searched = alternatives.section(dossier)
    return Document(
        kind="model_card",
        title=f"Model card: {name_of(dossier)}",
        lead=_lead(dossier),
        sections=(
            _found(dossier),
            limits(dossier),
            _details(dossier),
            _analysis(dossier),
            _considerations(dossier),
            _parameters(dossier),
            *((searched,) if searched else ()),
            Section(id="risks", title="Risks", blocks=(*waivers(dossier), *risks.register(dossier))),
            review.section(dossier),
        ),
        seal=making.seal(dossier),
        front_matter=front_matter(dossier),
    )


def limits(dossier: Dossier) -> Section:
    """What the evidence cannot say. Every card has it, and it is never empty."""
    return Section(
        id="limits",
        title="Limits of this evidence",
        lead="What these numbers do not show",
        blocks=(Items(items=limits_of_evidence(dossier)),),
    )


def _lead(dossier: Dossier) -> str:
    run = dossier.run
    return (
        f"Measured on {count(run.n)} {noun(run.roles.people)} on {day(dossier)}: "
        f"{words.headline_counts(dossier.judgement)}. Review: {review.state_words(dossier.review)}."
    )


def _details(dossier: Dossier) -> Section:
    project, scope = dossier.project, scope_of(dossier)
    known = facts(
        fact("Name", name_of(dossier)),
        fact("Version", project.version),
        fact("Date", day(dossier)),
        fact("Changes", difference(dossier)),
        fact("Path", path_of(dossier), dossier.model.digest if dossier.model else None),
    )
    owner = facts(fact("Owner", project.owner)) if project.owner else _asked("Who owns this model?", "[project] owner")
    terms = facts(fact("Licence", project.licence)) if project.licence else _asked(
        "Under which licence may it be used?", "[project] licence"
    )  # fmt: skip
    overview = scope.prose.get("model.overview", "").strip()
    return Section(
        id="details",
        title="Model details",
        blocks=(
            *((prose(scope, "model.overview", ""),) if overview else purpose.purpose(dossier)),
            *known,
            *owner,
            *terms,
            prose(scope, "model.documentation", "What should someone who uses this model have read?"),
            prose(scope, "model.references", "Where is more about it?"),
            prose(scope, "model.citations", "How should it be cited?"),
        ),
        stale=stale_words(dossier),
    )


def _asked(question: str, key: str) -> tuple[Block, ...]:
    return (Prompt(question=question, where=f"sterling.toml: {key}"),)


def _found(dossier: Dossier) -> Section:
    return Section(
        id="found",
        title="What was found",
        lead=capital(words.headline_counts(dossier.judgement)),
        blocks=(*_unsigned(dossier), *judged(dossier), *unjudged(dossier)),
    )


def _unsigned(dossier: Dossier) -> tuple[Alert, ...]:
    """That people who should have signed did not, or refused to."""
    state = dossier.review.state
    if state not in ("awaiting", "rejected", "stale"):
        return ()
    text = f"Nobody vouches for this model yet: {review.state_words(dossier.review)}"
    return (Alert(text=text, tone="over" if state == "rejected" else "undecided"),)


def _analysis(dossier: Dossier) -> Section:
    note = words.label_note(words.settled_roles(dossier.run))
    return Section(
        id="analysis",
        title="Quantitative analysis",
        blocks=(
            *((Prose(text=f"{capital(note)}."),) if note else ()),
            *measured(dossier.run, evidence_of(dossier)),
        ),
    )


def _considerations(dossier: Dossier) -> Section:
    scope = scope_of(dossier)
    return Section(
        id="considerations",
        title="Considerations",
        blocks=(
            *purpose.people(scope),
            *headed("What it is used for", purpose.purpose(dossier)),
            *purpose.out_of_scope(scope),
            *headed("Limitations", [listing(scope.limitations, "What is it known not to do well?", "limitations")]),
            *headed("Trade-offs", [listing(scope.tradeoffs, "What was given up for what?", "tradeoffs")]),
            *headed("Ethical considerations", purpose.harms(scope)),
            *purpose.label(dossier),
            *purpose.groups(dossier),
        ),
        stale=stale_words(dossier),
    )


def _parameters(dossier: Dossier) -> Section:
    known = dossier.model
    shown = model.section(dossier).blocks
    inputs = grid("Input", ("Column", "Type"), ((cell(k), cell(v)) for k, v in input_map(dossier)))
    outputs = grid("Output", ("Column", "What it holds"), ((cell(k), cell(v)) for k, v in output_map(dossier)))
    return Section(
        id="parameters",
        title="Model parameters",
        lead="" if known is None else architecture_words(dossier),
        blocks=(
            *shown,
            *headed("Data", data.table(dossier)),
            *data.parts(dossier),
            *facts(fact("Input format", input_words(dossier)), fact("Output format", output_words(dossier))),
            *inputs,
            *outputs,
        ),
    )
