"""`sterling run` as a person meets it: what is said, exit codes, and what becomes of a run that is disturbed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from sterling.ledger import open_ledger
from sterling.ledger.verify import verify
from tests.pipeline.small import OWN, edited, people, write

from .conftest import Cli

MAIN = [sys.executable, "-c", "import sys; from sterling.cli.main import main; sys.exit(main())"]
WAITS = "import time\n\ndef clean(table):\n    open('at-work', 'w').close()\n    time.sleep(60)\n    return table\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of given scores, the current folder."""
    folder = write(tmp_path / "p")
    monkeypatch.chdir(folder)
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_steps_are_told_with_time_and_then_as_unchanged(here: Path, cli: Cli) -> None:
    first = cli("run")
    assert first.code in (0, 1, 3)
    assert re.search(r"^  Reading the data +\d+\.\d s$", first.err, re.MULTILINE)
    assert re.search(r"^Run: +[0-9a-f]{12}, ledger head [0-9a-f]{12} \([\d,]+ records\)$", first.out, re.MULTILINE)
    assert (here / "report.html").is_file()
    second = cli("run")
    assert second.code == first.code
    assert set(re.findall(r"(\S+)$", second.err, re.MULTILINE)) == {"unchanged"}
    assert "unchanged" not in cli("run", "--fresh").err
    quiet = cli("run", "-q")
    assert (quiet.out, quiet.err) == ("", "")


@pytest.mark.parametrize(("bound", "code"), [("0.9", 0), ("0.05", 1), ("0.22", 3)])
def test_exit_codes_follow_the_limits(here: Path, cli: Cli, bound: str, code: int) -> None:
    edited(here, ("max_gap = 0.1", f"max_gap = {bound}"))
    assert cli("run", "-q").code == code


def test_one_who_waits_for_people_is_told_how_to_sign(here: Path, cli: Cli) -> None:
    edited(here, ("max_gap = 0.1", "max_gap = 0.9"), more="\n[review]\nrequired = 1\n")
    ended = cli("run")
    assert ended.code == 3
    told = ended.out.replace("\n", " ")
    assert "signing back: sterling risks" in told
    run = re.search(r"sterling approve ([0-9a-f]{6}) --as NAME", told)
    assert run is not None
    assert not (here / "model-card.html").exists()
    assert cli("approve", run.group(1), "--as", "Ada", "--reason", "read", "--override").code == 0
    assert (here / "model-card.html").exists()
    assert cli("run", "-q").code == 0


def test_a_broken_promise_says_why_and_what_to_do(here: Path, cli: Cli) -> None:
    people().with_columns(y=pl.lit(1)).write_parquet(here / "people.parquet")
    ended = cli("run")
    assert ended.code == 1
    assert "Stopped before training: a promise about the data is broken." in ended.out
    assert "every label in y is the same" in ended.out
    assert "sterling risks" in ended.out
    assert not (here / "report.html").exists()
    for option in ("--json", "--junit", "--sarif"):
        assert cli("run", "-q", option, f"out{option}").code == 1
    problem = "every label in y is the same: there is nothing to learn or to compare"
    assert json.loads((here / "out--json").read_text())["problems"] == [problem]
    suites = ET.fromstring((here / "out--junit").read_text())
    assert (suites.get("tests"), suites.get("failures")) == ("1", "1")
    (case,) = suites.iter("testcase")
    assert (case.get("name"), case.get("file")) == (problem, "sterling.toml")
    assert case.find("failure") is not None
    (coded,) = json.loads((here / "out--sarif").read_text())["runs"]
    (result,) = coded["results"]
    assert (result["kind"], result["message"]["text"]) == ("fail", problem)
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sterling.toml"
    told = cli("run", "--json", "-")
    record = json.loads(told.out)
    assert (told.code, record["state"], record["exit_code"]) == (1, "stopped", 1)
    assert record["problems"] == ["every label in y is the same: there is nothing to learn or to compare"]


def test_github_hears_of_broken_data(here: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    people().with_columns(y=pl.lit(1)).write_parquet(here / "people.parquet")
    summary = here / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(here))
    ended = cli("run", "--github", "--json", "-")
    assert ended.code == 1
    assert json.loads(ended.out)["state"] == "stopped"
    title = "title=A promise about the data is broken"
    said = "every label in y is the same: there is nothing to learn or to compare"
    assert f"::error file=sterling.toml,line=1,{title}::{said}" in ended.err.splitlines()
    text = summary.read_text()
    assert text.startswith("## ")
    assert "nothing was trained or measured" in text
    assert f"- {said.replace(':', chr(92) + ':')}" in text


def test_what_a_step_prints_does_not_mix_with_data(here: Path, cli: Cli) -> None:
    edited(here, more=OWN)
    (here / "steps.py").write_text("print('loading')\ndef clean(table):\n    print('cleaning')\n    return table\n")
    ended = cli("run", "--json", "-")
    assert json.loads(ended.out)["exit_code"] == ended.code
    assert "loading" in ended.err
    assert "cleaning" in ended.err


