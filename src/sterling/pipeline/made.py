"""What an execution made, as it made it: equal bytes may have another name and other facts in another run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sterling.core.records import Artifact, Event, Execution, Json, LedgerReader, Properties

MADE = "made"
"""The property of an execution that holds name, type and facts of its outputs, by role."""


def described(made: Mapping[str, Artifact]) -> dict[str, Json]:
    """Names and facts of outputs, to be kept with the execution that made them."""
    return {role: {"name": a.name, "type": a.type, "properties": dict(a.properties)} for role, a in made.items()}


ENDED = ("complete", "cached")
"""The states of an execution that has outputs."""


_CUT_SHORT = {"killed": "killed", "interrupted": "interrupted", "KeyboardInterrupt": "interrupted"}


def how_it_ended(execution: Execution) -> str:
    """The state of an execution as people say it: one that was cut short was killed, interrupted or stopped."""
    if execution.state != "canceled":
        return execution.state
    return _CUT_SHORT.get(str(execution.properties.get("reason")), "stopped")


def made_by(ledger: LedgerReader, executions: Iterable[Execution]) -> dict[str, Artifact]:
    """What executions made, by the role each made it under; those that did not end well made nothing."""
    ended = (execution for execution in executions if execution.state in ENDED)
    return {role: artifact for execution in ended for role, artifact in outputs_of(ledger, execution).items()}


def made_in(
    executions: Iterable[Execution], events: Mapping[str, Iterable[Event]], known: Mapping[str, Artifact]
) -> dict[str, Artifact]:
    """As `made_by`, of a run whose events (by execution) and artifacts (by digest) are all at hand."""
    ended = (execution for execution in executions if execution.state in ENDED)
    return {role: artifact for x in ended for role, artifact in _outputs(x, events[x.id], known.get).items()}


def outputs_of(ledger: LedgerReader, execution: Execution) -> dict[str, Artifact]:
    """The artifacts that an execution made, by role, under the names and with the facts that it gave them."""
    return _outputs(execution, ledger.events(execution=execution.id), ledger.artifact)


def _outputs(
    execution: Execution, events: Iterable[Event], find: Callable[[str], Artifact | None]
) -> dict[str, Artifact]:
    told = execution.properties.get(MADE)
    facts = told if isinstance(told, Mapping) else {}
    found: dict[str, Artifact] = {}
    for event in events:
        artifact = find(event.artifact) if event.direction == "output" else None
        if artifact is not None:
            found[event.role] = _as_made(artifact, facts.get(event.role))
    return found


def _as_made(artifact: Artifact, facts: Json) -> Artifact:
    if not isinstance(facts, Mapping):
        return artifact
    given = facts.get("properties")
    properties: Properties = given if isinstance(given, Mapping) else {}
    return replace(artifact, name=str(facts["name"]), type=str(facts["type"]), properties=properties)
