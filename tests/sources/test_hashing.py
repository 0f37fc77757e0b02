"""Hashes are of the files as they are read, whether begun ahead or not."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl
import pytest

from sterling.core.errors import InputError
from sterling.sources import hashing
from sterling.sources.hashing import begin
from sterling.sources.open import open_table


def write(path: Path, *values: int) -> None:
    pl.DataFrame({"a": values}).write_parquet(path)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hash_of(path: Path) -> str | None:
    (file,) = open_table(path).files
    return file.sha256


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "t.parquet"
    write(path, 2)
    return path


@pytest.fixture(autouse=True)
def nothing_begun() -> None:
    hashing._begun.clear()


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 100])
def test_a_hash_is_that_of_all_bytes(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_AT_ONCE", 8)
    path = tmp_path / "file"
    path.write_bytes(os.urandom(size))
    assert hashing._hash(path) == sha256(path)


def test_what_was_begun_is_used_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(str(path))
    (begun,) = hashing._begun.values()
    assert begun.result() == sha256(path)
    monkeypatch.setattr(hashing, "_hash", lambda _: "read once more")
    assert hash_of(path) == sha256(path)
    assert hash_of(path) == "read once more"


def test_whoever_waits_for_a_hash_is_told_that_there_will_be_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_: Path) -> str:
        raise MemoryError

    monkeypatch.setattr(hashing, "_hash", no_room)
    begin(path)
    (begun,) = hashing._begun.values()
    with pytest.raises(MemoryError):
        begun.result(timeout=30)


@pytest.mark.parametrize("same_time", [False, True])
def test_a_file_written_to_since_is_hashed_anew(path: Path, same_time: bool) -> None:
    begin(path)
    (begun,) = hashing._begun.values()
    before, old = begun.result(), path.stat()
    write(path, 3, 4)
    if same_time:
        os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert hash_of(path) == sha256(path) != before


def test_a_file_put_in_its_place_is_hashed_anew(path: Path) -> None:
    begin(path)
    (begun,) = hashing._begun.values()
    before, old = begun.result(), path.stat()
    other = path.with_name("other.parquet")
    write(other, 3)
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.replace(path)
    assert hash_of(path) == sha256(path) != before


@pytest.mark.parametrize("data", [None, 3, ["a.csv"], "no such file", "s3://bucket/key", "a\0b", b"bytes"], ids=repr)
def test_nothing_is_begun_for_what_names_no_file(data: object, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("a\n1\n")
    for given in (data, tmp_path, lines):
        begin(given)
    assert not hashing._begun
    assert hash_of(lines) == sha256(lines)


@pytest.mark.skipif(os.geteuid() == 0, reason="everything may be read by root")
def test_a_file_that_may_not_be_read_is_said_to_be_so_by_whoever_opens_it(path: Path) -> None:
    path.chmod(0)
    begin(path)
    with pytest.raises(Exception, match="permission"):
        open_table(path)


def test_a_file_rewritten_after_it_was_opened_is_told(tmp_path: Path) -> None:
    """Its rows may be of both versions, or those of later files be counted twice."""
    for k in range(3):
        write(tmp_path / f"{k}.parquet", 1, 2)
    opened = open_table(tmp_path)
    opened.table.collect()
    assert len(opened.files) == 3
    write(tmp_path / "1.parquet", 1, 2, 3)
    with pytest.raises(InputError, match="changed while it was read"):
        _ = opened.files
