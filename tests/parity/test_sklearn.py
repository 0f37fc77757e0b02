"""Every rate and score metric of every slice, to 1e-9, against scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs
from numpy.typing import NDArray
from sklearn import metrics as sk

import sterling as st
from sterling.core.metrics import SCORE_METRICS
from sterling.core.plan import parse_thresholds
from sterling.core.rates import RATES
from sterling.quality.metrics.search import FEW
from tests.parity import references
from tests.parity.examples import EXAMPLES, HARD, Example
from tests.parity.tables import slices, tables

Floats = NDArray[np.float64]
TOLERANCE = 1e-9
BY_LABEL = ("relative_coefficient_of_discrimination",)
"""Of one row of a label nothing tells how far these reach."""


def rates(y: Floats, p: Floats, w: Floats, everyone: Floats, everyone_w: Floats) -> dict[str, float]:
    """What scikit-learn says of labelled rows (y, p, w); `everyone` are the decisions of all rows.

    NaN where it divides by 0.
    """
    nan = float("nan")
    tn, fp, fn, tp = sk.confusion_matrix(y, p, labels=[0, 1], sample_weight=w).ravel() if len(y) else (0.0,) * 4
    some = {"sample_weight": w, "zero_division": np.nan}

    def of(positive: int) -> tuple[float, float]:
        if not len(y):
            return nan, nan
        return (
            float(sk.recall_score(y, p, pos_label=positive, **some)) if (y == positive).any() else nan,
            float(sk.precision_score(y, p, pos_label=positive, **some)) if (p == positive).any() else nan,
        )

    (tpr, ppv), (tnr, npv) = of(1), of(0)
    selected = float(np.average(everyone, weights=everyone_w))
    return {
        "true_positive_rate": tpr, "false_negative_rate": 1 - tpr,
        "true_negative_rate": tnr, "false_positive_rate": 1 - tnr,
        "precision": ppv, "false_discovery_rate": 1 - ppv,
        "negative_predictive_value": npv, "false_omission_rate": 1 - npv,
        "accuracy": float(sk.accuracy_score(y, p, sample_weight=w)) if len(y) else nan,
        "balanced_accuracy": (tpr + tnr) / 2, "informedness": tpr + tnr - 1,
        "f1": float(sk.f1_score(y, p, **some)) if 2 * tp + fp + fn > 0 else nan,
        "prevalence": float(np.average(y, weights=w)) if len(y) else nan,
        "selection_rate": selected, "negative_rate": 1 - selected,
    } | _derived(y, p, w, (tp, fp, fn, tn), (tpr, tnr, ppv, npv))  # fmt: skip


def _derived(
    y: Floats, p: Floats, w: Floats, cells: tuple[float, ...], four: tuple[float, float, float, float]
) -> dict[str, float]:
    """The rest of the catalogue; by scikit-learn where it has the metric, else by its textbook formula."""
    tp, fp, fn, tn = cells
    tpr, tnr, ppv, npv = four
    nan, some = float("nan"), {"sample_weight": w}
    both = 0 < y.sum() < len(y)
    mixed = both and 0 < p.sum() < len(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        fpr, plus, minus = 1 - tnr, np.float64(tpr) / (1 - tnr), np.float64(1 - tpr) / tnr
        odds, below = np.float64(tp * tn) / (fp * fn), np.sqrt(fpr) / (np.sqrt(tpr) + np.sqrt(fpr))
    seen = 2 * tp + fp + fn > 0
    return {
        "f2": float(sk.fbeta_score(y, p, beta=2, **some)) if seen else nan,
        "f05": float(sk.fbeta_score(y, p, beta=0.5, **some)) if seen else nan,
        "negative_f1": float(sk.f1_score(y, p, pos_label=0, **some)) if 2 * tn + fp + fn > 0 else nan,
        "error_rate": float(sk.zero_one_loss(y, p, **some)) if len(y) else nan,
        "threat_score": float(sk.jaccard_score(y, p, **some)) if tp + fp + fn > 0 else nan,
        "matthews_correlation": float(sk.matthews_corrcoef(y, p, **some)) if mixed else nan,
        "cohens_kappa": float(sk.cohen_kappa_score(y, p, labels=[0, 1], **some)) if both or mixed or _differ(cells)
        else nan,
        "fowlkes_mallows": float(np.sqrt(tpr * ppv)),
        "geometric_mean": float(np.sqrt(tpr * tnr)),
        "markedness": ppv + npv - 1,
        "positive_likelihood_ratio": float(plus) if np.isfinite(plus) else nan,
        "negative_likelihood_ratio": float(minus) if np.isfinite(minus) else nan,
        "diagnostic_odds_ratio": float(odds) if np.isfinite(odds) else nan,
        "prevalence_threshold": float(below),
    }  # fmt: skip


def _differ(cells: tuple[float, ...]) -> bool:
    """Whether kappa's denominator is above 0."""
    tp, fp, fn, tn = cells
    return (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn) > 0


def score_metrics(
    y: Floats, s: Floats, w: Floats, everyone: Floats, everyone_w: Floats, *, raw: bool
) -> dict[str, float]:
    nan = float("nan")
    both = 0 < y.sum() < len(y)
    out = {
        "auc": float(sk.roc_auc_score(y, s, sample_weight=w)) if both else nan,
        "mean_score": float(np.average(everyone, weights=everyone_w)),
    }
    if not raw:
        some: dict[str, Callable[[], float]] = {
            "brier": lambda: float(sk.brier_score_loss(y, s, sample_weight=w, pos_label=1)),
            "log_loss": lambda: float(sk.log_loss(y, s, sample_weight=w, labels=[0, 1])),
            "calibration_in_the_large": lambda: float(np.average(s - y, weights=w)),
        }
        out |= {name: (measure() if len(y) else nan) for name, measure in some.items()}
        out |= references.calibration(y, s, w)
    return out | references.curves(y, s, w)


