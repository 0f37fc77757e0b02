"""Every metric of several classes beside scikit-learn's, on random and real tables, with and without weights."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn import metrics as sk

import sterling as st
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.quality.multiclass.tables import made, wine

ASKED = ["mcc", "kappa", "weighted_recall", "micro_f1", "micro_precision", "micro_recall", "error_rate"]


def table(
    frame: pl.DataFrame, *also: str, label: str = "y", score: str = "p_{class}", **roles: object
) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", also=[*ASKED, *also]),), grid=False, min_n=1)
    return st.evaluate(frame, task="multiclass", label=label, score=score, plan=plan, **roles).tables[0]  # type: ignore[arg-type]


def reference(y: np.ndarray, p: np.ndarray, classes: list[str], w: np.ndarray | None) -> dict[str, float]:
    """The same numbers by scikit-learn. `p` in the order of the sorted classes."""
    said = np.array(classes)[p.argmax(axis=1)]
    out = {
        "accuracy": sk.accuracy_score(y, said, sample_weight=w),
        "error_rate": 1 - sk.accuracy_score(y, said, sample_weight=w),
        "kappa": sk.cohen_kappa_score(y, said, sample_weight=w),
        "mcc": sk.matthews_corrcoef(y, said, sample_weight=w),
        "log_loss": sk.log_loss(y, p, labels=classes, sample_weight=w),
        "brier": np.average(((p - (y[:, None] == np.array(classes))) ** 2).sum(axis=1) / 2, weights=w),
        "mean_confidence": np.average(p.max(axis=1), weights=w),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out["balanced_accuracy"] = sk.balanced_accuracy_score(y, said, sample_weight=w)
        for average in ("macro", "weighted", "micro"):
            scores = sk.precision_recall_fscore_support(y, said, average=average, sample_weight=w, zero_division=0)
            out |= {f"{average}_{m}": v for m, v in zip(("precision", "recall", "f1"), scores[:3], strict=True)}
    for k in (2, 3, 5):
        if k < len(classes):
            out[f"top_{k}_accuracy"] = sk.top_k_accuracy_score(y, p, k=k, labels=classes, sample_weight=w)
    if set(y) == set(classes):
        for average in ("macro", "weighted"):
            out[f"{average}_auc"] = sk.roc_auc_score(
                y, p, labels=classes, multi_class="ovr", average=average, sample_weight=w
            )
    return {m: v for m, v in out.items() if np.isfinite(v)}


def check(found: EstimateTable, expected: dict[str, float], at: Slice) -> None:
    names = {"kappa": "cohens_kappa", "mcc": "matthews_correlation"}
    for name, value in expected.items():
        estimate = found.estimate(names.get(name, name), at)
        if name == "mcc" and estimate.value is None:
            assert value == 0  # scikit-learn's word for an undefined correlation
            continue
        assert estimate.value == pytest.approx(value, abs=2e-6 if "auc" in name else 1e-8), name
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9, name


@settings(max_examples=15, deadline=None)
@given(
    n=some.integers(20, 120), k=some.integers(3, 7), seed=some.integers(0, 10_000), weighted=some.booleans(),
    skill=some.sampled_from([0.0, 1.0, 4.0]),
)  # fmt: skip
def test_random_tables(n: int, k: int, seed: int, weighted: bool, skill: float) -> None:
    classes = [f"c{i}" for i in range(k)]
    frame = made(n, tuple(classes), seed=seed, skill=skill)
    found = table(frame, groups="g", **({"weight": "w"} if weighted else {}))
    for name, rows in [(None, frame), *((g, frame.filter(g=g)) for g in frame["g"].unique())]:
        expected = reference(
            rows["y"].to_numpy(), rows.select(f"p_{c}" for c in classes).to_numpy(), classes,
            rows["w"].to_numpy() if weighted else None,
        )  # fmt: skip
        check(found, expected, EVERYONE if name is None else Slice.of({"g": name}))


def test_real_wines() -> None:
    frame = wine()
    classes = sorted(frame["kind"].unique())
    found = table(frame, "recall of barbera", "precision of barolo", "auc of grignolino", label="kind", groups="colour")
    for name in ("deep", "light"):
        rows = frame.filter(colour=name)
        p = rows.select(f"p_{c}" for c in classes).to_numpy()
        check(found, reference(rows["kind"].to_numpy(), p, classes, None), Slice.of({"colour": name}))
        said = np.array(classes)[p.argmax(axis=1)]
        report = sk.classification_report(rows["kind"], said, output_dict=True, zero_division=0)
        at = Slice.of({"colour": name})
        assert found.estimate("true_positive_rate of barbera", at).value == pytest.approx(report["barbera"]["recall"])
        assert found.estimate("precision of barolo", at).value == pytest.approx(report["barolo"]["precision"])
        auc = sk.roc_auc_score(rows["kind"] == "grignolino", rows["p_grignolino"])
        assert found.estimate("auc of grignolino", at).value == pytest.approx(auc)


def test_every_rate_of_a_class_is_that_of_a_yes_no_model() -> None:
    """`… of c` is what the binary task says of the decisions "predicted c" and the label "is c"."""
    frame = made(400, ("a", "b", "c"), seed=5)
    classes = ["a", "b", "c"]
    said = np.array(classes)[frame.select(f"p_{c}" for c in classes).to_numpy().argmax(axis=1)]
    names = ["selection_rate", "true_positive_rate", "false_positive_rate", "precision", "f1", "prevalence", "accuracy"]
    for roles in ({}, {"weight": "w"}, {"cluster": "c"}):
        found = table(frame, *(f"{m} of b" for m in names), groups="g", **roles)  # type: ignore[arg-type]
        binary = frame.with_columns(is_b=(pl.col("y") == "b").cast(int), says_b=pl.Series((said == "b").astype(int)))
        plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1)
        other = st.evaluate(binary, label="is_b", prediction="says_b", groups="g", plan=plan, **roles).tables[0]  # type: ignore[arg-type]
        for metric in names:
            for at in (EVERYONE, Slice.of({"g": "g0"})):
                mine, theirs = found.estimate(f"{metric} of b", at), other.estimate(metric, at)
                assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high))
