"""The way from files to verdicts as a graph: artifacts, the steps between them, and the people who signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sterling.core.document import Block, Graph, Node, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.records import Artifact, Event, Execution, Lineage
from sterling.report.chapters.review import KINDS
from sterling.report.parts import line, moment, short
from sterling.report.text import count

MOST_NODES = 400
"""A graph of more nodes than this is not drawn: nobody could read it, and `sterling trace` walks it."""
Edge = tuple[str, str]


def section(dossier: Dossier) -> Section:
    """One graph, with a text for those who cannot see it."""
    return Section(id="lineage", title="Lineage", blocks=blocks(dossier))


def blocks(dossier: Dossier, links: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """The graph; `links` are anchors on the page by the id of a node."""
    lineage = dossier.lineage
    nodes = len(lineage.artifacts) + len(lineage.executions)
    if not nodes:
        return (Prose(text="The ledger holds no lineage of this run."),)
    if nodes > MOST_NODES:
        return (Prose(text=f"{count(nodes)} artifacts and steps: too many to draw. `sterling trace` walks them."),)
    return (graph(dossier, links or {}),)


def graph(dossier: Dossier, links: Mapping[str, str]) -> Graph:
    """Artifacts, steps and people in the order in which they came about; an edge never leads back."""
    steps = in_order(dossier.lineage)
    people = _people(dossier)
    nodes = (
        *(_artifact(a, links) for a in dossier.lineage.artifacts),
        *(_step(e, links) for e in steps),
        *(node for node, _ in people),
    )
    known = {node.id for node in nodes}
    joined = (*edges(dossier.lineage), *(edge for _, theirs in people for edge in theirs))
    return Graph(
        caption="From what was read to what was said",
        text=_text(steps, dossier.lineage.events, {a.digest: a for a in dossier.lineage.artifacts}),
        nodes=nodes,
        edges=tuple(e for e in joined if e[0] in known and e[1] in known),
    )


def forward(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges in order, each once, without those that would lead back to where one has come from.

    A step that writes the very bytes it read would otherwise close a circle.
    """
    onwards: dict[str, set[str]] = {}
    kept: list[Edge] = []
    for start, end in dict.fromkeys(edges):
        if start != end and not _reaches(onwards, end, start):
            onwards.setdefault(start, set()).add(end)
            kept.append((start, end))
    return tuple(kept)


def _reaches(onwards: Mapping[str, set[str]], start: str, goal: str) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        new = onwards.get(here, set()) - seen
        seen |= new
        waiting += new
    return False


def edges(lineage: Lineage) -> tuple[Edge, ...]:
    """What each step read, then what it made, step by step; none leads back."""
    by_step: dict[str, list[Event]] = {}
    for event in lineage.events:
        by_step.setdefault(event.execution, []).append(event)
    out: list[Edge] = []
    for step in in_order(lineage):
        mine = by_step.get(step.id, [])
        out += [(e.artifact, e.execution) for e in mine if e.direction == "input"]
        out += [(e.execution, e.artifact) for e in mine if e.direction == "output"]
    return forward(out)


def in_order(lineage: Lineage) -> list[Execution]:
    """The steps as they were begun."""
    return sorted(lineage.executions, key=lambda e: (e.started, e.id))


def _artifact(artifact: Artifact, links: Mapping[str, str]) -> Node:
    detail = f"{artifact.type.replace('_', ' ')} {short(artifact.digest).rpartition(':')[2]}"
    return Node(
        id=artifact.digest, label=line(artifact.name, 60), kind="artifact", detail=line(detail, 120),
        tone="plain" if artifact.state in ("live", "reference") else "stale", link=links.get(artifact.digest),
    )  # fmt: skip


def _step(step: Execution, links: Mapping[str, str]) -> Node:
    return Node(
        id=step.id, label=line(step.step, 60), kind="step", detail=_ending(step),
        tone="over" if step.state == "failed" else "plain", link=links.get(step.id),
    )  # fmt: skip


def _ending(step: Execution) -> str:
    """`complete, 0.40 s`, `cached`."""
    if step.state != "complete" or step.ended is None:
        return "stopped" if step.state == "canceled" else step.state
    return f"{step.state}, {max((step.ended - step.started).total_seconds(), 0.0):.2f} s"


def _people(dossier: Dossier) -> list[tuple[Node, list[Edge]]]:
    """Who decided, joined to the verdicts, or else the evidence, that were before them."""
    before = [a.digest for role in ("verdicts", "evidence") if (a := dossier.artifacts.get(role))][:1]
    out: list[tuple[Node, list[Edge]]] = []
    for decision in dossier.review.decisions:
        node = Node(
            id=f"decision {decision.id}", label=line(decision.by, 60), kind="person",
            detail=f"{KINDS[decision.kind]}, {moment(decision.at)}",
            tone="over" if decision.kind == "override" else "plain",
        )  # fmt: skip
        out.append((node, [(digest, node.id) for digest in before]))
    return out


def _text(steps: list[Execution], events: Iterable[Event], artifacts: Mapping[str, Artifact]) -> str:
    """`ingest makes table; split reads table and makes split`."""
    known = list(events)

    def names(step: Execution, direction: str) -> str:
        found = [e for e in known if e.execution == step.id and e.direction == direction]
        shown = [line(artifacts[e.artifact].name if e.artifact in artifacts else e.role, 60) for e in found]
        return ", ".join(dict.fromkeys(shown))

    done = [(s, names(s, "input"), names(s, "output")) for s in steps]
    said = [
        f"{line(s.step, 60)} {f'reads {read} and ' if read else ''}makes {made or 'nothing'}" for s, read, made in done
    ]
    return "; ".join(said) or "No step is recorded"
