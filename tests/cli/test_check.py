"""`sterling check`: what a project names is held against what there is, and nothing is run or written."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.project_file import read_project
from sterling.pipeline.checking import check_project, inspect_project
from tests.house.law import ROOT

from .conftest import Cli

HEAD = '[project]\nname = "p"\nowner = "Kim"\n[data]\npath = "scores.csv"\nlabel = "y"\ngroups = ["g"]\nid = "id"\n'
TRAIN = '[train]\nrecipe = "logistic"\nfeatures = ["w"]\n'
LIMIT = '[[limit]]\nname = "gap"\nmetric = "selection_rate"\nmax_gap = 0.05\n'


def _write(folder: Path, text: str) -> Path:
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["lending", "income", "recidivism"])
def test_the_examples(cli: Cli, name: str) -> None:
    folder = ROOT / "examples" / name
    ended = cli("check", "--project", str(folder))
    assert (ended.code, ended.err) == (0, "")
    assert "Next: sterling run" in ended.out
    assert "Not answered by people" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_it_says_how_the_label_is_read_and_what_a_person_wants(cli: Cli) -> None:
    said = " ".join(cli("check", "--project", str(ROOT / "examples" / "recidivism")).out.split())
    assert "rearrested: a new arrest within two years; positive is 1, and a person wants 0: to be" in said
    lending = ROOT / "examples" / "lending"
    assert "positive is 1, which is what a person wants" in " ".join(
        cli("check", "--project", str(lending)).out.split()
    )
    label = json.loads(cli("check", "--project", str(lending), "--json").out)["label"]
    assert (label["column"], label["kind"], label["positive"], label["favourable"]) == (
        "approved", "human_decision", "1", "1")  # fmt: skip
    rewriting = json.loads(cli("check", "--project", str(ROOT / "examples" / "rewriting"), "--json").out)["label"]
    assert rewriting["positive"] is None


def test_a_label_whose_kind_nobody_stated_is_said_to_have_none(cli: Cli, folder: Path) -> None:
    _write(folder, HEAD + TRAIN)
    said = cli("check").out
    assert "y: its kind is not stated; positive is" in " ".join(said.split())


def test_as_json(cli: Cli) -> None:
    found = json.loads(cli("check", "--project", str(ROOT / "examples" / "lending"), "--json").out)
    assert (found["format"], found["version"], found["rows"]) == ("sterling.check", 1, 1989)
    assert found["groups"] == {"race": {"groups": 3, "missing": 0}, "sex": {"groups": 2, "missing": 15}}
    assert {need["aspect"]: need["need"] for need in found["needs"]}["fairness"] == "high"
    assert all(item["question"] and item["where"] for item in found["missing"])
    chances = {c["limit"]: c["within_if_no_gap"] for c in found["chances"]}
    assert chances["approval gap by race"] < 0.05  # 111 applicants of a group cannot settle a limit of five points
    assert chances["approval gap by sex"] > 0.5
    assert found["without_chance"] == ["four fifths", "found alike", "useful for every group"]


def test_the_chance_is_that_of_the_judgement(folder: Path) -> None:
    """Two groups of 400 without a gap, decided by the same bounds as a run: counted over fresh worlds."""
    from sterling.stats.power import power_to_decide

    _write(folder, HEAD + TRAIN + LIMIT.replace("0.05", "0.1"))
    (chance,) = inspect_project(read_project(folder)).chances
    again = power_to_decide([400, 400], chance.rate, 0.1, draws=4000, seed=9)
    assert chance.smallest == 400
    assert abs(chance.within - again.within) < 0.08


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD.replace('"y"', '"yy"') + TRAIN, 6, "not a column of the data"),
        (HEAD.replace('["g"]', '["gg"]') + TRAIN, 7, "did you mean g"),
        (HEAD.replace('"id"\n', '"idd"\n') + TRAIN, 8, "did you mean id"),
        (HEAD + TRAIN.replace('"w"', '"v"'), 11, "not a column of the data"),
        (HEAD + TRAIN.replace("logistic", "logstic"), 10, "did you mean logistic"),
        (HEAD + TRAIN + "[train.parameters]\nc = 1\n", 12, "has no parameter 'c'"),
        (HEAD + TRAIN + '[alternatives]\nrecipes = ["tree"]\n', 13, "there is no recipe"),
        (HEAD + TRAIN + '[alternatives]\ndrop = [["v"]]\n', 13, "not a column of the data"),
        (HEAD + TRAIN + '[split]\nstratify = "h"\n', 13, "not a column of the data"),
        (HEAD + TRAIN + '[[ask]]\ncheck = "FA01"\n', 12, "FA001"),
        (HEAD + TRAIN + '[[ask]]\ncheck = "FA001"\nmetrc = "tpr"\n', 12, "did you mean metric"),
        (HEAD + TRAIN + LIMIT + 'groups = ["h"]\n', 15, "not a group column"),
        (HEAD + TRAIN + LIMIT + 'baseline = { g = "c" }\n', 15, "no row has g=c"),
        (HEAD + TRAIN + LIMIT.replace("max_gap", "min") + 'slice = { h = "c" }\n', 15, "not a group column"),
        (HEAD + TRAIN + '[plan]\nbaseline = ["g=c"]\n', 0, "no row has g=c"),
        (HEAD + '[model]\nscores = ["q"]\n', 10, "not a column of the data"),
        (HEAD + '[model]\npath = "m.onnx"\n', 10, "there is no file"),
        (HEAD + '[model]\nscores = ["p"]\ncard = "c.md"\n', 11, "there is no file"),
        (HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "none.py:f"\n', 14, "there is no file"),
        (HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "steps.py:claen"\n', 14, "did you mean clean"),
        (HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "broken.py:f"\n', 14, "not Python"),
        (HEAD + 'positive = "z"\n' + TRAIN, 0, "positive value 'z'"),
        (HEAD.replace("scores.csv", "none.csv") + TRAIN, 0, "no such file"),
    ],
)
def test_what_is_not_there_is_named(cli: Cli, folder: Path, text: str, line: int, words: str) -> None:
    (folder / "steps.py").write_text("raise SystemExit('was run')\ndef clean(table): return table\n")
    (folder / "broken.py").write_text("def f(:\n")
    _write(folder, text)
    before = sorted(p.name for p in folder.iterdir())
    ended = cli("check")
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert not line or f"sterling.toml:{line}: " in ended.err, ended.err
    assert "--positive" not in ended.err
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_label_of_many_values(cli: Cli, folder: Path) -> None:
    pl.DataFrame({"y": ["a", "b", "c"] * 20, "g": ["u", "v"] * 30, "id": range(60), "w": range(60)}).write_csv(
        "scores.csv"
    )
    _write(folder, HEAD + TRAIN)
    ended = cli("check")
    assert ended.code == 2
    assert 'positive = "a"' in ended.err


def test_a_step_may_still_add_a_column(folder: Path) -> None:
    (folder / "steps.py").write_text("def clean(table): return table\n")
    step = '[[step]]\nname = "s"\nfunction = "steps.py:clean"\n'
    notices = check_project(read_project(_write(folder, HEAD + TRAIN.replace('"w"', '"new"') + step)))
    assert any("new ([train] features) is not in the table" in notice for notice in notices)


def test_notices(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    waiver = '[[waiver]]\nlimit = "gap"\nowner = "Lee"\nreason = "r"\nexpires = 2027-03-31\n'
    text = HEAD.replace('owner = "Kim"\n', "") + TRAIN.replace('"w"', '"w", "g"') + LIMIT + waiver
    project = read_project(_write(folder, text + '[review]\nrequired = 1\nnotify = ["env:HOOK"]\n'))
    before = " / ".join(check_project(project, today=dt.date(2027, 3, 31)))
    after = " / ".join(check_project(project, today=dt.date(2027, 4, 1)))
    assert "waiver" not in before
    assert "the waiver of 'gap' ended on 2027-03-31" in after
    for words in (
        "HOOK is not set",
        "anybody may sign",
        "no owner",
        "label_kind is not stated",
        "the model is shown g",
    ):
        assert words in before
    monkeypatch.setenv("HOOK", "json://localhost")
    assert "HOOK" not in " ".join(check_project(project))


@pytest.mark.parametrize(("account", "variable", "rules", "said"), [
    ("kim42", "", 'required = 1\nseparate = true\nreviewers = ["Kim"]', True),
    ("kim42", "", "required = 1\nseparate = true", True),
    ("kim42", "Kim", 'required = 1\nseparate = true\nreviewers = ["Kim"]', False),
    ("kim", "", 'required = 1\nseparate = true\nreviewers = ["Kim"]', False),
    ("kim42", "", 'required = 1\nreviewers = ["Kim"]', False),
])  # fmt: skip
def test_an_account_is_no_name_to_sign_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, account: str, variable: str, rules: str, said: bool
) -> None:
    monkeypatch.setenv("STERLING_AUTHOR", variable)
    monkeypatch.setenv("LOGNAME", account)
    notices = check_project(read_project(_write(folder, f"{HEAD}{TRAIN}[review]\n{rules}\n")))
    assert any(f"made by {account}; set STERLING_AUTHOR" in notice for notice in notices) == said


def test_a_split_by_row_of_people_with_many_rows_is_noticed(folder: Path) -> None:
    pl.read_csv("scores.csv").with_columns(p=pl.int_range(pl.len()) // 2).write_csv("scores.csv")
    text = HEAD + 'entity = "p"\n' + TRAIN
    found = check_project(read_project(_write(folder, text + '[split]\nby = "row"\n')))
    assert any('"row": one p may be trained on and certified with' in notice for notice in found)
    assert not any("may be trained on" in notice for notice in check_project(read_project(_write(folder, text))))


def test_without_limits_or_groups(folder: Path) -> None:
    notices = " ".join(check_project(read_project(_write(folder, HEAD.replace('groups = ["g"]\n', "") + TRAIN))))
    assert "no [[limit]] is set" in notices
    assert "names no groups" in notices


def test_small_groups_are_named_without_values_of_rows(folder: Path) -> None:
    table = pl.read_csv("scores.csv")
    extra = table.head(3).with_columns(g=pl.lit("rare"), id=pl.lit("secret-id"))
    pl.concat([table, extra]).write_csv("scores.csv")
    notices = " ".join(check_project(read_project(_write(folder, HEAD + TRAIN))))
    assert "rare" in notices
    assert "secret-id" not in notices


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            pl.col("id").replace("a1", "a0"),
            "1 id in id is there more than once: an id names one row; sterling run stops",
        ),
        (pl.when(pl.col("id") != "a0").then("id").alias("id"), "1 row has no id in id; sterling run stops there"),
        (pl.when(pl.col("id") != "a0").then("y").alias("y"), "1 of 800 rows has no label"),
        (pl.lit(1).alias("y"), "every label in y is the same"),
        (pl.lit(None, dtype=pl.String).alias("g"), "no row has a value in the group column g"),
        (pl.when(pl.col("id") == "a0").then(7).otherwise("y").alias("y"), "the label has 3 values; all but 1 count"),
    ],
)
def test_promises_of_the_data_are_held_against_it(folder: Path, change: pl.Expr, words: str) -> None:
    positive = HEAD.replace('label = "y"', 'label = "y"\npositive = 1')
    before = " / ".join(check_project(read_project(_write(folder, positive + TRAIN))))
    pl.read_csv("scores.csv").with_columns(change).write_csv("scores.csv")
    after = " / ".join(check_project(read_project(_write(folder, positive + TRAIN))))
    assert words not in before
    assert words in after


def test_what_stops_a_run_is_mended_before_it(folder: Path, cli: Cli) -> None:
    pl.read_csv("scores.csv").with_columns(pl.col("id").replace("a1", "a0")).write_csv("scores.csv")
    _write(folder, HEAD + TRAIN)
    ended = cli("check")
    assert ended.code == 1
    assert "Next: mend the data or the project file, then  sterling check" in ended.out
    assert "Next: sterling run" not in ended.out
    assert "\nStops: " in ended.out
    assert "Note: 1 id" not in ended.out
    (reason,) = json.loads(cli("check", "--json").out)["stops"]
    run = cli("run", "--json", "-")
    assert (run.code, json.loads(run.out)["problems"]) == (1, [reason])


def test_the_missing_are_a_group(folder: Path, cli: Cli) -> None:
    pl.read_csv("scores.csv").with_columns(h=pl.when(pl.int_range(pl.len()) > 99).then("g")).write_csv("scores.csv")
    _write(folder, HEAD.replace('["g"]', '["g", "h"]') + TRAIN)
    assert "g (2), h (3, one of them missing)" in cli("check").out
    assert json.loads(cli("check", "--json").out)["stops"] == []


def test_a_step_may_still_mend_the_data(folder: Path) -> None:
    pl.read_csv("scores.csv").with_columns(pl.col("id").replace("a1", "a0")).write_csv("scores.csv")
    (folder / "steps.py").write_text("def clean(table):\n    return table.unique('id')\n")
    step = '[[step]]\nname = "clean"\nfunction = "steps.py:clean"\n'
    notices = " / ".join(check_project(read_project(_write(folder, HEAD + TRAIN + step))))
    assert "an id names one row; unless a step of yours mends it" in notices


def test_no_project(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = cli("check")
    assert ended.code == 2
    assert "sterling init" in ended.err


def test_an_unknown_check_is_a_config_error(folder: Path) -> None:
    with pytest.raises(st.ConfigError, match="ZZ999"):
        check_project(read_project(_write(folder, HEAD + TRAIN + '[[ask]]\ncheck = "ZZ999"\n')))


def test_the_chance_is_said_of_the_rows_that_will_be_examined() -> None:
    """So many rows that scores are not cross-fitted: a fifth of them certifies, and is all that is examined."""
    project = read_project(ROOT / "examples" / "income")
    found = inspect_project(project)
    (chance,) = found.chances
    sizes = [n for value, n in found.groups["sex"].items() if value is not None]
    assert chance.smallest == int(min(sizes) * project.split.certify) < 4_000
    assert "found alike by sex" in found.without_chance
