"""`--model`: the command scores the rows itself and finds what the same scores in a column would have shown."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from .conftest import Cli

pytest.importorskip("sklearn")


@pytest.fixture
def fitted(folder: Path, table: pl.DataFrame) -> object:
    """A model of two columns, fitted to the planted table; `features.csv` holds the columns and its scores."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(5)
    near, noise = table["p"].to_numpy() + rng.normal(0, 0.2, table.height), rng.normal(size=table.height)
    features = table.with_columns(x1=pl.Series(near), x2=pl.Series(noise))
    model = LogisticRegression().fit(features.select("x1", "x2").to_numpy(), features["y"].to_numpy())
    model.feature_names_in_ = np.array(["x1", "x2"], dtype=object)
    scores = model.predict_proba(features.select("x1", "x2").to_pandas())[:, 1]
    features.with_columns(score=scores).write_parquet(folder / "features.parquet")
    return model


def rates(document: str) -> list[tuple[float, ...]]:
    keep = ("selection_rate", "true_positive_rate", "auc")
    found = [e for e in json.loads(document)["estimates"] if e["metric"] in keep]
    return [(e["value"], e["low"], e["high"], e["n"]) for e in found]


def examined(cli: Cli, *words: str) -> list[tuple[float, ...]]:
    base = ["evaluate", "features.parquet", "--label", "y", "--groups", "g", "--no-report", "--json", "-"]
    ended = cli(*base, *words)
    assert ended.code == 0, ended.err
    return rates(ended.out)


def test_a_skops_file(cli: Cli, folder: Path, fitted: object) -> None:
    io = pytest.importorskip("skops.io")
    io.dump(fitted, folder / "model.skops")
    assert examined(cli, "--model", "model.skops") == examined(cli, "--score", "score")


def test_a_pickle_with_permission(cli: Cli, folder: Path, fitted: object) -> None:
    (folder / "model.pkl").write_bytes(pickle.dumps(fitted))
    ours = examined(cli, "--model", "model.pkl", "--allow-pickle")
    assert ours == examined(cli, "--score", "score")


def test_a_missing_feature(cli: Cli, folder: Path, fitted: object) -> None:
    (folder / "model.pkl").write_bytes(pickle.dumps(fitted))
    ended = cli("evaluate", "scores.csv", "--label", "y", "--model", "model.pkl", "--allow-pickle", "--no-report")
    assert ended.code == 2
    assert "x1" in ended.err
