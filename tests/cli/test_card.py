"""`sterling card`: one file, whole or not at all, in the form that was asked for."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from sterling.cli.main import main
from tests.cli.conftest import Cli, planted

PROJECT = """
[project]
name = "planted"
purpose = "Sort rows."
owner = "Ada"

[data]
path = "scores.csv"
label = "y"
positive = 1
favourable = 1
label_kind = "outcome"
groups = ["g"]
id = "id"

[model]
scores = ["p"]

[[limit]]
name = "gap"
metric = "selection_rate"
max_gap = 0.05
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project that was run once."""
    folder = tmp_path_factory.mktemp("project")
    planted().write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(PROJECT, encoding="utf-8")
    assert main(["run", "--project", str(folder), "--quiet"]) in (0, 1, 3)
    return folder


@pytest.fixture
def at(finished: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(finished)
    return finished


@pytest.mark.parametrize(("kind", "title"), [("model", "Model card"), ("data", "Data card"), ("dag", "Pipeline card")])
def test_every_kind_in_every_form(cli: Cli, at: Path, kind: str, title: str) -> None:
    for form in ("html", "md", "json"):
        ended = cli("card", kind, "--format", form)
        assert (ended.code, ended.err) == (0, "")
        path = at / f"{kind}-card.{form}"
        assert str(path.name) in ended.out and path.stat().st_size > 1_000
    assert f"# {title}: " in (at / f"{kind}-card.md").read_text(encoding="utf-8")
    read = json.loads((at / f"{kind}-card.json").read_text(encoding="utf-8"))
    assert read["schema_version"] == "0.0.2" if kind == "model" else read["format"] == "sterling.card"


def test_the_name_of_the_file_says_the_form(cli: Cli, at: Path) -> None:
    assert cli("card", "model", "--out", "README.md").code == 0
    assert (at / "README.md").read_text(encoding="utf-8").startswith('---\nlicense: "unknown"\n')


def test_to_standard_output_goes_the_card_alone(cli: Cli, at: Path) -> None:
    ended = cli("card", "data", "--out", "-", "--format", "md")
    assert ended.code == 0 and ended.out.startswith("# Data card: ") and ended.err == ""


def test_equal_ledgers_give_equal_cards(cli: Cli, at: Path) -> None:
    assert cli("card", "dag", "--out", "-").out == cli("card", "dag", "--out", "-", "--run", "last").out


def test_a_run_that_is_not_there_is_named(cli: Cli, at: Path) -> None:
    ended = cli("card", "model", "--run", "zzz")
    assert ended.code == 2 and "there is no run 'zzz'" in ended.err and "hint:" in ended.err


def test_an_unknown_card_is_a_slip(cli: Cli, at: Path) -> None:
    assert cli("card", "mdoel").code == 2


def test_the_card_of_an_older_run_leaves_that_of_the_newest_alone(
    cli: Cli, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.chdir(shutil.copytree(finished, tmp_path / "again"))
    first = json.loads(cli("history", "--json").out)["runs"][0]["run"]
    Path("sterling.toml").write_text(PROJECT.replace("0.05", "0.5"), encoding="utf-8")
    assert main(["run", "--quiet"]) in (0, 1, 3)
    assert cli("card", "data", "--format", "md").code == 0
    newest = Path("data-card.md").read_bytes()
    assert f"data-card-{first[:6]}.md" in cli("card", "data", "--format", "md", "--run", first[:8]).out
    assert Path("data-card.md").read_bytes() == newest != Path(f"data-card-{first[:6]}.md").read_bytes()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_message(cli: Cli, at: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ended = cli("card", "model", "--out", str(tmp_path / "card.md"))
    assert ended.code == 2 and "cannot write" in ended.err


def test_a_missing_folder_is_one_message(cli: Cli, at: Path) -> None:
    ended = cli("card", "model", "--out", "nowhere/card.md")
    assert ended.code == 2 and "cannot write the file" in ended.err and "Traceback" not in ended.err


def test_without_a_project_the_way_on_is_named(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = cli("card", "model")
    assert ended.code == 2 and "sterling init" in ended.err
