"""`sterling predictions`: what a run predicted, by ids that only the project can make."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Cli, asked, planted
from tests.pipeline.small import killed
from tests.projects import ROWS


def test_predictions_and_why_agree(here: Path, cli: Cli) -> None:
    listed = asked(cli, "predictions", "--limit", "5")
    assert (listed["n"], len(listed["predictions"]), listed["threshold"]) == (ROWS, 5, 0.5)
    for p in listed["predictions"]:
        why = asked(cli, "why", p["prediction"])
        assert (why["score"], why["row"], why["selected"]) == (p["score"], p["row"], p["selected"])
        assert why["selected"] == (why["score"] >= 0.5)
        assert asked(cli, "why", p["prediction"][:10])["prediction"] == p["prediction"]


def test_all_predictions_as_csv(here: Path, cli: Cli) -> None:
    assert cli("predictions", "--csv", "out.csv").code == 0
    with open(here / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({r["prediction"] for r in rows}) == ROWS
    assert set(rows[0]) == {"prediction", "score", "selected"}
    assert all((float(r["score"]) >= 0.5) == (r["selected"] == "1") for r in rows)
    piped = cli("predictions", "--csv", "-")
    assert piped.out == (here / "out.csv").read_text()


def test_predictions_can_be_joined_to_ones_own_table(here: Path, cli: Cli) -> None:
    assert cli("predictions", "--csv", "named.csv", "--own-ids").code == 0
    with open(here / "named.csv", newline="") as file:
        named = {r["id"]: r["prediction"] for r in csv.DictReader(file)}
    with open(here / "loans.csv", newline="") as file:
        known = {r["applicant"] for r in csv.DictReader(file)}
    assert set(named) == known
    assert named["1000"] == asked(cli, "why", "1000")["prediction"]
    alone = cli("predictions", "--own-ids")
    assert (alone.code, alone.out) == (2, "")
    assert "--own-ids goes with --csv" in alone.err


def test_a_score_that_is_a_column_of_real_data(recidivism_made: Path, cli: Cli) -> None:
    """The list is of every row, at the project's own threshold, and the answer says that the model is not known."""
    place = ("--project", str(recidivism_made))
    table = pl.read_parquet(recidivism_made / "data" / "recidivism.parquet")
    listed = asked(cli, "predictions", *place)
    assert (listed["n"], listed["model"], listed["threshold"]) == (table.height, "decile", 5)
    for own, decile in table.select("id", "decile").head(3).iter_rows():
        why = asked(cli, "why", str(own), *place)
        assert (why["score"], why["selected"]) == (decile, decile >= 5)
        assert why["model"] is None
        assert "not in the ledger" in why["limits"][0]
    assert asked(cli, "trace", "data/recidivism.parquet", *place)["down"][0]["title"] == "ingest"
    assert {p["file"] for p in asked(cli, "verify", *place)["printed"]} == {"report.html", "model-card.html"}


GIVEN = """
[project]
name = "given"
[data]
path = "scores.csv"
label = "y"
groups = ["g"]
id = "id"
[model]
"""


def test_several_scores_and_one_that_is_called_as_the_list_calls_its_own(folder: Path, cli: Cli) -> None:
    planted().with_columns(prediction=pl.col("p"), p=1 - pl.col("p")).write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(GIVEN + 'scores = ["p", "prediction"]\n', encoding="utf-8")
    ran = cli("run", "--quiet")
    assert ran.code in (0, 1, 3), ran.err
    unclear = cli("why", "a1")
    assert (unclear.code, "predictions of 2 models" in unclear.err) == (2, True)
    assert cli("predictions", "--model", "q").code == 2
    one, two = (asked(cli, "why", "a1", "--model", m) for m in ("p", "prediction"))
    assert one["prediction"] == two["prediction"]
    assert one["score"] == pytest.approx(1 - two["score"])
    assert (one["selected"], two["selected"]) == (False, True)


def test_decisions_without_scores_are_named_and_have_no_score(folder: Path, cli: Cli) -> None:
    planted().with_columns(d=(pl.col("p") > 0.5).cast(int)).write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(GIVEN + 'predictions = ["d"]\n', encoding="utf-8")
    ran = cli("run", "--quiet")
    assert ran.code in (0, 1, 3), ran.err
    named = asked(cli, "predictions", "--limit", "1")
    (first,) = named["predictions"]
    assert (named["threshold"], first["score"], first["selected"]) == (None, None, None)
    assert f"prediction (no scores)\n{first['prediction']}\n" in cli("predictions").out
    why = cli("why", first["prediction"]).out
    assert f"{first['prediction']}: predicted, without a score of the row to list" in why
    assert "Score " not in why
    assert cli("status").code == cli("history").code == 0


def test_a_run_that_was_killed_says_so(here: Path, cli: Cli) -> None:
    run = killed(here)
    said = f"the run {run[:6]} was killed and did not end: this is what it had recorded"
    assert asked(cli, "predictions")["notes"] == [said]
    assert said in " ".join(cli("predictions").out.split())
    piped = cli("predictions", "--csv", "-")
    assert said in " ".join(piped.err.split())
    assert "Note" not in piped.out
    why = asked(cli, "why", "1000")
    assert (why["run_state"], said in why["limits"]) == ("killed", True)
    assert said in " ".join(cli("why", "1000").out.split())


@pytest.mark.parametrize("kind", ['scores = ["f"]', 'predictions = ["f"]'])
def test_predicted_numbers_are_listed_as_scores_are(folder: Path, cli: Cli, kind: str) -> None:
    table = planted().with_columns(y=pl.col("p") * 100, f=pl.col("p") * 90 + 1)
    table.write_csv(folder / "scores.csv")
    given = GIVEN.replace('label = "y"', 'label = "y"\ntask = "regression"') + kind + "\n"
    (folder / "sterling.toml").write_text(given, encoding="utf-8")
    ran = cli("run", "--quiet")
    assert ran.code in (0, 1, 3), ran.err
    named = asked(cli, "predictions", "--limit", "3")
    assert (named["threshold"], [p["selected"] for p in named["predictions"]]) == (None, [None] * 3)
    for own, number in table.select("id", "f").head(3).iter_rows():
        why = asked(cli, "why", own)
        assert (why["score"], why["selected"]) == (pytest.approx(number), None)
        assert f"Score      {number:.6g}" in cli("why", own).out
