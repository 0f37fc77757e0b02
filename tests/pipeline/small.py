"""Small projects on made-up tables, and what a run of one did: for tests that carry projects out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from sterling.core.project_file import read_project
from sterling.core.records import Artifact
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.pipeline.conduct import run_project
from sterling.pipeline.finish import Outcome
from sterling.pipeline.made import made_by

TRAINED = """
[project]
name = "small"

[data]
path = "people.parquet"
label = "y"
positive = 1
groups = ["g"]
id = "id"

[train]
recipe = "logistic"
features = ["x", "kind"]
folds = 2

[[limit]]
name = "alike"
metric = "selection_rate"
max_gap = 0.1
"""
GIVEN = """
[project]
name = "given"

[data]
path = "people.parquet"
label = "y"
positive = 1
groups = ["g"]

[model]
scores = ["p"]

[[limit]]
name = "alike"
metric = "selection_rate"
max_gap = 0.1
"""
OWN = '\n[[step]]\nname = "clean"\nfunction = "steps.py:clean"\n'


def people(n: int = 400, seed: int = 7) -> pl.DataFrame:
    """Two groups, a feature that helps, one of three kinds, a score `p` near the truth, and a label drawn by it."""
    rng = np.random.default_rng(seed)
    group, x = rng.choice(["a", "b"], n), rng.normal(size=n)
    p = 1 / (1 + np.exp(-(x + 0.4 * (group == "a"))))
    return pl.DataFrame(
        {
            "id": np.arange(n), "g": group, "x": x, "kind": rng.choice(["u", "v", "w"], n), "p": p,
            "y": (rng.random(n) < p).astype(int),
        }
    )  # fmt: skip


def write(folder: Path, text: str = GIVEN, table: pl.DataFrame | None = None) -> Path:
    """A project in `folder` that has not been run."""
    folder.mkdir(parents=True, exist_ok=True)
    (people() if table is None else table).write_parquet(folder / "people.parquet")
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    return folder


def copied(made: Path, home: Path) -> Path:
    """A copy of a project, ledger and all."""
    return Path(shutil.copytree(made, home / made.name))


def edited(folder: Path, *changes: tuple[str, str], more: str = "") -> None:
    """Change the project file; each old piece of text must be there."""
    file = folder / "sterling.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text + more, encoding="utf-8")


def ledger_of(folder: Path) -> SqlLedger:
    return open_ledger(folder / ".sterling", create=True)


def carried_out(folder: Path, *, fresh: bool = False) -> Outcome:
    """Run the project once."""
    with ledger_of(folder) as ledger:
        return run_project(read_project(folder), ledger, fresh=fresh)


def killed(folder: Path, *unfinished: str) -> str:
    """Make of the newest run one whose process was killed within these steps, after the rest; returns its id."""
    with ledger_of(folder) as ledger:
        run = ledger.contexts("run")[-1]
        known = {k: v for k, v in run.properties.items() if k not in ("bundle", "bundle_parts", "exit_code")}
        steps = [replace(e, state="running", ended=None) for e in ledger.executions(run=run.id) if e.step in unfinished]
        ledger.put(*steps, replace(run, ended=None, properties={**known, "state": "running"}))
    return run.id


def steps_done(folder: Path, run: str) -> set[str]:
    """The steps that a run really carried out; those that it found done are not among them."""
    with ledger_of(folder) as ledger:
        return {e.step for e in ledger.executions(run=run, state="complete")}


def artifacts(folder: Path, run: str) -> Mapping[str, Artifact]:
    """What a run made, by role."""
    with ledger_of(folder) as ledger:
        executions = ledger.executions(run=run)
        return made_by(ledger, executions)


def frame(folder: Path, run: str, role: str) -> pl.DataFrame:
    """A table that a run made."""
    with ledger_of(folder) as ledger:
        return pl.read_parquet(ledger.path(artifacts(folder, run)[role].digest))


def digests(folder: Path, run: str) -> dict[str, str]:
    """The digest of all that a run made, by role, but for what is named by each project's own key."""
    named = ("row_keys", "predictions")
    return {role: a.digest for role, a in artifacts(folder, run).items() if role not in named}
