"""Metrics of models that predict a number: parity with scikit-learn and SciPy, and properties of their own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st_
from scipy import stats as scipy_stats
from sklearn import metrics as reference

import sterling as st
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.house.law import ROOT

NUMBERS = (
    "average_label", "average_prediction", "mean_error", "mean_absolute_error", "root_mean_squared_error",
    "mean_squared_error", "mean_absolute_percentage_error", "median_absolute_error", "absolute_error_p90",
    "absolute_error_p95", "r2", "correlation", "squared_correlation",
)  # fmt: skip


def table(frame: pl.DataFrame, *, min_n: int = 2, **roles: Any) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", metrics=("all",)),), grid=False, min_n=min_n)
    return st.evaluate(frame, task="regression", label="y", score="f", plan=plan, **roles).tables[0]


def expected(y: np.ndarray, f: np.ndarray, w: np.ndarray | None = None) -> dict[str, float]:
    """By scikit-learn and NumPy, row by row."""
    weights = np.ones(len(y)) if w is None else w
    size, some = np.abs(f - y), y != 0
    out = {
        "average_label": np.average(y, weights=w),
        "average_prediction": np.average(f, weights=w),
        "mean_error": np.average(f - y, weights=w),
        "mean_absolute_error": reference.mean_absolute_error(y, f, sample_weight=w),
        "mean_squared_error": reference.mean_squared_error(y, f, sample_weight=w),
        "root_mean_squared_error": reference.root_mean_squared_error(y, f, sample_weight=w),
    }
    if some.any():
        out["mean_absolute_percentage_error"] = reference.mean_absolute_percentage_error(
            y[some], f[some], sample_weight=weights[some]
        )
    if np.ptp(y) > 0:
        out["r2"] = reference.r2_score(y, f, sample_weight=w)
    if y.min() >= 0 and f.min() >= 0:
        out["mean_squared_log_error"] = reference.mean_squared_log_error(y, f, sample_weight=w)
    if w is None:
        out["median_absolute_error"] = reference.median_absolute_error(y, f)
        for share in (90, 95):
            out[f"absolute_error_p{share}"] = np.percentile(size, share, method="averaged_inverted_cdf")
        if np.ptp(y) > 0 and np.ptp(f) > 0:
            out["correlation"] = scipy_stats.pearsonr(y, f).statistic
            out["squared_correlation"] = out["correlation"] ** 2
    return out


def check(found: EstimateTable, where: Slice, wanted: dict[str, float], *, rel: float = 1e-9) -> None:
    logs = "mean_squared_log_error" in [b.info.name for b in found.blocks]  # none of the whole table is negative
    for name, value in wanted.items():
        if name == "mean_squared_log_error" and not logs:
            continue
        estimate = found.estimate(name, where)
        assert estimate.value == pytest.approx(value, rel=rel, abs=1e-9), name
        assert estimate.low is not None and estimate.high is not None
        assert estimate.low <= estimate.value + 1e-9 and estimate.value <= estimate.high + 1e-9, name


def world(seed: int, n: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.gamma(2, 10, n)
    return pl.DataFrame(
        {
            "y": y, "f": np.maximum(0.9 * y + rng.normal(0, 5, n), 0), "w": rng.gamma(1, 1, n) + 0.01,
            "g": [("a", "b", None)[i] for i in rng.integers(0, 3, n)], "c": rng.integers(0, n // 4, n),
        }
    )  # fmt: skip


@settings(max_examples=20)
@given(seed=st_.integers(0, 10_000), shift=st_.sampled_from([0.0, 1e6, -3e4]), unit=st_.sampled_from([1e-3, 1.0, 1e5]))
def test_parity_on_random_tables(seed: int, shift: float, unit: float) -> None:
    """Whatever the unit, and however far from 0 the labels lie."""
    frame = world(seed, 60).with_columns(y=pl.col("y") * unit + shift, f=pl.col("f") * unit + shift)
    found = table(frame, groups="g")
    check(found, EVERYONE, expected(frame["y"].to_numpy(), frame["f"].to_numpy()), rel=1e-7)
    part = frame.filter(pl.col("g") == "a")
    check(found, Slice.of({"g": "a"}), expected(part["y"].to_numpy(), part["f"].to_numpy()), rel=1e-7)


def test_parity_on_real_data() -> None:
    """Hours worked a week, predicted by a straight line of years of education, for each group of race."""
    people = pl.read_parquet(ROOT / "examples" / "income" / "data" / "income.parquet")
    x, y = people["education_years"].to_numpy(), people["hours_per_week"].cast(pl.Float64).to_numpy()
    slope, start = np.polyfit(x, y, 1)
    frame = pl.DataFrame({"y": y, "f": start + slope * x, "race": people["race"]})
    found = table(frame, groups="race")
    check(found, EVERYONE, expected(y, frame["f"].to_numpy()), rel=1e-8)
    for race in frame["race"].unique():
        part = frame.filter(race=race)
        check(found, Slice.of({"race": race}), expected(part["y"].to_numpy(), part["f"].to_numpy()), rel=1e-8)


def test_weights_count_as_rows() -> None:
    """Whole weights give the values that repeated rows give; scikit-learn's weighted ones agree."""
    frame = world(5).with_columns(w=(pl.col("w") * 3).ceil())
    weighted, repeated = table(frame, weight="w"), table(frame.select(pl.all().repeat_by("w").explode()))
    for name in (*NUMBERS, "mean_squared_log_error"):
        assert weighted.estimate(name, EVERYONE).value == pytest.approx(repeated.estimate(name, EVERYONE).value), name
    y, f, w = (frame[c].to_numpy() for c in ("y", "f", "w"))
    check(weighted, EVERYONE, expected(y, f, w))


