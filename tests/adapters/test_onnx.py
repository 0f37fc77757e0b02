"""ONNX graphs as skl2onnx writes them, and graphs written by hand: against the estimator, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.ensemble import RandomForestClassifier

from sterling.adapters import as_model, load_model
from sterling.adapters.onnx import from_onnx
from sterling.adapters.tables import to_matrix, to_pandas
from sterling.core.errors import InputError
from sterling.testing import check_model
from tests.adapters.conftest import Fitted


@pytest.fixture(scope="module")
def whole(fitted: Fitted) -> pl.DataFrame:
    """Text cannot be missing in a graph, and single precision is what the graph computes in."""
    return fitted.table.drop_nulls(fitted.text).with_columns(pl.col(fitted.numeric).cast(pl.Float32))


def by_column(fitted: Fitted, *, zipmap: bool) -> onnx.ModelProto:
    types = [(n, FloatTensorType([None, 1])) for n in fitted.numeric] + [
        (t, StringTensorType([None, 1])) for t in fitted.text
    ]
    return to_onnx(fitted.pipeline, initial_types=types, options={id(fitted.pipeline): {"zipmap": zipmap}})


@pytest.mark.parametrize("zipmap", [True, False])
def test_one_input_per_column(fitted: Fitted, whole: pl.DataFrame, zipmap: bool) -> None:
    model = as_model(by_column(fitted, zipmap=zipmap), name="graph")
    assert model.kind == "probability"
    expected = fitted.pipeline.predict_proba(to_pandas(whole.select(fitted.features)))
    np.testing.assert_allclose(model.predict(whole), expected[:, 1], atol=1e-5)
    other = as_model(by_column(fitted, zipmap=zipmap), positive="0")
    np.testing.assert_allclose(other.predict(whole), expected[:, 0], atol=1e-5)
    assert check_model(model, whole).conforms


def trees(fitted: Fitted, whole: pl.DataFrame) -> tuple[RandomForestClassifier, np.ndarray, pl.DataFrame]:
    """A forest fitted on the numeric columns, its rows, and the table they come from."""
    table = whole.with_columns(pl.col(fitted.numeric).fill_null(0))
    X = to_matrix(table.select(fitted.numeric)).astype(np.float32)
    forest = RandomForestClassifier(10, max_depth=5, random_state=0).fit(X, table["approved"].to_numpy())
    return forest, X, table


@pytest.mark.parametrize("zipmap", [True, False])
def test_one_input_for_all(fitted: Fitted, whole: pl.DataFrame, zipmap: bool) -> None:
    forest, X, table = trees(fitted, whole)
    model = as_model(to_onnx(forest, X[:1], options={"zipmap": zipmap}), features=fitted.numeric)
    np.testing.assert_allclose(model.predict(table), forest.predict_proba(X)[:, 1], atol=1e-5)
    assert check_model(model, table).conforms


def test_feature_names_in_the_file(fitted: Fitted, whole: pl.DataFrame, tmp_path: Path) -> None:
    forest, X, table = trees(fitted, whole)
    graph = to_onnx(forest, X[:1])
    with pytest.raises(InputError, match="does not know the names") as caught:
        as_model(graph)
    assert f"{len(fitted.numeric)} columns" in caught.value.got
    helper.set_model_props(graph, {"feature_names": str(list(fitted.numeric)).replace("'", '"')})
    path = tmp_path / "forest.onnx"
    path.write_bytes(graph.SerializeToString())
    model = load_model(path)
    assert model.name == "forest"
    np.testing.assert_allclose(model.predict(table), forest.predict_proba(X)[:, 1], atol=1e-5)


def one_number(shape: list[Any], name: str = "score") -> onnx.ModelProto:
    """A graph that gives back the mean of its two inputs, per row."""
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["x", "axes"], [name], keepdims=int(len(shape) == 2))], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
        [helper.make_tensor("axes", TensorProto.INT64, [1], [1])],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.mark.parametrize("shape", [[None], [None, 1]])
def test_one_number_per_row(shape: list[Any]) -> None:
    table = pl.DataFrame({"b": [0.0, 1.0], "a": [0.5, 0.5]})
    with pytest.raises(InputError, match="nothing says of which kind"):
        from_onnx(one_number(shape), features=["a", "b"])
    model = from_onnx(one_number(shape), features=["a", "b"], kind="probability")
    np.testing.assert_allclose(model.predict(table), [0.25, 0.75])
    assert from_onnx(one_number(shape, "probability"), features=["a", "b"]).kind == "probability"
    assert check_model(model, table).conforms


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"features": ["a"]}, "1 features are named"),
        ({"features": ["a", "b"], "output": "scores"}, "no output 'scores'"),
    ],
)
def test_declarations_that_do_not_fit(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        from_onnx(one_number([None]), kind="raw", **given)


def test_what_a_graph_cannot_take(fitted: Fitted, whole: pl.DataFrame) -> None:
    model = as_model(by_column(fitted, zipmap=False))
    with pytest.raises(InputError, match="column 'sex' has missing values"):
        model.predict(fitted.table)
    with pytest.raises(InputError, match="column 'income' is not numeric"):
        model.predict(whole.with_columns(income=pl.lit("much")))
    with pytest.raises(InputError, match="needs the column 'income'"):
        model.predict(whole.drop("income"))
    with pytest.raises(InputError, match="no class maybe"):
        as_model(by_column(fitted, zipmap=True), positive="maybe").predict(whole)
    with pytest.raises(InputError, match="does not name its two classes"):
        as_model(by_column(fitted, zipmap=False), positive="maybe").predict(whole)


@pytest.mark.parametrize("content", [b"", b"not a graph", b"\x08\x07" * 50, b"\xff" * 100])
def test_hostile_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not an ONNX model"):
        load_model(path)


def test_cut_short(fitted: Fitted, tmp_path: Path) -> None:
    content = by_column(fitted, zipmap=False).SerializeToString()
    path = tmp_path / "m.onnx"
    for share in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(InputError):
            load_model(path)
