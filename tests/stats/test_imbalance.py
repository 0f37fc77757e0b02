"""Distances to a reference and inequality of sizes: values against SciPy, intervals against simulated populations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance

from sterling.stats.imbalance import EXACT, distances, inequalities, reference_counts

COUNTS, SHARES = np.array([30.0, 50.0, 20.0, 100.0]), np.array([0.25, 0.25, 0.3, 0.2])


def values(counts: np.ndarray, shares: np.ndarray, *, ordered: bool = False) -> dict[str, float]:
    both = {**distances(counts, reference_counts(shares, None), ordered=ordered), **inequalities(counts)}
    return {name: value for name, (value, _) in both.items()}


def test_values_as_scipy() -> None:
    p = COUNTS / COUNTS.sum()
    found = values(COUNTS, SHARES)
    assert found["kullback_leibler"] == pytest.approx(stats.entropy(p, SHARES))
    assert found["jensen_shannon_distance"] == pytest.approx(distance.jensenshannon(p, SHARES, base=2))
    assert found["total_variation"] == pytest.approx(np.abs(p - SHARES).sum() / 2)
    assert found["infinity_norm"] == pytest.approx(np.abs(p - SHARES).max())
    assert found["wasserstein"] == found["total_variation"]
    assert found["chi_square"] == pytest.approx(stats.chisquare(COUNTS, SHARES * COUNTS.sum()).statistic)
    steps = values(COUNTS, SHARES, ordered=True)["wasserstein"]
    assert steps == pytest.approx(stats.wasserstein_distance(range(4), range(4), p, SHARES))


def test_inequality_as_its_formula() -> None:
    x = COUNTS / COUNTS.mean()
    found = values(COUNTS, SHARES)
    assert found["theil_t"] == pytest.approx(np.mean(x * np.log(x)))
    assert found["theil_l"] == pytest.approx(np.mean(-np.log(x)))
    assert found["atkinson"] == pytest.approx(1 - stats.gmean(COUNTS) / COUNTS.mean())


def test_by_hand() -> None:
    """Two groups of 3 and 1 against halves."""
    found = values(np.array([3.0, 1.0]), np.array([0.5, 0.5]))
    assert found["total_variation"] == found["infinity_norm"] == 0.25
    assert found["chi_square"] == pytest.approx(1.0)
    assert found["theil_t"] == found["kullback_leibler"] == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5))
    assert found["atkinson"] == pytest.approx(1 - math.sqrt(3) / 2)


def test_a_group_that_the_reference_lacks_has_no_finite_divergence() -> None:
    held = distances(np.array([5.0, 5.0]), reference_counts(np.array([1.0, 0.0]), None), ordered=False)
    assert held["kullback_leibler"] == (math.inf, None) and held["chi_square"] == (math.inf, None)
    assert held["total_variation"][0] == 0.5
    assert inequalities(np.array([5.0, 0.0]))["atkinson"] == (1.0, None)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=6))
def test_equal_shares_are_nearest(counts: list[int]) -> None:
    c = np.array(counts, float)
    k = len(c)
    same = values(np.full(k, 40.0), np.full(k, 1 / k))
    assert all(abs(v) < 1e-6 for v in same.values())
    assert all(v >= -1e-12 for v in values(c, np.full(k, 1 / k)).values())


@pytest.mark.slow
@pytest.mark.parametrize("p", [(1 / 3, 1 / 3, 1 / 3), (0.3, 0.4, 0.3), (0.2, 0.5, 0.3), (0.05, 0.15, 0.8)])
@pytest.mark.parametrize("n", [100, 1000])
def test_intervals_cover(p: tuple[float, ...], n: int) -> None:
    """250 samples: 95 % promised; below 90.8 % is three standard errors off."""
    shares, equal = np.array(p), reference_counts(np.full(3, 1 / 3), None)
    truth = values(shares * EXACT, np.full(3, 1 / 3), ordered=True)
    truth["chi_square"] = 2 + n * float(np.sum((shares - 1 / 3) ** 2 * 3))
    rng = np.random.default_rng(n)
    held = dict.fromkeys(truth, 0)
    for _ in range(250):
        c = rng.multinomial(n, shares).astype(float)
        for name, (_, effect) in {**distances(c, equal, ordered=True), **inequalities(c)}.items():
            assert effect is not None
            low, high = effect.interval(0.95)
            held[name] += low - 1e-9 <= truth[name] <= high + 1e-9
    assert min(held.values()) >= 227, held
