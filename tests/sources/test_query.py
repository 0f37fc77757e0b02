"""Queries: what databases and table files answer, and what a query may not do."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sterling.core.errors import InputError
from sterling.sources.open import open_table
from sterling.sources.query import files_of_query
from tests.house.law import ROOT

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
ROWS = pl.DataFrame({"id": [1, 2, 3, 4], "approved": [1, 0, 1, 0], "race": ["white", None, "Ω, other", "black"]})
SCORES = pl.DataFrame({"id": [4, 3, 2, 1], "p": [0.1, 0.9, None, 0.75]})
JOIN = "select loans.*, p from loans join scores using (id) order by id"
JOINED = ROWS.with_columns(p=pl.Series([0.75, None, 0.9, 0.1]))


def in_duckdb(folder: Path) -> Path:
    path = folder / "bank.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        for name, frame in (("loans", ROWS), ("scores", SCORES)):
            connection.register("given", frame)
            connection.execute(f"create table {name} as select * from given")
    return path


def in_sqlite(folder: Path) -> Path:
    path = folder / "bank.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table loans (id integer, approved integer, race text)")
        connection.execute("create table scores (id integer, p real)")
        connection.executemany("insert into loans values (?, ?, ?)", ROWS.rows())
        connection.executemany("insert into scores values (?, ?)", SCORES.rows())
        connection.commit()
    return path


def in_files(folder: Path) -> list[Path]:
    ROWS.write_parquet(folder / "loans.parquet")
    SCORES.write_csv(folder / "scores.csv")
    return [folder / "loans.parquet", folder / "scores.csv"]


MAKERS = [in_duckdb, in_sqlite, in_files]


def answer(given: object, sql: str) -> pl.DataFrame:
    return open_table(given, sql=sql).table.collect()


def refused(given: object, sql: str) -> str:
    with pytest.raises(InputError) as caught:
        answer(given, sql)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize("make", MAKERS)
def test_every_source_answers_alike(tmp_path: Path, make) -> None:
    assert_frame_equal(answer(make(tmp_path), JOIN), JOINED, check_dtypes=False)


@pytest.mark.parametrize("make", [in_duckdb, in_sqlite])
def test_the_database_is_hashed_and_named(tmp_path: Path, make) -> None:
    path = make(tmp_path)
    opened = open_table(str(path), sql=JOIN)
    assert [(f.name, f.sha256) for f in opened.files] == [(path.name, hashlib.sha256(path.read_bytes()).hexdigest())]
    assert opened.name.startswith("a query of ")


def test_files_behind_a_query_are_hashed(tmp_path: Path) -> None:
    paths = in_files(tmp_path)
    found = open_table(paths, sql=JOIN).files
    assert [f.sha256 for f in found] == [hashlib.sha256(p.read_bytes()).hexdigest() for p in paths]


def test_a_query_that_names_its_files() -> None:
    opened = open_table(None, sql=f"select approved, race from '{LENDING}' where sex = 'male'")
    expected = pl.read_parquet(LENDING).filter(pl.col("sex") == "male").select("approved", "race")
    assert_frame_equal(opened.table.collect(), expected, check_row_order=False, check_dtypes=False)
    assert opened.files == ()


def test_a_folder_and_a_glob_are_tables_named_like_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "loans"
    folder.mkdir()
    ROWS.head(2).write_parquet(folder / "a.parquet")
    ROWS.tail(2).write_parquet(folder / "b.parquet")
    for given in (folder, f"{folder}/*.parquet"):
        assert answer(given, "select count(*) as n from loans")["n"].to_list() == [4]


def test_sums_are_whole_numbers_again(tmp_path: Path) -> None:
    frame = answer(in_duckdb(tmp_path), "select race, sum(approved) as approved from loans group by race")
    assert frame["approved"].dtype == pl.Int64


def test_what_was_written_last_counts_as_a_file_of_the_database(tmp_path: Path) -> None:
    path = in_sqlite(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("insert into scores values (9, 0.5)")
        connection.commit()
        assert files_of_query(str(path)) == (path, tmp_path / "bank.db-wal")
        assert answer(path, "select * from scores").height == 5
    assert files_of_query(str(path)) == (path,)


HARM = [
    "drop table loans",
    "insert into loans values (9, 1, 'x')",
    "update loans set approved = 1",
    "attach '{folder}/other.db' as other",
    "select 1 as a; select 2 as a",
    "pragma database_list",
    "create temp table t as select 1 as a",
]


@pytest.mark.parametrize("sql", HARM)
@pytest.mark.parametrize("make", MAKERS)
def test_a_query_reads_and_does_nothing_else(tmp_path: Path, make, sql: str) -> None:
    given = make(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert "not one SELECT" in refused(given, sql.format(folder=tmp_path))
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from read_text('{secret}')",
        "select * from glob('{folder}/*')",
    ],
)
@pytest.mark.parametrize("make", [in_duckdb, in_files])
def test_a_query_of_given_data_reaches_no_other_file(tmp_path: Path, make, sql: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text("name\nJane\n")
    message = refused(make(home), sql.format(secret=secret, folder=tmp_path))
    assert "Jane" not in message


def test_no_extension_is_fetched(tmp_path: Path) -> None:
    assert "error" not in refused(None, "select * from 'https://127.0.0.1:1/x.parquet'").lower().split(":")[0]


@pytest.mark.parametrize(
    ("make", "sql", "words"),
    [
        (in_duckdb, "select * from loan", 'did you mean "loans"'),
        (in_duckdb, "select aproved from loans", 'did you mean "approved"'),
        (in_duckdb, "selec", "syntax error"),
        (in_files, "select * from x", "loans"),
        (in_sqlite, "select * from loan", "tables: loans, scores"),
        (in_sqlite, "select aproved from loans", "no such column: aproved"),
        (in_sqlite, "selec", "syntax error"),
        (in_duckdb, "  ", "the query is empty"),
        (in_duckdb, "select * from loans where id > 9", "the table has no rows"),
        (in_sqlite, "select * from loans where id > 9", "the table has no rows"),
        (in_duckdb, "select id, approved as id from loans", "two columns are named 'id'"),
        (in_sqlite, "select id, approved as id from loans", "two columns are named 'id'"),
    ],
)
def test_slips_in_a_query(tmp_path: Path, make, sql: str, words: str) -> None:
    assert words in refused(make(tmp_path), sql)


def test_values_are_never_repeated(tmp_path: Path) -> None:
    path = in_duckdb(tmp_path)
    for sql in ("select cast(race as integer) as r from loans", "select error(race) as e from loans"):
        message = refused(path, sql)
        assert "white" not in message
        assert "cannot be answered" in message


def test_a_text_of_sqlite_that_is_not_utf8_is_not_shown(tmp_path: Path) -> None:
    path = in_sqlite(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("insert into loans values (9, 1, cast(x'7365637265749fff' as text))")
        connection.commit()
    message = refused(path, "select * from loans")
    assert "secret" not in message
    assert "not UTF-8" in message


@pytest.mark.parametrize("variable", ["given", "tables", "path", "pl", "LOGS"])
def test_a_query_reads_no_variable_of_the_program(variable: str) -> None:
    assert "does not exist" in refused(None, f"select * from {variable}")


def test_a_database_without_a_query_says_how_to_ask(tmp_path: Path) -> None:
    for make in (in_duckdb, in_sqlite):
        with pytest.raises(InputError, match="a database holds many tables") as caught:
            open_table(make(tmp_path))
        assert '--sql "select * from TABLE"' in str(caught.value)


def test_what_a_query_does_not_go_with(tmp_path: Path) -> None:
    assert "goes with a database or files" in refused(ROWS, "select 1 as a")
    assert "a database is read alone" in refused([in_duckdb(tmp_path), in_sqlite(tmp_path)], "select 1 as a")
    (tmp_path / "twice").mkdir()
    for path in (tmp_path / "t.csv", tmp_path / "twice" / "t.csv"):
        path.write_text("a\n1\n")
    given = [tmp_path / "t.csv", tmp_path / "twice" / "t.csv"]
    assert "two of the files would be one table" in refused(given, "select * from t")
    (tmp_path / "twice" / "t.csv").rename(tmp_path / "twice" / "T.csv")
    alike = refused([given[0], tmp_path / "twice" / "T.csv"], "select * from t")
    assert "two of the files would be one table" in alike
    assert "no such file" in refused(tmp_path / "gone.duckdb", "select 1 as a")


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1, 2.5], pl.Float64), ([1, None], pl.Int64), ([1, "Jane"], pl.String), ([None, "a"], pl.String)],
)
def test_columns_of_sqlite_hold_what_they_like(tmp_path: Path, values: list[object], kind: pl.DataType) -> None:
    path = tmp_path / "odd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", [(v,) for v in values])
        connection.commit()
    assert answer(path, "select a from t")["a"].dtype == kind


@pytest.mark.parametrize("make", [in_duckdb, in_sqlite])
def test_damaged_databases(tmp_path: Path, make) -> None:
    path = make(tmp_path)
    whole = path.read_bytes()
    for cut in (100, len(whole) // 2):
        path.write_bytes(whole[:cut])
        refused(path, "select * from loans")


def test_a_database_that_is_being_written(tmp_path: Path) -> None:
    path = in_sqlite(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("begin exclusive")
        with pytest.MonkeyPatch.context() as patch:
            real = sqlite3.connect
            patch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0.1}))
            assert "open for writing" in refused(path, "select * from loans")
