"""Projects whose labels and predictions are lists: sets of items, masks, boxes; and texts. All that a run does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from sterling.core.project_file import read_project
from sterling.ledger import open_ledger
from sterling.pipeline.checking import inspect_project
from sterling.pipeline.conduct import Silent, all_steps
from sterling.pipeline.queries.predictions import listing
from sterling.pipeline.queries.why import why
from sterling.pipeline.reproduce import reproduce
from tests.pipeline.small import carried_out, frame, ledger_of, steps_done, write

HEAD = """
[project]
name = "lists"

[data]
path = "people.parquet"
label = "true"
label_kind = "annotation"
groups = ["g"]
id = "id"
"""
N = 240


def _groups() -> pl.DataFrame:
    return pl.DataFrame({"id": [f"r{i}" for i in range(N)], "g": ["a", "b", "b"] * (N // 3)})


def _sets() -> pl.DataFrame:
    rng = np.random.default_rng(1)
    true = [rng.choice(list("uvwxyz"), rng.integers(0, 4), replace=False).tolist() for _ in range(N)]
    said = [[*t[:2], *rng.choice(list("uvwxyz"), 1).tolist()] for t in true]
    sure = [rng.random(len(s)).tolist() for s in said]
    return _groups().with_columns(true=pl.Series(true, dtype=pl.List(pl.String)), said=pl.Series(said),
                                  sure=pl.Series(sure))  # fmt: skip


def _masks() -> pl.DataFrame:
    true = np.random.default_rng(2).integers(0, 3, (N, 4, 6))
    said = np.where(np.random.default_rng(3).random(true.shape) < 0.8, true, 0)
    return _groups().with_columns(true=pl.Series(true), said=pl.Series(said.reshape(N, -1).tolist()))


def _boxes() -> pl.DataFrame:
    rng = np.random.default_rng(4)
    true, said = [], []
    for _ in range(N):
        corners = (20 * np.arange(rng.integers(0, 4))).tolist()
        true.append([{"x": c, "y": 0, "width": 9, "height": 9, "class": "cat"} for c in corners])
        said.append(
            [
                {"x": c + 1, "y": 0, "width": 9, "height": 9, "class": "cat", "score": s}
                for c, s in zip(corners, rng.random(len(corners)).tolist(), strict=True)
            ]
        )
    box = pl.List(pl.Struct({"x": pl.Int64, "y": pl.Int64, "width": pl.Int64, "height": pl.Int64, "class": pl.String}))
    return _groups().with_columns(true=pl.Series(true, dtype=box), said=pl.Series(said))


def _texts() -> pl.DataFrame:
    return _groups().with_columns(true=pl.format("the {} cat", "id"), said=pl.format("the {} {}", "id", "g"))


TASKS = {
    "sets": (_sets, 'scores = ["sure"]', "set_recall", {"score": "sure"}),
    "segmentation": (_masks, "", "mean_iou", {}),
    "detection": (_boxes, "", "box_recall", {}),
    "text": (_texts, "", "rouge_1", {}),
}


def _written(folder: Path, task: str, more: str = "", table: pl.DataFrame | None = None) -> Path:
    made, scores, metric, _ = TASKS[task]
    limit = f'[[limit]]\nname = "alike"\nmetric = "{metric}"\nmax_gap = 0.5\n'
    model = f'[model]\npredictions = ["said"]\n{scores}\n'
    head = HEAD.replace("\nlabel_kind", f'\ntask = "{task}"\nlabel_kind')
    return write(folder, f"{head}\n{model}\n{limit}{more}", made() if table is None else table)


@pytest.mark.parametrize("task", TASKS)
def test_a_run_measures_what_an_evaluation_does(tmp_path: Path, task: str) -> None:
    folder = _written(tmp_path / "p", task)
    found = carried_out(folder)
    assert found.exit_code == 0
    assert found.dossier is not None
    of_run = found.dossier.run.frame
    _, _, metric, more = TASKS[task]
    evaluated = st.evaluate(
        folder / "people.parquet", task=task, label="true", prediction="said", groups="g", id="id",  # type: ignore[arg-type]
        label_kind="annotation", policy=folder / "sterling.toml", **more,  # type: ignore[arg-type]
    )  # fmt: skip
    assert of_run.equals(evaluated.frame)
    assert of_run.filter(metric=metric)["value"].null_count() == 0
    again = carried_out(folder)
    assert not steps_done(folder, again.run)


@pytest.mark.parametrize("task", TASKS)
def test_rows_in_another_order_and_form_give_the_same_evidence(tmp_path: Path, task: str) -> None:
    table = TASKS[task][0]()
    first = carried_out(_written(tmp_path / "a", task))
    other = carried_out(_written(tmp_path / "b", task, table=table[np.arange(N)[::-1]]))
    assert first.dossier is not None and other.dossier is not None
    assert first.dossier.artifacts["evidence"].digest == other.dossier.artifacts["evidence"].digest


@pytest.mark.parametrize("task", TASKS)
def test_its_predictions_are_named_and_led_back_to_what_they_rest_on(tmp_path: Path, task: str) -> None:
    folder = _written(tmp_path / "p", task)
    run = carried_out(folder).run
    named = frame(folder, run, "predictions")
    assert named["prediction"].n_unique() == named.height == N
    assert named["said"].null_count() == N  # what was predicted stays in the table
    with ledger_of(folder) as ledger:
        found = listing(ledger, run, limit=2)
        assert (found.n, found.model, found.threshold, [p.score for p in found.shown]) == (N, "said", None, [None] * 2)
        by_digits = why(read_project(folder), ledger, found.shown[0].id)
        assert (by_digits.found_by, by_digits.table_rows, by_digits.threshold) == ("prediction", N, None)
        assert why(read_project(folder), ledger, "r7").found_by == "id"
        assert "the prediction is a column of the table" in by_digits.limits[-1]


@pytest.mark.parametrize("task", TASKS)
def test_a_run_is_made_again_byte_for_byte(tmp_path: Path, task: str) -> None:
    folder = _written(tmp_path / "p", task)
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        again = reproduce(
            read_project(folder), ledger, run, carry_out=lambda *given: all_steps(*given, Silent()),
            open_ledger=lambda place: open_ledger(place, create=True),
        )  # fmt: skip
    assert again.same


MISFITS = {
    "a positive value": ("sets", 'id = "id"', 'id = "id"\npositive = "u"', "positive", "no positive value"),
    "a value that is wanted": ("text", 'id = "id"', 'id = "id"\nfavourable = "u"', "favourable", "no favourable value"),
    "weights": (
        "sets",
        'id = "id"',
        'id = "id"\nclass_weights = { u = 2 }',
        "class_weights",
        "no classes to average over",
    ),
    "a list": ("detection", 'id = "id"', 'id = "id"\nquery = "g"', "query", "rank nothing in lists"),
    "no list": ("ranking", 'id = "id"', 'id = "id"', "task", "no column names it"),
    "thresholds": (
        "segmentation",
        "[[limit]]",
        "[plan]\nthresholds = 0.3\n[[limit]]",
        "thresholds",
        "have no thresholds",
    ),
    "scores of masks": ("segmentation", '["said"]', '["said"]\nscores = ["sure"]', "scores", "scores were given"),
    "scores without sets": ("sets", '"said"', '"said", "more"', "scores", "one column to each"),
    "a kind": ("sets", '"said"]', '"said"]\nkind = "raw"', "kind", "have no kind of scores"),
    "a file": ("sets", 'predictions = ["said"]\nscores = ["sure"]', 'path = "m.onnx"', "path", "one number a row"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_what_the_task_does_not_have_is_refused_with_its_line(tmp_path: Path, misfit: str) -> None:
    task, old, new, key, what = MISFITS[misfit]
    folder = _written(tmp_path, "sets" if task == "ranking" else task, table=_groups())
    text = (folder / "sterling.toml").read_text(encoding="utf-8").replace(old, new)
    text = text.replace('"sets"', '"ranking"') if task == "ranking" else text
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=what) as told:
        read_project(folder)
    home, _, line = told.value.where.rpartition(":")
    assert home.endswith("sterling.toml")
    assert text.splitlines()[int(line) - 1].startswith(key)
    assert told.value.hint


def test_images_are_called_images_and_a_check_counts_them(tmp_path: Path) -> None:
    project = read_project(_written(tmp_path, "detection"))
    assert project.people == "images"
    checked = inspect_project(project)
    assert (checked.rows, checked.groups["g"], checked.stops) == (N, {"b": 160, "a": 80}, ())


def test_labels_that_are_all_the_same_stop_a_run(tmp_path: Path) -> None:
    table = _sets().with_columns(true=pl.Series([["u"]] * N))
    outcome = carried_out(_written(tmp_path, "sets", table=table))
    assert (outcome.state, outcome.exit_code) == ("stopped", 1)
    assert "every label in true is the same" in outcome.problems[0]
