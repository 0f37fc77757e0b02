"""How it was made: every step with its time, the code and the environment, the ledger's head, and how to check it."""

from __future__ import annotations

from sterling.core.codec import evidence_hash
from sterling.core.document import Block, Cell, Fact, Items, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.records import Execution, ExecutionState
from sterling.report.parts import cell, count_cell, evidence_of, fact, facts, grid, headed, line, moment, value_text

STATES: dict[ExecutionState, str] = {
    "running": "running",
    "complete": "done",
    "failed": "failed",
    "cached": "not run again: nothing it depends on had changed",
    "canceled": "stopped",
}


def section(dossier: Dossier) -> Section:
    """Steps, versions, digests, and the commands that check them."""
    return Section(
        id="making",
        title="How this was made",
        lead=f"Run {line(dossier.context.id, 80)}, {moment(dossier.context.started) or 'time not recorded'}",
        blocks=(*steps(dossier), *openings(dossier), *made_with(dossier), *verify(dossier)),
    )


def steps(dossier: Dossier) -> tuple[Block, ...]:
    """Every step of the run, in order."""
    rows = (
        (cell(e.step), cell(STATES[e.state]), _took(e), cell(moment(e.started) or ""))
        for e in sorted(dossier.executions, key=lambda e: (e.started, e.id))
    )
    return grid("Steps", ("Step", "State", "Seconds", "Begun"), rows)


def openings(dossier: Dossier) -> tuple[Block, ...]:
    """How often rows set aside were looked at: the fewer looks at those for certifying, the better."""
    rows = (
        (cell(o.step), cell(o.part), count_cell(o.n or None), cell(o.why), cell(moment(o.at) or ""))
        for o in dossier.openings
    )
    heads = ("Step", "Part", "Rows", "Why", "When")
    return grid("Looks at the rows set aside for choosing and certifying", heads, rows)


def made_with(dossier: Dossier) -> tuple[Block, ...]:
    """Versions and seeds."""
    made, context, project = dossier.run.provenance, dossier.context.properties, dossier.project
    environment = (fact(f"Environment: {name}", value) for name, value in made.environment.items())
    return headed(
        "Made with",
        facts(
            fact("Project file", project.file.name, project.digest),
            fact("Code", value_text(context.get("commit"))),
            fact("Author", value_text(context.get("author"))),
            fact("Seed of the measurement", dossier.run.plan.seed),
            fact("Sterling", made.version),
            *environment,
            fact("Plan", "what was asked, in canonical form", f"sha256:{dossier.run.plan.hash}"),
            fact("The run before this one", dossier.previous),
        ),
    )


def seal(dossier: Dossier) -> tuple[Fact, ...]:
    """What a reader needs to check a card or a report against the ledger."""
    head = dossier.head
    known = (
        fact("Run", dossier.context.id),
        fact("Made", moment(dossier.context.ended or dossier.run.provenance.created)),
        fact("Ledger head", f"record {head.seq}", head.hash),
        fact(
            "Evidence",
            "the numbers, as canonical bytes",
            evidence_of(dossier) or f"sha256:{evidence_hash(dossier.run)}",
        ),
        fact("What is signed", "evidence, verdicts, model, data and policy together", dossier.review.bundle),
        fact("Data", dossier.data.name, dossier.data.digest),
        fact("Model", dossier.model.name, dossier.model.digest) if dossier.model else None,
    )
    return tuple(f for f in known if f is not None)


def verify(dossier: Dossier) -> tuple[Block, ...]:
    """The seal, and the commands that check it."""
    return (
        *headed("How to check it", facts(*seal(dossier))),
        Items(items=commands(dossier)),
        Prose(
            text="The ledger's head stands for every record before it. If the head printed here is no longer in the "
            "chain, the ledger was rewritten or cut short after this was made."
        ),
    )


def commands(dossier: Dossier) -> tuple[str, ...]:
    """What to type, and what it shows."""
    run = line(dossier.context.id, 80)
    return (
        "sterling verify: every record and every stored byte is checked, and the first bad one is named",
        f"sterling reproduce {run}: the run is made again and its evidence compared byte for byte",
        f"sterling trace {run}: what it was made from and what was made of it",
    )


def _took(execution: Execution) -> Cell:
    if execution.state == "cached":
        return Cell(text="0 (cached)", number=0.0)
    if execution.ended is None:
        return Cell(text="not known")
    seconds = max((execution.ended - execution.started).total_seconds(), 0.0)
    return Cell(text=f"{seconds:.2f}", number=seconds)
