"""`sterling data remedy`: a new table and what changed for whom; the old table stays, slips are told."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from sterling.cli.main import main
from tests.house.law import ROOT

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    frame = pl.read_parquet(LENDING)
    file = tmp_path / "loans.parquet"
    pl.concat([frame, frame.head(150).with_columns(id=pl.col("id") + 100_000)]).write_parquet(file)
    return file


def run(*words: object) -> int:
    return main(["data", "remedy", *map(str, words)])


def test_a_new_table_is_written_and_the_old_one_stays(loans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, out = loans.read_bytes(), loans.with_name("once.csv")
    assert run("deduplicate", loans, "--id", "id", "--groups", "race,sex", "--label", "approved", "--out", out) == 0
    assert pl.read_csv(out).height == 1989
    assert loans.read_bytes() == before
    told = capsys.readouterr().out
    assert "Rows: 2,139 before, 1,989 after" in told and "share of rows, race=Black" in told


def test_json_goes_to_stdout_alone(loans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--label", "approved", "--groups", "race", "--id", "id", "--recipe", "logistic", "--json", "-")
    assert run("resampling", loans, *words, "--param", "method=under") == 0
    caught = capsys.readouterr()
    found = json.loads(caught.out)
    assert found["format"] == "sterling.remedy" and found["uses"] == "in_training"
    assert found["rows"]["after"] < found["rows"]["before"] == 2139
    change = found["models"][0]["changes"][0]
    assert {"slice", "metric", "before", "before_low", "before_high", "after", "change", "worse"} <= set(change)
    assert "Resampling by group and label" in caught.err


def test_equal_commands_give_equal_tables(loans: Path) -> None:
    outs = [loans.with_name(f"{i}.parquet") for i in range(2)]
    for out in outs:
        words = ("--label", "approved", "--groups", "sex", "--seed", 7, "--quiet", "--out", out)
        assert run("resampling", loans, *words) == 0
    assert pl.read_parquet(outs[0]).equals(pl.read_parquet(outs[1]))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("dedup", "FILE"), "there is no remedy 'dedup'"),
        (("deduplicate",), "there are no data"),
        (("deduplicate", "FILE", "--out", "FILE"), "names the table itself"),
        (("deduplicate", "FILE", "--out", "x.xlsx"), "a name that ends in"),
        (("deduplicate", "FILE", "--param", "columns"), "expected: key=value"),
        (("deduplicate", "FILE", "--param", "colums=a"), "no parameter 'colums'"),
        (("deduplicate", "FILE", "--id", "q"), "there is no column 'q'"),
        (("correlation-remover", "FILE", "--groups", "race"), "at_decision = true"),
        (("correlation-remover", "FILE", "--groups", "race", "--param", "amount=x"), "expected: a number"),
    ],
)
def test_slips_are_told(loans: Path, words: tuple[str, ...], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*(str(loans) if w == "FILE" else w for w in words)) == 2
    assert what in capsys.readouterr().err
