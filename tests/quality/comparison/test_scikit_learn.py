"""Changes of models of numbers and classes on real data are the differences that scikit-learn works out."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import metrics as sk
from sklearn.datasets import load_diabetes, load_digits
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor

from tests.quality.comparison.worlds import evaluate, whole

WEIGHTED = pytest.mark.parametrize("weighted", [False, True])


@WEIGHTED
def test_numbers(weighted: bool) -> None:
    x, y = load_diabetes(return_X_y=True)
    half = len(y) // 2
    old, new = (m.fit(x[:half], y[:half]).predict(x[half:]) for m in (KNeighborsRegressor(5), Ridge(0.1)))
    y, w = y[half:], np.arange(len(y) - half) % 4 + 0.5
    frame = pl.DataFrame({"y": y, "old": old, "new": new, "w": w})
    how: dict[str, Any] = {
        "task": "regression",
        "label": "y",
        "score": ["old", "new"],
        "compare": "old",
        "groups": None,
    }
    found = whole(evaluate(frame, how, weight="w" if weighted else None))
    given = {"sample_weight": w} if weighted else {}
    for name, function in {
        "mean_absolute_error": sk.mean_absolute_error, "mean_squared_error": sk.mean_squared_error,
        "root_mean_squared_error": sk.root_mean_squared_error, "r2": sk.r2_score,
        "mean_absolute_percentage_error": sk.mean_absolute_percentage_error,
        "mean_squared_log_error": sk.mean_squared_log_error,
    }.items():  # fmt: skip
        value, low, high = found[name]
        assert value == pytest.approx(function(y, new, **given) - function(y, old, **given), rel=1e-9), name
        assert low < value < high


@WEIGHTED
def test_classes(weighted: bool) -> None:
    x, y = load_digits(return_X_y=True)
    half = len(y) // 2
    models = (GaussianNB(var_smoothing=1e-2), LogisticRegression(max_iter=200, C=0.01))
    old, new = (m.fit(x[:half] / 16, y[:half]).predict_proba(x[half:] / 16) for m in models)
    y, w = y[half:], np.arange(len(y) - half) % 4 + 0.5
    columns = {f"{name}_{c}": p[:, c] for name, p in (("old", old), ("new", new)) for c in range(10)}
    frame = pl.DataFrame({"y": y.astype(str), "w": w, **columns})
    how: dict[str, Any] = {
        "task": "multiclass", "label": "y", "score": ["old_{class}", "new_{class}"], "compare": "old_{class}",
        "groups": None,
    }  # fmt: skip
    found = whole(evaluate(frame, how, weight="w" if weighted else None))
    given = {"sample_weight": w} if weighted else {}
    first, second = old.argmax(axis=1), new.argmax(axis=1)
    for name, function in {
        "accuracy": sk.accuracy_score, "balanced_accuracy": sk.balanced_accuracy_score,
        "matthews_correlation": sk.matthews_corrcoef, "cohens_kappa": sk.cohen_kappa_score,
        "macro_f1": lambda *a, **k: sk.f1_score(*a, average="macro", **k),
        "weighted_precision": lambda *a, **k: sk.precision_score(*a, average="weighted", **k),
        "true_positive_rate of 8": lambda *a, **k: sk.recall_score(*a, average=None, **k)[8],
    }.items():  # fmt: skip
        value, low, high = found[name]
        assert value == pytest.approx(function(y, second, **given) - function(y, first, **given), rel=1e-8), name
        assert low < value < high
    for name, function in {
        "log_loss": sk.log_loss,
        "macro_auc": lambda *a, **k: sk.roc_auc_score(*a, multi_class="ovr", average="macro", **k),
        "weighted_auc": lambda *a, **k: sk.roc_auc_score(*a, multi_class="ovr", average="weighted", **k),
        "top_2_accuracy": lambda *a, **k: sk.top_k_accuracy_score(*a, k=2, **k),
    }.items():
        if not (weighted and name == "weighted_auc"):  # scikit-learn counts rows there, and Sterling their weights
            assert found[name][0] == pytest.approx(function(y, new, **given) - function(y, old, **given), abs=1e-8), (
                name
            )
