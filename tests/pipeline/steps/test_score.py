"""Scoring: who is scored, by which model, and that models which are given score as they do by themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx.helper
import polars as pl
import pytest

from sterling.adapters import load_model
from sterling.core.errors import ConfigError, InputError
from tests.pipeline.small import (
    GIVEN,
    TRAINED,
    artifacts,
    carried_out,
    copied,
    edited,
    frame,
    ledger_of,
    people,
    write,
)


@pytest.fixture(scope="module")
def partly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that trains and has been run; 58 of its rows have no label."""
    hidden = pl.when(pl.col("id") % 7 < 1).then(None).otherwise("y")
    folder = write(tmp_path_factory.mktemp("score") / "partly", TRAINED, people().with_columns(y=hidden))
    carried_out(folder)
    return folder


def last(folder: Path) -> str:
    with ledger_of(folder) as ledger:
        return ledger.contexts("run")[-1].id


def of_model(folder: Path, run: str, rows: pl.DataFrame) -> np.ndarray:
    """What the model that the run kept says of these rows, read as anybody would."""
    artifact = artifacts(folder, run)["model"]
    with ledger_of(folder) as ledger:
        path = folder / "kept.skops"
        path.write_bytes(ledger.read(artifact.digest))
    facts = artifact.properties
    model = load_model(path, features=facts["features"], trusted=facts["trusted"] or ())  # type: ignore[arg-type]
    return model.predict(rows)


def test_rows_without_a_label_are_scored_by_the_model_itself(partly: Path, tmp_path: Path) -> None:
    folder = copied(partly, tmp_path)
    run = last(folder)
    table, scores = frame(folder, run, "table"), frame(folder, run, "scores")
    assert scores["row"].to_list() == list(range(table.height))
    assert frame(folder, run, "predictions").height == table.height
    by_model = of_model(folder, run, table)
    unknown = table["y"].is_null().to_numpy()
    assert unknown.sum() == 58
    given = scores["logistic"].to_numpy()
    np.testing.assert_allclose(given[unknown], by_model[unknown], rtol=0, atol=1e-12)
    assert (np.abs(given - by_model)[~unknown] > 1e-6).mean() > 0.9  # the others by models that had not seen them


def test_rows_without_a_label_count_among_those_selected(partly: Path, tmp_path: Path) -> None:
    folder = copied(partly, tmp_path)
    outcome = carried_out(folder)
    assert outcome.dossier is not None
    table, scores = frame(folder, outcome.run, "table"), frame(folder, outcome.run, "scores")["logistic"]
    asked = outcome.dossier.run.asked.filter(pl.col("metric") == "selection_rate", pl.col("slice") == "everyone")
    assert asked["n_eligible"][0] == table.height
    assert asked["value"][0] == pytest.approx((scores >= 0.5).mean())


def test_without_folds_the_rows_set_aside_are_scored_by_the_model(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", TRAINED.replace("folds = 2", "folds = 0"))
    run = carried_out(folder).run
    part, scores = frame(folder, run, "split")["part"], frame(folder, run, "scores")
    assert scores["row"].to_list() == [i for i, p in enumerate(part) if p == 2]
    rows = frame(folder, run, "table")[scores["row"]]
    np.testing.assert_allclose(scores["logistic"].to_numpy(), of_model(folder, run, rows), atol=1e-12)
    with ledger_of(folder) as ledger:
        (opening,) = [o for o in ledger.openings() if o.step == "score"]
    assert (opening.part, opening.n) == ("certify", scores.height)


def test_a_value_that_training_never_saw_is_scored(tmp_path: Path) -> None:
    text = TRAINED.replace("folds = 2", "folds = 0")
    folder = write(tmp_path / "p", text)
    run = carried_out(folder).run
    held = frame(folder, run, "table").filter(frame(folder, run, "split")["part"] == 2)["id"]
    unseen = people().with_columns(
        kind=pl.when(pl.col("id").is_in(held.implode())).then(pl.lit("new")).otherwise("kind")
    )
    run = carried_out(write(folder, text, unseen)).run
    assert frame(folder, run, "scores")["logistic"].is_finite().all()


def as_given(made: Path, home: Path, **more: str) -> Path:
    """A project that is given the model of another as a file."""
    run = last(made)
    artifact = artifacts(made, run)["model"]
    lines = "".join(f'\n{key} = "{value}"' for key, value in more.items())
    text = GIVEN.replace('scores = ["p"]', f'path = "model.skops"{lines}')
    write(home, text, frame(made, run, "table"))
    with ledger_of(made) as ledger:
        (home / "model.skops").write_bytes(ledger.read(artifact.digest))
    return home


def test_a_given_model_scores_every_row(partly: Path, tmp_path: Path) -> None:
    home = as_given(partly, tmp_path / "given")
    run = carried_out(home).run
    scores = frame(home, run, "scores")
    assert scores.columns == ["row", "model"]
    table = frame(home, run, "table")
    np.testing.assert_allclose(scores["model"].to_numpy(), of_model(copied(partly, tmp_path), last(partly), table))
    assert artifacts(home, run)["model"].digest == artifacts(partly, last(partly))["model"].digest


@pytest.mark.parametrize("name", ["x", "row"])
def test_a_model_named_like_a_column(partly: Path, tmp_path: Path, name: str) -> None:
    home = as_given(partly, tmp_path / "given", name=name)
    with pytest.raises(InputError, match="the model is named as a column is") as told:
        carried_out(home)
    assert 'name = "…"' in told.value.hint
    edited(home, (f'name = "{name}"', 'name = "mine"'))
    assert frame(home, carried_out(home).run, "scores").columns == ["row", "mine"]


def test_a_file_that_is_no_model(partly: Path, tmp_path: Path) -> None:
    home = as_given(partly, tmp_path / "given")
    (home / "model.skops").write_bytes(b"\x80\x04 no model")
    with pytest.raises(InputError) as told:
        carried_out(home)
    assert told.value.where == "model model"
    (home / "model.skops").unlink()
    with pytest.raises((InputError, ConfigError)):
        carried_out(home)


def test_an_onnx_model_scores_every_row(tmp_path: Path) -> None:
    """A graph that takes each column of its own name: the logistic curve of x."""
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Sigmoid", ["x"], ["score"])], "curve",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, 1])],
        [onnx.helper.make_tensor_value_info("score", onnx.TensorProto.FLOAT, [None, 1])],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 15)], ir_version=8)
    table = people().with_columns(pl.col("x").cast(pl.Float32))
    folder = write(tmp_path / "p", GIVEN.replace('scores = ["p"]', 'path = "curve.onnx"'), table)
    (folder / "curve.onnx").write_bytes(model.SerializeToString())
    run = carried_out(folder).run
    x = frame(folder, run, "table")["x"].to_numpy()
    np.testing.assert_allclose(frame(folder, run, "scores")["curve"].to_numpy(), 1 / (1 + np.exp(-x)), atol=1e-5)
