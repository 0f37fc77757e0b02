"""Estimates say how far they reach, or that they cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.slices import EVERYONE, Slice


def whole(frame: pl.DataFrame, **given: Any) -> pl.DataFrame:
    """All estimates, after a look at what an estimate without its ends, or with a part of them, would break."""
    run = st.evaluate(frame, min_n=1, metrics="all", **given)
    table = run.tables[0]
    for block in table.blocks:
        for s in (EVERYONE, Slice((("g", "one"),))):
            estimate = table.estimate(block.info.name, s, table.thresholds[0] if block.info.by_threshold else None)
            assert (estimate.status == "ok") == (estimate.value is not None)
            assert (estimate.value is None) == (estimate.low is None) == (estimate.high is None)
    return run.frame


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_value_without_an_interval_is_insufficient(task: str) -> None:
    """Of one row nobody can say how far it lies from the others."""
    rng = np.random.default_rng(0)
    y, s = (rng.random(61) < 0.5).astype(int), rng.random(61)
    given: dict[str, Any] = {"score": "s"}
    columns: dict[str, Any] = {"y": y, "s": s}
    if task == "multiclass":
        p = rng.dirichlet([1] * 3, 61)
        columns = {"y": rng.choice(list("abc"), 61), "p_a": p[:, 0], "p_b": p[:, 1], "p_c": p[:, 2]}
        given["score"] = "p_{class}"
    frame = pl.DataFrame({**columns, "g": ["one"] + ["rest"] * 60})
    found = whole(frame, task=task, label="y", groups="g", **given)
    known = found.filter(pl.col("value").is_not_null())
    assert known.height and known.filter(pl.any_horizontal(pl.col("low", "high").is_null())).is_empty()
    assert known["status"].unique().to_list() == ["ok"]
    one = found.filter(pl.col("slice") == "g=one", pl.col("n_eligible") > 0)
    if task != "regression":  # there such values are undefined
        assert "insufficient" in one["status"]


def test_weights_that_leave_one_row_are_insufficient() -> None:
    rng = np.random.default_rng(2)
    frame = pl.DataFrame(
        {
            "y": (rng.random(90) < 0.1).astype(int), "s": rng.random(90), "g": ["one", "rest"] * 45,
            "w": 10.0 ** rng.integers(-10, 10, 90),
        }
    )  # fmt: skip
    found = whole(frame, label="y", score="s", groups="g", weight="w")
    known = found.filter(pl.col("value").is_not_null())
    assert known.filter(pl.any_horizontal(pl.col("low", "high").is_null())).is_empty()
