"""The DAG card: the pipeline as a graph, each node with its section, what it inherits, the risks of its stage."""

from __future__ import annotations

from sterling.core.document import Block, Document, Fact, Items, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.records import Artifact, Execution, Stage
from sterling.report.cards.inherited import Inheritance
from sterling.report.cards.model import limits
from sterling.report.chapters import lineage, making, risks
from sterling.report.parts import fact, facts, headed, line, moment, prose, scope_of
from sterling.report.text import capital, count

STAGE_OF: dict[str, Stage] = {
    "ingest": "data",
    "validate": "data",
    "split": "preprocessing",
    "keys": "preprocessing",
    "train": "training",
    "load": "training",
    "alternatives": "training",
    "score": "training",
    "predictions": "inference",
    "evaluate": "inference",
    "judge": "inference",
}
"""The stage of the risk register that a step belongs to. A project's own step is preprocessing."""
MOST_SECTIONS = 120
"""With more nodes than this only steps have sections of their own; artifacts stand in the graph's list."""


def dag_card(dossier: Dossier) -> Document:
    """The graph, a section a node, and the whole risk register."""
    steps = lineage.in_order(dossier.lineage)
    artifacts = dossier.lineage.artifacts
    if len(steps) + len(artifacts) > MOST_SECTIONS:
        artifacts = ()
    named = [*(e.id for e in steps), *(a.digest for a in artifacts)]
    links = {name: f"node-{i}" for i, name in enumerate(named, start=1)}
    inherits = Inheritance(dossier)
    return Document(
        kind="dag_card",
        title=f"Pipeline card: {line(dossier.project.title or dossier.project.name, 80)}",
        lead=f"{count(len(steps))} steps and {count(len(dossier.lineage.artifacts))} artifacts, from what was read to "
        "what was said.",
        sections=(
            Section(
                id="pipeline",
                title="Pipeline",
                blocks=(
                    prose(scope_of(dossier), "dag.overview", "What should a reader know of how this is made?"),
                    *lineage.blocks(dossier, links),
                ),
            ),
            *(_step(dossier, e, links[e.id]) for e in steps),
            *(_artifact(dossier, a, links[a.digest], inherits) for a in artifacts),
            Section(id="risks", title="Risk assessment", blocks=risks.register(dossier)),
            limits(dossier),
        ),
        seal=making.seal(dossier),
    )


def _step(dossier: Dossier, step: Execution, anchor: str) -> Section:
    own = next((s for s in dossier.project.steps if s.name == step.step), None)
    stage = STAGE_OF.get(step.step, "preprocessing" if own else None)
    took = None if step.ended is None else f"{max((step.ended - step.started).total_seconds(), 0.0):.2f} seconds"
    open_ = risks.open_risks(dossier, stage) if stage else []
    return Section(
        id=anchor,
        title=f"Step: {line(step.step, 60)}",
        lead=making.STATES[step.state],
        blocks=(
            *facts(
                fact("Begun", moment(step.started)),
                fact("Took", took),
                fact("Function", own.function if own else None),
                fact("Key", "of inputs, code, parameters and environment together", step.key),
            ),
            *headed("Reads", _joined(dossier, step, "input")),
            *headed("Makes", _joined(dossier, step, "output")),
            *risks.table(f"Open risks of the stage {stage}", open_, dossier),
        ),
    )


def _joined(dossier: Dossier, step: Execution, direction: str) -> tuple[Block, ...]:
    """The artifacts that a step read or made, by role, with their digests."""
    known = {a.digest: a for a in dossier.lineage.artifacts}
    events = [e for e in dossier.lineage.events if e.execution == step.id and e.direction == direction]
    return facts(*(fact(line(e.role, 60), _name(known.get(e.artifact)), e.artifact) for e in events))


def _title(artifact: Artifact) -> str:
    """`Table: loans.parquet`; `Split` for a split that is called no more than that."""
    kind, name = line(artifact.type, 40).replace("_", " "), line(artifact.name, 60)
    return capital(kind) if name == kind else f"{capital(kind)}: {name}"


def _name(artifact: Artifact | None) -> str:
    return f"{artifact.name} ({artifact.type})" if artifact else "not in this graph"


def _artifact(dossier: Dossier, artifact: Artifact, anchor: str, inherits: Inheritance) -> Section:
    made_by = inherits.maker(artifact.digest)
    passed_on = inherits.considerations(artifact.digest)
    source: tuple[Fact | None, ...] = (
        fact("Made by", f"the step {made_by.step}")
        if made_by
        else fact("Made by", "nothing here: it came from outside"),
    )
    return Section(
        id=anchor,
        title=_title(artifact),
        blocks=(
            *facts(
                fact("Digest", artifact.digest),
                fact("Size", f"{count(artifact.size)} bytes"),
                fact("State", artifact.state.replace("_", " ")),
                fact("Where", artifact.uri),
                *source,
                fact("Read by", ", ".join(e.step for e in inherits.readers(artifact.digest))),
            ),
            *(
                headed("What it inherits", [Items(items=passed_on)])
                if passed_on
                else (Prose(text="It inherits nothing."),)
            ),
            *inherits.cards(artifact.digest),
        ),
    )