def test_hand_worked() -> None:
    """Errors 1, -1, 3, -3, ten times over: MAE 2, RMSE √5; labels 1, 2, 3, 4: R² = 1 - 20/5."""
    found = table(pl.DataFrame({"y": [1, 2, 3, 4] * 10, "f": [2, 1, 6, 1] * 10}))
    values = {n: found.estimate(n, EVERYONE).value for n in ("mean_error", "mean_absolute_error", "r2")}
    assert values == pytest.approx({"mean_error": 0.0, "mean_absolute_error": 2.0, "r2": -3.0})
    assert found.estimate("root_mean_squared_error", EVERYONE).value == pytest.approx(math.sqrt(5))
    assert found.estimate("median_absolute_error", EVERYONE).value == pytest.approx(2.0)
    # Student, 40 rows, errors with sample variance 5 · 40/39: 0 ± 2.0227 √(5/39)
    bias = found.estimate("mean_error", EVERYONE)
    assert (bias.low, bias.high) == pytest.approx((-0.72424, 0.72424), abs=1e-4)


def test_labels_may_be_missing() -> None:
    """Rows without a label count in the average prediction alone."""
    frame = world(6).with_columns(y=pl.when(pl.col("w") < 0.5).then(None).otherwise("y"))
    known = frame.drop_nulls("y")
    found = table(frame)
    wanted = expected(known["y"].to_numpy(), known["f"].to_numpy())
    wanted["average_prediction"] = frame["f"].mean()  # type: ignore[assignment]
    check(found, EVERYONE, wanted)
    assert found.estimate("mean_error", EVERYONE).n_eligible == known.height
    assert found.estimate("average_prediction", EVERYONE).n_eligible == frame.height
    unlabelled = st.evaluate(frame, task="regression", score="f").tables[0]
    assert [b.info.name for b in unlabelled.blocks] == ["representation", "average_prediction"]


def test_what_cannot_be_said_is_not() -> None:
    zero = table(pl.DataFrame({"y": [0.0] * 50, "f": [1.0, 2.0] * 25}))
    for name in ("mean_absolute_percentage_error", "r2", "correlation", "squared_correlation"):
        assert zero.estimate(name, EVERYONE).value is None, name
    negative = table(pl.DataFrame({"y": [-1.0, 2.0] * 25, "f": [1.0, 2.0] * 25}))
    assert "mean_squared_log_error" not in [b.info.name for b in negative.blocks]
    perfect = table(pl.DataFrame({"y": [1.0, 2.0] * 25, "f": [1.0, 2.0] * 25}))
    assert perfect.estimate("r2", EVERYONE).value == 1
    one = table(pl.DataFrame({"y": [1.0, 2.0, 3.0], "f": [1.0, 2.5, 3.0], "g": ["a", "b", "b"]}), groups="g", min_n=1)
    assert one.estimate("mean_absolute_error", Slice.of({"g": "a"})).value is None


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}])
def test_rows_may_stand_in_any_order(roles: dict[str, str]) -> None:
    """To the last bit, and whatever else is beside them in the table."""
    frame = world(7)
    one = table(frame, groups="g", **roles).frame()
    other = table(frame.sample(fraction=1, shuffle=True, seed=1), groups="g", **roles).frame()
    assert one.equals(other)


def test_clusters_of_one_are_rows_and_copies_are_no_news() -> None:
    frame = world(8, 200).with_columns(own=pl.int_range(200))
    alone, rows = table(frame, cluster="own"), table(frame)
    twice = table(pl.concat([frame, frame]), cluster="own")
    for name in NUMBERS[:6]:
        a, b, c = (t.estimate(name, EVERYONE) for t in (alone, rows, twice))
        assert (a.low, a.high) == pytest.approx((b.low, b.high), rel=1e-9)
        assert (c.value, c.low, c.high) == pytest.approx((a.value, a.low, a.high), rel=1e-9)


def test_a_large_cluster_outweighs_no_more_than_itself() -> None:
    """Half of all rows from one cluster: a quantile of errors rests on few people, however many clusters there are."""
    rng = np.random.default_rng(4)
    frame = pl.DataFrame({"y": np.zeros(400), "f": rng.exponential(size=400), "c": [0] * 200 + list(range(1, 201))})
    wide, narrow = (
        table(frame, **roles).estimate("median_absolute_error", EVERYONE) for roles in ({"cluster": "c"}, {})
    )
    assert wide.low is not None and wide.high is not None and narrow.low is not None and narrow.high is not None
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_two_points_always_lie_on_a_line() -> None:
    found = table(pl.DataFrame({"y": [1.0, 2.0], "f": [1.5, 1.7]})).estimate("correlation", EVERYONE)
    assert (found.value, found.low, found.high) == pytest.approx((1, -1, 1))
