"""The mean of the best precision over 101 levels of recall, beside its definition level by level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.quality.detection.curves import RECALLS, _levels, _over_recall


@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 5), boxes=st.integers(1, 60), alike=st.booleans())
def test_the_mean_over_recall_is_its_definition(seed: int, rows: int, boxes: int, alike: bool) -> None:
    rng = np.random.default_rng(seed)
    weight = np.ones((rows, boxes)) if alike else rng.exponential(size=(rows, boxes))
    there = weight.sum(axis=1, keepdims=True) + rng.integers(0, 3)
    recall, precision = np.cumsum(weight, axis=1) / there, rng.random((rows, boxes))
    expected = [
        np.mean([max(p[r >= level], default=0.0) for level in RECALLS])
        for p, r in zip(precision, recall, strict=True)
    ]  # fmt: skip
    assert _over_recall(precision, recall) == pytest.approx(expected, abs=1e-13)


def test_levels_are_told_to_the_last_digit() -> None:
    near = [
        RECALLS,
        np.nextafter(RECALLS, 0),
        np.nextafter(RECALLS, 2),
        np.arange(101) / 100,
        np.linspace(0, 1, 10_007),
    ]
    recall = np.concatenate(near)
    assert np.array_equal(_levels(recall), np.searchsorted(RECALLS, recall, side="right"))
