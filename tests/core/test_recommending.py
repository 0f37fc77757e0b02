"""What is recommended can be pasted at the end of a project's file as it stands."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sterling.cli.main import main
from sterling.core.needs import BY_ID, assess
from sterling.core.project_file import parse_project, read_project
from sterling.core.recommending import recommended
from tests.house.law import ROOT

NAMES = ("lending", "income", "recidivism")
EVERYTHING = dict.fromkeys(BY_ID, True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("every", [False, True])
def test_pasted_into_each_example_it_passes_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, every: bool
) -> None:
    folder = Path(
        shutil.copytree(ROOT / "examples" / name, tmp_path / name, ignore=shutil.ignore_patterns(".sterling"))
    )
    project = read_project(folder)
    assert project.scope is not None
    text = recommended(assess(EVERYTHING) if every else project.scope.needs, project)
    file = folder / "sterling.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    assert main(["check", "--project", str(folder)]) == 0, capsys.readouterr().err
    if every:
        assert "min_n = 100" in text and text.count("[plan]") == 1 and text.count("level = 0.99") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lending", "# [review] is in the file; consider there:\n# required = 2"),
        ("lending", "# selection_rate max_gap has"),
        ("recidivism", "# [train] is for a project that trains its model:"),
        ("recidivism", "needs probabilities, and the model gives raw scores:\n# [[limit]]"),
        ("income", '# [split] is in the file; consider there:\n# by = "time"'),
    ],
)
def test_what_the_file_has_or_cannot_take_is_a_comment_that_says_so(name: str, said: str) -> None:
    text = recommended(assess(EVERYTHING), read_project(ROOT / "examples" / name))
    assert said.replace("selection_rate max_gap has", "max_gap of selection_rate has") in text


SMALL = """
[project]
name = "small"
[data]
path = "loans.csv"
label = "repaid"
{}
[train]
recipe = "logistic"
"""


@settings(max_examples=60)
@given(
    answers=st.dictionaries(st.sampled_from(sorted(BY_ID)), st.booleans()),
    more=st.sampled_from(["", 'groups = ["g"]', 'groups = ["g"]\ntime = "t"', 'groups = ["g"]\n[plan]\nmin_n = 5']),
)
def test_any_answers_give_text_that_is_read_once_and_leaves_what_was_there(answers: dict[str, bool], more: str) -> None:
    before = SMALL.format(more)
    project = parse_project(before, file=ROOT / "sterling.toml")
    text = recommended(assess(answers), project)
    after = tomllib.loads(f"{before}\n{text}\n")
    assert {k: after[k] for k in tomllib.loads(before)} == tomllib.loads(before)
    parse_project(f"{before}\n{text}\n", file=ROOT / "sterling.toml")
