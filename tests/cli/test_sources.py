"""Where the rows of an evaluation come from: queries, addresses, and what is said of either."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.house.law import ROOT

from .conftest import Cli

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
COLUMNS = ("--label", "approved", "--score", "score", "--groups", "race", "--no-report", "--json", "-")


@pytest.fixture
def bank(tmp_path: Path) -> dict[str, Path]:
    """The loans of the example in a DuckDB and in an SQLite file."""
    loans = pl.read_parquet(LENDING).select("id", "approved", "score", "race")
    places = {"duckdb": tmp_path / "bank.duckdb", "sqlite": tmp_path / "bank.sqlite"}
    with closing(duckdb.connect(str(places["duckdb"]))) as connection:
        connection.register("given", loans)
        connection.execute("create table loans as select * from given")
    with closing(sqlite3.connect(places["sqlite"])) as connection:
        connection.execute("create table loans (id integer, approved integer, score real, race text)")
        connection.executemany("insert into loans values (?, ?, ?, ?)", loans.rows())
        connection.commit()
    return places


def numbers(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(text)["estimates"]
    return found


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_database_measures_like_the_file(cli: Cli, bank: dict[str, Path], kind: str) -> None:
    plain = cli("evaluate", str(LENDING), *COLUMNS)
    asked = cli("evaluate", str(bank[kind]), "--sql", "select * from loans", *COLUMNS)
    assert (plain.code, asked.code) == (0, 0)
    assert numbers(asked.out) == numbers(plain.out)


def test_files_as_tables_and_a_query_that_names_its_files(cli: Cli) -> None:
    where = "where sex = 'male'"
    given = cli("evaluate", str(LENDING), "--sql", f"select * from lending {where}", *COLUMNS)
    named = cli("evaluate", "--sql", f"select * from '{LENDING}' {where}", *COLUMNS)
    assert (given.code, named.code) == (0, 0)
    assert numbers(given.out) == numbers(named.out)
    assert json.loads(given.out)["provenance"]["files"][0]["sha256"]
    made = json.loads(named.out)["provenance"]
    assert made["files"] == []
    assert str(LENDING) in made["command"], "what was asked stands beside the numbers"


def test_slips(cli: Cli, bank: dict[str, Path]) -> None:
    path = str(bank["duckdb"])
    for words, said in (
        ((path,), "a database holds many tables"),
        ((path, "--sql", "select * from loan"), 'did you mean "loans"?'),
        ((path, "--sql", "drop table loans"), "not one SELECT"),
        ((), "FILE is missing"),
    ):
        ended = cli("evaluate", *words, *COLUMNS)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err


def test_addresses_are_shown_without_their_secrets(cli: Cli) -> None:
    from sterling.cli.request import spoken

    ended = cli("evaluate", "https://user:unsaid@127.0.0.1:1/t.csv?signature=unsaid", *COLUMNS)
    assert ended.code == 2
    assert "https://127.0.0.1:1/t.csv" in ended.err
    assert "unsaid" not in ended.err
    away = ("evaluate", str(Path("scores.csv").absolute()), "--policy=/client/ada/limits.toml", "--score", "p")
    assert spoken(away) == "sterling evaluate scores.csv --policy=limits.toml --score p"
    assert spoken(("evaluate", "s3://key:unsaid@bank/t.parquet")) == "sterling evaluate s3://bank/t.parquet"
