"""A project carried out from Python says what the command line says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sterling as st
from sterling.cli.main import main

RECIDIVISM = Path(__file__).resolve().parents[2] / "examples" / "recidivism"


def test_the_same_run_by_either_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "recidivism"
    shutil.copytree(RECIDIVISM, folder, ignore=shutil.ignore_patterns(".sterling", "__pycache__"))
    outcome = st.run_project(folder)
    assert outcome.exit_code == 1
    assert outcome.dossier is not None
    assert main(["run", "--project", str(folder), "-q"]) == outcome.exit_code
    ledger = st.open_ledger(st.read_project(folder).state)
    first, second = ledger.contexts("run")
    assert first.id == outcome.run
    assert {e.state for e in ledger.executions(run=second.id)} == {"cached"}


def test_a_folder_without_a_project_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(st.ConfigError, match=r"no sterling\.toml"):
        st.run_project(tmp_path)
