"""`sterling init`: writes files that can be read, never over what is there; asks at a terminal, or takes options."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import sys
import time
import tomllib
from pathlib import Path

import polars as pl
import pytest

from sterling.core.project_file import read_project
from sterling.core.scope_file import read_scope
from sterling.pipeline.suggesting import suggest
from tests.house.law import ROOT

from .conftest import Cli, Ended

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
FLAGS = ("--data", "loans.parquet", "--label", "approved", "--train", "logistic")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, holding a table."""
    shutil.copy(LENDING, tmp_path / "loans.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_has_another_role_is_no_group(cli: Cli, home: Path) -> None:
    table = pl.DataFrame({"Age": range(20, 140), "said": [30.5, 60.0] * 60, "sex": ["f", "m", "m"] * 40})
    table.write_csv(home / "t.csv")
    said = ("--data", "t.csv", "--task", "regression", "--label", "Age", "--prediction", "said", "--yes")
    assert cli("init", *said).code == 0
    assert read_project(home).data.groups == ("sex",)


def test_a_column_that_tells_a_group_is_the_label_only_where_somebody_says_so(cli: Cli, home: Path) -> None:
    pl.DataFrame({"married": [0, 1] * 60, "income": [float(i % 7) for i in range(120)]}).write_csv(home / "t.csv")
    refused = cli("init", "--data", "t.csv", "--yes")
    assert (refused.code, "no terminal" in refused.err) == (2, False)
    assert "--label is missing, and with --yes nothing is asked" in refused.err
    assert "columns with two values: married" in refused.err
    assert cli("init", "--data", "t.csv", "--label", "married", "--yes").code == 0
    assert (read_project(home).data.label, read_project(home).data.groups) == ("married", ())


def test_without_groups_those_that_may_be_meant_are_named_and_not_taken(cli: Cli, home: Path) -> None:
    said = " ".join(cli("init", *FLAGS).out.split())
    assert 'no group is compared yet. By their names these may tell groups: "race", "sex"' in said
    assert read_project(home).data.groups == ()


def test_that_groups_were_taken_by_their_names_is_said(cli: Cli, home: Path) -> None:
    assert "Groups: race, sex (taken by their names" in cli("init", "--data", "loans.parquet", "--yes").out


def test_groups_that_somebody_typed_were_not_taken_by_their_names(cli: Cli, home: Path) -> None:
    said = cli("init", "--data", "loans.parquet", "--groups", "race,sex", "--yes").out
    assert "Groups: race, sex\n" in said


def test_a_name_with_a_quote_can_be_copied(cli: Cli, home: Path) -> None:
    pl.read_parquet("loans.parquet").rename({"sex": 'the "sex"'}).write_parquet("loans.parquet")
    assert '"race", "the \\"sex\\""' in " ".join(cli("init", *FLAGS).out.split())


@pytest.mark.parametrize(
    ("more", "words"),
    [((), "positive is 1, which is what a person wants"),
     (("--favourable", "0"), "positive is 1, and a person wants 0: to be selected is bad for them")],
)  # fmt: skip
def test_how_the_label_is_read_is_said(cli: Cli, home: Path, more: tuple[str, ...], words: str) -> None:
    said = " ".join(cli("init", *FLAGS, *more).out.split())
    assert f"Label: approved; {words} change positive and favourable in [data]" in said


def test_a_model_of_numbers_has_a_limit_without_a_unit_and_no_decision(cli: Cli, home: Path) -> None:
    pl.DataFrame({"true": [float(i) for i in range(80)], "said": [1.5] * 80, "g": ["u", "v"] * 40}).write_csv("n.csv")
    given = ("--data", "n.csv", "--task", "regression", "--label", "true", "--prediction", "said", "--groups", "g")
    assert cli("init", *given).code == 0
    text = (home / "sterling.toml").read_text(encoding="utf-8")
    assert 'metric = "mean_absolute_error"\n# min_ratio = 0.8' in text
    assert "max_gap" not in text
    assert "selected" not in text
    rest, _, limit = text.partition("# [[limit]]")
    bare = "\n".join(line.removeprefix("# ") for line in limit.splitlines())
    (home / "sterling.toml").write_text(f"{rest}[[limit]]{bare}", encoding="utf-8")
    assert len(read_project(home).policy.limits) == 1


def test_from_options(cli: Cli, home: Path) -> None:
    about = ("--name", "loans", "--people", "applicants", "--purpose", 'Say "yes" or \\no', "--owner", "Kim")
    people = ("--decision", "approved", "--reviewers", "Ada, Grace", "--reviewers", "Alan")
    label = ("--positive", "1", "--favourable", "1", "--label-kind", "human_decision")
    ended = cli("init", *FLAGS, *label, "--groups", "race,sex", "--id", "id", *about, *people)
    assert (ended.code, ended.err) == (0, "")
    assert "Next: " in ended.out
    project = read_project(home)
    assert (project.name, project.people, project.owner) == ("loans", "applicants", "Kim")
    assert (project.decision, project.review.reviewers) == ("approved", ("Ada", "Grace", "Alan"))
    assert project.purpose == 'Say "yes" or \\no'
    assert project.data.path == "loans.parquet"
    assert (project.data.positive, project.data.favourable, project.data.label_kind) == ("1", "1", "human_decision")
    assert project.data.groups == ("race", "sex")
    assert project.data.drop == ("score",)
    assert project.train is not None
    assert project.policy.limits == ()
    assert (home / "sterling.toml").read_text().startswith("#:schema .sterling/schema/project-1.json\n")
    assert (home / ".sterling" / "schema" / "project-1.json").is_file()
    assert (home / ".gitignore").read_text().splitlines() == [".sterling/", "report.html", "*-card.html"]
    assert cli("check").code == 0


@pytest.mark.parametrize(
    ("values", "positive"), [((False, True), "true"), ((0, 1), "1"), ((0.0, 1.0), "1"), (("no", "yes"), "yes")]
)
def test_what_is_commented_out_works(cli: Cli, home: Path, values: tuple[object, object], positive: str) -> None:
    """The label's values that stand as comments are those of the data, and so are the questions about the table."""
    frame = pl.read_parquet("loans.parquet")
    column = pl.Series("approved", [values[int(v)] for v in frame["approved"]])
    frame.with_columns(column).write_parquet("loans.parquet")
    assert cli("init", *FLAGS, "--groups", "race", "--id", "id").code == 0
    path = home / "sterling.toml"
    text = path.read_text()
    assert f'# positive = "{positive}" ' in text
    for line in ("positive = ", "favourable = ", "[[ask]]", "check = "):
        text = text.replace(f"# {line}", line)
    path.write_text(text)
    project = read_project(home)
    assert (project.data.positive, project.data.favourable) == (positive, positive)
    assert [item["check"] for item in project.policy.asks] == ["DA016", "DA008"]
    assert cli("check").code == 0


def test_a_query_of_a_database(cli: Cli, home: Path) -> None:
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(home / "bank.db")) as db, db:
        db.execute("create table loans (id integer, approved integer, race text, term integer)")
        rows = [(i, i % 2, "ab"[i % 3 % 2], i % 5) for i in range(90)]
        db.executemany("insert into loans values (?, ?, ?, ?)", rows)
    assert "--sql" in cli("init", "--data", "bank.db", "--yes").err
    ended = cli("init", "--data", "bank.db", "--sql", "select * from loans", "--yes")
    assert (ended.code, ended.err) == (0, "")
    project = read_project(home)
    assert (project.data.path, project.data.sql, project.data.groups) == ("bank.db", "select * from loans", ("race",))
    assert project.decision == "selected"
    assert project.review.reviewers == ()
    assert cli("check").code == 0


