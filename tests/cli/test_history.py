"""`sterling history`: the runs of a project, newest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, asked


def test_history_is_newest_first_and_limited(here: Path, cli: Cli) -> None:
    first = asked(cli, "history")["runs"][0]
    assert cli("run", "--quiet").code in (0, 1, 3)
    record = asked(cli, "history")
    assert [r["run"] for r in record["runs"]][1] == first["run"]
    assert record["runs"][0]["verdicts"] == first["verdicts"]
    one = asked(cli, "history", "--limit", "1")
    assert (len(one["runs"]), one["more"]) == (1, True)
    assert "older runs" in cli("history", "--limit", "1").out
    refused = cli("history", "--limit", "0")
    assert (refused.code, "expected: at least 1" in refused.err) == (2, True)


def test_history_says_what_people_decided(here: Path, cli: Cli) -> None:
    signed = cli("approve", "last", "--as", "Ada", "--reason", "read \x1b[31mit", "--override")
    assert signed.code in (0, 1), signed.err
    decisions = asked(cli, "history")["runs"][0]["decisions"]
    assert [(d["by"], d["reason"]) for d in decisions] == [("Ada", "read \x1b[31mit")]
    text = cli("history").out
    assert "by Ada on" in text
    assert "\x1b" not in text
    assert asked(cli, "why", "1000")["decisions"] == decisions
    assert asked(cli, "why", "1000")["review"] == "approved"


@pytest.mark.parametrize("signed", [0, 1], ids=["the newest", "the one before"])
def test_what_was_decided_holds_for_every_run_that_found_the_same(here: Path, cli: Cli, signed: int) -> None:
    """One bundle is signed, whichever run is named: no run beside it goes on to wait for a review that it had."""
    assert cli("run", "--quiet").code in (0, 1, 3)
    runs = [r["run"] for r in asked(cli, "history")["runs"]]
    assert cli("reject", runs[signed], "--as", "Ada", "--reason", "read it").code == 0
    record = asked(cli, "history")["runs"]
    assert {(r["state"], r["exit_code"]) for r in record} == {("rejected", 1)}
    text = " ".join(cli("history").out.split())
    assert text.count(f"as the run {runs[signed][:6]}, which found the same: “read it”") == 1
    assert text.count("rejected by Ada on") == 2


def test_a_run_that_found_something_else_keeps_its_state(here: Path, cli: Cli) -> None:
    toml = here / "sterling.toml"
    toml.write_text(toml.read_text().replace("max_gap = 0.05", "max_gap = 0.9"))
    assert cli("run", "--quiet").code in (0, 1, 3)
    before = asked(cli, "history")["runs"][1]
    assert cli("reject", "last", "--as", "Ada", "--reason", "read it").code == 0
    assert asked(cli, "history")["runs"][1] == before
