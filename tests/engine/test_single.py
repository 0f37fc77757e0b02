"""Scores held in 32 bits are compared with thresholds as if these were held so too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.engine.single import as_decimals

SINGLES = hs.floats(width=32, allow_nan=False, allow_infinity=False)


@given(digits=hs.integers(1, 999_999), places=hs.integers(0, 12), negative=hs.booleans())
def test_a_decimal_of_six_digits_comes_back(digits: int, places: int, negative: bool) -> None:
    written = float(f"{'-' if negative else ''}{digits}e-{places}")
    assert as_decimals(np.array([written], dtype=np.float32))[0] == written


@given(values=hs.lists(SINGLES, min_size=2, max_size=30))
def test_order_is_kept_and_nothing_leaves_its_place(values: list[float]) -> None:
    scores = np.unique(np.array(values, dtype=np.float32))
    read = as_decimals(scores)
    assert np.all(read[1:] > read[:-1])
    assert np.array_equal(read.astype(np.float32), scores)


@given(value=SINGLES, digits=hs.integers(0, 999_999), places=hs.integers(0, 8), step=hs.integers(-2, 2))
def test_a_threshold_is_reached_as_in_32_bits(value: float, digits: int, places: int, step: int) -> None:
    threshold = float(f"{digits}e-{places}")
    near = np.float32(threshold)
    for _ in range(abs(step)):
        near = np.nextafter(near, np.float32(np.sign(step) * np.inf))
    scores = np.array([value, near], dtype=np.float32)
    assert np.array_equal(as_decimals(scores) >= threshold, scores >= np.float32(threshold))


def test_odd_scores_stay_as_they_are() -> None:
    given_ = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 3e38, 1e-45], dtype=np.float32)
    assert np.array_equal(as_decimals(given_), given_.astype(np.float64), equal_nan=True)
    assert len(as_decimals(np.array([], dtype=np.float32))) == 0


@pytest.mark.parametrize("kind", ["probability", "raw"])
def test_a_table_gives_the_same_numbers_in_32_and_64_bits(kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    score = np.round(rng.random(4000), 2) * (1 if kind == "probability" else 100.3)
    score = np.round(score, 4)
    frame = pl.DataFrame({"y": (rng.random(4000) < 0.4).astype(int), "s": score, "g": rng.choice(["a", "b"], 4000)})
    path = tmp_path / "t.parquet"
    frame.with_columns(pl.col("s").cast(pl.Float32)).write_parquet(path)
    ask = {"label": "y", "positive": 1, "score": "s", "groups": ["g"], "score_kind": kind, "thresholds": "0.3,0.57,0.7"}
    wide, narrow = (st.evaluate(data, **ask) for data in (frame, path))
    assert narrow.frame.equals(wide.frame)
