"""Opening a ledger: making one, bringing an old one up to date, and saying plainly why one cannot be opened."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from sterling.core.errors import LedgerError, shown_path
from sterling.ledger import schema
from sterling.ledger.files import sync_folder, writable
from sterling.ledger.head import begin_head, read_head
from sterling.ledger.migrations import making, migrate, refuse_newer, version_of
from sterling.ledger.rows import make_key
from sterling.ledger.sqlite import FILE, WRITING, engine_for, prepare, speaking
from sterling.ledger.store import SqlLedger


def open_at(folder: Path, *, create: bool, patience: float, clock: Callable[[], dt.datetime] | None) -> SqlLedger:
    """See `sterling.ledger.open_ledger`."""
    file = folder / FILE
    if not file.is_file():
        _refuse_lost(folder)
        if not create:
            raise LedgerError(
                "there is no ledger", where=shown_path(folder), hint="`sterling run` in the project's folder makes one"
            )
        _make(folder)
    read_only = not (writable(folder) and writable(file))
    engine = engine_for(file, patience=patience, read_only=read_only)
    try:
        with speaking(file):
            _settle(engine, file, read_only=read_only)
    except BaseException:
        engine.dispose()
        raise
    return SqlLedger(folder, engine, clock=clock or _now)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _refuse_lost(folder: Path) -> None:
    said = read_head(folder)
    if said is not None and said.seq:
        raise LedgerError(
            f"the ledger's database is gone: HEAD says that it held {said.seq} records",
            where=shown_path(folder / FILE),
            hint="put back a copy of the whole folder; to begin anew, move the folder away",
        )


def _make(folder: Path) -> None:
    """An empty ledger. The database comes last and appears whole, so a ledger that is there is complete."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "blobs").mkdir(mode=0o700, exist_ok=True)
        make_key(folder)
        begin_head(folder)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as workshop:
            made = Path(workshop) / FILE
            os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with speaking(made):
                prepare(made, making())
            if not (folder / FILE).exists():
                _put_in_place(made, folder / FILE)
    except OSError as error:
        raise LedgerError(
            f"the ledger cannot be made: {error.strerror}", where=shown_path(folder),
            hint="check that the folder is writable and the disk has room",
        ) from error  # fmt: skip


def _put_in_place(made: Path, file: Path) -> None:
    try:
        os.link(made, file)  # unlike a rename, it never replaces what another process has made meanwhile
    except FileExistsError:
        return
    sync_folder(file.parent)


def _settle(engine: Engine, file: Path, *, read_only: bool) -> None:
    where = shown_path(file)
    with engine.connect() as connection, connection.begin():
        found = version_of(connection)
    refuse_newer(found, where)
    if found == schema.VERSION:
        return
    if not found:
        raise LedgerError(
            "this database is not a ledger",
            where=where,
            expected="a database that sterling wrote",
            hint="move the file away: sterling run makes a ledger anew",
        )
    if read_only:
        raise LedgerError(
            f"the ledger is of version {found} and cannot be brought up to date here", where=where,
            expected=f"version {schema.VERSION}, or leave to write", hint="open it once where it can be written",
        )  # fmt: skip
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        migrate(connection, version_of(connection), where)
