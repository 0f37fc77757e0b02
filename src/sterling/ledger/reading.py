"""Questions to a ledger. Every list is oldest first: by the first record of each thing."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sqlalchemy import JSON, Connection, Engine, select, type_coerce

from sterling.core.errors import InputError, LedgerError, near_miss, shown, shown_path
from sterling.core.records import (
    Artifact,
    Context,
    Decision,
    Event,
    EvidenceNote,
    Execution,
    ExecutionState,
    Head,
    Json,
    Lineage,
    Opening,
    PredictionBatch,
    Risk,
)
from sterling.ledger import schema
from sterling.ledger.blobs import PREFIX, blob_path, digest_of
from sterling.ledger.chain import GENESIS
from sterling.ledger.codec import KINDS, decode
from sterling.ledger.derived import TABLES
from sterling.ledger.lineage import walk
from sterling.ledger.prepared import statements
from sterling.ledger.questions import LIMIT, oldest_first, standing
from sterling.ledger.sqlite import FILE, asking, fetched, speaking

MOST_RESOLVED = 20
_PAST_ANY = "\U0010ffff"
"""Sorts behind every continuation of a prefix."""


class Reading:
    """A `core.records.LedgerReader` on the tables of `schema`. Each answer is of one moment."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.file = folder / FILE
        self._engine = engine
        self._statements = statements(engine.dialect)
        self._end = weakref.finalize(self, engine.dispose)

    def close(self) -> None:
        """Give back files and locks; a later question opens them again."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the ledger of one moment, whatever others write meanwhile."""
        with speaking(self.file), self._engine.connect() as connection, connection.begin():
            yield connection

    def head(self) -> Head:
        try:
            with speaking(self.file), asking(self._engine) as cursor:
                last = self._statements.last.row(cursor)
            return Head(seq=last[0], hash=last[1]) if last else Head(seq=0, hash=GENESIS)
        except LedgerError:  # a hash that is no text any more is told as it is
            with self.snapshot() as connection:
                return head_of(connection)

    def contains(self, hash: str) -> bool:
        """Whether some record of the chain has this hash. The hash of an empty ledger is in every chain."""
        with self.snapshot() as connection:
            return bool(seqs_of(connection, hash))

    def artifact(self, digest: str) -> Artifact | None:
        found: Artifact | None = self._one("artifact", digest)
        return found

    def artifacts(
        self, *, type: str | None = None, name: str | None = None, run: str | None = None
    ) -> tuple[Artifact, ...]:
        """Artifacts by type, name and run: those that belong to the run, and those its executions read or made."""
        return self._many("artifact", type=type, name=name, run=run)

    def execution(self, id: str) -> Execution | None:
        found: Execution | None = self._one("execution", id)
        return found

    def executions(
        self, *, run: str | None = None, step: str | None = None, key: str | None = None,
        state: ExecutionState | None = None, newest: int | None = None,
    ) -> tuple[Execution, ...]:  # fmt: skip
        return self._many("execution", newest=newest, run=run, step=step, key=key, state=state)

    def events(self, *, execution: str | None = None, artifact: str | None = None) -> tuple[Event, ...]:
        return self._many("event", execution=execution, artifact=artifact)

    def context(self, id: str) -> Context | None:
        found: Context | None = self._one("context", id)
        return found

    def contexts(self, type: str, *, newest: int | None = None) -> tuple[Context, ...]:
        return self._many("context", newest=newest, type=type)

    def evidence(self, run: str) -> tuple[EvidenceNote, ...]:
        return self._many("evidence", run=run)

    def predictions(self, run: str | None = None) -> tuple[PredictionBatch, ...]:
        return self._many("prediction", run=run)

    def openings(self) -> tuple[Opening, ...]:
        return self._many("opening")

    def decisions(self, run: str | None = None, *, about: str | None = None) -> tuple[Decision, ...]:
        """Decisions of a run, or about one bundle or risk."""
        return self._many("decision", run=run, about=about)

    def risks(self, *, open_only: bool = False) -> tuple[Risk, ...]:
        return self._many("risk", resolved=False if open_only else None)

    def select(self, kind: str, where: Mapping[str, Json]) -> tuple[Any, ...]:
        """The newest state of every record of a kind whose properties have these values, by a scan of that kind.

        `kind`: "artifact", "execution", "context", "evidence", "prediction", "decision" or "risk". A value of None asks
        for properties that are null or absent. Raises InputError for another kind or a value that is a list or mapping.
        """
        kinds = [k for k, cls in KINDS.items() if "properties" in cls.__dataclass_fields__]
        if kind not in kinds:
            raise InputError(f"records of kind {shown(kind)} have no properties", hint=near_miss(kind, kinds))
        question = standing(kind)
        properties = type_coerce(schema.records.c.body, JSON)["properties"]
        for name, value in where.items():
            question = question.where(_equals(properties[name], name, value))
        with self.snapshot() as connection:
            found = connection.execute(question.order_by(oldest_first(kind)))
            return tuple(decode(kind, body) for (body,) in found)

    def lineage(
        self, start: str, *, direction: Literal["up", "down", "both"] = "both", hops: int = 20, run: str | None = None
    ) -> Lineage:
        """What led to an artifact or execution, and what came of it.

        A hop leads from an artifact over an execution to other artifacts. `both` is what led to it and what came of it,
        not everything that shares an ancestor. `run`: over executions of that run only (equal bytes may have been made
        in many). An id that the ledger does not know has no lineage: all parts are empty.
        """
        with self.snapshot() as connection:
            artifacts, executions, events = walk(connection, start, direction=direction, hops=hops, run=run)
            return Lineage(
                artifacts=tuple(_by_id(connection, "artifact", artifacts)),
                executions=tuple(_by_id(connection, "execution", executions)),
                events=tuple(events),
            )

    def resolve(self, prefix: str) -> tuple[str, ...]:
        """Ids of runs, executions, artifacts, decisions and risks that begin with `prefix` (at most 20), sorted.

        An artifact may be named by its hex digits alone.
        """
        found: set[str] = set()
        with self.snapshot() as connection:
            for table in (schema.contexts, schema.executions, schema.artifacts, schema.decisions, schema.risks):
                for begin in {prefix, PREFIX + prefix} if table is schema.artifacts else {prefix}:
                    question = select(table.c.id).where(table.c.id >= begin, table.c.id < begin + _PAST_ANY).distinct()
                    if table is schema.contexts:
                        question = question.where(table.c.type == "run")
                    question = question.order_by(table.c.id).limit(MOST_RESOLVED)
                    found.update(connection.execute(question).scalars())
        return tuple(sorted(found)[:MOST_RESOLVED])

    def read(self, digest: str) -> bytes:
        """The bytes of an artifact, checked against its digest. Raises LedgerError when they are gone or edited."""
        path = self.path(digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LedgerError(
                f"the bytes of {self._title(digest)} are not in the ledger's store: {error.strerror}",
                where=shown_path(path), hint="put back a copy of the blobs/ folder, or run the step again",
            ) from error  # fmt: skip
        if digest_of(content) != digest:
            raise LedgerError(
                f"the bytes of {self._title(digest)} were changed after they were stored", where=shown_path(path),
                expected=digest, got=digest_of(content), hint="put back a copy of this file, or run the step again",
            )  # fmt: skip
        return content

    def path(self, digest: str) -> Path:
        """Where the bytes lie, for readers that take a file; unchecked."""
        return blob_path(self.folder, digest)

    def _title(self, digest: str) -> str:
        known = self.artifact(digest)
        if known is None:
            return f"the artifact {digest[:19]}… (which no record names)"
        only = ", of which the ledger holds only the digest" if known.state == "reference" else ""
        return f"the {shown(known.type)} “{shown(known.name)}” ({digest[:19]}…{only})"

    def _one(self, kind: str, id_: str) -> Any:
        return next(iter(self._many(kind, id=id_)), None)

    def _many(self, kind: str, *, newest: int | None = None, **wanted: str | bool | None) -> tuple[Any, ...]:
        """What stands of a kind where these columns have these values; those that are None are not asked about."""
        values: dict[str, object] = {name: value for name, value in wanted.items() if value is not None}
        question = self._statements.matching(kind, tuple(values), newest=newest is not None)
        if newest is not None:
            values[LIMIT] = max(newest, 0)
        with speaking(self.file), asking(self._engine) as cursor:
            bodies = question.rows(cursor, **values)
        found = [decode(kind, body) for (body,) in bodies]
        return tuple(found if newest is None else reversed(found))


def head_of(connection: Connection) -> Head:
    """The end of the chain as a transaction sees it."""
    table = schema.records
    last = fetched(connection, select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1))
    return Head(seq=last[0][0], hash=last[0][1]) if last else Head(seq=0, hash=GENESIS)


