"""Questions that find records, by a row in the table of their kind; each is given the values it compares with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, select, union

from sterling.ledger import schema
from sterling.ledger.derived import STATEFUL, TABLES

LIMIT = "limit"
"""The name under which a question is told how many of the newest records are wanted."""


def all_of(kind: str) -> Select[Any]:
    """The bodies of every record of a kind."""
    table = TABLES[kind]
    return select(schema.records.c.body).join_from(table, schema.records, table.c.seq == schema.records.c.seq)


def standing(kind: str) -> Select[Any]:
    """The bodies of what stands of a kind: the newest state of each thing; every record where there are no states."""
    return all_of(kind).where(TABLES[kind].c.newer.is_(None)) if kind in STATEFUL else all_of(kind)


def oldest_first(kind: str) -> ColumnElement[Any]:
    """What records of a kind are put in order by: where there are states, the first record of each thing."""
    table = TABLES[kind]
    return table.c.first if kind in STATEFUL else table.c.seq


def matching(kind: str, columns: Sequence[str], *, newest: bool) -> Select[Any]:
    """What stands of a kind where each of these columns has the value given under its name, oldest first.

    `newest`: only so many as are given under LIMIT, the newest first. Artifacts have a column more, `run`: those that
    belong to the run, and those that its executions read or made.
    """
    order = oldest_first(kind)
    question = standing(kind).where(*(_equal(TABLES[kind], name) for name in columns))
    return question.order_by(order.desc()).limit(bindparam(LIMIT)) if newest else question.order_by(order)


def _equal(table: Table, name: str) -> ColumnElement[bool]:
    if table is schema.artifacts and name == "run":
        return table.c.id.in_(_of_run())
    return table.c[name] == bindparam(name)


def _of_run() -> Any:
    """Ids of the artifacts of a run."""
    executions, events, memberships = schema.executions, schema.events, schema.memberships
    touched = (
        select(events.c.artifact)
        .join_from(events, executions, events.c.execution == executions.c.id)
        .where(executions.c.run == bindparam("run"), executions.c.newer.is_(None))
    )
    return union(select(memberships.c.member).where(memberships.c.context == bindparam("run")), touched)
