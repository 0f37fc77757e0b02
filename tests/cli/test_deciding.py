"""`sterling approve`, `reject` and `risks` after a real run of a small project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sterling.cli.main import main
from tests.cli.conftest import Cli, planted

PROJECT = """
[project]
name = "small"
owner = "Olu"
[data]
path = "scores.csv"
label = "y"
groups = ["g"]
id = "id"
[model]
scores = ["p"]
[[limit]]
name = "gap"
metric = "selection_rate"
max_gap = 0.05
[review]
required = 1
reviewers = ["Ada", "Grace"]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was run once: over its limit, awaiting review."""
    folder = tmp_path_factory.mktemp("made")
    planted().write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(PROJECT, encoding="utf-8")
    assert main(["run", "--quiet", "--project", str(folder)]) == 1
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, as the current folder."""
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def test_a_risk_is_listed_accepted_and_then_the_run_is_signed(here: Path, cli: Cli) -> None:
    listed = cli("risks")
    assert listed.code == 0
    assert "holds signing back" in listed.out
    assert "is exceeded" in listed.out
    refused = cli("approve", "last", "--as", "Ada", "--reason", "read it")
    assert (refused.code, refused.out) == (2, "")
    assert "open risks hold signing back" in refused.err
    open_ = json.loads(cli("risks", "--json").out)["risks"]
    assert {r["holds_back"] for r in open_} == {"signing"}
    accepted = cli("risks", "accept", *(r["id"][:5] for r in open_), "--as", "olu", "--reason", "known")
    assert accepted.code == 0
    assert cli("risks").out.startswith("No risk is open.")
    everything = json.loads(cli("risks", "--all", "--json").out)["risks"]
    assert {(r["resolved"], r["step_taken"]) for r in everything} == {(True, "accepted by olu: known")}
    signed = cli("approve", "last", "--as", "Ada", "--reason", "read it")
    assert (signed.code, signed.err) == (0, "")
    assert "Approved by Ada" in signed.out
    assert "The run is approved." in signed.out
    assert "report.html" in signed.out
    assert "approved by Ada" in (here / "report.html").read_text(encoding="utf-8")
    assert cli("run", "--quiet").code == 1, "a signature turns no limit's 1 into 0"
    again = cli("approve", "last", "--as", "ada", "--reason", "again")
    assert again.code == 2
    assert "has approved this already" in again.err


def test_an_override_is_loud(here: Path, cli: Cli) -> None:
    signed = cli("approve", "last", "--as", "Eve", "--reason", "needed on Monday", "--override")
    assert signed.code == 0
    assert "APPROVED WITH AN OVERRIDE by Eve" in signed.out
    assert "overridden: Eve is not among the reviewers" in signed.out
    assert "overridden: 2 open risks hold signing back" in signed.out
    assert "OVERRIDDEN by Eve" in (here / "report.html").read_text(encoding="utf-8")


def test_a_rejection_as_data(here: Path, cli: Cli) -> None:
    said = json.loads(cli("reject", "last", "--as", "Grace", "--reason", "not yet", "--json").out)
    assert (said["format"], said["kind"], said["by"], said["state"]) == (
        "sterling.decision", "reject", "Grace", "rejected",
    )  # fmt: skip
    assert said["about"].startswith("sha256:")


