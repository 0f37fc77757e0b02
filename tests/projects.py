"""Whole projects that have been run once: made once for all tests of a process, and copied for each that wants one."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.house.law import ROOT

ROWS = 300
SMALL = """
[project]
name = "small"
title = "Small loans"
owner = "Olu"
decision = "granted"

[data]
path = "loans.csv"
label = "repaid"
positive = 1
favourable = 1
groups = ["district"]
id = "applicant"

[train]
recipe = "logistic"
features = ["income", "debt"]
folds = 3

[[limit]]
name = "granted alike"
metric = "selection_rate"
max_gap = 0.05

[review]
required = 1
"""


def write_small(folder: Path) -> Path:
    """A project of 300 made-up loans, not yet run. Ids begin at 1000; values of `income` are found nowhere else."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    lines = ["applicant,district,income,debt,repaid"]
    for i in range(ROWS):
        district = "north" if i % 3 else "south"
        income = round(chance.gauss(3.2 if district == "north" else 2.6, 0.9), 4)
        debt = round(chance.gauss(1.0, 0.5), 4)
        repaid = int(income - debt + chance.gauss(0, 1) > 1.2)
        lines.append(f"{1000 + i},{district},{income},{debt},{repaid}")
    (folder / "loans.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "sterling.toml").write_text(SMALL, encoding="utf-8")
    return folder


def carried_out(folder: Path) -> Path:
    """Run the project once, as a person would."""
    from sterling.cli.main import main

    assert main(["run", "--quiet", "--project", str(folder)]) in (0, 1, 3)
    return folder


@pytest.fixture(scope="session")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, run once. Not to be changed."""
    return carried_out(write_small(tmp_path_factory.mktemp("small") / "loans"))


@pytest.fixture
def small(small_made: Path, tmp_path: Path) -> Path:
    """A copy of the small project that was run once."""
    return Path(shutil.copytree(small_made, tmp_path / "loans"))


@pytest.fixture(scope="session")
def recidivism_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`examples/recidivism`, run once: its scores are a column of the table. Not to be changed."""
    folder = tmp_path_factory.mktemp("recidivism") / "recidivism"
    own = shutil.ignore_patterns(".sterling", "*.html", "*-card.md", "__pycache__")
    shutil.copytree(ROOT / "examples" / "recidivism", folder, ignore=own)
    return carried_out(folder)
