"""`sterling why`: how a prediction came about, all the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, asked


def test_why_leads_all_the_way(here: Path, cli: Cli) -> None:
    record = asked(cli, "why", "1000")
    run = asked(cli, "history")["runs"][0]
    assert (record["found_by"], record["run"], record["trained_in"]) == ("id", run["run"], run["run"])
    assert (record["recipe"], record["cross_fitted"], record["features"]) == ("logistic", 3, 2)
    assert record["files"][0]["name"] == "loans.csv"
    assert record["predictions_checked"] is True
    for role in ("table", "model", "evidence", "predictions"):
        assert asked(cli, "trace", role)["id"] == record[role], role
    text = cli("why", "1000").out
    assert "had not seen it" in " ".join(text.split())
    assert "Review     awaiting" in text
    assert text.count("loans.csv") == text.count("loans.csv, ") == 1
    assert "of the table" in text and "it is not the file's" in " ".join(text.split())


def test_why_finds_the_row_that_has_the_id(here: Path, cli: Cli) -> None:
    """Scores of the rows, by their own ids, are those of the list; each id leads to another prediction."""
    found = {asked(cli, "why", str(i))["prediction"] for i in range(1000, 1010)}
    assert len(found) == 10


def test_a_model_from_the_cache_names_the_run_that_trained_it(here: Path, cli: Cli) -> None:
    before = asked(cli, "why", "1000")
    assert cli("run", "--quiet").code in (0, 1, 3)
    after = asked(cli, "why", "1000")
    assert after["run"] != before["run"]
    assert (after["trained_in"], after["trained_by"]) == (before["trained_in"], before["trained_by"])
    assert asked(cli, "why", "1000", "--run", before["run"][:6])["run"] == before["run"]


@pytest.mark.parametrize("name", ["999", "nobody", "", "abc", "%", "'; drop table", "\x1b[31m", "ZZZZ", "é" * 500])
def test_why_of_nobody(here: Path, cli: Cli, name: str) -> None:
    ended = cli("why", "--", name)
    assert (ended.code, ended.out) == (2, "")
    assert "no prediction has this id" in ended.err
    assert "\x1b" not in ended.err
    assert "Traceback" not in ended.err
