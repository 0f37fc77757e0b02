"""Fitted estimators on real applications: the same scores as the estimator itself, and clear words when it cannot."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sterling.adapters import as_model
from sterling.adapters.sklearn import from_sklearn
from sterling.adapters.tables import to_matrix, to_pandas
from sterling.core.errors import ConfigError, InputError
from sterling.core.model import Model
from sterling.testing import check_model
from tests.adapters.conftest import Fitted


def matrix(fitted: Fitted) -> np.ndarray:
    return to_matrix(fitted.table.select(fitted.numeric).fill_null(0))


def test_a_pipeline_scores_as_it_does_by_itself(fitted: Fitted) -> None:
    model = as_model(fitted.pipeline)
    assert isinstance(model, Model)
    assert (model.name, model.kind) == ("LogisticRegression", "probability")
    expected = fitted.pipeline.predict_proba(to_pandas(fitted.table.select(fitted.features)))[:, 1]
    np.testing.assert_array_equal(model.predict(fitted.table), expected)


def test_a_frame_that_pandas_read_itself_gives_the_same(fitted: Fitted) -> None:
    """Missing text and numbers must reach the encoder as they did in training."""
    own = pd.read_csv(pd.io.common.StringIO(fitted.table.write_csv()))
    expected = fitted.pipeline.predict_proba(own[list(fitted.features)])[:, 1]
    np.testing.assert_allclose(as_model(fitted.pipeline).predict(fitted.table), expected, atol=1e-6)


def test_conforms(fitted: Fitted) -> None:
    for model in (as_model(fitted.pipeline), as_model(fitted.forest, features=fitted.numeric)):
        report = check_model(model, fitted.table)
        assert report.conforms
        assert len(report.tried) == 8


def test_batches_do_not_show(fitted: Fitted) -> None:
    whole = from_sklearn(fitted.pipeline).predict(fitted.table)
    pieces = from_sklearn(fitted.pipeline, batch_rows=7).predict(fitted.table)
    np.testing.assert_allclose(pieces, whole, rtol=1e-12)


def test_the_positive_class_is_chosen_by_its_value(fitted: Fitted) -> None:
    words = np.where(fitted.label == 1, "yes", "no")
    model = DecisionTreeClassifier(max_depth=4).fit(matrix(fitted), words)
    table = fitted.table.with_columns(pl.col(fitted.numeric).fill_null(0))
    yes = as_model(model, features=fitted.numeric, positive="yes").predict(table)
    no = as_model(model, features=fitted.numeric, positive="no").predict(table)
    np.testing.assert_allclose(yes + no, 1)
    np.testing.assert_array_equal(as_model(model, features=fitted.numeric).predict(table), yes)
    for spelled in (1, "1", 1.0, True, "true"):
        assert from_sklearn(fitted.forest, features=fitted.numeric, positive=spelled).column == 1


def test_other_methods(fitted: Fitted) -> None:
    X, table = matrix(fitted), fitted.table.with_columns(pl.col(fitted.numeric).fill_null(0))
    margin = LinearSVC(max_iter=100_000, dual=False).fit(X, fitted.label)
    first, second = (as_model(margin, features=fitted.numeric, positive=p) for p in (1, 0))
    assert first.kind == "raw"
    np.testing.assert_array_equal(first.predict(table), margin.decision_function(X))
    np.testing.assert_array_equal(second.predict(table), -margin.decision_function(X))
    tree = from_sklearn(
        DecisionTreeClassifier(max_depth=3).fit(X, fitted.label), features=fitted.numeric, method="predict"
    )
    assert tree.kind == "prediction"
    assert set(tree.predict(table)) <= {0.0, 1.0}
    line = as_model(LinearRegression().fit(X, fitted.label), features=fitted.numeric)
    assert line.kind == "raw"
    for model in (first, second, tree, line):
        assert check_model(model, table).conforms


def test_three_classes_need_one_named(fitted: Fitted) -> None:
    label = np.array(["low", "mid", "high"])[np.arange(len(fitted.label)) % 3]
    model = DecisionTreeClassifier(max_depth=2).fit(matrix(fitted), label)
    with pytest.raises(InputError, match="3 classes"):
        as_model(model, features=fitted.numeric)
    chosen = as_model(model, features=fitted.numeric, positive="mid")
    np.testing.assert_array_equal(
        chosen.predict(fitted.table.with_columns(pl.col(fitted.numeric).fill_null(0))),
        model.predict_proba(matrix(fitted))[:, list(model.classes_).index("mid")],
    )


def test_text_in_a_numeric_column(fitted: Fitted) -> None:
    with pytest.raises(InputError, match="failed while scoring") as caught:
        as_model(fitted.pipeline).predict(fitted.table.with_columns(income=pl.lit("Jane Doe")))
    assert "Jane" not in str(caught.value)


def test_unknown_column_names_the_nearest(fitted: Fitted) -> None:
    with pytest.raises(InputError, match="needs the column 'income'") as caught:
        as_model(fitted.pipeline).predict(fitted.table.rename({"income": "incomes"}))
    assert "did you mean incomes?" in caught.value.hint


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda f: as_model(LogisticRegression()), "the model is not fitted"),
        (lambda f: as_model(LogisticRegression), "is a class, not a fitted model"),
        (lambda f: as_model(f.forest), "does not know the names of its columns"),
        (lambda f: as_model(f.pipeline, positive="approved"), "no class approved"),
        (
            lambda f: from_sklearn(LinearRegression().fit(matrix(f), f.label), method="predict_proba"),
            "has no predict_proba",
        ),
        (lambda f: as_model(3), "an object of type int is not a model"),
        (lambda f: as_model(None), "is not a model"),
    ],
)
def test_refused(fitted: Fitted, build: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        build(fitted)  # type: ignore[operator]


def test_unknown_kind(fitted: Fitted) -> None:
    with pytest.raises(ConfigError, match="did you mean probability"):
        as_model(fitted.pipeline, kind="probabilty")
