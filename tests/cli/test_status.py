"""`sterling status`: where a project stands, and what a run would do again."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sterling.ledger import open_ledger
from tests.cli.conftest import Cli, asked


def test_status_after_a_run(here: Path, cli: Cli) -> None:
    record = asked(cli, "status")
    assert record["review"] == "awaiting"
    assert (record["changed"], record["pending"], record["cannot_run"]) == ([], [], None)
    assert "sterling approve" in record["next"]
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
    assert certain == {"train", "keys"}
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


Step = Callable[[Cli], None]
WHO = ("--as", "Ada", "--reason", "read it")
SIGN = "sterling approve "
HELD = "sterling risks  lists what holds signing back; then  sterling approve "


def rewrite(old: str, new: str) -> None:
    toml = Path("sterling.toml")
    text = toml.read_text()
    assert old in text
    toml.write_text(text.replace(old, new))


def accept(cli: Cli) -> None:
    ids = [risk["id"] for risk in asked(cli, "risks")["risks"]]
    assert not ids or cli("risks", "accept", *ids, *WHO).code == 0


def approve(cli: Cli) -> None:
    accept(cli)
    assert cli("approve", "last", *WHO).code == 0


def reject(cli: Cli) -> None:
    assert cli("reject", "last", *WHO).code == 0


def loosen(cli: Cli) -> None:
    rewrite("max_gap = 0.05", "max_gap = 0.06")


def run_again(cli: Cli) -> None:
    assert cli("run", "--quiet").code in (0, 1, 3)


def ask_nobody(cli: Cli) -> None:
    rewrite("required = 1", "required = 0")
    run_again(cli)


def far_apart(cli: Cli) -> None:
    rewrite("max_gap = 0.05", "max_gap = 0.001")


def very_near(cli: Cli) -> None:
    rewrite("max_gap = 0.05", "max_gap = 0.9")


def waive(cli: Cli) -> None:
    far_apart(cli)
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    lines = f'[[waiver]]\nlimit = "granted alike"\nowner = "Olu"\nreason = "known"\nexpires = {day}\n'
    rewrite("[review]", f"{lines}[review]")


def write_scope(cli: Cli) -> None:
    Path("scope.toml").write_text('users = "loan officers"\n')


def forget(cli: Cli) -> None:
    shutil.rmtree(".sterling")


STATES: dict[str, tuple[tuple[Step, ...], str]] = {
    "never run": ((forget,), "sterling run"),
    "awaiting, risks open": ((), HELD),
    "awaiting, risks accepted": ((accept,), SIGN),
    "approved": ((approve,), "nothing to do"),
    "approved, then limits changed": ((approve, loosen), "sterling run"),
    "a new bundle after the approval": ((approve, loosen, run_again, accept), SIGN),
    "rejected": ((reject,), "change what was rejected"),
    "rejected, then changed": ((reject, loosen), "sterling run"),
    "waived": ((waive, run_again, accept), SIGN),
    "scope written": ((write_scope,), "sterling run"),
    "nobody signs, over": ((far_apart, ask_nobody), "a limit is not met"),
    "nobody signs, undecided": ((ask_nobody,), "a limit is undecided"),
    "nobody signs, within": ((very_near, ask_nobody), "nothing to do"),
    "nobody signs, waived": ((waive, ask_nobody), "nothing to do"),
}
"""What is done to a project that was run once and awaits review, and how the advice then begins."""


@pytest.mark.parametrize("state", STATES)
def test_what_to_do_next_in_each_state(here: Path, cli: Cli, state: str) -> None:
    done, advice = STATES[state]
    for step in done:
        step(cli)
    assert asked(cli, "status")["next"].startswith(advice)


def test_a_verdict_that_is_waived_is_said_to_be(here: Path, cli: Cli) -> None:
    assert "waived" not in cli("status").out
    waive(cli)
    run_again(cli)
    assert asked(cli, "status")["last_run"]["waived"] == 1
    assert "1 of them was waived when it ran: the verdict stands" in " ".join(cli("status").out.split())


def test_the_approval_that_is_advised_is_taken(here: Path, cli: Cli) -> None:
    approve(cli)
    loosen(cli)
    run_again(cli)
    accept(cli)
    record = asked(cli, "status")
    assert (record["review"], record["next"].split("  ")[0].split()[:2]) == ("stale", ["sterling", "approve"])
    assert cli("approve", record["next"].split()[2], *WHO).code == 0


def test_a_run_says_that_an_approval_no_longer_holds(here: Path, cli: Cli) -> None:
    approve(cli)
    loosen(cli)
    said = " ".join(cli("run").out.split())
    assert re.search(r"Awaiting review\. .*changed since \w+ approved the run \w{6}\.", said), said


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
    assert "Note: the newest run, feedfe, lists no predictions (killed)" in cli("why", "1000").out
    assert "the newest run, feedfe, lists no predictions (killed)" in asked(cli, "predictions")["notes"][0]


def test_a_run_that_is_at_work_is_not_called_killed(here: Path, cli: Cli) -> None:
    from sterling.pipeline.lock import only_run

    with open_ledger(here / ".sterling") as ledger:
        ledger.put(replace(ledger.contexts("run")[-1], id="feedfeedfeed", ended=None, properties={"state": "running"}))
    with only_run(here / ".sterling"):
        assert asked(cli, "history")["runs"][0]["state"] == "running"
        assert asked(cli, "status")["next"] == "wait: a run is at work"


@pytest.mark.parametrize(
    ("reason", "said"), [("killed", "killed"), ("KeyboardInterrupt", "interrupted"), (None, "stopped")]
)
def test_a_step_that_was_cut_short_is_told_in_words(here: Path, cli: Cli, reason: str | None, said: str) -> None:
    with open_ledger(here / ".sterling") as ledger:
        run = ledger.contexts("run")[-1].id
        judge = next(e for e in ledger.executions(run=run) if e.step == "judge")
        ledger.put(replace(judge, state="canceled", properties={**judge.properties, "reason": reason}))
    toml = here / "sterling.toml"
    toml.write_text(toml.read_text().replace("max_gap = 0.05", "max_gap = 0.06"))
    assert f"it was not finished: {said}" in asked(cli, "status")["pending"][0]["because"]
    assert "canceled" not in cli("status").out + cli("trace", "evidence").out


def test_a_project_that_was_only_begun(cli: Cli, folder: Path) -> None:
    """`sterling init` makes the folder in which a ledger will lie."""
    assert cli("init", "--data", "scores.csv", "--label", "y", "--groups", "g", "--score", "p").code == 0
    assert (folder / ".sterling").is_dir()
    ended = cli("status")
    assert (ended.code, ended.err) == (0, "")
    assert "none yet" in ended.out
    assert cli("check").code == 0
