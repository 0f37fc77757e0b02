"""The AUC interval: its variance by brute force, its ends, its coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.metrics import roc_auc_score

from sterling.stats.auc import delong_interval, delong_z, size_variance
from tests.stats import worlds


def test_the_slow_reference_agrees_with_scikit_learn_and_a_double_loop() -> None:
    rng = np.random.default_rng(5)
    positive, negative = rng.integers(3, 9, 12).astype(float), rng.integers(0, 7, 17).astype(float)
    auc, variance = worlds.delong_variance(positive, negative)
    labels, scores = [1] * 12 + [0] * 17, np.concatenate([positive, negative])
    assert float(auc) == pytest.approx(roc_auc_score(labels, scores))
    above = [[(p > q) + 0.5 * (p == q) for q in negative] for p in positive]
    tens = np.var([np.mean(row) for row in above], ddof=1) / 12
    ones = np.var([np.mean(column) for column in zip(*above, strict=True)], ddof=1) / 17
    assert float(variance) == pytest.approx(tens + ones)


def test_a_large_sample_gives_the_plain_delong_interval() -> None:
    auc, variance, n = 0.8, 2.4e-6, 50_000
    low, high = delong_interval(auc, variance, n, n)
    assert (float(low), float(high)) == pytest.approx(
        (auc - 1.96 * variance**0.5, auc + 1.96 * variance**0.5), abs=5e-5
    )


@given(
    some.integers(0, 1000).map(lambda x: x / 1000),
    some.floats(0, 0.2),
    some.integers(1, 300),
    some.integers(1, 300),
    some.floats(0.6, 0.98),
)
def test_bounds_hold_the_value_mirror_and_grow(auc: float, variance: float, m: int, n: int, level: float) -> None:
    low, high = (float(x) for x in delong_interval(auc, variance, m, n, level=level))
    assert 0 <= low <= auc <= high <= 1
    assert low < high
    mirror = delong_interval(1 - auc, variance, m, n, level=level)
    assert (1 - float(mirror.high), 1 - float(mirror.low)) == pytest.approx((low, high), abs=1e-8)
    wider = delong_interval(auc, variance, m, n, level=level + 0.019)
    assert wider.low <= low + 1e-12
    assert wider.high >= high - 1e-12


def test_perfect_separation_and_a_missing_variance_keep_a_width() -> None:
    low, high = delong_z([1.0, 0.0, 0.7], [0.0, 0.0, np.nan], [5, 5, 1], [5, 5, 40], 1.96)
    assert 0 < low[0] < 1 == high[0]
    assert low[1] == 0 < high[1] < 1
    assert low[2] < 0.5 < high[2]


def test_one_kind_of_people_gives_nothing() -> None:
    assert np.isnan(delong_interval([0.5, np.nan], 0.01, [0, 4], [10, 0])).all()


def test_variance_by_sizes_at_one_half_is_the_null_variance_of_the_rank_sum() -> None:
    assert float(size_variance(0.5, 20, 20)) == pytest.approx((20 + 20 + 1) / (12 * 400), rel=0.01)


@pytest.mark.parametrize(("m", "n", "floor"), [(5, 5, 0.92), (5, 30, 0.88), (30, 30, 0.93)])
def test_it_covers_where_the_logit_interval_does_not(m: int, n: int, floor: float) -> None:
    ours, logit = np.array(worlds.auc_worlds(m, n, draws=1500, seed=21)).T
    assert ours.min() >= floor
    assert 0.94 <= ours.mean() <= 0.97
    assert ours.min() > logit.min()