def test_a_failing_step_is_one_message(here: Path, cli: Cli) -> None:
    edited(here, more=OWN)
    (here / "steps.py").write_text("def clean(table):\n    raise KeyError(table['x'][0])\n")
    ended = cli("run")
    assert ended.code == 2
    assert "error: steps.py:2: the step 'clean' stopped with KeyError" in ended.err
    assert "Traceback" not in ended.err
    assert f"{people()['x'][0]:.4f}" not in ended.err
    assert "Traceback" in cli("run", "--debug").err
    states = [r["state"] for r in json.loads(cli("history", "--json").out)["runs"]]
    assert states == ["failed", "failed"]


def test_a_mistake_of_our_own_is_recorded_too(here: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.pipeline.steps.measure.examine", lambda *a, **k: 1 / 0)
    ended = cli("run")
    assert ended.code == 4
    assert "ZeroDivisionError in sterling/pipeline/" in ended.err
    assert json.loads(cli("history", "--json").out)["runs"][0]["state"] == "failed"
    monkeypatch.undo()
    assert cli("run", "-q", "--project", str(here)).code in (0, 1, 3)


def test_machines_get_data_alone(here: Path, cli: Cli) -> None:
    ended = cli("run", "--json", "-", "--junit", "o.xml", "--sarif", "o.sarif")
    assert json.loads(ended.out)["exit_code"] == ended.code
    assert (here / "o.xml").read_text().startswith("<?xml")
    assert json.loads((here / "o.sarif").read_text())["version"] == "2.1.0"


def test_github_hears_of_changes(here: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = here / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert cli("run", "--github").code in (0, 1, 3)
    assert "Since run" not in summary.read_text()
    summary.unlink()
    edited(here, ("max_gap = 0.1", "max_gap = 0.9"))
    assert cli("run", "--github").code == 0
    text = summary.read_text()
    assert re.search(r"### Since run [0-9a-f]{12}", text)
    assert re.search(r"\| alike \| (over|undecided) \| within \|", text)


def test_no_project(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = cli("run")
    assert ended.code == 2
    assert "there is no sterling.toml here or in a folder above" in ended.err


def test_a_ledger_of_a_newer_version(here: Path, cli: Cli) -> None:
    assert cli("run", "-q").code in (0, 1, 3)
    with contextlib.closing(sqlite3.connect(here / ".sterling" / "ledger.db")) as db, db:
        db.execute("INSERT INTO versions VALUES (999, '2030')")
    ended = cli("run")
    assert ended.code == 2
    assert "newer" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_while_a_step_is_at_work(here: Path, cli: Cli) -> None:
    """Within a second or two, although the step would take a minute; the next run carries on."""
    edited(here, more=OWN)
    (here / "steps.py").write_text(WAITS)
    process = subprocess.Popen([*MAIN, "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here)
    for _ in range(600):
        if (here / "at-work").exists():
            break
        time.sleep(0.05)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert time.monotonic() - sent < 5
    assert b"stopped: what had ended is kept, and sterling run carries on from there" in err
    assert b"Traceback" not in err
    assert out == b""
    with open_ledger(here / ".sterling") as ledger:
        assert verify(ledger).ok
        (context,) = ledger.contexts("run")
        assert context.properties["state"] == "interrupted"
        assert [e.state for e in ledger.executions(step="clean")] == ["canceled"]
    (here / "steps.py").write_text("def clean(table):\n    return table\n")
    ended = cli("run")
    assert ended.code in (0, 1, 3)
    assert re.search(r"Reading the data +unchanged", ended.err)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_disk_that_is_full(here: Path, cli: Cli) -> None:
    """As a limit on the size of files: the report does not fit. Once there is room the run is carried on."""
    limited = MAIN[2].replace(
        "import sys;", "import sys, resource; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000));"
    )
    done = subprocess.run([*MAIN[:2], limited, "run"], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(r"full|too large|cannot be written", done.stderr)
    assert not (here / "report.html").exists()
    assert cli("run", "-q").code in (0, 1, 3)
    with open_ledger(here / ".sterling") as ledger:
        assert verify(ledger).ok


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project on a file system that cannot be written."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        if os.geteuid() == 0:
            pytest.skip("mounting a file system is not allowed here, and nothing else stops root from writing")
        write(folder).chmod(0o500)
        return folder
    write(folder)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    return folder


def test_a_folder_that_cannot_be_written(sealed: Path, cli: Cli) -> None:
    try:
        ended = cli("run", "--project", str(sealed))
        assert ended.code == 2
        assert re.search(r"cannot (be made|write|be written)|read-only", ended.err, re.IGNORECASE), ended.err
        assert "Traceback" not in ended.err
    finally:
        subprocess.run(["umount", "-l", str(sealed)], check=False, capture_output=True)
        sealed.chmod(0o700)


def test_only_the_report_cannot_be_written(here: Path, cli: Cli) -> None:
    """Everything else is recorded, and the next run draws it."""
    (here / "report.html").mkdir()
    ended = cli("run")
    assert ended.code == 2
    assert "cannot write the file" in ended.err
    (here / "report.html").rmdir()
    ended = cli("run")
    assert ended.code in (0, 1, 3)
    assert set(re.findall(r"(\S+)$", ended.err, re.MULTILINE)) == {"unchanged"}
