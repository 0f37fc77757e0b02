"""Making, migrating and refusing ledgers: whatever is wrong is said once, plainly, and nothing is lost."""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sterling.core.errors import LedgerError, MissingExtra
from sterling.ledger import open_ledger, schema
from sterling.ledger.head import NAME
from sterling.ledger.migrations import STEPS
from sterling.ledger.sqlite import FILE
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import verify
from tests.ledger.world import artifact, digest, edit, run_of

VERSION_1 = Path(__file__).with_name("version_1.sql")
KEPT = ("records", "heads", "artifacts", "executions", "contexts", "risks", "events", "memberships", "evidence",
        "predictions", "openings")  # fmt: skip


def refused(folder: Path) -> str:
    with pytest.raises(LedgerError) as caught:
        open_ledger(folder)
    assert caught.value.exit_code == 2
    assert caught.value.hint or caught.value.expected
    return str(caught.value)


def as_version_1(ledger: SqlLedger) -> Path:
    """What version 1 would have written: its own tables, today's records."""
    ledger.close()
    old = ledger.folder.with_name("old")
    shutil.copytree(ledger.folder, old)
    (old / FILE).unlink()
    connection = sqlite3.connect(old / FILE)
    connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    connection.execute("ATTACH ? AS new", (str(ledger.file),))
    for table in KEPT:
        names = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
        connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
    connection.execute("INSERT INTO main.decisions SELECT seq, id, run FROM new.decisions")
    connection.commit()
    connection.close()
    return old


def schema_of(file: Path) -> dict[str, object]:
    """Columns and indexes of a database, whatever order they were made in."""
    connection = sqlite3.connect(file)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
    found: dict[str, object] = {}
    for name in names:
        columns = [row[1:4] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        found[name] = sorted(columns) or [row[2] for row in connection.execute(f'PRAGMA index_info("{name}")')]
    connection.close()
    return found


def test_version_1_is_brought_up_to_date(ledger: SqlLedger) -> None:
    old = as_version_1(ledger)
    assert schema_of(old / FILE) != schema_of(ledger.file)
    with open_ledger(old) as migrated:
        assert migrated.head() == ledger.head()
        assert [d.by for d in migrated.decisions(about=digest("r1"))] == ["Ada"]
        assert verify(migrated).ok
        migrated.put(*run_of("r2"))
        assert verify(migrated).ok
    assert schema_of(old / FILE) == schema_of(ledger.file)
    with open_ledger(old) as again:
        assert again.context("r2") is not None


def test_a_migration_that_is_interrupted_leaves_the_old_tables(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = as_version_1(ledger)
    before, real = schema_of(old / FILE), STEPS[1]

    def stops(connection: object) -> None:
        real(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setitem(STEPS, 1, stops)
    with pytest.raises(KeyboardInterrupt):
        open_ledger(old)
    assert schema_of(old / FILE) == before
    monkeypatch.undo()
    with open_ledger(old) as migrated:
        assert verify(migrated).ok


def _open(folder: Path) -> bool:
    with open_ledger(folder, create=True) as ledger:
        return verify(ledger).ok


def test_processes_that_migrate_at_once(ledger: SqlLedger) -> None:
    old = as_version_1(ledger)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert all(pool.map(_open, [old] * 8, chunksize=1))


def test_processes_that_create_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert all(pool.map(_open, [tmp_path / "new"] * 8, chunksize=1))
    assert _open(tmp_path / "new")  # two that close at once leave the log of SQLite to whoever comes next
    assert {p.name for p in (tmp_path / "new").iterdir()} == {FILE, NAME, "key", "blobs"}


def test_every_step_of_migration_is_there() -> None:
    assert set(STEPS) == set(range(1, schema.VERSION))


def test_a_newer_version_is_refused_whole(ledger: SqlLedger) -> None:
    ledger.close()
    edit(ledger.folder, f"INSERT INTO versions VALUES ({schema.VERSION + 1}, '2030')")
    before = (ledger.folder / FILE).read_bytes()
    message = refused(ledger.folder)
    assert "newer version of sterling" in message and "upgrade" in message
    assert (ledger.folder / FILE).read_bytes() == before


def test_there_is_no_ledger(tmp_path: Path) -> None:
    assert "there is no ledger" in refused(tmp_path / "missing")
    assert "there is no ledger" in refused(tmp_path)
    assert not any(tmp_path.iterdir())


def test_the_database_is_gone_but_head_remembers(ledger: SqlLedger) -> None:
    ledger.close()
    ledger.file.unlink()
    assert f"held {len(run_of('r1'))} records" in refused(ledger.folder)
    with pytest.raises(LedgerError, match="database is gone"):
        open_ledger(ledger.folder, create=True)


@pytest.mark.parametrize("content", [b"not a database, by far", b"SQLite format 3\0" + b"\xff" * 5000])
def test_no_database(ledger: SqlLedger, content: bytes) -> None:
    ledger.close()
    ledger.file.write_bytes(content)
    assert "damaged" in refused(ledger.folder)


def test_another_database(tmp_path: Path) -> None:
    for statements in ((), ("CREATE TABLE cats (name TEXT)",)):
        edit(tmp_path, *statements)
        assert "not a ledger" in refused(tmp_path)


def test_half_a_database(ledger: SqlLedger) -> None:
    ledger.put(*run_of("r2"), *run_of("r3"))
    ledger.close()
    content = ledger.file.read_bytes()
    ledger.file.write_bytes(content[: len(content) // 2])
    with pytest.raises(LedgerError, match="damaged"):
        _open(ledger.folder)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LedgerError, match="cannot be made"):
        open_ledger(tmp_path / "file", create=True)


def test_held_by_another(ledger: SqlLedger) -> None:
    holder = sqlite3.connect(ledger.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with open_ledger(ledger.folder, patience=0.05) as other:
        with pytest.raises(LedgerError, match="another process holds the ledger"):
            other.put(artifact("late"))
        assert other.context("r1") is not None  # reading goes on
        holder.execute("ROLLBACK")
        other.put(artifact("late"))
    holder.close()


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtra, match=re.escape("sterling[project]")):
        open_ledger(tmp_path, create=True)


@pytest.fixture(params=["closed", "killed"])
def theirs(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that this process may read and not write, also when it is run by root.

    Either its last writer closed it, or that was killed and left its records in the write-ahead log.
    """
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    with open_ledger(folder / "written", create=True) as ledger:
        ledger.put(*run_of("r1"), ledger.keep(b"bytes", type="table", name="kept"))
        if request.param == "killed":
            shutil.copytree(folder / "written", folder / ".sterling")
            assert (folder / ".sterling" / f"{FILE}-wal").stat().st_size
    if request.param == "closed":
        shutil.copytree(folder / "written", folder / ".sterling")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    nobody = os.geteuid() == 0
    if nobody:
        gc.collect()  # pools of processes that earlier tests left can be taken apart by their owner alone
        os.seteuid(65534)
    try:
        yield folder / ".sterling"
    finally:
        if nobody:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs POSIX users")
def test_a_folder_that_can_only_be_read(theirs: Path) -> None:
    with open_ledger(theirs) as ledger:
        assert verify(ledger).ok
        assert [e.step for e in ledger.executions()] == ["ingest", "train", "evaluate"]
        with pytest.raises(LedgerError, match="read but not written"):
            ledger.put(artifact("late"))
        with pytest.raises(LedgerError, match="cannot be written"):
            ledger.keep(b"new", type="t", name="n")
    with pytest.raises(LedgerError, match="cannot be made"):
        open_ledger(theirs / "deeper", create=True)
