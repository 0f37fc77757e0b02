"""What led to a thing and what came of it: artifacts, steps, files, runs and decisions, as rows of a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from sterling.core.frozen import dataclass
from sterling.core.records import Artifact, Context, Decision, Event, Execution, LedgerReader, Lineage
from sterling.pipeline.made import how_it_ended
from sterling.pipeline.queries.naming import Named

Kind = Literal["artifact", "execution", "run", "decision", "risk"]
HOPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A thing of the ledger. `id` is a digest, or the id of an execution, run, decision or risk.

    `type` says of what sort it is among its kind: the type of an artifact, the kind of a decision.
    """

    kind: Kind
    id: str
    type: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A node of the tree at a depth, from 1. `role` says what it is to the node above. `again`: told further up
    already, and not opened a second time."""

    depth: int
    role: str
    node: Node
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """`up`: what led to the start; `down`: what came of it. Each a tree, written from the top, depth first.

    `run`: the run that the tree is of. `times`: how often the start was made, or found made, in all runs.
    """

    start: Node
    run: str | None
    up: tuple[Row, ...]
    down: tuple[Row, ...]
    times: int | None


def trace(ledger: LedgerReader, named: Named) -> Trace:
    """The tree around what `find_thing` found."""
    thing, run = named.thing, named.run
    match thing:
        case Artifact():
            return _of_artifact(ledger, thing, run)
        case Execution():
            tree = _Tree(ledger.lineage(thing.id, direction="both", hops=HOPS, run=thing.run))
            return Trace(
                start=_step(thing), run=thing.run, up=tuple(tree.up(thing.id)), times=None,
                down=(*tree.down(thing.id), *_after(ledger, thing.run)),
            )  # fmt: skip
        case Context():
            return _of_run(ledger, thing)
    if isinstance(thing, Decision):
        start = _decision(thing)
    else:
        start = Node(kind="risk", id=thing.id, type="risk", title=thing.issue, detail=thing.stage)
    context = ledger.context(thing.run)
    up = (Row(depth=1, role="about", node=_run(context)),) if context is not None else ()
    return Trace(start=start, run=thing.run, up=up, down=(), times=None)


def _of_artifact(ledger: LedgerReader, artifact: Artifact, run: str | None) -> Trace:
    tree = _Tree(ledger.lineage(artifact.digest, direction="both", hops=HOPS, run=run))
    times = sum(e.direction == "output" for e in ledger.events(artifact=artifact.digest))
    context = ledger.context(run) if run is not None else None
    up = tuple(tree.up(artifact.digest))
    if not up and context is not None:  # a report, a card, the project file: of the run, made or read by no step
        up = (Row(depth=1, role="of", node=_run(context)),)
    down = tuple(tree.down(artifact.digest))
    after = _after(ledger, run) if run is not None and down else ()
    return Trace(start=_artifact(artifact), run=run, up=up, down=(*down, *after), times=times or None)


def _of_run(ledger: LedgerReader, context: Context) -> Trace:
    executions = ledger.executions(run=context.id)
    up = [Row(depth=1, role=a.type, node=_artifact(a)) for a in _settled(ledger, context)]
    known = {a.digest: a for a in ledger.artifacts(run=context.id)}
    down: list[Row] = []
    for execution in executions:
        down.append(Row(depth=1, role="step", node=_step(execution)))
        for event in ledger.events(execution=execution.id):
            artifact = known.get(event.artifact)
            if artifact is not None and event.direction == "output":
                down.append(Row(depth=2, role=event.role, node=_artifact(artifact)))
            elif artifact is not None and artifact.type == "file":
                up.append(Row(depth=1, role="file", node=_artifact(artifact)))
    after = _after(ledger, context.id)
    return Trace(start=_run(context), run=context.id, up=tuple(up), down=(*down, *after), times=None)


def _after(ledger: LedgerReader, run: str) -> Iterator[Row]:
    """What came of a run beside what its steps made: pages, cards, decisions."""
    context = ledger.context(run)
    if context is None:
        return
    bundle = context.properties.get("bundle")
    drawn = [a for a in ledger.artifacts(run=run) if a.type in ("report", "card")]
    newest = {a.name: a for a in drawn}
    yield from (Row(depth=1, role=a.type, node=_artifact(a)) for a in newest.values())
    for decision in ledger.decisions(about=str(bundle)) if bundle else ():
        yield Row(depth=1, role="signed", node=_decision(decision))


def _settled(ledger: LedgerReader, context: Context) -> Iterator[Artifact]:
    for kind in ("project", "scope", "environment"):
        digest = context.properties.get(f"{kind}_digest")
        artifact = ledger.artifact(str(digest)) if digest else None
        if artifact is not None:
            yield artifact


class _Tree:
    """A part of the graph, walked depth first. Each node is opened once."""

    def __init__(self, lineage: Lineage) -> None:
        self.nodes: dict[str, Node] = {a.digest: _artifact(a) for a in lineage.artifacts}
        self.nodes |= {e.id: _step(e) for e in lineage.executions}
        self.makers, self.readers = _by(lineage.events, "output"), _by(lineage.events, "input")
        self.read, self.outputs = _of(lineage.events, "input"), _of(lineage.events, "output")

    def up(self, start: str) -> Iterator[Row]:
        yield from self._walk(start, 1, set(), self._above)

    def down(self, start: str, *, depth: int = 1) -> Iterator[Row]:
        yield from self._walk(start, depth, set(), self._below)

    def _walk(
        self, start: str, depth: int, seen: set[str], beyond: Callable[[str], list[tuple[str, Node]]]
    ) -> Iterator[Row]:
        for role, node in beyond(start):
            again = node.id in seen
            yield Row(depth=depth, role=role, node=node, again=again)
            if not again:
                seen.add(node.id)
                yield from self._walk(node.id, depth + 1, seen, beyond)

    def _above(self, id_: str) -> list[tuple[str, Node]]:
        made = [("made by", self.nodes[e.execution]) for e in self.makers[id_] if e.execution in self.nodes]
        read = [
            (_role(e, self.nodes[e.artifact]), self.nodes[e.artifact])
            for e in self.read[id_]
            if e.artifact in self.nodes
        ]
        return made + read

    def _below(self, id_: str) -> list[tuple[str, Node]]:
        read = [("read by", self.nodes[e.execution]) for e in self.readers[id_] if e.execution in self.nodes]
        return read + [(e.role, self.nodes[e.artifact]) for e in self.outputs[id_] if e.artifact in self.nodes]


def _by(events: Sequence[Event], direction: str) -> Mapping[str, list[Event]]:
    """Events of one direction by their artifact."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.direction == direction:
            found[event.artifact].append(event)
    return found


def _of(events: Sequence[Event], direction: str) -> Mapping[str, list[Event]]:
    """Events of one direction by their execution."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.direction == direction:
            found[event.execution].append(event)
    return found


def _artifact(artifact: Artifact) -> Node:
    rows = artifact.properties.get("rows")
    detail = f"{rows:,} rows" if isinstance(rows, int) else f"{artifact.size:,} bytes"
    return Node(kind="artifact", id=artifact.digest, type=artifact.type, title=artifact.name, detail=detail)


def _role(event: Event, node: Node) -> str:
    """A file is read under its own name, which the node says."""
    return node.type if node.type == "file" else event.role


def _step(execution: Execution) -> Node:
    return Node(kind="execution", id=execution.id, type="step", title=execution.step, detail=how_it_ended(execution))


def _run(context: Context) -> Node:
    return Node(
        kind="run", id=context.id, type="run", title=context.name, detail=str(context.properties.get("state") or "")
    )


def _decision(decision: Decision) -> Node:
    words = {"approve": "approved", "reject": "rejected", "override": "overridden", "accept_risk": "risk accepted"}
    title = f"{words[decision.kind]} by {decision.by}"
    return Node(kind="decision", id=decision.id, type=decision.kind, title=title, detail=decision.reason)
