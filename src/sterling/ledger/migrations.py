"""From the tables of an older version to today's. Records are never touched: only what finds them is."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import Connection, func, insert, inspect, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable, ExecutableDDLElement

from sterling.core.errors import LedgerError
from sterling.ledger import schema
from sterling.ledger.codec import stamp


def version_of(connection: Connection) -> int:
    """The version of the tables; 0 in an empty database."""
    if not inspect(connection).has_table(schema.versions.name):
        return 0
    return int(connection.execute(select(func.max(schema.versions.c.version))).scalar() or 0)


def migrate(connection: Connection, found: int, where: str) -> None:
    """Bring the tables from version `found` to today's, inside the caller's transaction.

    Raises LedgerError when they are of a newer version.
    """
    refuse_newer(found, where)
    for version in range(found, schema.VERSION):
        STEPS[version](connection)
        _note(connection, version + 1)


def making() -> list[tuple[str, tuple[object, ...]]]:
    """Statements that make today's tables in an empty SQLite database, each with its parameters."""
    note = f"INSERT INTO {schema.versions.name} (version, at) VALUES (?, ?)"
    return [*((text, ()) for text in _tables()), (note, (schema.VERSION, stamp(dt.datetime.now(dt.UTC))))]


@lru_cache(maxsize=1)
def _tables() -> tuple[str, ...]:
    made: list[ExecutableDDLElement] = []
    for table in schema.METADATA.sorted_tables:
        made.append(CreateTable(table))
        made += [CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
    return tuple(str(statement.compile(dialect=sqlite.dialect())) for statement in made)


def refuse_newer(found: int, where: str) -> None:
    """Raise LedgerError when a newer Sterling wrote these tables: reading them might leave out what it added."""
    if found > schema.VERSION:
        raise LedgerError(
            f"the ledger was written by a newer version of sterling (its version {found})", where=where,
            expected=f"version {schema.VERSION} or older", hint="upgrade: pip install --upgrade sterling",
        )  # fmt: skip


def _note(connection: Connection, version: int) -> None:
    connection.execute(insert(schema.versions).values(version=version, at=stamp(dt.datetime.now(dt.UTC))))


def _to_2(connection: Connection) -> None:
    """Decisions can be found by what they are about."""
    about = schema.decisions.c.about
    column = CreateColumn(about).compile(connection).string
    connection.exec_driver_sql(f"ALTER TABLE {schema.decisions.name} ADD COLUMN {column}")
    rows = connection.execute(
        select(schema.records.c.seq, schema.records.c.body).where(schema.records.c.kind == "decision")
    ).all()
    for seq, body in rows:
        told = json.loads(body)["about"]
        connection.execute(update(schema.decisions).where(schema.decisions.c.seq == seq).values(about=told))
    connection.execute(CreateIndex(next(i for i in schema.decisions.indexes if i.name == "decisions_by_about")))


STEPS: dict[int, Callable[[Connection], None]] = {1: _to_2}
"""By the version that a step starts from."""
