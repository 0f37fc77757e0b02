"""`sterling status`: where a project stands, and what a run would do again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sterling.ledger import open_ledger
from tests.cli.conftest import Cli, asked


def test_status_after_a_run(here: Path, cli: Cli) -> None:
    record = asked(cli, "status")
    assert record["review"] == "awaiting"
    assert (record["changed"], record["pending"], record["cannot_run"]) == ([], [], None)
    assert record["next"].startswith("sterling approve")
    assert sum(record["last_run"]["verdicts"].values()) >= 1
    assert "nothing has changed" in cli("status").out


def test_status_names_the_steps_that_a_change_touches(here: Path, cli: Cli) -> None:
    toml = here / "sterling.toml"
    toml.write_text(toml.read_text().replace("max_gap = 0.05", "max_gap = 0.06"))
    record = asked(cli, "status")
    assert "sterling.toml changed" in record["changed"]
    assert [p["step"] for p in record["pending"]] == ["judge"]
    assert record["next"] == "sterling run"
    loans = here / "loans.csv"
    loans.write_text(loans.read_text().replace("north", "nord"))
    record = asked(cli, "status")
    assert "the file loans.csv changed" in record["changed"]
    assert record["pending"][0]["step"] == "ingest"
    assert [p["certain"] for p in record["pending"]] == [True] + [False] * (len(record["pending"]) - 1)


def test_what_status_promises_is_what_a_run_does(here: Path, cli: Cli) -> None:
    toml = here / "sterling.toml"
    toml.write_text(toml.read_text().replace("folds = 3", "folds = 4"))
    certain = {p["step"] for p in asked(cli, "status")["pending"] if p["certain"]}
    maybe = {p["step"] for p in asked(cli, "status")["pending"]}
    assert certain == {"train"}
    assert cli("run", "--quiet").code in (0, 1, 3)
    with open_ledger(here / ".sterling") as ledger:
        done = {e.step for e in ledger.executions(run=ledger.contexts("run")[-1].id) if e.state == "complete"}
    assert certain <= done <= maybe
    assert asked(cli, "status")["pending"] == []


def test_status_when_the_data_are_gone(here: Path, cli: Cli) -> None:
    (here / "loans.csv").unlink()
    record = asked(cli, "status")
    assert record["cannot_run"]
    assert record["next"] == "sterling check"
    assert "a run cannot begin now" in cli("status").out


def test_status_when_stored_bytes_are_gone(here: Path, cli: Cli) -> None:
    digest = asked(cli, "trace", "model")["id"].removeprefix("sha256:")
    (here / ".sterling" / "blobs" / digest[:2] / digest[2:]).write_bytes(b"something else")
    record = asked(cli, "status")
    assert record["pending"][0] == {
        "step": "train", "title": "Training (logistic)", "certain": True,
        "because": ["what it made is not in the store as it was"],
    }  # fmt: skip
    assert cli("run", "--quiet").code in (0, 1, 3)  # the step is carried out again, and the bytes are put back
    assert cli("verify").code == 0


def test_a_run_that_was_killed(here: Path, cli: Cli) -> None:
    with open_ledger(here / ".sterling") as ledger:
        done = ledger.contexts("run")[-1]
        facts: Mapping[str, Any] = {"state": "running", "author": "kim"}
        ledger.put(replace(done, id="feedfeedfeed", ended=None, properties=facts))
    record = asked(cli, "history")
    assert [r["state"] for r in record["runs"]] == ["killed", "awaiting_review"]
    assert record["runs"][0]["seconds"] is None
    assert "carries on" in asked(cli, "status")["next"]
    why = asked(cli, "why", "1000")  # the newest run that lists predictions
    assert (why["run"], why["newer_run"]) == (done.id, "feedfeedfeed")
    assert "Note: the newest run, feedfe, lists no predictions" in cli("why", "1000").out


def test_a_run_that_is_at_work_is_not_called_killed(here: Path, cli: Cli) -> None:
    from sterling.pipeline.lock import only_run

    with open_ledger(here / ".sterling") as ledger:
        ledger.put(replace(ledger.contexts("run")[-1], id="feedfeedfeed", ended=None, properties={"state": "running"}))
    with only_run(here / ".sterling"):
        assert asked(cli, "history")["runs"][0]["state"] == "running"
        assert asked(cli, "status")["next"] == "wait: a run is at work"