def seqs_of(connection: Connection, hash: str) -> set[int]:
    """The records whose hash is `hash` or begins with it; 0 for the hash before the first record.

    Ends of puts are found by an index; other records, and hashes that are not there, by reading all of them.
    """
    for table in (schema.heads, schema.records):
        inside = (table.c.hash >= hash, table.c.hash < hash + _PAST_ANY)
        question = select(schema.records.c.seq).join_from(table, schema.records, table.c.seq == schema.records.c.seq)
        if table is schema.records:
            question = select(table.c.seq)
        found = set(connection.execute(question.where(*inside)).scalars())
        if found:
            return found
    return {0} if GENESIS.startswith(hash) else set()


def _by_id(connection: Connection, kind: str, ids: list[str]) -> list[Any]:
    """The newest states of things, oldest thing first."""
    table, found = TABLES[kind], []
    for start in range(0, len(ids), 500):
        question = standing(kind).add_columns(table.c.first).where(table.c.id.in_(ids[start : start + 500]))
        found += [(first, decode(kind, body)) for body, first in connection.execute(question)]
    return [record for _, record in sorted(found, key=lambda item: item[0])]


def _equals(column: Any, name: str, value: Json) -> Any:
    match value:
        case None:
            return column.as_string().is_(None)
        case bool():
            return column.as_boolean() == value
        case int():
            return column.as_integer() == value
        case float():
            return column.as_float() == value
        case str():
            return column.as_string() == value
    raise InputError(
        f"the property {shown(name)} can be compared with text, a number, a truth value or None",
        hint="compare it with one of these, or filter what comes back",
    )
