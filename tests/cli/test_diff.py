"""`sterling diff` as a person reads it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import polars as pl
import pytest

from sterling.cli.diff import _numbers
from sterling.cli.terminal import Terminal
from sterling.pipeline.difference import Difference
from tests.pipeline.small import GIVEN, carried_out, copied, edited, killed, ledger_of, people, write

from .conftest import Cli

NAME = "north\x1b[31m\u202eslope"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: lower scores and a wider limit in the second. One group has a name that would colour a terminal."""
    table = people().with_columns(g=pl.when(pl.col("g") == "a").then(pl.lit(NAME)).otherwise("g"))
    folder = write(tmp_path_factory.mktemp("diff") / "made", GIVEN, table)
    carried_out(folder)
    table.with_columns(p=pl.col("p") * 0.6).write_parquet(folder / "people.parquet")
    edited(folder, ("max_gap = 0.1", "max_gap = 0.9"))
    carried_out(folder)
    return folder


@pytest.fixture
def ids(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> tuple[str, str]:
    monkeypatch.chdir(copied(made, tmp_path))
    after, before = (r["run"] for r in json.loads(cli("history", "--json").out)["runs"])
    return before, after


def test_says_verdicts_numbers_and_causes(ids: tuple[str, str], cli: Cli) -> None:
    ended = cli("diff", ids[0][:6], "last")
    assert ended.code == 0
    assert f"From run {ids[0]} to run {ids[1]}: " in ended.out.replace("\n", " ")
    assert re.search(r"^  alike: (over|undecided) → within$", ended.out, re.MULTILINE)
    assert re.search(
        r"^  selection_rate, everyone +0\.\d{3} +0\.\d{3}  -0\.\d{3} \[-0\.\d{3}, -0\.\d{3}\]$", ended.out, re.M
    )
    assert re.search(r"^  Files ingest: people\.parquet: [0-9a-f]{12} → [0-9a-f]{12}$", ended.out, re.MULTILINE)
    assert "\x1b" not in ended.out
    assert "\u202e" not in ended.out
    assert "\\x1b[31m" in ended.out


def test_json_has_everything(ids: tuple[str, str], cli: Cli) -> None:
    ended = cli("diff", *ids, "--json")
    record = json.loads(ended.out)
    assert (record["format"], record["before"], record["after"]) == ("sterling.diff", *ids)
    assert [(v["question"], v["after"]) for v in record["verdicts"]] == [("alike", "within")]
    assert len(record["estimates"]) > 20
    assert any(NAME in row["slice"] for row in record["estimates"])
    assert {"files", "artifact", "project"} <= {c["kind"] for c in record["changes"]}


def test_a_run_beside_itself(ids: tuple[str, str], cli: Cli) -> None:
    ended = cli("diff", "last", "last")
    assert "no verdict changed, 0 of" in ended.out.replace("\n", " ")
    assert "→" not in ended.out


def test_a_run_that_is_not_there(ids: tuple[str, str], cli: Cli) -> None:
    ended = cli("diff", "zzzz", "last")
    assert ended.code == 2
    assert "no run" in ended.err


def test_a_run_that_was_killed(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    folder = copied(made, tmp_path)
    monkeypatch.chdir(folder)
    with ledger_of(folder) as ledger:
        every = {e.step for e in ledger.executions(run=ledger.contexts("run")[-1].id)}
    run = killed(folder, *every)
    ended = cli("diff", "previous", "last")
    text = " ".join(ended.out.split())
    assert ended.code == 0
    assert "there are no numbers to compare" in text
    assert f"the run {run[:6]} was killed and did not end" in text
    assert "no verdict changed" not in text
    assert "Step judge: carried out → not carried out" in text
    assert "Code sterling" not in text, "which code a run that did nothing would have used nobody wrote down"
    assert "Made evidence" in text and "→ not made" in text
    record = json.loads(cli("diff", "previous", "last", "--json").out)
    assert (record["both_measured"], len(record["notes"])) == (False, 2)


def test_names_are_never_cut(ids: tuple[str, str], cli: Cli) -> None:
    """What tells one number from another may stand at the end of a name; a long one takes two lines of 80 columns."""
    table = cli("diff", *ids).out.partition("interval]\n")[2].partition("\n\n")[0]
    assert "…" not in table and "slope" in table
    assert max(map(len, table.splitlines())) <= 80


def test_the_last_part_of_a_long_name_stays_within_80_columns() -> None:
    row = {"metric": "selection_rate", "slice": "a" * 34, "value_before": 0.25, "value_after": 0.75,
           "change": 0.5, "change_low": 0.25, "change_high": 0.75}  # fmt: skip
    made = Difference(
        before="a", after="b", changes=(), verdicts=(), estimates=pl.DataFrame([row]), same_people=False, level=0.95,
        both_measured=True,
    )  # fmt: skip
    assert max(map(len, _numbers(made, Terminal.of(sys.stdout)))) <= 80
