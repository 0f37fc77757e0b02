"""What stops a run before it measures is said by `sterling check` beforehand, in the same words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from sterling.core.errors import SterlingError
from sterling.core.project_file import read_project
from sterling.pipeline.checking import inspect_project
from sterling.pipeline.decisions import accept
from tests.pipeline.small import GIVEN, TRAINED, carried_out, ledger_of, people, write

TABLE = people()
LABEL = 'label = "y"\n'
FEATURES = 'features = ["x", "kind"]'
SCORES = 'scores = ["p"]'
ASK = '[[ask]]\ncheck = "{}"\n{}\n'


def _changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


CASES: dict[str, tuple[str, pl.DataFrame]] = {
    "a label of lists": (GIVEN.replace('"y"', '"l"'), TABLE.with_columns(l=pl.concat_list("y", "id"))),
    "scores that are no probabilities": (GIVEN, TABLE.with_columns(pl.col("p") * 3)),
    "missing scores": (GIVEN, TABLE.with_columns(p=pl.when(pl.col("id") > 3).then("p"))),
    "scores that are text": (GIVEN, TABLE.with_columns(p=pl.lit("x"))),
    "decisions unlike labels": (_changed(GIVEN, SCORES, 'predictions = ["kind"]'), TABLE),
    "negative weights": (_changed(GIVEN, LABEL, LABEL + 'weight = "x"\n'), TABLE),
    "weights that are text": (_changed(TRAINED, LABEL, LABEL + 'weight = "kind"\n'), TABLE),
    "scores that are dropped": (_changed(GIVEN, LABEL, LABEL + 'drop = ["p"]\n'), TABLE),
    "a feature that is dropped": (_changed(TRAINED, LABEL, LABEL + 'drop = ["x"]\n'), TABLE),
    "a mean of no column": (GIVEN + '[[limit]]\nmetric = "mean(q)"\nmax = 3\n', TABLE),
    "a mean of text": (GIVEN + '[[limit]]\nmetric = "mean(kind)"\nmax = 3\n', TABLE),
    "a question about no column": (GIVEN + ASK.format("FA009", 'features = ["q"]'), TABLE),
    "a question about a table": (GIVEN + ASK.format("DA020", 'quasi = ["q"]'), TABLE),
    "parts in no column": (GIVEN + ASK.format("DA015", 'split = "q"'), TABLE),
    "a reference that is not there": (GIVEN + ASK.format("DA003", 'reference = "none.csv"'), TABLE),
    "a threshold above 1": (GIVEN + "[plan]\nthresholds = [2.0]\n", TABLE),
    "a limit at a threshold above 1": (
        GIVEN + '[[limit]]\nmetric = "selection_rate"\nmax = 0.3\nthreshold = 2\n',
        TABLE,
    ),
    "a feature that is a date": (
        _changed(TRAINED, FEATURES, 'features = ["d"]'),
        TABLE.with_columns(d=pl.date(2024, 1, 1)),
    ),
    "an infinite feature": (TRAINED, TABLE.with_columns(x=pl.lit(float("inf")))),
    "an empty feature": (_changed(TRAINED, FEATURES, 'features = ["x"]'), TABLE.with_columns(x=pl.lit(None))),
    "no feature": (_changed(TRAINED, FEATURES, 'drop = ["x", "kind", "p"]'), TABLE),
    "a moment that is missing": (
        _changed(TRAINED, LABEL, LABEL + 'time = "t"\n') + '[split]\nby = "time"\n',
        TABLE.with_columns(t=pl.when(pl.col("id") > 3).then("id")),
    ),
    "an empty part": (TRAINED + "[split]\ntrain = 0.99\nchoose = 0.005\ncertify = 0.005\n", people(12)),
    "one other label": (TRAINED, TABLE.with_columns(y=(pl.col("id") == 0).cast(pl.Int64))),
    "more folds than rows": (_changed(TRAINED, "folds = 2", "folds = 90"), people(50)),
    "no such remedy": (TRAINED + '[[remedy]]\nname = "cure"\n', TABLE),
    "a remedy's unknown parameter": (
        TRAINED + '[[remedy]]\nname = "mask"\n[remedy.parameters]\ncolumns = ["x"]\n',
        TABLE,
    ),
    "a remedy for training": (GIVEN + '[[remedy]]\nname = "resampling"\n', TABLE),
    "a file that is no model": (_changed(GIVEN, SCORES, 'path = "people.parquet"'), TABLE),
    "a pickle": (_changed(GIVEN, SCORES, 'path = "m.pkl"'), TABLE),
    "a group of numbers": (_changed(GIVEN, 'groups = ["g"]', 'groups = ["p"]'), people(4_000)),
    "a list that no column names": (
        _changed(GIVEN, LABEL + "positive = 1\n", LABEL + 'task = "ranking"\n').replace("max_gap = 0.1", "min = 0.1")
        .replace("selection_rate", "ndcg(10)"), TABLE,
    ),
    "one column for all classes": (
        _changed(GIVEN, LABEL + "positive = 1\n", 'label = "kind"\ntask = "multiclass"\n')
        .replace("selection_rate", "accuracy"), TABLE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_said_before_as_in_the_run(case: str, tmp_path: Path) -> None:
    text, table = CASES[case]
    folder = write(tmp_path / "p", text, table)
    (folder / "m.pkl").write_bytes(b"nothing")
    with pytest.raises(SterlingError) as run:
        carried_out(folder)
    with pytest.raises(SterlingError) as check:
        inspect_project(read_project(folder))
    told = [[e.value.what, e.value.where, e.value.expected, e.value.got, e.value.hint] for e in (check, run)]
    assert told[0] == told[1]


def test_a_datasheet_that_cannot_be_read(tmp_path: Path) -> None:
    folder = write(tmp_path / "p")
    inspect_project(read_project(folder))
    (folder / "datasheet.toml").write_text("licence = [")
    for ask in (carried_out, lambda place: inspect_project(read_project(place))):
        with pytest.raises(SterlingError, match="the TOML cannot be read"):
            ask(folder)


@pytest.mark.parametrize("label", [pl.lit(None, dtype=pl.Int64), pl.lit(float("nan")), pl.lit(1)])
def test_a_closed_gate_is_foretold_in_the_words_of_the_run(label: pl.Expr, tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN, TABLE.with_columns(y=label))
    found = inspect_project(read_project(folder))
    run = carried_out(folder)
    assert (run.state, run.problems) == ("stopped", found.stops)
    assert any("label" in reason for reason in found.stops)


def test_a_promise_that_somebody_answered_for_stops_no_run(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN.replace(LABEL, LABEL + 'id = "kind"\n'))
    assert carried_out(folder).state == "stopped"
    with ledger_of(folder) as ledger:
        (risk,) = (r for r in ledger.risks(open_only=True) if r.stage == "data")
        project = read_project(folder)
        assert inspect_project(project, ledger=ledger).stops == (risk.issue,)
        accept(project, ledger, [risk.id], by="Kim", reason="kinds are not people", now=dt.datetime.now(dt.UTC))
        found = inspect_project(project, ledger=ledger)
    assert found.stops == ()
    assert any("somebody accepted it, so sterling run goes on" in notice for notice in found.notices)
    assert carried_out(folder).state == "complete"


RUNS = {
    "groups that are made, of few rows": (
        TRAINED.replace('groups = ["g"]', 'groups = ["cut(x, 0)"]').replace('id = "id"\n', ""), people(80),
    ),
    "more groups than are told apart, among rows that are not examined too": (
        TRAINED.replace('groups = ["g"]', 'groups = ["z"]').replace("folds = 2", "folds = 0"),
        people(3000).with_columns(z=pl.format("z{}", pl.int_range(pl.len()) % 2100)),
    ),
    "scores by a pattern": (
        GIVEN.replace('scores = ["p"]', 'scores = ["p_{class}"]').replace("positive = 1\n", 'task = "multiclass"\n')
        .replace("selection_rate", "accuracy"),
        TABLE.with_columns(p_1=pl.col("p"), p_0=1 - pl.col("p")),
    ),
    "labels by a pattern": (
        GIVEN.replace('label = "y"', 'label = "l_{label}"').replace('scores = ["p"]', 'scores = ["p_{label}"]')
        .replace("positive = 1\n", 'task = "multilabel"\n').replace("selection_rate", "macro_recall"),
        TABLE.with_columns(l_a=pl.col("y"), l_b=1 - pl.col("y"), p_a=pl.col("p"), p_b=1 - pl.col("p")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RUNS)
def test_what_runs_is_not_refused(tmp_path: Path, case: str) -> None:
    text, table = RUNS[case]
    folder = write(tmp_path / "runs", text, table)
    with ledger_of(folder):
        inspect_project(read_project(folder))
    assert carried_out(folder).dossier is not None
