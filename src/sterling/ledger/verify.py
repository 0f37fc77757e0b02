"""Whether a ledger is what was written: the chain, what finds its records, the stored bytes, and the heads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, select

from sterling.core.errors import InputError, shown
from sterling.core.frozen import dataclass
from sterling.core.records import Head
from sterling.ledger import schema
from sterling.ledger.blobs import digest_of_file
from sterling.ledger.chain import GENESIS, link
from sterling.ledger.codec import KINDS
from sterling.ledger.derived import STATEFUL, TABLES, said, values_of
from sterling.ledger.head import read_head
from sterling.ledger.heads import head_file, parse_printed, printed_head
from sterling.ledger.problem import COPY, Problem
from sterling.ledger.reading import Reading, head_of
from sterling.ledger.sqlite import FILE, fetched, unsound

Progress = Callable[[int, int], None]
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What `verify` looked at and found: of each kind of problem, the first."""

    records: int
    blobs: int
    head: Head
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.problems


def verify(
    ledger: Reading, *, head: str | None = None, blobs: bool = True, progress: Progress | None = None
) -> Verification:
    """Compute the whole chain again and compare everything that rests on it; changes nothing.

    `head`: a head that was printed in a report, as `seq:hash`, as the hash, or as its first 8 digits or more.
    `progress` is told how many of how many records and blobs are done. Others may write meanwhile: what is checked is
    the ledger of one moment. Without a printed head, a chain that was computed again from scratch, HEAD included,
    cannot be told from the first.

    Raises InputError when `head` is none, LedgerError when the database cannot be read at all.
    """
    wanted = parse_printed(head)
    said_before = read_head(ledger.folder)  # before the snapshot: what HEAD speaks of is committed
    with ledger.snapshot() as connection:
        end = head_of(connection)
        total = int(connection.execute(select(func.count()).select_from(schema.records)).scalar_one())
        kept = _kept(connection) if blobs else []
        told = progress or (lambda done, of: None)
        pass_ = _Pass(connection, lambda done: told(done, total + len(kept)))
        pass_.run()
        problems = [pass_.record, pass_.row or _states(connection) or _file(connection)]
        problems += [head_file(connection, said_before, end), printed_head(connection, wanted, end)]
    for done, (digest, title) in enumerate(kept, 1):
        bad = _blob(ledger, digest, title)
        told(total + done, total + len(kept))
        if bad is not None:
            problems.append(bad)
            break
    return Verification(
        records=total, blobs=len(kept), head=end, problems=tuple(p for p in problems if p is not None),
        notices=tuple(pass_.notices),
    )  # fmt: skip