@pytest.mark.parametrize(("words", "said"), [
    (["approve", "nope", "--as", "Ada", "--reason", "x"], "there is no run 'nope'"),
    (["approve", "last", "--reason", "x"], "a decision needs a name"),
    (["approve", "last", "--as", "Ada"], "a decision needs a reason"),
    (["approve", "--as", "Ada", "--reason", "x"], "RUN is missing"),
    (["approve", "last", "--as", "Adda", "--reason", "x"], "did you mean Ada?"),
    (["reject", "last", "--as", "Ada", "--reason", "x", "--override"], "there is no option --override"),
    (["risks", "acept", "ab"], "known: accept"),
    (["risks", "accept", "--as", "Ada", "--reason", "x"], "no risk is named"),
    (["risks", "accept", "zz", "--as", "Ada", "--reason", "x"], "there is no risk 'zz'"),
    (["risks", "accept", "", "--as", "Ada", "--reason", "x"], "there is no risk ''"),
])  # fmt: skip
def test_what_stands_in_the_way_is_said_and_nothing_is_recorded(
    here: Path, cli: Cli, words: list[str], said: str
) -> None:
    before = cli("risks", "--json").out
    ended = cli(*words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err or said.replace("known: ", "did you mean ") in ended.err
    assert "Traceback" not in ended.err
    assert cli("risks", "--json").out == before


def test_an_edited_project_is_run_before_it_is_signed(here: Path, cli: Cli) -> None:
    (here / "sterling.toml").write_text(PROJECT.replace("0.05", "0.4"), encoding="utf-8")
    refused = cli("approve", "last", "--as", "Ada", "--reason", "x", "--override")
    assert refused.code == 2
    assert "sterling.toml has changed since the run" in refused.err
    assert cli("run", "--quiet").code == 3
    (loosened,) = (r for r in json.loads(cli("risks", "--all", "--json").out)["risks"] if r["stage"] == "inference")
    assert (loosened["resolved"], loosened["closed_by"], loosened["holds_back"]) == (False, None, "signing")
    assert "loosened from 0.05 after results were seen" in loosened["issue"]


def test_a_decision_stands_though_nothing_can_be_drawn(here: Path, cli: Cli) -> None:
    (here / "report.html").unlink()
    (here / "report.html").mkdir()
    signed = cli("approve", "last", "--as", "Ada", "--reason", "x", "--override")
    assert signed.code == 0
    assert "APPROVED WITH AN OVERRIDE by Ada" in signed.out
    assert "Written" not in signed.out
    assert "cannot write the file" in signed.err
    assert "The decision is recorded and stands" in signed.err
    assert "sterling run" in signed.err
    assert "Traceback" not in signed.err
    (here / "report.html").rmdir()
    again = cli("approve", "last", "--as", "Ada", "--reason", "x", "--override")
    assert again.code == 2
    assert "has approved this already" in again.err
    assert "Written: report.html" in again.out
    assert "OVERRIDDEN by Ada" in (here / "report.html").read_text(encoding="utf-8")


def test_a_renamed_project_is_held_back_by_its_own_risks_alone(here: Path, cli: Cli) -> None:
    renamed = PROJECT.replace('name = "small"', 'name = "renamed"')
    (here / "sterling.toml").write_text(renamed, encoding="utf-8")
    assert cli("run", "--quiet").code == 1
    everything = json.loads(cli("risks", "--json").out)["risks"]
    own = [r["id"] for r in everything if r["holds_back"] == "signing"]
    assert len(everything) == 2 * len(own) == 4, "those of the old name stay open, and hold nothing back"
    assert cli("approve", "last", "--as", "Ada", "--reason", "x").code == 2
    assert cli("risks", "accept", *own, "--as", "Ada", "--reason", "known").code == 0
    assert cli("approve", "last", "--as", "Ada", "--reason", "x").code == 0


def test_changed_data_are_run_before_they_are_signed(here: Path, cli: Cli) -> None:
    table = here / "scores.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("0.9", "0.8"), encoding="utf-8")
    refused = cli("approve", "last", "--as", "Ada", "--reason", "x", "--override")
    assert (refused.code, refused.out) == (2, "")
    assert "scores.csv changed since the run" in refused.err
    assert "sterling run again first" in refused.err
    assert cli("run", "--quiet").code == 1
    assert cli("approve", "last", "--as", "Ada", "--reason", "x", "--override").code == 0


def test_data_that_are_not_there_forbid_nothing_and_are_written_down(here: Path, cli: Cli) -> None:
    (here / "scores.csv").unlink()
    signed = cli("approve", "last", "--as", "Ada", "--reason", "x", "--override")
    assert (signed.code, signed.err) == (0, "")
    assert "Not compared with what the run read, since it is not there: scores.csv" in " ".join(signed.out.split())
    said = json.loads(cli("approve", "last", "--as", "Grace", "--reason", "x", "--override", "--json").out)
    assert said["not_compared"] == ["scores.csv"]


def test_a_waiver_lets_the_run_by_and_is_told(here: Path, cli: Cli) -> None:
    waiver = '\n[[waiver]]\nlimit = "gap"\nowner = "Lin"\nreason = "cured in March"\nexpires = 2999-12-01\n'
    (here / "sterling.toml").write_text(PROJECT + waiver, encoding="utf-8")
    ran = cli("run", "--json", "run.json", "--junit", "run.xml", "--sarif", "run.sarif")
    assert ran.code == 3, "nothing is over its limit that is not waived; the signature is missing"
    assert "over your limit of 5; WAIVED by Lin until 1 Dec 2999: cured in March." in " ".join(ran.out.split())
    document = json.loads((here / "run.json").read_text(encoding="utf-8"))
    assert document["exit_code"] == 0
    assert document["verdicts"][0]["waiver"] == {"owner": "Lin", "reason": "cured in March", "expires": "2999-12-01"}
    assert "WAIVED by Lin" in (here / "run.xml").read_text(encoding="utf-8")
    assert '"suppressions"' in (here / "run.sarif").read_text(encoding="utf-8")
    waived = [r for r in json.loads(cli("risks", "--json").out)["risks"] if r["stage"] == "inference"]
    assert [(r["owner"], r["holds_back"]) for r in waived] == [("Lin", None)]


def test_broken_data_stop_before_training_until_somebody_answers(here: Path, cli: Cli) -> None:
    rows = (here / "scores.csv").read_text(encoding="utf-8").splitlines()
    (here / "scores.csv").write_text("\n".join([*rows, rows[1].replace("0.9", "0.8")]) + "\n", encoding="utf-8")
    stopped = cli("run")
    assert stopped.code == 1
    assert "is there more than once" in stopped.out
    held = [r for r in json.loads(cli("risks", "--json").out)["risks"] if r["stage"] == "data"]
    assert [r["holds_back"] for r in held] == ["training"]
    assert cli("run", "--quiet").code == 1
    assert cli("risks", "accept", held[0]["id"], "--as", "Ada", "--reason", "a known copy").code == 0
    assert "over your limit" in cli("run").out
