"""Two scores of the same people: the slow definition, scikit-learn, properties, simulated coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats
from sklearn.metrics import roc_auc_score

from sterling.stats.paired_auc import auc_change, mean_change


def _slow(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """DeLong by its definition: the kernel of every pair of a positive and a negative."""
    kernels = [np.sign(s[y][:, None] - s[~y][None, :]) / 2 + 0.5 for s in (a, b)]
    d = kernels[1] - kernels[0]
    variance = np.var(d.mean(axis=1), ddof=1) / y.sum() + np.var(d.mean(axis=0), ddof=1) / (~y).sum()
    return float(d.mean()), float(variance)


@settings(max_examples=60)
@given(seed=some.integers(0, 10_000), n=some.integers(6, 80), ties=some.sampled_from([3, 10, 1000]))
def test_as_the_slow_definition(seed: int, n: int, ties: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3 == 0
    a, b = (np.round(rng.random(n) * ties + y, 0) for _ in range(2))
    found = auc_change(a, b, y)
    gap, variance = _slow(a, b, y)
    assert found.difference == pytest.approx(gap, abs=1e-12)
    assert found.first == pytest.approx(roc_auc_score(y, a), abs=1e-12)
    assert found.second == pytest.approx(roc_auc_score(y, b), abs=1e-12)
    reach = stats.norm.ppf(0.975) * variance**0.5
    assert (found.low, found.high) == pytest.approx((max(gap - reach, -1), min(gap + reach, 1)), abs=1e-9)


def test_one_label_or_one_person_gives_nothing() -> None:
    assert np.isnan(auc_change([0.1, 0.2, 0.3], [0.2, 0.1, 0.3], [True, True, True])).all()
    assert np.isnan(auc_change([0.1, 0.2, 0.3], [0.2, 0.1, 0.3], [True, False, False])).all()
    assert np.isnan(mean_change([1.0], [2.0])).all()


def test_the_order_of_rows_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    a, b, y = rng.random(200), rng.random(200), rng.random(200) < 0.3
    order = rng.permutation(200)
    assert auc_change(a[order], b[order], y[order]) == pytest.approx(auc_change(a, b, y), abs=1e-12)


def test_means_as_scipy() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.random(40), rng.random(40)
    found = mean_change(a, b)
    low, high = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert (found.difference, found.low, found.high) == pytest.approx((b.mean() - a.mean(), low, high), abs=1e-6)


def test_coverage() -> None:
    """Two correlated scores, 150 people: the interval holds the true difference of their AUCs."""
    rng = np.random.default_rng(3)
    truth = stats.norm.cdf(1.0 / 2**0.5) - stats.norm.cdf(0.6 / 2**0.5)
    inside = 0
    for _ in range(1500):
        y = np.arange(150) < 50
        shared, own = rng.normal(size=150), rng.normal(size=(2, 150))
        a, b = (0.8 * shared + 0.6 * e + lift * y for e, lift in zip(own, (0.6, 1.0), strict=True))
        found = auc_change(a, b, y)
        inside += found.low <= truth <= found.high
    assert 0.93 <= inside / 1500 <= 0.97