def check(
    frame: pl.DataFrame,
    groups: tuple[str, ...],
    *,
    label: str,
    score: str,
    weight: str | None,
    thresholds: list[float],
    raw: bool = False,
) -> int:
    """Compare every slice, threshold and metric; returns how many numbers were compared."""
    plan = st.Plan(asks=(st.ask("QU001", metrics=["all"]),), thresholds=tuple(thresholds), grid=False, min_n=1)
    kind = "raw" if raw else "probability"
    run = st.evaluate(
        frame, label=label, positive=1, score=score, score_kind=kind, groups=list(groups), weight=weight, plan=plan
    )
    every = list(run.frame.iter_rows(named=True))
    got = {(r["slice"], r["metric"], r["threshold"]): r["value"] for r in every}
    unsure = {(r["slice"], r["metric"], r["threshold"]) for r in every if r["status"] == "insufficient"}
    count = 0
    if frame.schema[label].is_float():
        frame = frame.with_columns(pl.col(label).fill_nan(None))
    by_slice = slices(frame, groups)
    assert {s for s, _, _ in got} == set(by_slice)
    for name, rows in by_slice.items():
        s = rows[score].to_numpy().astype(float)
        w = rows[weight].to_numpy() if weight else np.ones(len(s))
        known = rows[label].is_not_null().to_numpy()
        y = rows[label].drop_nulls().to_numpy().astype(float)
        expected: dict[tuple[str, float | None], float] = {}
        for t in thresholds:
            p = (s >= t).astype(float)
            expected |= {(m, t): v for m, v in rates(y, p[known], w[known], p, w).items()}
        expected |= {(m, None): v for m, v in score_metrics(y, s[known], w[known], s, w, raw=raw).items()}
        for (metric, t), value in expected.items():
            if metric in references.LOOSE and _too_few(y):
                assert got[(name, metric, None)] is None
                continue
            place = (name, metric, None if metric == "prevalence" else t)
            mine = got[place]
            if place in unsure and mine is None and not np.isnan(value):
                alone = len(y) < 2 or (metric in BY_LABEL and min(y.sum(), len(y) - y.sum()) < 2)
                assert len(s) < 2 or alone or weight, place
                continue  # of one row there is a value, and nothing that tells how far it reaches
            if np.isnan(value):
                assert mine is None, (name, metric, t, mine)
            else:
                near = references.NEAR.get(metric, TOLERANCE)
                assert mine == pytest.approx(value, abs=near, rel=near), (name, metric, t)
            count += 1
    return count


def _too_few(y: Floats) -> bool:
    """Whether resampling would have too little to go on: then nothing is said."""
    return min(y.sum(), len(y) - y.sum()) < FEW


@pytest.fixture(autouse=True)
def _one_class_is_meant() -> object:
    """scikit-learn warns where a slice holds one class; those slices are part of the test."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
        warnings.filterwarnings("ignore", category=sk_warning())
        yield


def sk_warning() -> type[Warning]:
    from sklearn.exceptions import UndefinedMetricWarning

    return UndefinedMetricWarning


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_examples(example: Example) -> None:
    marks = [3.0, 5.0, 8.0] if example.raw else [0.3, 0.5]
    compared = check(
        example.frame,
        example.groups[:2],
        label=example.label,
        score=example.score,
        weight=None,
        thresholds=marks,
        raw=example.raw,
    )
    assert compared > 200


def test_examples_weighted() -> None:
    lending = EXAMPLES[0].frame.with_columns(w=pl.int_range(pl.len()) % 7 + 0.5)
    check(lending, ("race", "sex"), label="approved", score="score", weight="w", thresholds=[0.5])


@pytest.mark.parametrize(("group", "weight"), [("g", "w"), ("h", "w"), ("h", None)])
def test_hard_cases(group: str, weight: str | None) -> None:
    compared = check(HARD.frame, (group,), label="y", score="s", weight=weight, thresholds=[0.6])
    assert compared > (10_000 if group == "g" else 200)


@given(frame=tables(), weighted=hs.booleans(), raw=hs.booleans())
@settings(max_examples=6)
def test_random_tables(frame: pl.DataFrame, *, weighted: bool, raw: bool) -> None:
    check(frame, ("g", "h"), label="y", score="s", weight="w" if weighted else None, thresholds=[0.2, 0.5], raw=raw)


def test_every_metric_is_compared() -> None:
    """A new metric must get a reference here."""
    one = np.array([0.0, 1.0])
    w = np.ones(2)
    assert set(rates(one, one, w, one, w)) == set(RATES)
    mine = {name for name, metric in SCORE_METRICS.items() if "binary" in metric.info.tasks}
    assert {*score_metrics(one, one, w, one, w, raw=False), "representation", "score_lift"} == mine


@given(seed=hs.integers(0, 2**32 - 1), n=hs.integers(1, 3000))
@settings(max_examples=12)
def test_scores_on_cut_points_are_counted_exactly(seed: int, n: int) -> None:
    """Scores of three decimals, thresholds 0.01 … 0.99: every one of 99 counts is right, not nearly so."""
    s = np.round(np.random.default_rng(seed).random(n), 3)
    plan = st.Plan(asks=(st.ask("QU001"),), thresholds=parse_thresholds("0.01:0.99:0.01"), min_n=1)
    run = st.evaluate(pl.DataFrame({"s": s}), score="s", plan=plan)
    rows = run.asked.filter(metric="selection_rate").sort("threshold")
    assert rows.height == 99
    expected = [int((s >= float(f"0.{i:02d}")).sum()) for i in range(1, 100)]
    assert [round(v * n) for v in rows["value"]] == expected
