"""Measures of association: parity with SciPy, hand-worked tables, and coverage of the intervals by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.stats.association import contingency, corrected_v, correlation_ratio, cramers_v, mutual_information
from sterling.stats.correlation import pearson, spearman

WORLDS = 400


def mixture(r: int, c: int, share: float) -> np.ndarray:
    """Independence, of which a share is exact dependence."""
    together = np.zeros((r, c))
    for k in range(max(r, c)):
        together[k % r, k % c] += 1 / max(r, c)
    alone = np.outer(np.linspace(1, 2, r), np.linspace(2, 1, c))
    return (1 - share) * alone / alone.sum() + share * together


def truth(p: np.ndarray) -> tuple[float, float]:
    ratio = p / (p.sum(1, keepdims=True) * p.sum(0, keepdims=True))
    phi = max(float((p * ratio).sum()) - 1, 0.0)
    return math.sqrt(phi / (min(p.shape) - 1)), float((p * np.log(np.where(p > 0, ratio, 1))).sum())


def allowed(worlds: int, share: float) -> float:
    return worlds * share + 3 * math.sqrt(worlds * share * (1 - share))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.7, 1.0])
@pytest.mark.parametrize(("r", "c"), [(2, 2), (3, 5), (10, 4)])
def test_intervals_of_tables_hold_the_truth(r: int, c: int, share: float) -> None:
    rng = np.random.default_rng(1)
    p = mixture(r, c, share)
    v, told = truth(p)
    missed_v = missed_mi = 0
    for table in rng.multinomial(1000, p.ravel(), size=WORLDS).reshape(WORLDS, r, c):
        one, two = cramers_v(table), mutual_information(table)
        missed_v += not one.low - 1e-9 <= v <= one.high + 1e-9
        missed_mi += not two.low - 1e-9 <= told <= two.high + 1e-9
        assert one.low <= one.value <= one.high
        assert two.low <= two.value <= two.high
    assert max(missed_v, missed_mi) <= allowed(WORLDS, 0.07)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("n", [60, 400])
def test_intervals_of_correlations_hold_the_truth(rho: float, n: int) -> None:
    rng = np.random.default_rng(2)
    ranked, missed, missed_ranks = 6 / math.pi * math.asin(rho / 2), 0, 0
    for _ in range(WORLDS):
        x, e = rng.normal(size=(2, n))
        y = rho * x + math.sqrt(1 - rho * rho) * e
        one, two = pearson(x, y), spearman(np.exp(3 * x), y)
        missed += not one.low <= rho <= one.high
        missed_ranks += not two.low <= ranked <= two.high
    assert max(missed, missed_ranks) <= allowed(WORLDS, 0.065)


@pytest.mark.parametrize("far", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("heavy", [False, True])
def test_intervals_of_the_correlation_ratio_hold_the_truth(far: float, heavy: bool) -> None:
    rng = np.random.default_rng(3)
    middle, missed, n = far * np.array([-1.0, 0, 0.5, 2]), 0, 500
    within = 5 / 3 if heavy else 1.0
    eta = math.sqrt(middle.var() / (middle.var() + within))
    for _ in range(WORLDS):
        groups = rng.integers(0, 4, n)
        noise = rng.standard_t(5, n) if heavy else rng.normal(size=n)
        found = correlation_ratio(middle[groups] + noise, groups)
        missed += not found.low - 1e-9 <= eta <= found.high + 1e-9
    assert missed <= allowed(WORLDS, 0.07)


@given(hyp.lists(hyp.tuples(hyp.integers(-4, 4), hyp.floats(-9, 9)), min_size=10, max_size=60))
@settings(deadline=None)
def test_correlations_are_scipys(rows: list[tuple[int, float]]) -> None:
    x, y = np.array(rows, dtype=np.float64).T
    found = spearman(x, y)
    if len(np.unique(x)) < 2 or len(np.unique(y)) < 2:
        assert math.isnan(found.value)
        return
    assert found.value == pytest.approx(scipy.stats.spearmanr(x, y)[0], abs=1e-9)
    assert found.low <= found.value <= found.high
    if min(np.ptp(x), np.ptp(y)) > 1e-6:
        assert pearson(x, y).value == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-7)


def test_by_hand() -> None:
    """[[30, 20], [10, 40]]: chi-square 50/3, phi^2 1/6; corrected by 1/99 above and below."""
    table = np.array([[30, 20], [10, 40]])
    expected = math.sqrt((1 / 6 - 1 / 99) / (1 - 1 / 99))
    assert cramers_v(table).value == pytest.approx(expected)
    assert corrected_v(table) == pytest.approx(expected)
    g = scipy.stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")[0]
    assert mutual_information(table).value == pytest.approx((g - 1) / 200)
    f = scipy.stats.f_oneway([1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9])[0]
    eta = correlation_ratio([1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8, 9], np.repeat([0, 1], 6))
    assert eta.value == pytest.approx(math.sqrt((f - 1) / (f + 10)))  # Kelley's correction in terms of F


def test_nothing_to_say_is_nothing() -> None:
    assert math.isnan(cramers_v(np.array([[50, 0], [0, 0]])).value)
    assert math.isnan(mutual_information(np.array([[3, 1], [1, 3]])).value)
    assert math.isnan(pearson(np.ones(50), np.arange(50)).value)
    assert math.isnan(correlation_ratio(np.ones(50), np.arange(50) % 2).value)
    assert spearman(np.arange(50), np.arange(50))[:3] == (1.0, 1.0, 1.0)
    assert contingency(np.array([0, 1, 1]), np.array([1, 0, 0])).tolist() == [[0, 1], [2, 0]]
