"""A project whose model names one of several classes: its columns are given by a pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from sterling.cli.main import main
from tests.quality.multiclass.tables import made

PROJECT = """
[project]
name = "kinds"
purpose = "Tell kinds apart."
[data]
path = "rows.parquet"
task = "multiclass"
label = "y"
label_kind = "annotation"
groups = ["g"]
[model]
scores = ["p_{class}"]
[[limit]]
metric = "recall of b"
min = 0.1
"""


def test_a_project_of_several_classes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(300, ("a", "b", "c"), seed=1, skill=3.0).write_parquet(tmp_path / "rows.parquet")
    (tmp_path / "sterling.toml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    code = main(["run"])
    said = capsys.readouterr()
    assert code == 0, said.err
    assert "within your limit" in said.out + said.err
    assert "Class by class" in (tmp_path / "report.html").read_text(encoding="utf-8")
