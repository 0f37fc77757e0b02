"""From the tables of an older version to today's. Records are never touched: only what finds them is."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

from sqlalchemy import Connection, Dialect, func, insert, inspect, select, update
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
    if found == 0:
        for statement in _making(connection.dialect):
            connection.exec_driver_sql(statement)
        _note(connection, schema.VERSION)
        return
    for version in range(found, schema.VERSION):
        STEPS[version](connection)
        _note(connection, version + 1)


def _making(dialect: Dialect) -> tuple[str, ...]:
    """The statements that make the tables of an empty database; to ask first which of them are there costs more."""
    if dialect.name not in _MAKING:
        made: list[ExecutableDDLElement] = []
        for table in schema.METADATA.sorted_tables:
            made.append(CreateTable(table))
            made += [CreateIndex(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
        _MAKING[dialect.name] = tuple(str(statement.compile(dialect=dialect)) for statement in made)
    return _MAKING[dialect.name]


_MAKING: dict[str, tuple[str, ...]] = {}
"""By dialect: a process may make many ledgers."""


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
