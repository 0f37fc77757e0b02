"""Paths that lead nowhere, and files that are not what they claim or are damaged."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import InputError
from sterling.sources.open import open_table, reading, translate

ROWS = pl.DataFrame({"label": [1, 0] * 500, "p": [0.25] * 1000})


def collect(given: object) -> pl.DataFrame:
    opened = open_table(given)
    with reading(opened.name):
        return opened.table.collect()


def refused(given: object) -> str:
    with pytest.raises(InputError) as caught:
        collect(given)
    assert caught.value.exit_code == 2
    assert caught.value.where
    return str(caught.value)


def bytes_of(kind: str) -> bytes:
    buffer = io.BytesIO()
    {"parquet": ROWS.write_parquet, "arrow": ROWS.write_ipc, "arrows": ROWS.write_ipc_stream}[kind](buffer)
    return buffer.getvalue()


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("a\n1\n")
    message = refused(tmp_path / "score.csv")
    assert "no such file" in message
    assert "did you mean scores.csv?" in message


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("missing/t.csv", "its folder does not exist"),
        ("missing/*.csv", "no file matches the pattern"),
        ("empty", "the folder holds no table"),
        ("deep", "'folder/**/*.parquet'"),
        ("mixed", "the files are of different kinds"),
        ("", "the path is empty"),
        ("a\0b", "this is not a path|no such file"),
        ("x" * 5000, "File name too long|no such file"),
    ],
)
def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "deep/down", "mixed"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "mixed" / "a.csv").write_text("a\n1\n")
    ROWS.write_parquet(tmp_path / "mixed" / "b.parquet")
    ROWS.write_parquet(tmp_path / "deep" / "down" / "b.parquet")
    message = refused(given)
    assert any(word in message for word in words.split("|")), message
    assert len(message) < 600


def test_folders_within_by_glob(tmp_path: Path) -> None:
    (tmp_path / "year=2024").mkdir()
    ROWS.write_parquet(tmp_path / "year=2024" / "b.parquet")
    assert open_table(f"{tmp_path}/**/*.parquet").table.collect().height == 1000


@pytest.mark.parametrize("kind", ["parquet", "arrow", "arrows"])
def test_cut_short(tmp_path: Path, kind: str) -> None:
    """At every length a file is a table or an InputError; cut inside the data it is the latter."""
    whole = bytes_of(kind)
    path = tmp_path / f"t.{kind}"
    for length in (0, 1, 4, 6, 8, 12, 50, len(whole) // 2, len(whole) - 9):
        path.write_bytes(whole[:length])
        assert "t." + kind in refused(path)


@pytest.mark.parametrize("kind", ["parquet", "arrow", "arrows"])
def test_a_kind_that_is_not(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t.{kind}"
    path.write_text("a,b\n1,2\n")
    assert "looks like text" in refused(path)
    path.write_bytes(os.urandom(10) + b"\0" * 100)
    assert "whatever its name says" in refused(path)


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t", "t.parquet", "t.json"])
@pytest.mark.parametrize(("member", "words"), [("a", "a ZIP archive"), ("xl/workbook.xml", "an Excel workbook")])
def test_archives_are_recognised(tmp_path: Path, name: str, member: str, words: str) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "b")
    assert f"got: {words}\n" in refused(path)


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.tsv"])
@pytest.mark.parametrize(("kind", "words"), [("parquet", "a Parquet file"), ("arrow", "an Arrow file")])
def test_tables_inside_other_clothes(tmp_path: Path, name: str, kind: str, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(bytes_of(kind))
    message = refused(path)
    assert "whatever its name says" in message and f"got: {words}" in message and f"holds: t.{kind}" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"a\n1\n", mtime=0), "gunzip FILE"),
        (bz2.compress(b"a\n1\n"), "bunzip2 FILE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\0" * 99, "save the sheet as CSV"),
        (b"\n<!DOCTYPE html>\n<html><body>Sign in, please</body></html>", "a web page"),
        (b"%PDF-1.7\n\x00\x01", "a PDF document"),
    ],
    ids=("gzip", "bzip2", "old Excel", "HTML", "PDF"),
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    for name in ("t.csv", "t.parquet", "t.json", "t"):
        (tmp_path / name).write_bytes(content)
        assert words in refused(tmp_path / name)


HEADERS = (
    "ORC,b",
    "PAR1,b",
    "ARROW1,b",
    "BZh,b",
    "%PDF-,b",
    "{a},b",
    "[1],b",
    '{"a": 1},b',
    "<html>,b",
    "<?xml,b",
    "<!doctype html> ,b",
)


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_begins_like_another_kind_is_read(tmp_path: Path, header: str) -> None:
    (tmp_path / "t.csv").write_text(f"{header}\n1,2\n")
    assert collect(tmp_path / "t.csv").columns == header.split(",")


@pytest.mark.parametrize("kind", ["parquet", "arrow", "arrows"])
def test_without_rows(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t.{kind}"
    buffer = io.BytesIO()
    empty = ROWS.head(0)
    {"parquet": empty.write_parquet, "arrow": empty.write_ipc, "arrows": empty.write_ipc_stream}[kind](buffer)
    path.write_bytes(buffer.getvalue())
    assert "the table has no rows" in refused(path)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_schemas_that_differ(tmp_path: Path, suffix: str) -> None:
    def write(name: str, frame: pl.DataFrame) -> None:
        (frame.write_parquet if suffix == "parquet" else frame.write_ipc)(tmp_path / f"{name}.{suffix}")

    write("a", ROWS)
    write("b", ROWS.with_columns(pl.col("label").cast(pl.String)))
    message = refused(tmp_path)
    assert "column 'label' is of another type than in a" in message
    assert "String" in message
    write("b", ROWS.with_columns(extra=pl.lit(1)))
    assert f"'extra' is in b.{suffix} only" in refused(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    path.chmod(0)
    assert "may not be read" in refused(path)


def test_names_of_files_are_made_harmless(tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[31m\nname.csv"
    path.write_text("")
    message = refused(path)
    assert "\x1b" not in message
    assert "\\x1b" in message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "gone"), "no such file"),
        (PermissionError(13, "no"), "may not be read"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (MemoryError(), "not enough memory"),
        (pl.exceptions.NoDataError("empty CSV"), "empty"),
        (pl.exceptions.ComputeError("invalid utf-8 sequence"), "not UTF-8"),
        (
            pl.exceptions.ComputeError("could not parse `Jane` as dtype `i64` at column 'age' (column number 3)"),
            "'age'",
        ),
        (pl.exceptions.ComputeError("parquet: File out of specification"), "damaged"),
        (
            pl.exceptions.InvalidOperationError("conversion from `str` to `f64` failed in column 'p' for: [\"Jane\"]"),
            "'p'",
        ),
        (pl.exceptions.ComputeError("something about Jane"), "ComputeError"),
        (pl.exceptions.PanicException("called unwrap on Jane"), "damaged"),
    ],
)
def test_translate(error: BaseException, words: str) -> None:
    said = translate(error, "t.csv")
    assert isinstance(said, InputError)
    assert words in str(said)
    assert "Jane" not in str(said)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_of_a_folder_the_damaged_file_is_named(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part in the middle is no longer what was written there, while the end, which tells what is where, still is."""
    rng = np.random.default_rng(0)
    rows = pl.DataFrame({c: np.round(rng.random(20_000), 3) for c in ("y", "p")})
    write = rows.write_parquet if kind == "parquet" else partial(rows.write_ipc, compression="zstd")
    for name in ("a", "b", "c"):
        write(tmp_path / f"{name}.{kind}")
    path = tmp_path / f"b.{kind}"
    whole = path.read_bytes()
    third = len(whole) // 3
    path.write_bytes(whole[:third] + bytes(255 - byte for byte in whole[third : 2 * third]) + whole[2 * third :])
    monkeypatch.chdir(tmp_path.parent)  # of a path of more than 80 letters a message leaves out the beginning
    for given in (tmp_path.name, f"{tmp_path.name}/*.{kind}"):
        assert refused(given).startswith(f"{tmp_path.name}/b.{kind}: the file is damaged")
    with pytest.raises(InputError, match=f"b.{kind}: the file is damaged"):
        st.evaluate(tmp_path.name, task="regression", label="y", score="p")