def test_yes_takes_what_the_data_suggest(cli: Cli, home: Path) -> None:
    assert cli("init", "--data", "loans.parquet", "--yes").code == 0
    project = read_project(home)
    assert (project.data.label, project.data.groups, project.data.id) == ("approved", ("race", "sex"), "id")
    assert project.train is not None
    assert project.train.recipe == "logistic"
    assert project.scope is not None
    assert all(answer is None for answer in project.scope.answers.values())


@pytest.mark.parametrize(("option", "value"), [("--score", "score"), ("--model", "m.onnx")])
def test_a_model_that_exists(cli: Cli, home: Path, option: str, value: str) -> None:
    (home / "m.onnx").write_bytes(b"x")
    assert cli("init", *FLAGS[:4], option, value).code == 0
    model = read_project(home).model
    assert model is not None
    assert (model.scores, model.path) in ((("score",), None), ((), "m.onnx"))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), ("--data is missing", "--data loans.csv")),
        (("--data", "loans.parquet"), ("--label is missing", "approved")),
        (FLAGS[:4], ("--train is missing",)),
        (("--data", "none.csv", "--label", "y", "--train", "logistic"), ("none.csv",)),
        ((*FLAGS[:3], "aproved", *FLAGS[4:]), ("--label", "did you mean approved")),
        ((*FLAGS, "--groups", "rce"), ("--groups", "did you mean race")),
        ((*FLAGS, "--id", "idd"), ("--id", "did you mean id")),
        ((*FLAGS[:5], "logstic"), ("--train", "did you mean logistic")),
        ((*FLAGS, "--score", "score"), ("--train and --score exclude each other",)),
        ((*FLAGS[:4], "--model", "none.onnx"), ("--model", "there is no file")),
        ((*FLAGS, "--positive", "5"), ("positive value '5'",)),
        ((*FLAGS, "--name", "a b"), ("1 to 64 letters",)),
        ((*FLAGS, "--project", "none"), ("there is no such folder", "mkdir")),
        (("--data", "loans.parquet", "--label", "race", "--train", "logistic"), ("--positive",)),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(
    cli: Cli, home: Path, words: tuple[str, ...], named: tuple[str, ...]
) -> None:
    ended = cli("init", *words)
    assert (ended.code, ended.out) == (2, "")
    for text in named:
        assert text in ended.err
    assert [p.name for p in home.iterdir()] == ["loans.parquet"]


