"""`sterling schema check` of the JSON that `sterling data profile` wrote."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def statistics(folder: Path, cli: Cli) -> Path:
    """The statistics of `scores.csv`, and a schema inferred from it."""
    assert cli("schema", "infer", "scores.csv", "--label", "y").code == 0
    return profiled(folder, cli, "scores.csv")


def profiled(folder: Path, cli: Cli, table: str) -> Path:
    ended = cli("data", "profile", table, "--check", "DA010", "--json", "found.json", "--no-report", "-q")
    assert ended.code == 0, ended.err
    return folder / "found.json"


def test_statistics_keep_the_schema_of_their_table(statistics: Path, cli: Cli) -> None:
    ended = cli("schema", "check", statistics.name)
    assert ended.code == 0
    assert "scores.csv, by its statistics in found.json, against scores" in " ".join(ended.out.split())
    assert "keeps every promise that was checked" in ended.out


def test_a_broken_promise_exits_1_and_what_is_open_is_listed(
    statistics: Path, folder: Path, table: pl.DataFrame, cli: Cli
) -> None:
    wrong = pl.when(pl.int_range(pl.len()) < 40).then(pl.lit("zebra")).otherwise(pl.col("g"))
    table.with_columns(wrong.alias("g")).drop("w").write_csv(folder / "bad.csv")
    with (folder / "schema.toml").open("a") as file:
        file.write('\n[[rule]]\nname = "scores are shares"\nholds = "p <= 1"\n')
    profiled(folder, cli, "bad.csv")
    ended = cli("schema", "check", "found.json")
    assert ended.code == 1
    assert "✕ g: 40 of 800 rows (5%) have a value that is not known" in ended.out
    assert "✕ w: there is no column w" in ended.out
    assert "rule scores are shares: a rule compares values within a row" in " ".join(ended.out.split())
    assert "Not judged: " in ended.out
    assert "sterling schema check TABLE --schema schema.toml" in ended.out
    assert "--embed" not in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_the_json_says_what_was_judged_by_statistics(statistics: Path, cli: Cli) -> None:
    ended = cli("schema", "check", statistics.name, "--json", "-")
    found = json.loads(ended.out)
    assert (found["statistics"], found["rows"], found["exit_code"]) == ("found.json", 800, 0)
    assert json.loads(cli("schema", "check", "scores.csv", "--json", "-").out)["statistics"] is None


@pytest.mark.parametrize("option", [("--embed", "rows"), ("--sql", "select 1"), ("--engine", "spark")])
def test_options_that_need_rows_are_refused(statistics: Path, cli: Cli, option: tuple[str, str]) -> None:
    ended = cli("schema", "check", statistics.name, *option)
    assert ended.code == 2
    assert "holds statistics, and no rows" in ended.err


def test_groups_in_it_are_said_not_to_be_judged(statistics: Path, cli: Cli) -> None:
    said = "The statistics of groups by g are not judged"
    assert said not in cli("schema", "check", statistics.name).out
    ended = cli("data", "profile", "scores.csv", "--groups", "g", "--check", "DA010", "--json", "by.json", "-q",
                "--no-report")  # fmt: skip
    assert ended.code == 0, ended.err
    assert said in cli("schema", "check", "by.json").out


def test_statistics_are_given_alone(statistics: Path, cli: Cli) -> None:
    ended = cli("schema", "check", "scores.csv", statistics.name)
    assert ended.code == 2
    assert "there are several files" in ended.err


def test_a_file_that_is_not_ours_exits_2(statistics: Path, folder: Path, cli: Cli) -> None:
    (folder / "other.json").write_text('{"format": "sterling.data", "version": 7, "columns": []}')
    ended = cli("schema", "check", "other.json")
    assert ended.code == 2
    assert ended.err.startswith("error: other.json: it was written by a newer Sterling")
    assert "Traceback" not in ended.err
