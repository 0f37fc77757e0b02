"""`sterling table`: forms and places, options that exclude each other, runs of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from sterling.cli.main import main
from tests.cli.conftest import Cli, planted

COLUMNS = ("--score", "p", "--groups", "g")


@pytest.mark.parametrize("ending", ["html", "md", "csv", "json"])
def test_the_ending_says_the_form(cli: Cli, folder: Path, ending: str) -> None:
    ended = cli("table", "four-fifths", "scores.csv", *COLUMNS, "--out", f"t.{ending}")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Table: t.{ending}\n3 questions wait for people")
    assert (folder / f"t.{ending}").stat().st_size > 200


def test_to_standard_output_goes_the_table_alone(cli: Cli, folder: Path) -> None:
    ended = cli("table", "four-fifths", "scores.csv", *COLUMNS, "--out", "-", "--format", "md")
    assert ended.code == 0 and ended.err == "" and ended.out.startswith("# Four-fifths screen")
    assert "Below 0.8: g b" in ended.out  # 0.6 over 0.8 is 0.75


def test_without_a_name_it_is_named_after_the_rule(cli: Cli, folder: Path) -> None:
    assert cli("table", "ll144", "scores.csv", *COLUMNS).code == 0
    assert (folder / "ll144.html").is_file()


def test_groups_may_be_made_from_a_column(cli: Cli, folder: Path) -> None:
    columns = ("--score", "p", "--groups", "g,cut(y, 1)")
    ended = cli("table", "four-fifths", "scores.csv", *columns, "--out", "-", "--format", "md")
    assert ended.code == 0 and "_By cut(y, 1)." in ended.out and "| under 1 |" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("table", "four-fifths", "scores.csv", "--project", "."), "knows its own data"),
        (("table", "four-fifths"), "there are no data"),
        (("table", "five-fifths", "scores.csv"), "five-fifths"),
        (("table", "four-fifths", "scores.csv", *COLUMNS, "--facts", "none.toml"), "cannot read the facts"),
        (("table", "model-risk", "scores.csv", "--score", "p"), "--label COLUMN"),
        (("table", "four-fifths", "scores.csv", "--score", "p", "--groups", "nope"), "scores.csv: there is no column"),
        (("table", "ll144", "scores.csv", "--score", "p", "--groups", "nope"), "scores.csv: there is no column"),
    ],
)
def test_what_does_not_fit_ends_with_two(cli: Cli, folder: Path, words: tuple[str, ...], said: str) -> None:
    ended = cli(*words)
    assert ended.code == 2 and said in ended.err and "Traceback" not in ended.err


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
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project that was run once."""
    folder = tmp_path_factory.mktemp("project")
    planted().write_csv(folder / "scores.csv")
    (folder / "sterling.toml").write_text(PROJECT, encoding="utf-8")
    assert main(["run", "--project", str(folder), "--quiet"]) in (0, 1, 3)
    return folder


@pytest.mark.parametrize("rule", ["four-fifths", "ll144", "model-risk"])
def test_a_run_gives_the_numbers_that_its_rows_give(
    cli: Cli, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("table", rule, "--project", str(finished), "--out", "run.csv").code == 0
    label = ("--label", "y", "--positive", "1")
    cut = ("--threshold", "0.5") if rule == "ll144" else ()
    data = (str(finished / "scores.csv"), *COLUMNS, *label, *cut, "--people", "people")
    assert cli("table", rule, *data, "--out", "data.csv").code == 0
    of_run, of_data = ((tmp_path / f"{name}.csv").read_text(encoding="utf-8") for name in ("run", "data"))
    assert of_run == of_data


def test_a_run_that_weighted_its_rows_is_refused(cli: Cli, finished: Path, tmp_path: Path) -> None:
    for name in ("scores.csv", "sterling.toml"):
        (tmp_path / name).write_bytes((finished / name).read_bytes())
    text = (tmp_path / "sterling.toml").read_text(encoding="utf-8").replace('id = "id"', 'id = "id"\nweight = "w"')
    (tmp_path / "sterling.toml").write_text(text, encoding="utf-8")
    assert main(["run", "--project", str(tmp_path), "--quiet"]) in (0, 1, 3)
    ended = cli("table", "four-fifths", "--project", str(tmp_path))
    assert ended.code == 2 and "weighted rows" in ended.err
