"""A datasheet beside a project is found, asked about, and judged with the model's limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from sterling.cli.main import main
from sterling.core.project_file import read_project
from sterling.pipeline.steps.data import examining, table_questions
from tests.projects import write_small

LIMIT = '\n[[limit]]\nmetric = "retention_days_left"\nmin = 0\n'


def test_a_datasheet_is_asked_about_and_decides_the_step_s_key(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p")
    assert examining(read_project(folder)) is None
    (folder / "datasheet.toml").write_text('source = "a bank"\nretain_until = 2020-01-01\n', encoding="utf-8")
    project = read_project(folder)
    (asked,) = table_questions(project).asks
    assert (asked.check.code, asked.parameters["terms"]) == ("DA021", "datasheet.toml")
    step = examining(project)
    assert step is not None
    assert [f.name for f in step.files] == ["datasheet.toml"]


def test_the_project_s_own_ask_need_not_name_it(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p")
    (folder / "datasheet.toml").write_text('licence = "MIT"\n', encoding="utf-8")
    with (folder / "sterling.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[ask]]\nname = "terms"\ncheck = "DA021"\nlicences = ["MIT"]\n' + LIMIT)
    (asked,) = table_questions(read_project(folder)).asks
    assert (asked.name, asked.parameters["terms"], asked.parameters["licences"]) == (
        "terms",
        "datasheet.toml",
        ("MIT",),
    )


@pytest.mark.slow
def test_a_run_past_its_retention_is_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_small(tmp_path / "p")
    (folder / "datasheet.toml").write_text('source = "a bank"\nretain_until = 2020-01-01\n', encoding="utf-8")
    with (folder / "sterling.toml").open("a", encoding="utf-8") as file:
        file.write(LIMIT)
    assert main(["run", "--project", str(folder)]) == 1
    assert "must be erased" in capsys.readouterr().out
    (folder / "datasheet.toml").write_text('licens = "MIT"\n', encoding="utf-8")
    assert main(["run", "--project", str(folder)]) == 2
    assert "datasheet.toml:1" in capsys.readouterr().err
