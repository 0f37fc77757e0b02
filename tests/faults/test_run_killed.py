"""A run that is killed loses nothing that was recorded, and the next one ends with the same evidence bytes.

Real processes, killed with SIGKILL: after every record of a run of given scores, of a run that does all that a run can
(data questions, own step, remedy, training, search, cards), and of somebody who signs; at seeded random moments inside
every step; and while report and cards are drawn and written. 88 kills in all.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sterling.core.project_file import read_project
from sterling.core.records import Ledger, Record
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import verify
from sterling.pipeline.conduct import run_project
from sterling.pipeline.made import made_by
from sterling.pipeline.recording import Recording
from sterling.pipeline.wiring import CARDS
from tests.faults.killed_run import approve as killed_approval
from tests.faults.killed_run import main as killed_run
from tests.faults.killed_run import one_by_one, sign
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
    '[model]\nscores = ["p"]',
    """[train]
recipe = "logistic"
folds = 2
drop = ["p"]
[alternatives]
budget = 2
[[step]]
name = "ours"
function = "own.py:doubled"
[[remedy]]
name = "deduplicate"
[[ask]]
check = "DA010"
""",
)
OWN = "import polars as pl\n\n\ndef doubled(table):\n    return table.with_columns(twice=pl.col('x') * 2)\n"
REVIEWED = GIVEN.replace('name = "given"', 'name = "reviewed"') + "[review]\nrequired = 1\n"
STEPS = (
    "ingest", "ours", "remedy deduplicate", "validate", "data", "split", "train", "keys", "score", "predictions",
    "evaluate", "evidence", "judge", "alternatives",
)  # fmt: skip
MOMENTS = 2
"""Random moments inside every step."""
LAST = (("project_page", 1), ("card_files", 1), ("write_atomic", 1), ("write_atomic", 2))
"""What is drawn and written after the last step, and at which call: the report, the cards, their files."""
SIGNED = (("project_page", 1), ("card_files", 1), ("write_atomic", 2))


@dataclass(frozen=True)
class Reference:
    """A run that nobody disturbed: how often it recorded something, in which steps, and what it made."""

    folder: Path
    puts: int
    steps: frozenset[str]
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
    # rows and predictions are named by each project's own key
    named = ("row_keys", "predictions")
    return {role: a.digest for role, a in made_by(ledger, executions).items() if role not in named}


def _reference(folder: Path, text: str) -> Reference:
    folder.mkdir()
    _people(folder)
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    project = read_project(folder)
    fresh = folder.parent / f"{folder.name}-fresh"
    shutil.copytree(folder, fresh)
    ledger = open_ledger(read_project(fresh).state, create=True)
    with counted_puts() as puts:
        run = run_project(read_project(fresh), ledger).run
    assert project.name in str(folder)
    steps = frozenset(e.step for e in ledger.executions(run=run))
    return Reference(folder, len(puts), steps, _made(ledger, run))


@contextmanager
def counted_puts() -> Iterator[list[int]]:
    """As many entries as there are times that something is recorded, each by itself."""
    puts: list[int] = []
    put = SqlLedger.put

    def counted(self: SqlLedger, *records: Record) -> object:
        puts.append(len(records))
        return put(self, *records)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlLedger, "put", counted)
        patch.setattr(Recording, "put", one_by_one(Recording.put))
        yield puts


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return _reference(tmp_path_factory.mktemp("killed") / "given", GIVEN)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return _reference(tmp_path_factory.mktemp("killed") / "trained", TRAINED)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """A run that waits for a signature; its puts are those of the one who signs."""
    home = tmp_path_factory.mktemp("killed")
    made = _reference(home / "reviewed", REVIEWED)
    folder = home / "waiting" / "reviewed"
    shutil.copytree(home / "reviewed-fresh", folder)
    with counted_puts() as puts:
        assert sign(home / "reviewed-fresh") == 0
    return replace(made, folder=folder, puts=len(puts))


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
    assert child.exitcode == KILLED, "it ended before its time, or its fault is on the error stream"
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
    assert [p.name for p in folder.glob(".*")] == [".sterling"]
    assert all((folder / name).is_file() for name in CARDS)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_killed_after_each_record(given: Reference, tmp_path: Path, part: int) -> None:
    assert given.puts > 8
    for n in range(1 + part, given.puts + 1, 4):
        _killed_and_carried_on(given, tmp_path / str(n), "records", str(n))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_killed_after_each_record_of_a_run_that_does_all_there_is(
    trained: Reference, tmp_path: Path, part: int
) -> None:
    assert trained.steps == set(STEPS), "every step of this run is among those that are killed inside"
    for n in range(1 + part, trained.puts + 1, 8):
        _killed_and_carried_on(trained, tmp_path / str(n), "records", str(n))


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_inside_a_step(trained: Reference, tmp_path: Path, step: str) -> None:
    moments = np.random.default_rng(STEPS.index(step)).exponential(0.05, size=MOMENTS)
    for i, moment in enumerate(moments):
        _killed_and_carried_on(trained, tmp_path / str(i), "within", step, str(moment))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "nth"), LAST)
def test_killed_while_the_report_and_the_cards_are_drawn_and_written(
    given: Reference, tmp_path: Path, name: str, nth: int
) -> None:
    moment = np.random.default_rng(len(name) + nth).exponential(0.05)
    _killed_and_carried_on(given, tmp_path, "calling", name, str(nth), str(moment))


def _killed_and_signed_again(reference: Reference, home: Path, *how: str) -> None:
    """What was signed stands, or was never recorded; who signs again ends with the run approved and its card there."""
    folder = Path(shutil.copytree(reference.folder, home / "reviewed"))
    before = _records(folder / ".sterling")
    child = started(killed_approval, str(folder), *how)
    child.join(timeout=120)
    assert child.exitcode == KILLED
    ledger = open_ledger(folder / ".sterling")
    assert verify(ledger).ok
    signed = len(ledger.decisions())
    assert sign(folder) == (2 if signed else 0), "the same person signs the same thing once"
    assert len(ledger.decisions()) == 1
    assert run_project(read_project(folder), ledger).state == "complete"
    assert _records(folder / ".sterling")[: len(before)] == before
    assert verify(ledger).ok
    assert {str(c.properties["state"]) for c in ledger.contexts("run")} == {"complete"}
    assert all((folder / name).is_file() for name in CARDS)


@pytest.mark.slow
def test_killed_after_each_record_of_a_signature(reviewed: Reference, tmp_path: Path) -> None:
    assert reviewed.puts > 1
    for n in range(1, reviewed.puts + 1):
        _killed_and_signed_again(reviewed, tmp_path / str(n), "records", str(n))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "nth"), SIGNED)
def test_killed_while_a_signature_draws_the_report_and_the_cards(
    reviewed: Reference, tmp_path: Path, name: str, nth: int
) -> None:
    _killed_and_signed_again(reviewed, tmp_path, "calling", name, str(nth), "0.02")


def test_so_many_kills_are_made_as_is_said(given: Reference, trained: Reference, reviewed: Reference) -> None:
    puts = (given.puts, trained.puts, reviewed.puts)
    made = sum(puts) + MOMENTS * len(STEPS) + len(LAST) + len(SIGNED)
    assert f"{made} kills in all" in (__doc__ or ""), (made, puts)


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