def test_reading_lets_other_faults_through() -> None:
    with pytest.raises(ZeroDivisionError), reading("t"):
        raise ZeroDivisionError
    with pytest.raises(KeyboardInterrupt), reading("t"):
        raise KeyboardInterrupt
    first = InputError("said already")
    with pytest.raises(InputError) as caught, reading("t"):
        raise first
    assert caught.value is first


def test_a_long_path_keeps_the_name_of_its_file(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()
    (folder / "scores.csv").write_text("")
    with pytest.raises(InputError) as caught:
        open_table(folder / "scores.csv")
    assert caught.value.where.endswith("/scores.csv")
    assert len(caught.value.where) == 80


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.json", '[{"a": 1}, {"a": 2}]', "JSON is not read as a table"),
        ("t.jsonl", '{"a": 1}\n{"a": 2}\n', "polars.read_ndjson"),
        ("t", '\n {"a": 1}', "JSON is not read as a table"),
        ("t.json", "a\n1\n", "what looks like text"),
        ("t.csv", '{"a": 1}\n{"a": 2}\n', "polars.read_ndjson"),
        ("t.csv", '\ufeff\n {"a": 1, "b": [2]}\r\n{"a": 2, "b": []}\r\n', "polars.read_ndjson"),
        ("t.tsv", '[{"a": 1}, {"a": 2}]', "polars.read_json"),
        ("t.txt", '[\n  {\n    "a": 1\n  }\n]', "JSON is not read as a table"),
        ("t.csv", "[[1, 2], [3, 4]]", "JSON is not read as a table"),
        ("t.csv", "[" + ", ".join(['{"a": 1}'] * 999) + "]", "JSON is not read as a table"),
        ("t.parquet", '{"a": 1}\n', "polars.read_ndjson"),
        ("t.json", '{"format": "sterling.data", "version": 1}', "what Sterling wrote about a table"),
    ],
)
def test_json_is_no_csv(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    assert words in refused(tmp_path / name)


def test_braces_in_a_text_file_are_no_json(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('{"a"},b\n1,2\n')
    assert collect(tmp_path / "t.csv").height == 1


@pytest.mark.parametrize("column", ["*", "^b.*$", "^$"])
@pytest.mark.parametrize("kind", ["csv", "parquet", "memory"])
def test_a_name_that_stands_for_other_columns_is_refused(tmp_path: Path, kind: str, column: str) -> None:
    table = pl.DataFrame({"ba": [1, 2], column: [3, 4]})
    given: object = table
    if kind != "memory":
        given = tmp_path / f"t.{kind}"
        (table.write_csv if kind == "csv" else table.write_parquet)(tmp_path / f"t.{kind}")
    message = refused(given)
    assert repr(column) in message
    assert "rename the column" in message
