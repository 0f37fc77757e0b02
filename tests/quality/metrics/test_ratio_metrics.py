"""Ratios of rates: intervals on the log scale, with no certainty where an error happened to nobody."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

import sterling as st
from sterling.core.estimate import Estimate
from sterling.core.slices import EVERYONE


def found(metric: str, *, tp: int, fp: int, fn: int, tn: int) -> Estimate:
    frame = pl.DataFrame({"y": [1] * (tp + fn) + [0] * (fp + tn), "d": [1] * tp + [0] * fn + [1] * fp + [0] * tn})
    plan = st.Plan(asks=(st.ask("QU001", metrics=[metric]),), grid=False, min_n=1)
    return st.evaluate(frame, label="y", positive=1, prediction="d", plan=plan).tables[0].estimate(metric, EVERYONE)


def test_the_interval_is_that_of_the_logarithm() -> None:
    """Var log LR+ = 1/TP - 1/P + 1/FP - 1/N (Simel, Samsa, Matchar 1991)."""
    estimate = found("positive_likelihood_ratio", tp=60, fp=30, fn=40, tn=170)
    reach = stats.norm.ppf(0.975) * np.sqrt(1 / 60 - 1 / 100 + 1 / 30 - 1 / 200)
    assert (estimate.low, estimate.high) == pytest.approx((4 * np.exp(-reach), 4 * np.exp(reach)))


@pytest.mark.parametrize(
    ("metric", "cells"),
    [
        ("positive_likelihood_ratio", {"tp": 5, "fp": 5, "fn": 0, "tn": 0}),
        ("negative_likelihood_ratio", {"tp": 0, "fp": 0, "fn": 5, "tn": 5}),
    ],
)
def test_ten_people_treated_alike_are_not_certainty(metric: str, cells: dict[str, int]) -> None:
    estimate = found(metric, **cells)
    assert estimate.value == 1
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < 0.8
    assert estimate.high > 1.25


@pytest.mark.parametrize("positives", [6, 20, 60])
def test_a_lift_of_nothing_has_an_upper_end(positives: int) -> None:
    """None of the positives is in the top: how many may be is Wilson's bound of 0 in so many, over the share."""
    n = 20 * positives
    frame = pl.DataFrame({"y": [1] * positives + [0] * (n - positives), "s": np.linspace(0.0, 1.0, n)})
    run = st.evaluate(frame, label="y", score="s", metrics="lift(0.1)")
    row = run.frame.row(0, named=True)
    most = 1.959963984540054**2 / (positives + 1.959963984540054**2)
    assert (row["status"], row["value"], row["low"]) == ("ok", 0, 0)
    assert row["high"] == pytest.approx(most / 0.1)


def test_scores_of_nothing_have_a_calibration_ratio_with_an_upper_end() -> None:
    frame = pl.DataFrame({"y": [0, 1] * 40, "s": [0.0] * 80})
    row = st.evaluate(frame, label="y", score="s", metrics="calibration_ratio").frame.row(0, named=True)
    assert (row["value"], row["low"]) == (0, 0)
    assert 0 < row["high"] < 0.5
