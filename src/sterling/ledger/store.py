"""Appending to a ledger: the one place that writes records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor as Cursor

from sterling.core.errors import LedgerError, shown_path
from sterling.core.records import Artifact, Head, Properties, Record
from sterling.ledger.blobs import digest_of, write_blob
from sterling.ledger.chain import GENESIS, link
from sterling.ledger.codec import kind_of, plain_of, stamp, written
from sterling.ledger.derived import STATEFUL, row_of
from sterling.ledger.head import move_head, read_head
from sterling.ledger.naming import Naming
from sterling.ledger.reading import Reading
from sterling.ledger.sqlite import speaking, writing


class _Told(NamedTuple):
    kind: str
    body: str
    found_by: dict[str, Any]


class SqlLedger(Reading, Naming):
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
        with speaking(self.file), writing(self._engine) as cursor:
            end = self._end_of_chain(cursor)
            end = self._append(cursor, end, stamp(self._clock()), told)
        move_head(self.folder, end)
        return end

    def keep(self, content: bytes, *, type: str, name: str, properties: Properties | None = None) -> Artifact:
        """Store bytes by their digest, and say how to refer to them. The artifact is not yet a record: `put` it.

        Raises LedgerError when they cannot be written.
        """
        artifact = self.artifact_of(content, type=type, name=name, properties=properties)
        self.store(artifact, content)
        return artifact

    def artifact_of(self, content: bytes, *, type: str, name: str, properties: Properties | None = None) -> Artifact:
        """What `keep` says, with nothing stored yet."""
        digest = digest_of(content)
        return Artifact(digest=digest, type=type, name=name, size=len(content), properties=properties or {})

    def store(self, artifact: Artifact, content: bytes) -> None:
        """Store the bytes that an artifact was made of. Raises LedgerError when they cannot be written."""
        write_blob(self.folder, content, artifact.digest)

    def _end_of_chain(self, cursor: Cursor) -> Head:
        """The newest record. Writing on after a cut would let HEAD forget it, so HEAD must lie in the chain."""
        last = self._statements.last.row(cursor)
        end = Head(seq=last[0], hash=last[1]) if last else Head(seq=0, hash=GENESIS)
        said = read_head(self.folder)
        if said is None or said == end or said.seq == 0:
            return end
        if said.seq < end.seq and self._statements.hash_at.row(cursor, seq=said.seq) == (said.hash,):
            return end
        raise LedgerError(
            f"the ledger is not the one that its HEAD speaks of (record {said.seq})", where=shown_path(self.file),
            got=f"a chain of {end.seq} records that does not hold HEAD's",
            hint="`sterling verify` says more; put back a copy of the whole folder",
        )  # fmt: skip

    def _append(self, cursor: Cursor, end: Head, at: str, told: Sequence[_Told]) -> Head:
        seq, previous = end.seq, end.hash
        rows: list[dict[str, Any]] = []
        found_by: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for kind, body, row in told:
            seq, before, previous = seq + 1, previous, link(previous, kind, at, body)
            rows.append({"seq": seq, "kind": kind, "at": at, "body": body, "previous": before, "hash": previous})
            found_by[kind].append({"seq": seq, **row})
        self._statements.add_record.each(cursor, rows)
        for kind, some in found_by.items():
            if kind in STATEFUL:
                self._succeed(cursor, kind, some)
            self._statements.add[kind].each(cursor, some)
        self._statements.add_head.each(cursor, [{"seq": seq, "hash": previous}])
        return Head(seq=seq, hash=previous)

    def _succeed(self, cursor: Cursor, kind: str, rows: list[dict[str, Any]]) -> None:
        """Let new states follow the newest ones known: fills in `first` and `newer` of `rows` and of those before."""
        newest: dict[str, dict[str, Any]] = {}
        followed = []
        for row in rows:
            row["newer"] = None
            if (before := newest.get(row["id"])) is not None:
                before["newer"], row["first"] = row["seq"], before["first"]
            elif (known := self._statements.newest[kind].row(cursor, id=row["id"])) is not None:
                followed.append({"before": known[0], "after": row["seq"]})
                row["first"] = known[1]
            else:
                row["first"] = row["seq"]
            newest[row["id"]] = row
        if followed:
            self._statements.follow[kind].each(cursor, followed)


def _told(record: Record) -> _Told:
    kind = kind_of(record)
    plain = plain_of(kind, record)
    return _Told(kind, written(kind, plain), row_of(kind, plain))
