"""Every metric of several labels beside scikit-learn's, on random tables, with and without weights."""

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

ASKED = ["micro_precision", "micro_recall", "micro_f1", "weighted_recall"]


def made(n: int, labels: int, *, seed: int, rare: float = 0.4) -> pl.DataFrame:
    """Labels `is_…` that go together, scores `p_…` that know a little of them."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(n, 1))
    truth = rng.normal(size=(n, labels)) + 0.7 * mood < np.quantile(mood, rare)
    scores = 1 / (1 + np.exp(-(rng.normal(size=(n, labels)) + 2.0 * truth - 1.0 + 0.5 * mood)))
    return pl.DataFrame(
        {
            "g": [f"g{i}" for i in rng.integers(0, 2, n)],
            "w": rng.integers(1, 5, n).astype(float),
            "c": rng.integers(0, max(n // 4, 2), n),
            **{f"is_l{k}": truth[:, k].astype(int) for k in range(labels)},
            **{f"p_l{k}": scores[:, k] for k in range(labels)},
        }
    )


def table(frame: pl.DataFrame, *also: str, **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", also=[*ASKED, *also]),), grid=False, min_n=1)
    return st.evaluate(
        frame,
        task="multilabel",
        label="is_{label}",
        score="p_{label}",
        plan=plan,
        **roles,  # type: ignore[arg-type]
    ).tables[0]


def reference(y: np.ndarray, p: np.ndarray, w: np.ndarray | None, threshold: float = 0.5) -> dict[str, float]:
    said = (p >= threshold).astype(int)
    out = {
        "subset_accuracy": sk.accuracy_score(y, said, sample_weight=w),
        "hamming_loss": sk.hamming_loss(y, said, sample_weight=w),
        "jaccard_of_rows": sk.jaccard_score(y, said, average="samples", zero_division=1.0, sample_weight=w),
        "label_cardinality": float(np.average(y.sum(axis=1), weights=w)),
        "predicted_cardinality": float(np.average(said.sum(axis=1), weights=w)),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        occurs = [k for k in range(y.shape[1]) if (y[:, k] + said[:, k]).any()]
        for average in ("macro", "weighted", "micro"):
            # A table of one label alone is taken for a yes/no question, whose averages are over yes and no.
            one = len(occurs) == 1
            scores = sk.precision_recall_fscore_support(
                y[:, occurs[0]] if one else y[:, occurs], said[:, occurs[0]] if one else said[:, occurs],
                average="binary" if one else average, sample_weight=w, zero_division=0,
            )  # fmt: skip
            out |= {f"{average}_{m}": v for m, v in zip(("precision", "recall", "f1"), scores[:3], strict=True)}
    if all(0 < y[:, k].sum() < len(y) for k in range(y.shape[1])):
        for average in ("macro", "weighted"):
            out[f"{average}_auc"] = sk.roc_auc_score(y, p, average=average, sample_weight=w)
    return out


def check(found: EstimateTable, expected: dict[str, float], at: Slice, threshold: float = 0.5) -> None:
    for name, value in expected.items():
        estimate = found.estimate(name, at, threshold)
        if estimate.value is None:
            # Nothing to divide by, where scikit-learn says 0, or a single row, which says nothing of its like.
            assert value == 0 or estimate.n_eligible < 2, name
            continue
        assert estimate.value == pytest.approx(value, abs=1e-8), name
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9, name


@settings(max_examples=15, deadline=None)
@given(
    n=some.integers(20, 120), labels=some.integers(2, 6), seed=some.integers(0, 10_000), weighted=some.booleans(),
    rare=some.sampled_from([0.1, 0.5]),
)  # fmt: skip
def test_random_tables(n: int, labels: int, seed: int, weighted: bool, rare: float) -> None:
    frame = made(n, labels, seed=seed, rare=rare)
    found = table(frame, groups="g", thresholds=[0.3, 0.5], **({"weight": "w"} if weighted else {}))
    for name, rows in [(None, frame), *((g, frame.filter(g=g)) for g in frame["g"].unique())]:
        y = rows.select(f"is_l{k}" for k in range(labels)).to_numpy()
        p = rows.select(f"p_l{k}" for k in range(labels)).to_numpy()
        w = rows["w"].to_numpy() if weighted else None
        at = EVERYONE if name is None else Slice.of({"g": name})
        check(found, reference(y, p, w), at)


def test_thresholds() -> None:
    frame = made(300, 3, seed=2)
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1, thresholds=(0.25, 0.7))
    found = st.evaluate(frame, task="multilabel", label="is_{label}", score="p_{label}", plan=plan).tables[0]
    y, p = (frame.select(f"{c}_l{k}" for k in range(3)).to_numpy() for c in ("is", "p"))
    for threshold in (0.25, 0.7):
        expected = reference(y, p, None, threshold)
        check(found, {k: v for k, v in expected.items() if not k.startswith("micro") and k != "weighted_recall"},
              EVERYONE, threshold)  # fmt: skip


def test_each_label_is_a_yes_no_model() -> None:
    """`… of l1` is what the binary task says of that label and its score, interval and all."""
    frame = made(400, 3, seed=5)
    names = ["selection_rate", "true_positive_rate", "precision", "f1", "auc", "calibration_in_the_large"]
    for roles in ({}, {"weight": "w"}, {"cluster": "c"}):
        found = table(frame, groups="g", **roles)
        plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1)
        other = st.evaluate(frame, label="is_l1", score="p_l1", groups="g", plan=plan, **roles).tables[0]  # type: ignore[arg-type]
        for metric in names:
            for at in (EVERYONE, Slice.of({"g": "g0"})):
                mine, theirs = found.estimate(f"{metric} of l1", at, 0.5), other.estimate(metric, at, 0.5)
                assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high))


def test_missing_labels() -> None:
    """A label that a row lacks is left out of what is said of that label; the row is left out of whole rows."""
    frame = made(300, 3, seed=7).with_columns(is_l0=pl.when(pl.int_range(pl.len()) % 3 > 0).then("is_l0"))
    found = table(frame)
    known = frame.filter(pl.col("is_l0").is_not_null())
    y, p = (known.select(f"{c}_l{k}" for k in range(3)).to_numpy().astype(float) for c in ("is", "p"))
    assert found.estimate("subset_accuracy", EVERYONE, 0.5).value == pytest.approx(sk.accuracy_score(y, p >= 0.5))
    assert found.estimate("subset_accuracy", EVERYONE, 0.5).n_eligible == 200
    recall = sk.recall_score(known["is_l0"], known["p_l0"] >= 0.5)
    assert found.estimate("true_positive_rate of l0", EVERYONE, 0.5).value == pytest.approx(recall)
    wrong = sum(int(((frame[f"p_l{k}"] >= 0.5) != (frame[f"is_l{k}"] == 1)).sum() or 0) for k in range(3))
    assert found.estimate("hamming_loss", EVERYONE, 0.5).value == pytest.approx(wrong / 800)


def test_rows_are_clusters_of_their_labels() -> None:
    """With every label copied, the pooled interval does not shrink as if there were more people."""
    frame = made(200, 1, seed=3)
    twice = frame.with_columns(is_l1="is_l0", p_l1="p_l0", is_l2="is_l0", p_l2="p_l0")
    one = table(frame.with_columns(is_l1=pl.lit(0), p_l1=pl.lit(0.1)), "recall of l0").estimate(
        "true_positive_rate of l0", EVERYONE, 0.5
    )
    three = table(twice).estimate("micro_recall", EVERYONE, 0.5)
    assert one.value == pytest.approx(three.value)
    assert three.low is not None
    assert one.low is not None
    assert three.low <= one.low + 1e-9
