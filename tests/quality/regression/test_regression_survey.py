"""Labels and predictions that are no numbers, or too few, or all the same: said plainly before anything is counted."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from sklearn.linear_model import LinearRegression

import sterling as st

GOOD = {"y": [1.0, 2.0, 3.0, 5.0] * 10, "f": [1.0, 2.5, 2.0, 4.0] * 10}


def run(**columns: Any) -> st.Run:
    return st.evaluate(pl.DataFrame({**GOOD, **columns}), task="regression", label="y", score="f")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"y": ["low", "high"] * 20}, "label column 'y' holds text"),
        ({"f": ["low", "high"] * 20}, "prediction column 'f' holds text"),
        ({"f": [None, 1.0] * 20}, "20 predictions in column 'f' are missing"),
        ({"f": [float("nan"), 1.0] * 20}, "20 predictions in column 'f' are NaN or infinite"),
        ({"y": [float("inf"), 1.0] * 20}, "20 labels in column 'y' are infinite"),
        ({"y": [1e200, 1.0] * 20}, "beyond 1e\\+140"),
        ({"f": [None, *[1.0] * 39]}, "1 prediction in column 'f' is missing"),
        ({"y": [float("inf"), *[1.0] * 39]}, "1 label in column 'y' is infinite"),
    ],
)
def test_refused(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(st.InputError, match=said) as caught:
        run(**columns)
    assert caught.value.hint


def test_thresholds_cut_nothing() -> None:
    with pytest.raises(st.ConfigError, match="have no thresholds"):
        st.evaluate(pl.DataFrame(GOOD), task="regression", label="y", score="f", thresholds=0.5)


def test_notices() -> None:
    said = " ".join(run(y=[None, 0.0, 3.0, 5.0] * 10).notices)
    assert "10 of 40 rows have no label" in said
    assert "10 rows with a label of 0 are left out" in said
    one = " ".join(run(y=[None, 0.0, *[5.0, 3.0] * 19]).notices)
    assert "1 of 40 rows has no label: it counts in the average prediction and is left out of errors" in one
    assert "1 row with a label of 0 is left out" in one
    assert "every label is the same number" in " ".join(run(y=[2] * 40).notices)
    assert "every prediction in f is the same" in " ".join(run(f=[2] * 40).notices)


def test_whole_numbers_and_truth_values_are_numbers() -> None:
    found = run(y=[True, False] * 20, f=[1, 0] * 20).tables[0]
    assert {b.info.name: b.value[0, 0] for b in found.blocks}["mean_absolute_error"] == 0


def test_live_models_predict_numbers() -> None:
    """A function, and a regressor of scikit-learn."""
    frame = pl.DataFrame({**GOOD, "x": [1.0, 2.0, 2.0, 4.0] * 10})
    line = LinearRegression().fit(frame.select("x").to_pandas(), frame["y"].to_numpy())
    run = st.evaluate(frame, task="regression", label="y", model=[lambda table: table["x"].to_numpy() * 10, line])
    values = [next(b.value[0, 0] for b in t.blocks if b.info.name == "mean_error") for t in run.tables]
    assert values == pytest.approx([22.5 - 2.75, 0])