@pytest.mark.parametrize("link", [False, True])
def test_nothing_is_overwritten(cli: Cli, home: Path, link: bool) -> None:
    if link:
        (home / "sterling.toml").symlink_to(home / "gone")
    else:
        (home / "sterling.toml").write_text("mine")
    ended = cli("init", *FLAGS)
    assert ended.code == 2
    assert "not overwritten" in ended.err
    assert not (home / "scope.toml").exists()
    assert link or (home / "sterling.toml").read_text() == "mine"


def test_groups_that_are_made_of_a_number(home: Path, cli: Cli) -> None:
    """As `evaluate` takes them: under their plain spelling, and held against the table before anything is written."""
    ended = cli("init", *FLAGS, "--groups", "race,cut(income,25,40),quantiles(income, 3)")
    assert ended.code == 0, ended.err
    assert read_project(home).data.groups == ("race", "cut(income, 25, 40)", "quantiles(income, 3)")
    assert cli("check").code == 0


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ("cut(incme, 25)", ("'incme'", "did you mean income?")),
        ("cut(race, 25)", ("text, not numbers",)),
        ("cut(income, 40, 25)", ("do not ascend",)),
        ("quantile(income, 4)", ("did you mean quantiles?", "quantiles(income, 4)")),
    ],
)
def test_groups_that_cannot_be_made(home: Path, cli: Cli, groups: str, words: tuple[str, ...]) -> None:
    ended = cli("init", *FLAGS, "--groups", groups)
    assert ended.code == 2
    assert all(word in ended.err for word in words), ended.err
    assert not (home / "sterling.toml").exists()


