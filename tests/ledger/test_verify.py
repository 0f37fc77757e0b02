"""Every edit behind the ledger's back is found, and named where it is."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.errors import InputError, LedgerError
from sterling.ledger import open_ledger
from sterling.ledger.chain import GENESIS
from sterling.ledger.head import NAME
from sterling.ledger.problem import Problem
from sterling.ledger.sqlite import FILE
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import Verification, verify
from tests.ledger.world import artifact, edit, execution, run_of

LENGTH = len(run_of("r1"))


@pytest.fixture(scope="module")
def written() -> Iterator[Path]:
    """A closed ledger that tests copy."""
    with tempfile.TemporaryDirectory() as folder:
        with open_ledger(Path(folder) / "whole", create=True) as ledger:
            ledger.put(*run_of("r1"))
        yield Path(folder) / "whole"


def after(written: Path, *statements: str, parameters: tuple[object, ...] = ()) -> Verification:
    """What `verify` says of a copy that was edited."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(written, Path(folder) / "copy")
        edit(copy, *statements, parameters=parameters)
        with open_ledger(copy) as ledger:
            return verify(ledger)


def only(found: Verification) -> Problem:
    assert not found.ok
    assert len(found.problems) == 1, found.problems
    assert found.problems[0].hint
    return found.problems[0]


def test_what_nobody_touched_is_whole(ledger: SqlLedger) -> None:
    steps: list[tuple[int, int]] = []
    ledger.put(ledger.keep(b"bytes", type="table", name="kept"))
    found = verify(ledger, head=f"{LENGTH}:{ledger.head().hash}"[:0] or None, progress=lambda *s: steps.append(s))
    assert found.ok
    assert (found.records, found.blobs) == (LENGTH + 1, 1)
    assert steps[-1] == (LENGTH + 2, LENGTH + 2)
    assert found.notices == ()


@given(seq=st.integers(1, LENGTH), column=st.sampled_from(["kind", "at", "body", "previous", "hash"]), data=st.data())
def test_any_byte_of_any_record(written: Path, seq: int, column: str, data: st.DataObject) -> None:
    """One byte is changed to any other, be it text afterwards or not."""
    connection = sqlite3.connect(written / FILE)
    text = connection.execute(f"SELECT {column} FROM records WHERE seq = ?", (seq,)).fetchone()[0].encode()
    connection.close()
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != text[place]))
    edited = text[:place] + bytes([byte]) + text[place + 1 :]
    found = after(written, f"UPDATE records SET {column} = CAST(? AS TEXT) WHERE seq = {seq}", parameters=(edited,))
    first = next(p for p in found.problems if p.kind == "record")
    assert first.seq == seq
    assert f"record {seq} " in first.what


@given(seq=st.integers(1, LENGTH - 1))
def test_a_record_taken_out(written: Path, seq: int) -> None:
    first = after(written, f"DELETE FROM records WHERE seq = {seq}").problems[0]
    assert (first.kind, first.seq) == ("record", seq)
    assert "missing" in first.what


def test_records_swapped(written: Path) -> None:
    found = after(
        written, "UPDATE records SET seq = -1 WHERE seq = 3", "UPDATE records SET seq = 3 WHERE seq = 4",
        "UPDATE records SET seq = 4 WHERE seq = -1",
    )  # fmt: skip
    assert (found.problems[0].kind, found.problems[0].seq) == ("record", 3)


def test_the_last_hash_is_no_text(written: Path) -> None:
    found = after(written, f"UPDATE records SET hash = CAST(x'ff' AS TEXT) WHERE seq = {LENGTH}")
    assert next(p.seq for p in found.problems if p.kind == "record") == LENGTH


def test_a_record_put_in_front(written: Path) -> None:
    found = after(written, "INSERT INTO records SELECT 0, kind, at, body, previous, 'x' FROM records WHERE seq = 1")
    assert not found.ok


def test_a_type_changed_under_the_text(written: Path) -> None:
    assert not after(written, "UPDATE records SET body = CAST(body AS BLOB) WHERE seq = 2").ok
    assert not after(written, "UPDATE records SET at = 5 WHERE seq = 2").ok


