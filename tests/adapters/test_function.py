"""Any function as a model, and what is said of scores that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sterling.adapters import as_model
from sterling.adapters.function import from_callable
from sterling.core.errors import InputError
from sterling.testing import check_model

TABLE = pl.DataFrame({"a": [0.1, 0.9, 0.5], "b": [1, 2, None], "c": ["x", None, "z"]})


@pytest.mark.parametrize(
    "function",
    [
        lambda t: t["a"],
        lambda t: t["a"].to_numpy(),
        lambda t: t["a"].to_list(),
        lambda t: t.select("a").to_numpy(),
        lambda t: pd.Series(t["a"].to_list()),
        lambda t: np.array(t["a"].to_list(), dtype=object),
        lambda t: t["a"].to_numpy().astype(np.float32),
    ],
)
def test_whatever_holds_numbers(function: Callable[[pl.DataFrame], Any]) -> None:
    scores = as_model(function).predict(TABLE)
    assert scores.dtype == np.float64
    np.testing.assert_allclose(scores, [0.1, 0.9, 0.5], rtol=1e-6)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda t: t["a"].to_list()[:2], "wrong number of scores"),
        (lambda t: np.zeros((t.height, 2)), "keep the positive class"),
        (lambda t: 0.5, "wrong number of scores"),
        (lambda t: None, "wrong number of scores"),
        (lambda t: ["high"] * t.height, "not numbers"),
        (lambda t: [0.1, "high", 0.2], "not numbers"),
        (lambda t: np.array([{}, 1, 2], dtype=object), "not numbers"),
        (lambda t: [0.1, None, 0.2], "1 of 3 scores are NaN or infinite"),
        (lambda t: [0.1, np.nan, np.inf], "2 of 3 scores are NaN or infinite"),
        (lambda t: [0.1, 1.5, -2], "2 of 3 scores lie outside"),
        (lambda t: t["missing"], "failed while scoring"),
        (lambda t: 1 / 0, "failed while scoring"),
    ],
)
def test_scores_that_do_not_fit(function: Callable[[pl.DataFrame], Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        as_model(function).predict(TABLE)


def test_kinds() -> None:
    assert as_model(lambda t: [-5.0, 0, 7], kind="raw").predict(TABLE).tolist() == [-5, 0, 7]
    assert as_model(lambda t: [True, False, True], kind="prediction").predict(TABLE).tolist() == [1, 0, 1]
    with pytest.raises(InputError, match="neither 0 nor 1"):
        as_model(lambda t: t["a"], kind="prediction").predict(TABLE)


def test_containers_and_features() -> None:
    seen: list[Any] = []

    def keep(given: Any) -> list[float]:
        seen.append(given)
        return [0.5] * len(given)

    from_callable(keep, container="pandas").predict(TABLE)
    from_callable(keep, container="numpy", features=["b", "a"]).predict(TABLE)
    from_callable(keep, features=["c"]).predict(TABLE)
    assert isinstance(seen[0], pd.DataFrame)
    assert seen[0]["b"].isna().tolist() == [False, False, True]
    assert seen[0]["c"].isna().tolist() == [False, True, False]
    np.testing.assert_array_equal(seen[1], [[1, 0.1], [2, 0.9], [np.nan, 0.5]])
    assert seen[2].columns == ["c"]


def test_names() -> None:
    def by_rule(table: pl.DataFrame) -> pl.Series:
        return table["a"]

    assert as_model(by_rule).name == "by_rule"
    assert as_model(by_rule, name="rule").name == "rule"
    assert as_model(lambda t: t["a"]).name == "lambda"


def test_large_tables_go_in_batches() -> None:
    heights: list[int] = []

    def score(table: pl.DataFrame) -> pl.Series:
        heights.append(table.height)
        return table["a"]

    table = pl.DataFrame({"a": np.linspace(0, 1, 100_001)})
    scores = from_callable(score, batch_rows=40_000).predict(table)
    assert heights == [40_000, 40_000, 20_001]
    np.testing.assert_array_equal(scores, table["a"].to_numpy())


def test_conforms() -> None:
    report = check_model(as_model(lambda t: t["a"] / 2, name="half"), TABLE)
    assert report.conforms
    assert report.rows == 3


def test_a_model_is_passed_through() -> None:
    model = as_model(lambda t: t["a"])
    assert as_model(model) is model
