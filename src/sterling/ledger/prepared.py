"""Statements compiled once for a dialect and then run by the driver itself.

A put runs about ten statements, a run asks some forty questions, every one well known. Building and compiling them anew
each time costs several times what the database needs to carry them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Dialect, Table, bindparam, func, insert, select, update
from sqlalchemy.engine.interfaces import DBAPICursor as Cursor
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement

from sterling.ledger import schema
from sterling.ledger.derived import STATEFUL, TABLES
from sterling.ledger.questions import matching


class Prepared:
    """One statement as text, and the order in which the driver wants its parameters."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}

    def row(self, cursor: Cursor, **parameters: object) -> tuple[Any, ...] | None:
        """The first row of the answer, or None."""
        cursor.execute(self.text, self._arranged(parameters))
        return cursor.fetchone()

    def rows(self, cursor: Cursor, **parameters: object) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        cursor.execute(self.text, self._arranged(parameters))
        return list(cursor.fetchall())

    def each(self, cursor: Cursor, rows: Sequence[Mapping[str, object]]) -> None:
        """Run once per row."""
        cursor.executemany(self.text, [self._arranged(row) for row in rows])

    def _arranged(self, parameters: Mapping[str, object]) -> Any:
        values = {**self._constants, **parameters} if self._constants else parameters
        return values if self._order is None else tuple(values[name] for name in self._order)


class Statements:
    """All that a put runs, and the questions that find records."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._questions: dict[tuple[str, tuple[str, ...], bool], Prepared] = {}

    @cached_property
    def last(self) -> Prepared:
        """Seq and hash of the newest record."""
        table = schema.records
        last = select(func.max(table.c.seq)).scalar_subquery()
        return self._made(select(table.c.seq, table.c.hash).where(table.c.seq == last))

    @cached_property
    def hash_at(self) -> Prepared:
        """The hash of the record `seq`."""
        table = schema.records
        return self._made(select(table.c.hash).where(table.c.seq == bindparam("seq")))

    @cached_property
    def add_record(self) -> Prepared:
        return self._made(insert(schema.records))

    @cached_property
    def add_head(self) -> Prepared:
        return self._made(insert(schema.heads))

    @cached_property
    def add(self) -> dict[str, Prepared]:
        """By kind: a row that finds a record."""
        return {kind: self._made(insert(table)) for kind, table in TABLES.items()}

    @cached_property
    def newest(self) -> dict[str, Prepared]:
        """By kind: seq and first of the newest state of the thing `id`."""
        return {kind: self._made(_newest(TABLES[kind])) for kind in STATEFUL}

    @cached_property
    def follow(self) -> dict[str, Prepared]:
        """By kind: the state at `before` is followed by the one at `after`."""
        return {kind: self._made(_follow(TABLES[kind])) for kind in STATEFUL}

    def matching(self, kind: str, columns: tuple[str, ...], *, newest: bool) -> Prepared:
        """See `questions.matching`."""
        asked = (kind, columns, newest)
        if asked not in self._questions:
            self._questions[asked] = self._made(matching(kind, columns, newest=newest))
        return self._questions[asked]

    def _made(self, statement: Executable) -> Prepared:
        return Prepared(statement, self._dialect)


_COMPILED: dict[tuple[str, str], Statements] = {}


def statements(dialect: Dialect) -> Statements:
    """Those of a dialect, which are the same for every ledger that this process opens."""
    return _COMPILED.setdefault((dialect.name, dialect.driver), Statements(dialect))


def _newest(table: Table) -> Executable:
    return select(table.c.seq, table.c.first).where(table.c.id == bindparam("id"), table.c.newer.is_(None))


def _follow(table: Table) -> Executable:
    return update(table).where(table.c.seq == bindparam("before")).values(newer=bindparam("after"))