TABLES = (
    "artifacts",
    "executions",
    "contexts",
    "risks",
    "events",
    "memberships",
    "evidence",
    "predictions",
    "decisions",
)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_finds_a_record(written: Path, table: str) -> None:
    connection = sqlite3.connect(written / FILE)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    seq = connection.execute(f"SELECT max(seq) FROM {table}").fetchone()[0]
    connection.close()
    for column in columns:
        change = "seq + 1000" if column == "seq" else "'other'" if column != "resolved" else "1"
        bad = only(after(written, f"UPDATE {table} SET {column} = {change} WHERE seq = {seq}"))
        assert bad.kind == "row" and table in bad.where, column
        if column != "seq":
            assert bad.seq == seq
    gone = only(after(written, f"DELETE FROM {table} WHERE seq = {seq}"))
    assert (gone.kind, gone.seq) == ("row", seq)


def test_a_row_without_a_record(written: Path) -> None:
    bad = only(after(written, f"INSERT INTO openings VALUES ({LENGTH + 5}, 'r1')"))
    assert (bad.kind, bad.seq) == ("row", LENGTH + 5)


def test_an_old_state_passed_off_as_the_newest(written: Path) -> None:
    bad = only(after(
        written, "UPDATE executions SET newer = seq + 1 WHERE newer IS NULL AND step = 'train'",
        "UPDATE executions SET newer = NULL WHERE seq = first AND step = 'train'",
    ))  # fmt: skip
    assert bad.kind == "row" and "executions" in bad.where


def test_an_index_that_leaves_something_out(written: Path) -> None:
    """The tables are whole, but the database would not find what stands in them."""
    bad = only(after(
        written, "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = sql || ' WHERE run = ''no''' WHERE name = 'executions_by_run'",
    ))  # fmt: skip
    assert bad.kind == "row" and "executions_by_run" in bad.what


def cut(folder: Path, last: int) -> None:
    edit(folder, *(f"DELETE FROM {table} WHERE seq > {last}" for table in (*TABLES, "openings", "heads", "records")))
    edit(folder, *(f"UPDATE {t} SET newer = NULL WHERE newer > {last}" for t in TABLES[:4]))


def recompute(folder: Path, *, head: bool) -> None:
    """What somebody does who knows the format: every hash anew, and HEAD too if asked."""
    connection = sqlite3.connect(folder / FILE)
    before, seq = GENESIS, 0
    for seq, kind, at, body in connection.execute("SELECT seq, kind, at, body FROM records ORDER BY seq").fetchall():
        hash_ = hashlib.sha256("\n".join((before, kind, at, body)).encode()).hexdigest()
        connection.execute("UPDATE records SET previous = ?, hash = ? WHERE seq = ?", (before, hash_, seq))
        before = hash_
    connection.execute("UPDATE heads SET hash = (SELECT hash FROM records WHERE records.seq = heads.seq)")
    connection.commit()
    connection.close()
    if head:
        (folder / NAME).write_text(f"{seq:020d} {before}\n")


def test_cut_off_shows_by_head(ledger: SqlLedger) -> None:
    ledger.close()
    cut(ledger.folder, 10)
    bad = only(verify(ledger))
    assert (bad.kind, bad.seq) == ("head", 10)
    assert f"HEAD speaks of {LENGTH} records" in bad.what


def test_written_anew_shows_by_head(ledger: SqlLedger) -> None:
    ledger.close()
    edit(ledger.folder, "UPDATE records SET at = '2027' WHERE seq = 5")
    recompute(ledger.folder, head=False)
    bad = only(verify(ledger))
    assert (bad.kind, bad.seq) == ("head", LENGTH)
    assert "written anew" in bad.what


@pytest.mark.parametrize("way", ["cut", "anew"])
def test_what_even_head_was_made_to_fit_shows_by_a_printed_head(ledger: SqlLedger, way: str) -> None:
    printed = ledger.head()
    ledger.close()
    if way == "cut":
        cut(ledger.folder, 10)
    else:
        edit(ledger.folder, "UPDATE records SET at = '2027' WHERE seq = 5")
    recompute(ledger.folder, head=True)
    assert verify(ledger).ok  # nothing inside the folder tells
    for head in (printed.hash, f"{printed.seq}:{printed.hash}", printed.hash[:12]):
        bad = only(verify(ledger, head=head))
        assert bad.kind == "head" and "printed head" in bad.what


