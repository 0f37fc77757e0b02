"""All that is SQLite's own: how a connection is opened, how transactions begin, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, Select, create_engine, event, exc
from sqlalchemy.engine.interfaces import DBAPICursor

from sterling.core.errors import InputError, LedgerError, shown_path
from sterling.ledger.files import writable

FILE = "ledger.db"
WRITING = "sterling_writing"
"""Execution option of a connection whose transaction takes the writers' lock when it begins."""

_KEPT = "everything recorded so far is kept"


def engine_for(file: Path, *, patience: float, read_only: bool) -> Engine:
    """An engine on an existing database file; each thread gets a connection of its own. Opens nothing yet."""
    uri = f"file:{quote(str(file.absolute()))}?mode={_mode(file) if read_only else 'rw'}"

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
        # FULL: a commit returns when the write-ahead log is on the disk. NORMAL would survive a killed process as well,
        # but a power cut could take back the newest commits, while HEAD and printed reports already speak of them.
        # A commit costs one fsync more by it.
        made.execute("PRAGMA synchronous=FULL")
        made.execute("PRAGMA foreign_keys=OFF")  # rows of one transaction; `verify` compares them with their records
        made.execute("PRAGMA cache_size=-32768")
        return made

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=64)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "connect", _remember_process)
    event.listen(engine, "checkout", _refuse_after_fork)
    return engine


def prepare(file: Path, statements: Iterable[tuple[str, tuple[object, ...]]]) -> None:
    """Carry statements with their parameters out, all or none, in a new database file.

    What it keeps for good: readers and a writer do not wait for each other (WAL). Once this returns, the log is closed
    and the file alone is the database.
    """
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=FULL")
        made.execute("BEGIN IMMEDIATE")
        for text, parameters in statements:
            made.execute(text, parameters)
        made.execute("COMMIT")


def _mode(file: Path) -> str:
    """How a file in a folder without leave to write is read: nobody writes it, unless a log lies beside it."""
    log = file.with_name(file.name + "-wal")
    return "ro" if log.exists() or writable(file.parent) else "ro&immutable=1"


def _begin(connection: Connection) -> None:
    # BEGIN alone would take the writers' lock at the first insert, after the head was read: too late
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextlib.contextmanager
def asking(engine: Engine) -> Iterator[DBAPICursor]:
    """A cursor of the driver's own: what it is asked by one statement is answered of one moment."""
    with contextlib.closing(engine.raw_connection()) as held, contextlib.closing(held.cursor()) as cursor:
        yield cursor


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[DBAPICursor]:
    """The same in a transaction that no other writer can come between; whatever is raised takes it back."""
    with asking(engine) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        yield cursor
        cursor.execute("COMMIT")


def _remember_process(_: Any, record: Any) -> None:
    record.info["pid"] = os.getpid()


def _refuse_after_fork(_: Any, record: Any, proxy: Any) -> None:
    """A connection must not be used on both sides of a fork: the child gets a new one."""
    if record.info["pid"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None
        raise exc.DisconnectionError("the connection belongs to another process")


@contextlib.contextmanager
def speaking(file: Path) -> Iterator[None]:
    """Say in plain words what the database complains of.

    Raises LedgerError; InputError for text that is not Unicode and numbers too large to look for.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise InputError(
            "a name or id holds what is not text (a lone surrogate)",
            where="ledger",
            hint="type it anew: it holds half of a character",
        ) from error
    except OverflowError as error:
        raise InputError(
            "a number is too large to look for", where="ledger", hint="look for a number below 2^63"
        ) from error
    except UnicodeDecodeError as error:  # the database quotes what it stumbled over, which is no text any more
        raise _said(error, file) from error
    except (exc.DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        raise _said(cause, file) from error


def _said(cause: object, file: Path) -> LedgerError:
    where = shown_path(file)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    name = getattr(cause, "sqlite_errorname", "") or type(cause).__name__
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LedgerError(
                "another process holds the ledger and did not let go in time", where=where,
                hint=f"wait for the other run to end, or stop it; {_KEPT}",
            )  # fmt: skip
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return LedgerError(
                f"the ledger cannot be written: the disk is full or failing ({name})", where=where,
                hint=f"make room and run again; {_KEPT}",
            )  # fmt: skip
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return LedgerError(
                "the ledger can be read but not written", where=where,
                hint=f"make the folder and its files writable for you; {_KEPT}",
            )  # fmt: skip
        case sqlite3.SQLITE_CANTOPEN:
            return LedgerError(
                "the ledger cannot be opened", where=where, hint="check that the folder is there and yours to read"
            )
    return LedgerError(
        f"the ledger's database is damaged ({name})", where=where, expected="a database that sterling wrote",
        hint="keep this file and put back a copy of the whole .sterling folder; the files under blobs/ are not touched",
    )  # fmt: skip


def unsound(connection: Connection) -> str | None:
    """What the database finds wrong with its own file (a damaged page, an index that leaves rows out), or None."""
    found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
    return None if found == "ok" else found


def fetched(connection: Connection, question: Select[Any]) -> list[Any]:
    """All rows of an answer, also where an edit left text that is not UTF-8: such text then holds surrogates."""
    try:
        return list(connection.execute(question))
    except exc.DBAPIError:
        driver: Any = connection.connection.driver_connection
        driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            return list(connection.execute(question))
        finally:
            driver.text_factory = str
