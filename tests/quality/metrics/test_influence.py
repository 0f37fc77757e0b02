"""Influences are derivatives: what one more bit of a row's weight does to the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.engine.binary.levels import Levels
from sterling.quality.metrics.calibration import expected_to_observed, recalibration, score_lift
from sterling.quality.metrics.curves import average_precision, partial_auc
from sterling.quality.metrics.discrimination import discrimination, relative_discrimination
from tests.quality.metrics.slices import levels_of, world

BACKGROUND = levels_of(*world(99, 50, 1))
NUMBERS: dict[str, Callable[[Levels], tuple[float, np.ndarray]]] = {
    "average precision": average_precision,
    "partial AUC": partial(partial_auc, most=0.3),
    "calibration slope": partial(recalibration, slope=True),
    "calibration intercept": partial(recalibration, slope=False),
    "expected to observed": expected_to_observed,
    "discrimination": discrimination,
    "relative discrimination": relative_discrimination,
    "score lift": partial(score_lift, everyone=BACKGROUND),
}


@pytest.mark.parametrize("name", NUMBERS)
@given(seed=hs.integers(0, 2**32 - 1), decimals=hs.sampled_from([1, 2, 17]))
@settings(max_examples=15)
def test_influence_is_the_derivative(name: str, seed: int, decimals: int) -> None:
    of = NUMBERS[name]
    levels = levels_of(*world(seed, 40, decimals))
    value, influence = of(levels)
    if np.isnan(value):
        return
    rng = np.random.default_rng(seed)
    for _ in range(4):
        level, label = int(rng.integers(len(levels.score))), int(rng.integers(2))
        if name == "partial AUC" and label == 0:
            continue  # the end of the curve jumps from level to level; checked as a whole below
        step = 1e-5
        moved = []
        for sign in (1, -1):
            w = levels.w.copy()
            w[level, label] += sign * step
            moved.append(of(replace(levels, w=w))[0])
        assert influence[level, label] == pytest.approx((moved[0] - moved[1]) / (2 * step), abs=2e-5, rel=1e-4)


@pytest.mark.parametrize("name", NUMBERS)
def test_influences_add_up_to_nothing(name: str) -> None:
    """Twice the weight of every row changes nothing."""
    levels = levels_of(*world(5, 200, 2))
    _, influence = NUMBERS[name](levels)
    assert float((influence * levels.w).sum()) == pytest.approx(0, abs=1e-9)


def test_influence_of_a_negative_on_the_partial_area() -> None:
    """By shares of negatives moved from one level to another, in the middle of the levels the limit lies between."""
    score, label, _ = world(8, 400, 2)
    levels = levels_of(score, label)
    of = partial(partial_auc, most=0.25)
    value, influence = of(levels)
    fpr = 1 - np.cumsum(levels.w[:, 0]) / levels.w[:, 0].sum()
    free = np.flatnonzero(np.abs(fpr - 0.25) > 0.02)
    for level in free[::3]:
        w = levels.w.copy()
        w[level, 0] += 1e-4
        assert influence[level, 0] == pytest.approx((of(replace(levels, w=w))[0] - value) / 1e-4, abs=2e-6)