def test_other_files_are_kept(cli: Cli, home: Path) -> None:
    (home / "scope.toml").write_text('users = ["mine"]\n')
    (home / ".gitignore").write_text("report.html\n*.tmp")
    ended = cli("init", *FLAGS)
    assert ended.code == 0
    assert "scope.toml was there and is kept" in ended.out
    assert read_scope(home / "scope.toml").users == ("mine",)
    assert (home / ".gitignore").read_text() == "report.html\n*.tmp\n.sterling/\n*-card.html\n"


def test_data_elsewhere_are_listed(cli: Cli, home: Path) -> None:
    (home / "p").mkdir()
    ended = cli("init", *FLAGS, "--project", "p")
    assert ended.code == 0
    assert "listed in allow" in ended.out
    project = read_project(home / "p")
    assert project.data.path == str((home / "loans.parquet").resolve())
    assert project.allowed_folders == (home.resolve(),)
    assert cli("check", "--project", "p").code == 0


def test_a_glob_and_a_link(cli: Cli, home: Path) -> None:
    (home / "data").mkdir()
    (home / "loans.parquet").rename(home / "data" / "a.parquet")
    (home / "p").mkdir()
    (home / "p" / "linked.parquet").symlink_to(home / "data" / "a.parquet")
    (home / "q").mkdir()
    assert cli("init", "--data", "p/linked.parquet", *FLAGS[2:], "--project", "p").code == 0
    assert read_project(home / "p").allowed_folders == ((home / "data").resolve(),)
    assert cli("init", "--data", "data/*.parquet", *FLAGS[2:], "--project", "q").code == 0
    assert read_project(home / "q").allowed_folders == ((home / "data").resolve(),)
    assert cli("init", "--data", "data/*.parquet", *FLAGS[2:]).code == 0
    assert read_project(home).data.path == "data/*.parquet"


def test_hostile_names_stay_names(cli: Cli, home: Path) -> None:
    """Quotes, newlines and controls in names of columns are written so that they are read back, and never obeyed."""
    odd = 'ra"ce\n[x]\n\x7f\x1b[2J'
    pl.DataFrame({"y": [0, 1] * 20, odd: ["a", "b"] * 20}).write_parquet(home / "t.parquet")
    ended = cli("init", "--data", "t.parquet", "--label", "y", "--groups", f'"{odd.replace(chr(34), chr(34) * 2)}"',
                "--train", "logistic")  # fmt: skip
    assert ended.code == 0, ended.err
    assert read_project(home).data.groups == (odd,)
    assert "\x1b" not in ended.out
    assert tomllib.loads((home / "scope.toml").read_text(encoding="utf-8"))


def test_a_folder_that_cannot_be_written_to(cli: Cli, home: Path) -> None:
    (home / ".sterling").write_text("a file in the way")
    ended = cli("init", *FLAGS)
    assert ended.code == 2
    assert ".sterling" in ended.err
    assert not (home / "sterling.toml").exists()


