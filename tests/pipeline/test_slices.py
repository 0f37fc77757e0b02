"""Ranges of a column and slices with a condition, through the whole path: from Python, a file, a policy, a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import sterling as st
from sterling.cli.main import main
from sterling.core.codec import evidence_bytes
from sterling.core.grouping import range_words
from sterling.core.project_file import read_project
from sterling.core.slices import group_order
from sterling.engine.task import Request
from sterling.pipeline.checking import inspect_project
from sterling.pipeline.steps.alternatives import unseen
from tests.pipeline.small import TRAINED, carried_out, people, write

EDGES = ("25", "40", "65")
AGES = "cut(age, 25, 40, 65)"
ROLES = {"label": "y", "score": "s", "label_kind": "outcome"}
YOUNG_WOMEN = {"young women": "sex = 'f' and age < 30"}


def table(n: int = 3_000, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, n).astype(float)
    s = (rng.random(n) * 0.6 + 0.4 * (age > 50)).round(3)
    return pl.DataFrame(
        {
            "y": (rng.random(n) < s).astype(int),
            "s": s,
            "sex": rng.choice(["f", "m"], n),
            "age": pl.Series(age).set(pl.Series(rng.random(n) < 0.05), None),
            "income": rng.lognormal(10, 0.7, n).round(2),
        }
    )


def evaluated(data: object, **more: object) -> st.Run:
    return st.evaluate(data, **{**ROLES, **more})  # type: ignore[arg-type]


def by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """The same ranges by pandas, as a column of text under the name that Sterling gives them."""
    bins = [-np.inf, *map(int, EDGES), np.inf]
    cut = pd.cut(frame["age"].to_numpy(), bins, right=False, labels=range_words(EDGES))
    return frame.with_columns(pl.Series(AGES, [None if pd.isna(v) else str(v) for v in cut]))


def test_ranges_are_groups_like_any_column() -> None:
    """Byte for byte the evidence of a column that holds the same texts."""
    mine = evaluated(table(), groups=["sex", "cut(age,25, 40, 65)"])
    theirs = evaluated(by_hand(table()), groups=["sex", AGES])
    assert evidence_bytes(mine) == evidence_bytes(theirs)
    assert [g.value for g in mine.groups if g.column == AGES] == [*range_words(EDGES), None]


@pytest.mark.parametrize("kind", ["parquet", "csv", "shuffled", "ipc"])
def test_the_evidence_is_the_same_wherever_the_rows_come_from(kind: str, tmp_path: Path) -> None:
    frame = table()
    asked = {"groups": ["sex", AGES, "quantiles(income, 4)", "bins(income, 5)"], "slices": YOUNG_WOMEN}
    data: object = frame.sample(fraction=1.0, shuffle=True, seed=1)
    if kind != "shuffled":
        data = tmp_path / f"t.{kind}"
        getattr(frame, f"write_{kind}")(data)
    assert evidence_bytes(evaluated(data, **asked)) == evidence_bytes(evaluated(frame, **asked))


def test_streamed_is_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table(8_000)
    frame.write_parquet(tmp_path / "t.parquet", row_group_size=500)
    asked = {"groups": ["sex", AGES, "quantiles(income, 4)"], "slices": YOUNG_WOMEN}
    whole = evaluated(frame, **asked)
    plain = Request.__init__
    monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": 10}))
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 700)
    streamed = evaluated(tmp_path / "t.parquet", **asked)
    assert streamed.groups == whole.groups
    exact = pl.col("metric") != "auc"  # beyond memory the AUC comes from fine bins, with its error in the interval
    assert streamed.asked.filter(exact).equals(whole.asked.filter(exact))


def test_quantiles_hold_about_equal_numbers() -> None:
    run = evaluated(table(), groups="quantiles(income, 4)")
    assert [g.n for g in run.groups] == [750] * 4
    assert [g.value for g in run.groups] == sorted((g.value for g in run.groups), key=group_order)
    assert not [n for n in run.notices if "quantiles" in n]


def test_a_column_with_ties_says_that_parts_fell_together() -> None:
    run = evaluated(table().with_columns(income=pl.when(pl.col("income") > 30_000).then("income").otherwise(0)),
                    groups="quantiles(income, 4)")  # fmt: skip
    assert "quantiles(income, 4) has 2 groups, not 4: many rows share a value" in run.notices


def test_named_slices() -> None:
    """A group of their own with the values yes and no, crossed only when asked, and what they are is said."""
    run = evaluated(table(), groups="sex", slices=YOUNG_WOMEN)
    frame = table()
    inside = (frame["sex"] == "f") & (frame["age"] < 30)
    counts = {g.value: g.n for g in run.groups if g.column == "young women"}
    outside = (frame["sex"] == "m") | (frame["age"] >= 30)
    told = {"yes": int(inside.sum()), "no": int(outside.sum())}
    assert counts == told | {None: frame.height - sum(told.values())}
    families = {s.family for s in run.tables[0].slices}
    assert families == {(), ("sex",), ("young women",)}
    assert "young women: the rows with sex = 'f' and age < 30" in run.notices
    crossed = evaluated(table(), groups="sex", slices={"young women": {"where": "age < 30", "cross": True}})
    assert ("sex", "young women") in {s.family for s in crossed.tables[0].slices}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_task_leaves_named_slices_uncrossed(task: str) -> None:
    frame = table(600).with_columns(pl.col("sex").alias("label"), pl.col("sex").shuffle(1).alias("said"))
    given = {"label": "income", "score": "age"} if task == "regression" else {"label": "label", "prediction": "said"}
    if task == "regression":
        frame = frame.drop_nulls()
    run = st.evaluate(
        frame, task=task, groups=["sex", AGES], slices=YOUNG_WOMEN, positive="f" if task == "binary" else None, **given
    )
    families = {s.family for s in run.tables[0].slices}
    assert families == {(), ("sex",), (AGES,), ("young women",), ("sex", AGES)}


def test_slices_and_limits_of_a_policy() -> None:
    policy = st.Policy.parse(
        '[[slice]]\nname = "young women"\nwhere = "sex = \'f\' and age < 30"\n'
        '[[limit]]\nmetric = "accuracy"\nmin = 0.3\nslice = { "young women" = "yes" }\n'
        '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05\ngroups = ["cut(age,25,40,65)"]\n'
        '[[limit]]\nmetric = "accuracy"\nmin = 0.3\nslice = { "cut(age, 25, 40, 65)" = "65 and over" }\n'
    )
    run = evaluated(table(), groups=AGES, policy=policy)
    judged = sorted((v.verdict, v.limit.statement) for v in run.judgement.verdicts if v.limit is not None)
    assert judged == [("over", "max_gap"), ("within", "min"), ("within", "min")]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ('slice = { "cut(age, 25, 40, 65)" = "under 30" }', "no row has cut.*under 30.*did you mean under 25"),
        ('slice = { "cut(age, 25)" = "under 25" }', "'cut\\(age, 25\\)', which is not a group column"),
        ('groups = ["young women"]', "which is not a group column"),
    ],
)
def test_a_limit_on_groups_that_are_not_there(limit: str, words: str) -> None:
    policy = st.Policy.parse(f'[[limit]]\nmetric = "accuracy"\nmin = 0.3\n{limit}')
    with pytest.raises(st.ConfigError, match=f"(?s){words}"):
        evaluated(table(), groups=AGES, policy=policy)


def test_asks_name_ranges_in_any_way_of_writing_them() -> None:
    policy = st.Policy.parse(
        '[[ask]]\nname = "a"\ncheck = "FA001"\nrate = "selection_rate"\ngroups = ["cut(age,25,40,65)"]\n'
        '[[ask]]\nname = "b"\ncheck = "FA003"\nrate = "accuracy"\nslice = { "cut( age,25,40,65)" = "under 25" }\n'
    )
    run = evaluated(table(), groups=["sex", AGES], policy=policy)
    found = {e.ask: [f.family for f in e.findings] for e in run.evidence if e.ask in "ab"}
    assert found == {"a": [(AGES,)], "b": [(AGES,)]}
    slip = '[[ask]]\nname = "a"\ncheck = "FA001"\nrate = "selection_rate"\ngroups = ["cut(age,x)"]'
    with pytest.raises(st.ConfigError, match=r"p\.toml:1: .*needs a number here"):
        evaluated(table(), groups=AGES, policy=st.Policy.parse(slip, origin="p.toml"))


def test_a_baseline_is_a_range() -> None:
    run = evaluated(table(), groups=AGES, baseline="cut(age,25,40,65)=25 to under 40")
    gap = next(e for e in run.evidence if e.ask == "selection_rate gap").findings[0]
    assert gap.second is not None
    assert "25 to under 40" in {str(v) for side in (gap.first, gap.second) for _, v in side.slice.items}


def test_small_ranges_are_listed_and_empty_ones_said() -> None:
    run = evaluated(table(), groups="cut(age, 5, 20, 88)", min_n=200)
    small = {str(t.slice) for e in run.evidence if e.check == "DA002" for t in e.too_small}
    assert {"cut(age, 5, 20, 88)=5 to under 20", "cut(age, 5, 20, 88)=88 and over"} <= small
    assert "cut(age, 5, 20, 88): no row is in 'under 5'" in run.notices
    rows = run.asked.filter(pl.col("slice").str.contains("88 and over"), metric="selection_rate")
    assert rows["status"].to_list() == ["insufficient"]
    assert rows["value"].to_list() == [None]


def test_a_slice_that_nobody_is_in_is_said() -> None:
    run = evaluated(table(), slices={"old": "age > 200"})
    assert "nobody is in the slice old: no row meets its condition" in run.notices


def test_a_model_is_not_shown_what_was_made() -> None:
    seen: list[list[str]] = []

    def rule(frame: pl.DataFrame) -> np.ndarray:
        seen.append(frame.columns)
        return frame["s"].to_numpy()

    run = st.evaluate(table(), label="y", model=rule, groups=AGES, slices=YOUNG_WOMEN)
    assert seen == [table().columns]
    assert {g.column for g in run.groups} == {AGES, "young women"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"groups": "cut(agee, 25)"}, "did you mean age"),
        ({"groups": "cut(sex, 25)"}, "holds text, not numbers"),
        ({"groups": "quantile(age, 4)"}, "did you mean quantiles"),
        ({"groups": "cut(age, 40, 25)"}, "do not ascend"),
        ({"slices": {"a": "agee < 3"}}, "did you mean age"),
        ({"slices": {"age": "age < 3"}}, "has the name of a column"),
        ({"slices": {"a": "age <"}}, "number or a quoted text"),
    ],
)
def test_slips(more: dict[str, object], words: str) -> None:
    with pytest.raises(st.SterlingError, match=words):
        evaluated(table(), **more)


def test_two_slices_of_one_name_are_refused() -> None:
    policy = st.Policy.parse('[[slice]]\nname = "a"\nwhere = "age < 3"')
    with pytest.raises(st.ConfigError, match="two slices are named 'a'"):
        evaluated(table(), slices={"a": "age < 4"}, policy=policy)


def test_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    table().write_parquet(tmp_path / "t.parquet")
    monkeypatch.chdir(tmp_path)
    words = ["evaluate", "t.parquet", "--label", "y", "--score", "s", "--groups", f"sex,{AGES},quantiles(income,3)",
             "--slice", "young women: sex = 'f' and age < 30", "--no-report"]  # fmt: skip
    assert main(words) == 0
    told = capfd.readouterr().out
    for text in ("under 25", "65 and over", "young women", "the rows with sex = 'f'"):
        assert text in told
    assert main([*words, "--slice", "young women"]) == 2
    assert "NAME: CONDITION" in capfd.readouterr().err


PROJECT = TRAINED.replace('groups = ["g"]', 'groups = ["g", "cut(age,30,50)", "quantiles(age, 3)"]').replace(
    "folds = 2", 'folds = 0\nreweigh = ["cut(age, 30,50)"]'
) + (
    '\n[[slice]]\nname = "older a"\nwhere = "g = \'a\' and age >= 50"\n'
    '[[limit]]\nmetric = "accuracy"\nmin = 0.2\nslice = { "older a" = "yes" }\n'
    '[alternatives]\nbudget = 1\ngroup = "cut(age,30,50)"\n'
)


def aged(n: int = 3_000) -> pl.DataFrame:
    return people(n).with_columns(age=pl.Series(np.random.default_rng(5).integers(18, 80, n)))


def test_a_project(tmp_path: Path) -> None:
    """Quantiles are those of the whole table, so that `sterling check` and every run name the same groups."""
    folder = write(tmp_path / "p", PROJECT, aged())
    project = read_project(folder)
    assert project.groups == ("g", "cut(age, 30, 50)", "quantiles(age, 3)", "older a")
    found = inspect_project(project)
    assert list(found.groups) == list(project.groups)
    assert not [n for n in found.notices if "nobody is in" in n]
    outcome = carried_out(folder)
    assert outcome.dossier is not None
    run = outcome.dossier.run
    named = {c: {g.value for g in run.groups if g.column == c} for c in project.groups}
    assert named == {c: set(v) for c, v in found.groups.items()}
    assert run.n < sum(found.groups["g"].values()), "only the rows for certifying are examined"
    assert any("older a: the rows with" in notice for notice in run.notices)
    assert project.scope is not None
    assert "How was age learnt, and may it be used?" in project.scope.missing, "people answer for columns"


def test_alternatives_see_no_column_that_groups_are_made_of(tmp_path: Path) -> None:
    project = read_project(write(tmp_path / "p", PROJECT, aged(50)))
    assert {"age", "g", "cut(age, 30, 50)", "older a"} <= set(unseen(project, "cut(age, 30, 50)"))
    assert "age" not in unseen(replace(project, data=replace(project.data, groups=("g",))), "g")
    assert "age" in unseen(replace(project, data=replace(project.data, groups=())), "older a")


def test_what_a_slice_is_stands_in_the_json() -> None:
    told = evaluated(table(), groups="sex", slices=YOUNG_WOMEN).to_dict()["subject"]["slices"]
    assert told == [{"name": "young women", "where": "sex = 'f' and age < 30", "description": ""}]


def test_a_check_says_which_slice_is_empty(tmp_path: Path) -> None:
    text = PROJECT.replace("age >= 50", "age >= 500").partition('[[limit]]\nmetric = "accuracy"')[0]
    found = inspect_project(read_project(write(tmp_path / "p", text, aged(300))))
    assert "nobody is in the slice older a: no row meets its condition" in found.notices


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"quantiles(age, 3)"', '"quantiles(agee, 3)"', "sterling.toml:9: .*'agee', which is not a column.*mean age"),
        ('cut(age,30,50)", "q', 'cut(age,30,x)", "q', "sterling.toml:9: .*needs a number here"),
        ("and age >= 50", "and agee >= 50", "sterling.toml:\\d+: .*'agee', which is not a column"),
        ("and age >= 50", "and age >=", "sterling.toml:\\d+: .*number or a quoted text"),
        ('"older a" = "yes"', '"oldr a" = "yes"', "sterling.toml:\\d+: .*'oldr a', which is not a group column"),
        ('"older a" = "yes"', '"older a" = "y"', "sterling.toml:\\d+: no row has older a=y.*known: no, yes"),
    ],
)
def test_slips_of_a_project_name_their_line(old: str, new: str, words: str, tmp_path: Path) -> None:
    assert old in PROJECT
    folder = write(tmp_path / "p", PROJECT.replace(old, new), aged(200))
    with pytest.raises(st.SterlingError, match=f"(?s){words}"):
        inspect_project(read_project(folder))
