"""Appending to a ledger: the one place that writes records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, bindparam, insert, select, update

from sterling.core.errors import LedgerError, shown_path
from sterling.core.records import Artifact, Head, Properties, Record
from sterling.ledger.blobs import write_blob
from sterling.ledger.chain import link
from sterling.ledger.codec import encode, kind_of, plain_of, stamp
from sterling.ledger.derived import STATEFUL, TABLES, row_of
from sterling.ledger.head import move_head, read_head
from sterling.ledger.reading import Reading, hash_at, head_of
from sterling.ledger.schema import records as record_table
from sterling.ledger.sqlite import WRITING, speaking


class _Told(NamedTuple):
    kind: str
    body: str
    found_by: dict[str, Any]


class SqlLedger(Reading):
    """A `core.records.Ledger` in a database. Made by `open_ledger`; usable from several threads and processes."""

    def __init__(self, folder: Path, engine: Engine, *, clock: Callable[[], dt.datetime]) -> None:
        super().__init__(folder, engine)
        self._clock = clock

    def put(self, *records: Record) -> Head:
        """Append records in one transaction: all of them or none. Other writers are waited for.

        Raises InputError for what is not a record, LedgerError when the ledger cannot be written, or is shorter or
        other than its HEAD says; then nothing of it is recorded.
        """
        told = [_told(record) for record in records]
        if not told:
            return self.head()
        with self._writing() as connection:
            end = head_of(connection)
            self._refuse_other_than_head(connection, end)
            end = _append(connection, end, stamp(self._clock()), told)
        move_head(self.folder, end)
        return end

    def keep(self, content: bytes, *, type: str, name: str, properties: Properties | None = None) -> Artifact:
        """Store bytes by their digest, and say how to refer to them. The artifact is not yet a record: `put` it.

        Raises LedgerError when they cannot be written.
        """
        digest = write_blob(self.folder, content)
        return Artifact(digest=digest, type=type, name=name, size=len(content), properties=properties or {})

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that no other writer can come between."""
        with (
            speaking(self.file),
            self._engine.connect().execution_options(**{WRITING: True}) as connection,
            connection.begin(),
        ):
            yield connection

    def _refuse_other_than_head(self, connection: Connection, end: Head) -> None:
        """Writing on after a cut would let HEAD forget it."""
        said = read_head(self.folder)
        if said is None or said == end or (said.seq < end.seq and said.hash == hash_at(connection, said.seq)):
            return
        raise LedgerError(
            f"the ledger is not the one that its HEAD speaks of (record {said.seq})", where=shown_path(self.file),
            got=f"a chain of {end.seq} records that does not hold HEAD's",
            hint="`sterling verify` says more; put back a copy of the whole folder",
        )  # fmt: skip


def _told(record: Record) -> _Told:
    kind = kind_of(record)
    return _Told(kind, encode(record), row_of(kind, plain_of(kind, record)))


def _append(connection: Connection, end: Head, at: str, told: Sequence[_Told]) -> Head:
    seq, previous = end.seq, end.hash
    rows: list[dict[str, Any]] = []
    found_by: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for kind, body, row in told:
        seq, before, previous = seq + 1, previous, link(previous, kind, at, body)
        rows.append({"seq": seq, "kind": kind, "at": at, "body": body, "previous": before, "hash": previous})
        found_by[kind].append({"seq": seq, **row})
    connection.execute(insert(record_table), rows)
    for kind, some in found_by.items():
        if kind in STATEFUL:
            _succeed(connection, TABLES[kind], some)
        connection.execute(insert(TABLES[kind]), some)
    return Head(seq=seq, hash=previous)


def _succeed(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Let new states follow the newest ones known: fills in `first` and `newer` of `rows` and of the rows before."""
    known = select(table.c.id, table.c.seq, table.c.first).where(
        table.c.id.in_(bindparam("ids", expanding=True)), table.c.newer.is_(None)
    )
    newest = {
        id_: (seq, first) for id_, seq, first in connection.execute(known, {"ids": list({r["id"] for r in rows})})
    }
    followed = []
    here: dict[int, dict[str, Any]] = {}
    for row in rows:
        before, first = newest.get(row["id"], (None, row["seq"]))
        row["first"], row["newer"] = first, None
        if before in here:
            here[before]["newer"] = row["seq"]
        elif before is not None:
            followed.append({"before": before, "after": row["seq"]})
        newest[row["id"]] = (row["seq"], first)
        here[row["seq"]] = row
    if followed:
        change = update(table).where(table.c.seq == bindparam("before")).values(newer=bindparam("after"))
        connection.execute(change, followed)
