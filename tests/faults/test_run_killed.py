"""A run that is killed loses nothing that was recorded, and the next one ends with the same evidence bytes.

Real processes, killed with SIGKILL: after each time that a run of given scores records something, at every third
such time of a run that trains, and at seeded random moments inside its steps. 40 to 50 kills in all.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sterling.core.project_file import read_project
from sterling.core.records import Ledger
from sterling.ledger import open_ledger
from sterling.ledger.verify import verify
from sterling.pipeline.conduct import run_project
from sterling.pipeline.made import made_by
from sterling.pipeline.recording import Recording
from tests.faults.killed_run import main as killed_run
from tests.faults.killed_run import one_by_one
from tests.faults.processes import KILLED, started

GIVEN = """
[project]
name = "given"
[data]
path = "people.parquet"
label = "y"
groups = ["g"]
[model]
scores = ["p"]
[[limit]]
metric = "selection_rate"
max_gap = 0.1
"""
TRAINED = GIVEN.replace('name = "given"', 'name = "trained"').replace(
    '[model]\nscores = ["p"]', '[train]\nrecipe = "logistic"\nfolds = 2\ndrop = ["p"]\n[alternatives]\nbudget = 2'
)
STEPS = ("ingest", "split", "train", "score", "predictions", "evaluate", "judge", "alternatives")


@dataclass(frozen=True)
class Reference:
    """A run that nobody disturbed: how often it recorded something, and what it made."""

    folder: Path
    puts: int
    made: dict[str, str]


def _people(folder: Path) -> None:
    rng = np.random.default_rng(7)
    n = 400
    group = rng.choice(["a", "b"], n)
    x, noise = rng.normal(size=n), rng.normal(size=n)
    p = 1 / (1 + np.exp(-(x + 0.4 * (group == "a"))))
    table = pl.DataFrame({"g": group, "x": x, "noise": noise, "p": p, "y": (rng.random(n) < p).astype(int)})
    table.write_parquet(folder / "people.parquet")


def _made(ledger: Ledger, run: str) -> dict[str, str]:
    executions = ledger.executions(run=run)
    # predictions are named by each project's own key
    return {role: a.digest for role, a in made_by(ledger, executions).items() if role != "predictions"}


def _reference(folder: Path, text: str) -> Reference:
    folder.mkdir()
    _people(folder)
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    project = read_project(folder)
    fresh = folder.parent / f"{folder.name}-fresh"
    shutil.copytree(folder, fresh)
    ledger = open_ledger(read_project(fresh).state, create=True)
    puts = 0
    put = type(ledger).put

    def counted(self: Ledger, *records: object) -> object:
        nonlocal puts
        puts += 1
        return put(self, *records)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(ledger), "put", counted)
        patch.setattr(Recording, "put", one_by_one(Recording.put))
        run = run_project(read_project(fresh), ledger).run
    assert project.name in str(folder)
    return Reference(folder, puts, _made(ledger, run))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return _reference(tmp_path_factory.mktemp("killed") / "given", GIVEN)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return _reference(tmp_path_factory.mktemp("killed") / "trained", TRAINED)


def _records(state: Path) -> list[tuple[object, ...]]:
    """What the database holds, read without Sterling."""
    if not (state / "ledger.db").exists():
        return []
    with sqlite3.connect(state / "ledger.db") as connection:
        return connection.execute("SELECT seq, kind, body, hash FROM records ORDER BY seq").fetchall()


def _killed_and_carried_on(reference: Reference, home: Path, *how: str) -> None:
    folder = home / reference.folder.name
    shutil.copytree(reference.folder, folder)
    child = started(killed_run, str(folder), *how)
    child.join(timeout=120)
    assert child.exitcode in (KILLED, 0), "its fault is on the error stream"
    state = folder / ".sterling"
    before = _records(state)
    project = read_project(folder)
    ledger = open_ledger(state, create=True)
    assert verify(ledger).ok
    done = {e.step for e in ledger.executions(state="complete")}
    outcome = run_project(project, ledger)
    after = _records(state)
    assert after[: len(before)] == before, "something recorded was lost or changed"
    assert verify(ledger).ok
    assert _made(ledger, outcome.run) == reference.made
    again = {e.step for e in ledger.executions(run=outcome.run, state="complete")}
    assert not again & done, "a step that had ended was carried out again"
    states = [str(c.properties["state"]) for c in ledger.contexts("run")]
    assert "running" not in states
    assert not ledger.executions(state="running")
    assert (folder / "report.html").stat().st_size > 50_000
    assert not list(folder.glob(".report*"))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_killed_after_each_record(given: Reference, tmp_path: Path, part: int) -> None:
    assert given.puts > 8
    for n in range(1 + part, given.puts + 1, 4):
        _killed_and_carried_on(given, tmp_path / str(n), "records", str(n))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
def test_killed_between_steps_of_a_run_that_trains(trained: Reference, tmp_path: Path, part: int) -> None:
    for n in range(3 + 3 * part, trained.puts + 1, 9):
        _killed_and_carried_on(trained, tmp_path / str(n), "records", str(n))


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_inside_a_step(trained: Reference, tmp_path: Path, step: str) -> None:
    moments = np.random.default_rng(STEPS.index(step)).exponential(0.05, size=2)
    for i, moment in enumerate(moments):
        _killed_and_carried_on(trained, tmp_path / str(i), "within", step, str(moment))


def test_two_runs_at_once_one_is_told_to_wait(given: Reference, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    shutil.copytree(given.folder, folder)
    command = [sys.executable, "-m", "sterling.cli.main", "run", "--project", str(folder), "-q"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [(p.communicate(timeout=120)[1].decode(), p.returncode) for p in both]
    codes = sorted(code for _, code in said)
    assert codes[0] in (0, 1, 2, 3)
    for words, code in said:
        assert "Traceback" not in words
        assert code != 2 or "another run of this project is at work" in words
    ledger = open_ledger(folder / ".sterling")
    assert verify(ledger).ok
    assert json.dumps([c.properties["state"] for c in ledger.contexts("run")]).count("running") == 0