def test_a_printed_head_is_found_again(ledger: SqlLedger) -> None:
    printed = ledger.head()
    ledger.put(artifact("later"))
    assert ledger.contains(printed.hash)
    for head in (printed.hash, f"{printed.seq}:{printed.hash}", printed.hash[:12].upper(), f"0:{GENESIS}", GENESIS):
        assert verify(ledger, head=head).ok, head
    assert not verify(ledger, head=f"{printed.seq - 1}:{printed.hash}").ok


@pytest.mark.parametrize(
    "head", ["", "abc", "g" * 64, "x:" + "0" * 64, "0" * 65, "1:", "-1:" + "0" * 64, "²:" + "0" * 64]
)
def test_what_is_no_head(ledger: SqlLedger, head: str) -> None:
    with pytest.raises(InputError, match="not the head"):
        verify(ledger, head=head)


@pytest.mark.parametrize("content", [None, b"", b"12", b"\xff" * 86, b"0" * 86])
def test_head_gone_or_damaged(ledger: SqlLedger, content: bytes | None) -> None:
    file = ledger.folder / NAME
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert "HEAD" in only(verify(ledger)).what
    ledger.put(artifact("later"))  # writes HEAD again
    assert verify(ledger).ok


def test_head_may_lag_behind(ledger: SqlLedger) -> None:
    """A process killed after its commit leaves HEAD where it was."""
    before = (ledger.folder / NAME).read_bytes()
    ledger.put(artifact("later"))
    (ledger.folder / NAME).write_bytes(before)
    assert verify(ledger).ok
    ledger.put(artifact("latest"))
    assert (ledger.folder / NAME).read_text().startswith(f"{LENGTH + 2:020d} ")


@pytest.mark.parametrize("content", [None, b"", b"other"])
def test_a_blob_edited_or_gone(ledger: SqlLedger, content: bytes | None) -> None:
    kept = [ledger.keep(body, type="table", name=name) for name, body in (("first", b"bytes"), ("second", b"more"))]
    ledger.put(*kept)
    path = ledger.path(kept[1].digest)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    bad = only(verify(ledger))
    assert bad.kind == "blob" and "second" in bad.what and bad.where == kept[1].digest
    assert verify(ledger, blobs=False).ok
    with pytest.raises(LedgerError, match="second"):
        ledger.read(kept[1].digest)
    assert ledger.read(kept[0].digest) == b"bytes"
    ledger.keep(b"more", type="table", name="second")  # the same step run again
    assert verify(ledger).ok


def test_others_write_meanwhile(ledger: SqlLedger) -> None:
    """What is checked is the ledger of one moment."""
    extra = iter(range(1000))
    found = verify(ledger, progress=lambda done, of: ledger.put(execution("r9", f"s{next(extra)}")) and None)
    assert found.ok and found.records == LENGTH
    assert verify(ledger).records > LENGTH


@given(data=st.data())
def test_any_byte_of_the_file(written: Path, data: st.DataObject) -> None:
    """A flipped byte of the database file is found, or changes nothing that anybody could ask."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(written, Path(folder) / "copy")
        content = bytearray((copy / FILE).read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
        (copy / FILE).write_bytes(content)
        try:
            with open_ledger(copy) as ledger:
                whole = verify(ledger).ok
                answers = _answers(ledger) if whole else None
        except LedgerError:
            return
    with open_ledger(written) as ledger:
        assert answers is None or answers == _answers(ledger)


def _answers(ledger: SqlLedger) -> object:
    return (
        ledger.head(), ledger.artifacts(run="r1"), ledger.executions(run="r1"), ledger.contexts("run"), ledger.risks(),
        ledger.evidence("r1"), ledger.predictions(), ledger.decisions("r1"), ledger.openings(), ledger.resolve("r1"),
        ledger.events(execution="r1/train"), ledger.lineage("r1/train"), ledger.executions(step="train"),
    )  # fmt: skip
