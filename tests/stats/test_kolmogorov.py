"""Kolmogorov-Smirnov: the statistic and its p-value beside SciPy's and beside every deal; how often the bounds hold."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as s
from scipy import stats

from sterling.stats.kolmogorov import ks_effect, ks_exact_p, ks_p, ks_statistic, smirnov_critical, smirnov_sf

SAMPLES = s.lists(s.integers(-4, 4), min_size=2, max_size=30)


def sample(values: list[int]) -> np.ndarray:
    return np.sort(np.array(values, dtype=np.float64))


def test_by_hand() -> None:
    assert ks_statistic(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0])) == 0.5
    assert ks_statistic(np.array([1.0, 1.0]), np.array([1.0])) == 0.0
    assert ks_statistic(np.array([1.0]), np.array([2.0])) == 1.0
    assert math.isnan(ks_statistic(np.array([]), np.array([2.0])))
    assert ks_statistic(np.array([-np.inf, 0.0]), np.array([0.0, np.inf])) == 0.5


@given(SAMPLES, SAMPLES)
def test_the_statistic_is_scipys_ties_or_not(a: list[int], b: list[int]) -> None:
    x, y = sample(a), sample(b)
    assert ks_statistic(x, y) == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, abs=1e-12)
    assert ks_statistic(x, y) == pytest.approx(ks_statistic(y, x), abs=1e-12)


@given(s.lists(s.tuples(s.integers(-3, 3), s.integers(1, 4)), min_size=1, max_size=12), SAMPLES)
def test_weight_is_repetition(a: list[tuple[int, int]], b: list[int]) -> None:
    pairs = np.array(sorted(a), dtype=np.float64)
    repeated = np.sort(np.repeat(pairs[:, 0], pairs[:, 1].astype(int)))
    other = sample(b)
    weighted = ks_statistic(pairs[:, 0], other, pairs[:, 1], np.ones(len(other)))
    assert weighted == pytest.approx(ks_statistic(repeated, other), abs=1e-12)


@pytest.mark.parametrize(("n", "m"), [(3, 4), (10, 10), (12, 31), (200, 150), (301, 300)])
def test_the_exact_p_is_scipys_without_ties(n: int, m: int) -> None:
    rng = np.random.default_rng(n * m)
    for shift in (0.0, 0.5):
        x, y = np.sort(rng.normal(size=n)), np.sort(rng.normal(shift, 1, m))
        seen = ks_statistic(x, y)
        assert ks_exact_p(seen, n, m) == pytest.approx(stats.ks_2samp(x, y, method="exact").pvalue, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_p_counts_every_deal_of_tied_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.integers(0, 4, 5).astype(float)), np.sort(rng.integers(0, 4, 4).astype(float))
    pooled = np.sort(np.concatenate([x, y]))
    seen = ks_statistic(x, y)
    deals = list(itertools.combinations(range(9), 5))
    beyond = 0
    for deal in deals:
        mine = np.zeros(9, dtype=bool)
        mine[list(deal)] = True
        beyond += ks_statistic(pooled[mine], pooled[~mine]) >= seen - 1e-12
    assert ks_exact_p(seen, 5, 4, pooled[1:] != pooled[:-1]) == pytest.approx(beyond / len(deals), abs=1e-12)


@pytest.mark.parametrize("x", [0.05, 0.3, 0.5, 0.999, 1.0, 1.36, 2.0, 4.0])
def test_the_limit_is_scipys(x: float) -> None:
    assert smirnov_sf(x) == pytest.approx(stats.kstwobign.sf(x), abs=1e-12)


def test_critical_values() -> None:
    assert smirnov_critical(0.05) == pytest.approx(1.3581, abs=1e-4)
    for chance in (0.5, 0.05, 1e-3, 1e-8):
        assert smirnov_critical(chance) == pytest.approx(stats.kstwobign.isf(chance), rel=1e-6)


def test_the_limit_is_near_the_exact_p_where_it_takes_over() -> None:
    for seen in (0.06, 0.08, 0.1):
        assert ks_p(seen, 500, 500) == pytest.approx(ks_exact_p(seen, 500, 500), abs=1e-3)
        assert ks_p(seen + 1 / 3000, 400, 600) == pytest.approx(ks_exact_p(seen, 400, 600), abs=0.02)


def test_the_lower_end_is_above_0_when_the_test_rejects() -> None:
    for seen in np.linspace(0.01, 0.3, 40):
        low, high = ks_effect(float(seen), 300, 200).at(0.05, 0.05)
        assert (low > 0) == (ks_p(float(seen), 300, 200) < 0.05)
        assert low <= seen <= high


WORLDS = {
    "equal": (lambda r, k: r.normal(size=k), lambda r, k: r.normal(size=k), 0.0),
    "shifted": (lambda r, k: r.normal(size=k), lambda r, k: r.normal(0.4, 1, k), 0.158519),
    "wider": (lambda r, k: r.normal(size=k), lambda r, k: r.normal(0, 2, k), 0.161),
    # The distance is the same over the whole range: where the two noises have most room to add up.
    "moved tail": (lambda r, k: r.random(k), lambda r, k: np.where((u := r.random(k)) < 0.2, 1 + u / 100, u), 0.2),
    "tied": (lambda r, k: r.integers(0, 5, k) * 1.0, lambda r, k: r.integers(0, 5, k) * 1.0, 0.0),
}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize(("n", "m"), [(40, 40), (100, 600)])
def test_both_bounds_hold(name: str, n: int, m: int) -> None:
    """Of 300 worlds each bound fails in at most 5 %, and what chance may add to that."""
    first, second, truth = WORLDS[name]
    rng = np.random.default_rng(7)
    over = within = 0
    for _ in range(300):
        seen = ks_statistic(np.sort(first(rng, n)), np.sort(second(rng, m)))
        low, high = ks_effect(seen, n, m).at(0.05, 0.05)
        over += low > truth + 1e-3
        within += high < truth - 1e-3
    assert over <= 26
    assert within <= 26


@pytest.mark.parametrize("seed", range(12))
def test_long_samples_are_scipys_however_tied(seed: int) -> None:
    """Most values are never looked at: those between two posts that cannot be the furthest apart."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(65, 3000, 2)
    x, y = rng.standard_t(2, n), rng.standard_t(2, m) + rng.choice([0.0, 0.3, 50.0])
    if seed % 2:
        x, y = np.round(x, 1), np.round(y, 1)
    x, y = np.sort(x), np.sort(y)
    assert ks_statistic(x, y) == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, abs=1e-12)
    assert ks_statistic(y, x) == ks_statistic(x, y)
