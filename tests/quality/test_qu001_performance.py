"""QU001: every metric for every slice and threshold, each with its own interval."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.worlds.world import allowed, decisions, scores


def table(frame: pl.DataFrame, **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001"),), thresholds=(0.5,), grid=False)
    return st.evaluate(frame, label="y", plan=plan, **roles).tables[0]


def test_planted_skill_shows() -> None:
    """Scores that follow the label reach an AUC surely above one half; pure noise does not."""
    skilled = table(scores([400], 2.0, worlds=1, seed=1), score="world0", score_kind="raw").estimate("auc", EVERYONE)
    assert skilled.low is not None
    assert skilled.low > 0.85


def test_null_intervals_cover_as_promised() -> None:
    """200 worlds of 80 people selected with probability 0.3: the 95 % interval misses 0.3 in about 5 %."""
    frame = decisions([80], 0.3, worlds=200, seed=2)
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False)
    run = st.evaluate(frame, label="y", prediction=[f"world{k}" for k in range(200)], plan=plan)
    rows = run.frame.filter(metric="selection_rate", slice="everyone")
    missed = rows.filter((pl.col("low") > 0.3) | (pl.col("high") < 0.3)).height
    assert missed / 200 <= allowed(0.06, 200)
    assert missed > 0


def test_hand_worked() -> None:
    """TP 3, FP 2, FN 1, TN 4 forty times over: TPR 3/4, precision 3/5, accuracy 7/10, F1 6/9."""
    frame = pl.DataFrame({"y": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0] * 40, "p": [1, 1, 1, 1, 1, 0, 0, 0, 0, 0] * 40})
    found = table(frame, prediction="p")
    values = {
        m: found.estimate(m, EVERYONE).value
        for m in ("true_positive_rate", "precision", "accuracy", "f1", "prevalence")
    }
    expected = {"true_positive_rate": 0.75, "precision": 0.6, "accuracy": 0.7, "f1": 2 / 3, "prevalence": 0.4}
    assert values == pytest.approx(expected)
    # Wilson, 120 of 160: (0.75 + 1.96^2 / 320 -+ 1.96 sqrt(0.1875 / 160 + 1.96^2 / 102400)) / (1 + 1.96^2 / 160)
    tpr = found.estimate("true_positive_rate", EVERYONE)
    assert (tpr.low, tpr.high) == pytest.approx((0.6776, 0.8107), abs=2e-4)
    assert (tpr.n, tpr.n_eligible) == (400, 160)


def test_insufficient_and_undefined_have_no_number() -> None:
    frame = pl.DataFrame({"y": [0] * 100, "p": [0.2, 0.7] * 50, "g": ["a"] * 90 + ["b"] * 10})
    found = table(frame, score="p", groups="g", positive=None)
    small = found.estimate("selection_rate", Slice.of({"g": "b"}))
    assert (small.status, small.value, small.low, small.n) == ("insufficient", None, None, 10)
    assert found.estimate("auc", EVERYONE).value is None
    assert found.estimate("true_positive_rate", EVERYONE).status == "insufficient"
    assert found.estimate("balanced_accuracy", EVERYONE).status == "undefined"


def test_only_what_the_model_gives() -> None:
    rng = np.random.default_rng(3)
    frame = pl.DataFrame({"y": [0, 1] * 50, "p": [0, 1] * 50, "s": rng.normal(size=100)})
    names = {b.info.name for b in table(frame, prediction="p").blocks}
    assert not names & {"auc", "brier", "log_loss", "mean_score"}
    names = {b.info.name for b in table(frame, score="s", score_kind="raw").blocks}
    assert "auc" in names
    assert not names & {"brier", "log_loss", "calibration_in_the_large"}


def test_a_metric_of_ones_own_joins_the_table() -> None:
    frame = pl.DataFrame({"y": [0, 1] * 50, "p": [0, 1, 1, 1] * 25})
    plan = st.Plan(asks=(st.ask("QU001", also=["fp / (tp + fp + fn)"]),), grid=False)
    found = st.evaluate(frame, label="y", prediction="p", plan=plan).tables[0]
    assert found.estimate("fp / (tp + fp + fn)", EVERYONE).value == pytest.approx(25 / 75)
