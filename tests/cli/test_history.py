"""`sterling history`: the runs of a project, newest first."""

from __future__ import annotations

from pathlib import Path

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