class _Pass:
    """One pass over all records in order, a stretch at a time, side by side with the tables that find them."""

    def __init__(self, connection: Connection, told: Callable[[int], None]) -> None:
        self.record: Problem | None = None
        self.row: Problem | None = None
        self.notices: list[str] = []
        self._connection, self._told = connection, told
        self.seen, self._hash, self._at = 0, GENESIS, ""
        self._clock_went_back = 0

    def run(self) -> None:
        while self.record is None and (rows := self._next()):
            expected: dict[str, dict[int, tuple[Any, ...]]] = {kind: {} for kind in KINDS}
            for seq, kind, at, body, previous, hash_ in rows:
                self.record = self._chained(seq, kind, at, body, previous, hash_)
                if self.record is not None:
                    break
                expected[kind][seq] = values_of(kind, json.loads(body))
            if self.record is None:
                self.row = self.row or self._found_by(expected, rows[0][0], rows[-1][0])
            self._told(self.seen)
        if self.record is None:
            self._ends()
        if self._clock_went_back:
            self.notices.append(
                f"the clock went backwards {self._clock_went_back} time(s) while records were written; their order is "
                "that of the chain"
            )

    def _next(self) -> list[Any]:
        table = schema.records
        columns = (table.c.seq, table.c.kind, table.c.at, table.c.body, table.c.previous, table.c.hash)
        stretch = select(*columns).where(table.c.seq > self.seen).order_by(table.c.seq).limit(_AT_ONCE)
        return fetched(self._connection, stretch)

    def _chained(self, seq: int, kind: str, at: str, body: str, previous: str, hash_: str) -> Problem | None:
        """What is wrong with a record, given the one before."""
        due = self.seen + 1
        if seq != due:
            return _bad_record(due, f"record {due} is missing: record {seq} follows on {self.seen}")
        if previous != self._hash:
            return _bad_record(
                seq, f"record {seq} does not follow on record {seq - 1}: one of the two was replaced, or some between"
            )
        if hash_ != link(previous, kind, at, body) or kind not in KINDS:
            return _bad_record(seq, f"record {seq} ({shown(kind)}, {shown(at)}) was changed")
        self._clock_went_back += at < self._at
        self.seen, self._hash, self._at = seq, hash_, at
        return None

    def _found_by(self, expected: dict[str, dict[int, tuple[Any, ...]]], first: int, last: int) -> Problem | None:
        """The first row that says something else than its record, has none, or is missing."""
        different: dict[int, str] = {}
        for kind, rows in expected.items():
            table = TABLES[kind]
            columns = [table.c.seq, *(table.c[name] for name in said(kind))]
            question = select(*columns).where(table.c.seq >= first, table.c.seq <= last)
            there = {row[0]: tuple(row[1:]) for row in fetched(self._connection, question)}
            if there != rows:
                seqs = {seq for seq in there.keys() | rows.keys() if there.get(seq) != rows.get(seq)}
                different[min(seqs)] = table.name
        return _bad_row(min(different), different[min(different)]) if different else None

    def _ends(self) -> None:
        """Nothing may lie outside the chain: no record before it, no row behind it, no head beside it."""
        table, heads = schema.records, schema.heads
        stray = self._connection.execute(select(func.min(table.c.seq)).where(table.c.seq < 1)).scalar()
        if stray is not None:
            self.record = _bad_record(stray, f"record {stray} lies before the first")
        beside = select(func.min(heads.c.seq)).join_from(heads, table, heads.c.seq == table.c.seq, isouter=True)
        lasts = {t.name: select(func.max(t.c.seq)).where(t.c.seq > self.seen) for t in TABLES.values()}
        lasts[heads.name] = beside.where(table.c.hash.is_distinct_from(heads.c.hash))
        for name, question in lasts.items():
            wrong = self._connection.execute(question).scalar()
            if wrong is not None:
                self.row = self.row or _bad_row(wrong, name)


def _states(connection: Connection) -> Problem | None:
    """The first row of a thing's state that does not know the first or the next state."""
    for kind in sorted(STATEFUL):
        table = TABLES[kind]
        first = func.min(table.c.seq).over(partition_by=table.c.id).label("true_first")
        newer = func.lead(table.c.seq).over(partition_by=table.c.id, order_by=table.c.seq).label("true_newer")
        true = select(table.c.seq, table.c.first, table.c.newer, first, newer).subquery()
        wrong = true.c.first.is_distinct_from(true.c.true_first) | true.c.newer.is_distinct_from(true.c.true_newer)
        found = connection.execute(select(func.min(true.c.seq)).where(wrong)).scalar()
        if found is not None:
            return _bad_row(found, table.name)
    return None


def _file(connection: Connection) -> Problem | None:
    complaint = unsound(connection)
    if complaint is None:
        return None
    return Problem(
        kind="row", what=f"the database file is damaged: {shown(complaint)}", where=FILE,
        hint=f"questions may be answered wrongly; {COPY}",
    )  # fmt: skip


def _bad_record(seq: int, what: str) -> Problem:
    hint = f"records before {seq} are as they were written; {COPY}, or trust what no later record says"
    return Problem(kind="record", seq=seq, what=what, where=f"record {seq}", hint=hint)


def _bad_row(seq: int, table: str) -> Problem:
    return Problem(
        kind="row", seq=seq, where=f"table {table}, row {seq}",
        what=f"the table {table} says something else than record {seq}, so questions may be answered wrongly",
        hint=f"the record itself is sealed by the chain; {COPY}",
    )  # fmt: skip


def _kept(connection: Connection) -> list[tuple[str, str]]:
    """Digest and title of every artifact whose bytes the store should hold."""
    table = schema.artifacts
    live = select(table.c.id, table.c.type, table.c.name).where(table.c.newer.is_(None), table.c.state == "live")
    return [
        (id_, f"the {shown(type_)} “{shown(name)}”")
        for id_, type_, name in connection.execute(live.order_by(table.c.first))
    ]


def _blob(ledger: Reading, digest: str, title: str) -> Problem | None:
    try:
        path = ledger.path(digest)
        if digest_of_file(path) == digest:
            return None
        what = f"the bytes of {title} were changed after they were stored"
    except (OSError, InputError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.what
        what = f"the bytes of {title} cannot be read: {reason}"
    return Problem(
        kind="blob", what=what, where=digest, hint="put back a copy of this file under blobs/, or run the step again"
    )
