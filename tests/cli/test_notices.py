"""Odd tables that can be examined all the same: they work, and a note says what is odd."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from .conftest import Cli, gap, write_policy


def test_some_labels_missing(evaluate: Cli, table: pl.DataFrame) -> None:
    odd = pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise(pl.col("y"))
    table.with_columns(odd.alias("y")).write_csv("odd.csv")
    ended = evaluate(data="odd.csv")
    assert ended.code == 0
    assert "Note: 80 of 800 rows have no label" in ended.out


def test_a_group_that_nobody_has(evaluate: Cli, table: pl.DataFrame) -> None:
    table.with_columns(h=pl.lit(None, dtype=pl.String)).write_parquet("odd.parquet")
    ended = evaluate(data="odd.parquet", groups="g,h")
    assert "Note: No row has a value in the group column h: nobody is compared by it" in " ".join(ended.out.split())
    assert "group column g" not in ended.out


def test_groups_of_one_row(evaluate: Cli, table: pl.DataFrame, folder: Path) -> None:
    lonely = table.with_columns(pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("c")).otherwise("g").alias("g"))
    lonely.write_csv("odd.csv")
    write_policy(folder, gap(0.05))
    ended = evaluate("--policy", "policy.toml", data="odd.csv")
    assert ended.code == 1
    assert "1 of 3 groups (crosses included) has fewer" in ended.out
    assert re.search(r"^  c +<10  too few", ended.out, re.MULTILINE)


def test_three_hundred_categories(evaluate: Cli, table: pl.DataFrame) -> None:
    many = table.with_columns((pl.int_range(pl.len()) % 300).cast(pl.String).alias("g"))
    many.write_csv("odd.csv")
    ended = evaluate(data="odd.csv")
    assert ended.code == 0
    assert "300 of 300 groups (crosses included) have fewer than 30 rows" in ended.out.replace("\n      ", " ")
    assert "and 288 more groups in the report" in ended.out


def test_two_hundred_columns(evaluate: Cli, table: pl.DataFrame) -> None:
    wide = table.with_columns(pl.lit(i).alias(f"c{i}") for i in range(200))
    wide.write_csv("wide.csv")
    ended = evaluate(data="wide.csv")
    assert ended.code == 0
    assert "20 points less often" in ended.out


def test_more_crosses_than_anyone_reads(evaluate: Cli, table: pl.DataFrame) -> None:
    """Two columns of 200 values would make 40,000 crosses: they are left out and a note says so."""
    row = pl.int_range(pl.len())
    table.with_columns((row % 200).alias("c0"), (row // 4).alias("c1")).write_csv("odd.csv")
    ended = evaluate(data="odd.csv", groups="g,c0,c1")
    assert ended.code == 0
    assert "crosses of group columns are left out" in ended.out.lower()


def test_constant_scores(evaluate: Cli, table: pl.DataFrame) -> None:
    table.with_columns(pl.lit(0.5).alias("p")).write_csv("odd.csv")
    ended = evaluate(data="odd.csv")
    assert ended.code == 0
    assert "it does not tell people apart" in ended.out


def test_one_label_value(evaluate: Cli, table: pl.DataFrame) -> None:
    table.with_columns(pl.lit(1).alias("y")).write_csv("odd.csv")
    ended = evaluate(data="odd.csv")
    assert ended.code == 0
    assert "every labelled row has the same label" in ended.out.lower()


def test_missing_group_values_are_a_group(evaluate: Cli, table: pl.DataFrame) -> None:
    table.with_columns(pl.when(pl.col("g") == "a").then("g").alias("g")).write_csv("odd.csv")
    ended = evaluate(data="odd.csv")
    assert ended.code == 0
    assert "  not recorded  400" in ended.out


def test_one_group(evaluate: Cli, table: pl.DataFrame) -> None:
    table.with_columns(pl.lit("only").alias("g")).write_csv("odd.csv")
    assert evaluate(data="odd.csv").code == 0


def test_no_groups(cli: Cli, folder: Path) -> None:
    ended = cli("evaluate", "scores.csv", "--label", "y", "--score", "p", "--no-report")
    assert ended.code == 0
    assert "--groups" in ended.out, "the next thing to do"


def test_no_label(cli: Cli, folder: Path) -> None:
    ended = cli("evaluate", "scores.csv", "--score", "p", "--groups", "g", "--no-report")
    assert ended.code == 0
    assert "20 points less often" in ended.out


def test_decisions_without_scores(cli: Cli, folder: Path, table: pl.DataFrame) -> None:
    table.with_columns((pl.col("p") > 0.5).cast(pl.Int8).alias("d")).write_csv("odd.csv")
    ended = cli("evaluate", "odd.csv", "--label", "y", "--prediction", "d", "--groups", "g", "--no-report")
    assert ended.code == 0
    assert "decisions as given" in ended.out
    assert "20 points less often" in ended.out


def test_an_unstated_label_kind_is_pointed_out(evaluate: Cli) -> None:
    assert "--label-kind" in evaluate().out
    assert "--label-kind" not in evaluate("--label-kind", "outcome").out


def test_few_notes_on_the_screen(evaluate: Cli, table: pl.DataFrame) -> None:
    odd = table.with_columns(
        pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise(pl.lit(1)).alias("y"), pl.lit(0.5).alias("p"),
        pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("c")).otherwise("g").alias("g"),
    )  # fmt: skip
    odd.write_csv("odd.csv")
    ended = evaluate(data="odd.csv")
    assert ended.code == 0
    assert ended.out.count("Note: ") == 4
    assert "and 1 more note in the report" in ended.out


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_copies_of_a_file_count_and_a_note_names_them(
    evaluate: Cli, cli: Cli, table: pl.DataFrame, suffix: str
) -> None:
    write = table.write_csv if suffix == "csv" else table.write_parquet
    write(f"odd.{suffix}")
    shutil.copy(f"odd.{suffix}", f"copy of odd.{suffix}")
    told = "hold the same bytes, so that each of their rows counts"
    ended = evaluate(f"copy of odd.{suffix}", "--json", "o.json", data=f"odd.{suffix}")
    notices = json.loads(Path("o.json").read_text())["notices"]
    assert f"odd.{suffix}, copy of odd.{suffix} {told} twice: give one of them" in notices
    assert "1,600" in ended.out
    other = table.with_columns(p=pl.col("p") / 2)
    write = other.write_csv if suffix == "csv" else other.write_parquet
    write(f"other.{suffix}")
    assert told not in evaluate(f"other.{suffix}", data=f"odd.{suffix}").out
    Path("more").mkdir()
    for name in (f"odd.{suffix}", f"copy of odd.{suffix}"):
        shutil.copy(name, "more")
    more = f"more/odd.{suffix}", f"more/copy of odd.{suffix}"
    named = evaluate(*more, f"copy of odd.{suffix}", "--json", "o.json", data=f"odd.{suffix}")
    assert named.code == 0
    assert any(f"{told} 4 times" in notice for notice in json.loads(Path("o.json").read_text())["notices"])
    assert cli("data", "profile", "more", "--no-report", "--json", "o.json").code == 0
    assert any(f"{told} twice" in notice for notice in json.loads(Path("o.json").read_text())["notices"])


def test_a_file_given_twice_is_counted_once_and_a_note_says_so(evaluate: Cli, table: pl.DataFrame) -> None:
    table.write_csv("odd.csv")
    ended = evaluate("./odd.csv", data="odd.csv")
    assert "Note: Given more than once, and read once: odd.csv" in ended.out
    assert "800" in ended.out
    assert "1,600" not in ended.out