def _at_a_terminal(folder: Path, answers: list[str], *, then: tuple[str, bytes] = ("", b"")) -> Ended:
    """Run the command at a pseudo-terminal that has these lines typed ahead; `then`: a text to wait for, and a key."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may be ignored where the tests run in the background
        code = "import sys; from sterling.cli.main import main; sys.exit(main())"
        os.execv(sys.executable, [sys.executable, "-c", code, "init"])
    os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())
    seen, end, (words, key) = b"", time.monotonic() + 60, then
    while time.monotonic() < end:
        if key and words.encode() in seen:
            os.write(terminal, key)
            key = b""
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return Ended(os.waitstatus_to_exitcode(status), seen.decode(), "")


def test_asked_at_a_terminal(home: Path) -> None:
    """A wrong answer is asked again with the reason, Enter takes a suggestion, and an open question stays open."""
    answers = [
        "none.csv", "loans.parquet", "", "human_decision", "loans", "", "", "race,sx", "race,sex", "", "train",
        "logistic", "Pre-sort", "applicants", "approved", "", "Ada, Grace", "loan officers", "", "", "y", "y", "n",
        *["?"] * 23,
    ]  # fmt: skip
    ended = _at_a_terminal(home, answers)
    assert ended.code == 0, ended.out
    assert "there is no such file" in ended.out
    assert "did you mean sex?" in ended.out
    project = read_project(home)
    assert (project.name, project.purpose, project.owner) == ("loans", "Pre-sort", None)
    assert (project.decision, project.review.reviewers) == ("approved", ("Ada", "Grace"))
    assert (project.data.label, project.data.positive, project.data.groups) == ("approved", "1", ("race", "sex"))
    assert project.scope is not None
    assert project.scope.users == ("loan officers",)
    assert project.scope.affected == ()
    assert project.scope.answers["decides_access"] is True
    assert project.scope.answers["biometrics"] is False
    assert project.scope.answers["automatic"] is None
    assert "# max_gap = 0.05" in (home / "sterling.toml").read_text()


def test_an_interrupt_writes_nothing(home: Path) -> None:
    ended = _at_a_terminal(home, ["loans.parquet"], then=("Column with", b"\x03"))
    assert ended.code == 130
    assert "nothing was written" in ended.out
    assert [p.name for p in home.iterdir()] == ["loans.parquet"]


LISTS = {
    "sets": [["a"], ["b", "a"]], "detection": [[{"x": 0, "y": 0, "width": 1, "height": 1, "class": "cat"}], []],
    "segmentation": [[[0, 1], [1, 1]], [[1, 1], [0, 0]]], "regression": [0.5, 1.5, 2.0, 2.5],
    "text": ["a cat sat here", "the dog ran off", "a cow ate the hay", "no cow did so"],
}  # fmt: skip


@pytest.mark.parametrize("task", LISTS)
def test_a_project_of_another_task(cli: Cli, home: Path, task: str) -> None:
    true = pl.Series((LISTS[task] * 40)[:80])
    scored = pl.element().struct.with_fields(score=pl.lit(0.5))
    said = true.to_frame("x").select(pl.col("x").list.eval(scored)).to_series() if task == "detection" else true
    pl.DataFrame({"true": true, "said": said, "g": ["u"] * 40 + ["v"] * 40}).write_parquet(home / "rows.parquet")
    assert suggest("rows.parquet").tasks["true"] == task
    model = ("--prediction", "said", "--groups", "g", "--label-kind", "annotation")
    ended = cli("init", "--data", "rows.parquet", "--task", task, "--label", "true", *model)
    assert (ended.code, ended.err) == (0, "")
    project = read_project(home)
    assert project.model is not None
    assert (project.data.task, project.model.predictions, project.model.scores) == (task, ("said",), ())
    assert project.people == {"segmentation": "images", "detection": "images", "text": "texts"}.get(task, "people")
    assert "positive" not in (home / "sterling.toml").read_text(encoding="utf-8")
    assert cli("check").code == 0


TASK_SLIPS = {
    "train": (("--task", "sets", "--train", "logistic"), "recipes train yes/no models, and the task is sets"),
    "nothing": (("--task", "sets"), "--prediction is missing"),
    "both": (("--prediction", "approved", "--score", "score"), "--score and --prediction exclude each other"),
    "column": (("--task", "text", "--prediction", "sayd"), "there is no column 'sayd'"),
    "positive": (("--task", "text", "--prediction", "race", "--positive", "1"), "have no positive value"),
}


@pytest.mark.parametrize("slip", TASK_SLIPS)
def test_slips_about_a_task(cli: Cli, home: Path, slip: str) -> None:
    given, what = TASK_SLIPS[slip]
    ended = cli("init", "--data", "loans.parquet", "--label", "approved", *given)
    assert ended.code == 2
    assert what in ended.err
    assert not (home / "sterling.toml").exists()
