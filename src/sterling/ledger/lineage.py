"""Walking the graph of events, one layer at a time, each by an index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from sterling.core.records import Event
from sterling.ledger import schema

_AT_ONCE = 500
"""Ids asked for in one question; databases limit the number of parameters."""

Direction = Literal["up", "down", "both"]
_Walked = tuple[list[str], list[str], list[Event]]


def walk(connection: Connection, start: str, *, direction: Direction, hops: int, run: str | None) -> _Walked:
    """Ids of artifacts and of executions around `start`, and the events that join them, oldest event first."""
    seen: dict[int, Event] = {}
    for way in ("up", "down") if direction == "both" else (direction,):
        seen |= _one_way(connection, start, up=way == "up", hops=hops, run=run)
    events = [seen[seq] for seq in sorted(seen)]
    artifacts = dict.fromkeys(event.artifact for event in events)
    executions = dict.fromkeys(event.execution for event in events)
    for ids, table in ((artifacts, schema.artifacts), (executions, schema.executions)):
        if connection.execute(select(table.c.id).where(table.c.id == start).limit(1)).first():
            ids[start] = None  # also when nothing joins it
    return list(artifacts), list(executions), events


def _one_way(connection: Connection, start: str, *, up: bool, hops: int, run: str | None) -> dict[int, Event]:
    """Events on the way from `start`. Upwards an artifact leads to its makers, an execution to what it read."""
    near, far = ("output", "input") if up else ("input", "output")
    seen: dict[int, Event] = {}
    artifacts, executions = {start}, {start}
    done: set[str] = set()
    for _ in range(hops):
        met = _events(connection, "artifact", artifacts, near, run)
        executions |= {event.execution for event in met.values()} - done
        beyond = _events(connection, "execution", executions, far, run)
        seen |= met | beyond
        done |= artifacts | executions
        artifacts, executions = {event.artifact for event in beyond.values()} - done, set()
        if not artifacts:
            break
    return seen


def _events(connection: Connection, end: str, ids: Iterable[str], direction: str, run: str | None) -> dict[int, Event]:
    table = schema.events
    question = select(table).where(table.c.direction == direction)
    if run is not None:
        of_run = select(schema.executions.c.id).where(schema.executions.c.run == run)
        question = question.where(table.c.execution.in_(of_run))
    found: dict[int, Event] = {}
    wanted = sorted(ids)
    for first in range(0, len(wanted), _AT_ONCE):
        some = question.where(table.c[end].in_(wanted[first : first + _AT_ONCE]))
        found |= {row.seq: _event(row) for row in connection.execute(some)}
    return found


def _event(row: Row[Any]) -> Event:
    return Event(execution=row.execution, artifact=row.artifact, direction=row.direction, role=row.role)
