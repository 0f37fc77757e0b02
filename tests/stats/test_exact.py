"""Exact and permutation tests against SciPy, and their promise under no effect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sterling.stats.exact import binomial_test, fisher_exact, permutation_test

count = some.integers(0, 60)


@given(count, count, count, count)
def test_fisher_agrees_with_scipy(a: int, b: int, c: int, d: int) -> None:
    expected = stats.fisher_exact([[a, b], [c, d]]).pvalue
    assert fisher_exact(a, b, c, d) == pytest.approx(1.0 if np.isnan(expected) else expected, rel=1e-7)


@given(count, count, some.floats(0.001, 0.999))
def test_binomial_agrees_with_scipy(hits: int, misses: int, p: float) -> None:
    n = hits + misses
    expected = stats.binomtest(hits, n, p).pvalue if n else 1.0
    assert binomial_test(hits, n, p) == pytest.approx(expected, rel=1e-7)


def test_certain_shares_and_impossible_inputs() -> None:
    assert binomial_test(5, 5, 1.0) == 1.0
    assert binomial_test(4, 5, 1.0) == 0.0
    with pytest.raises(ValueError, match="hits: expected a count from 0 to n = 5, got 6"):
        binomial_test(6, 5, 0.5)
    with pytest.raises(ValueError, match="p: expected a probability"):
        binomial_test(1, 5, 1.5)
    with pytest.raises(ValueError, match="counts of 0 or more"):
        fisher_exact(-1, 2, 3, 4)


def _gap(values: np.ndarray, labels: np.ndarray) -> float:
    return abs(float(values[labels == "a"].mean() - values[labels == "b"].mean()))


def test_permutation_test_approaches_fisher_on_shares() -> None:
    values, labels = np.array([1] * 9 + [0] * 3 + [1] * 3 + [0] * 9), np.array(["a"] * 12 + ["b"] * 12)
    found = permutation_test(values, labels, _gap, seed=1, n=4000)
    assert found.p_value == pytest.approx(fisher_exact(9, 3, 3, 9), abs=0.012)
    assert found == permutation_test(values, labels, _gap, seed=1, n=4000)
    assert found.shuffles == 4000


def test_permutation_p_values_are_never_zero_and_do_not_alarm_too_often() -> None:
    rng = np.random.default_rng(2)
    labels = np.array(["a", "b"] * 10)
    p = [permutation_test(rng.normal(size=20), labels, _gap, seed=i, n=99).p_value for i in range(300)]
    assert min(p) >= 0.01
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
    with pytest.raises(ValueError, match=r"labels: expected one per value \(2\), got 1"):
        permutation_test([1.0, 2.0], ["a"], _gap, seed=0)


def test_far_out_in_a_tail_nothing_overflows() -> None:
    """Thousands of rows with hardly anything in common: the p-value is 0 or next to it, without a warning."""
    assert fisher_exact(3000, 10, 10, 3000) < 1e-300
    assert fisher_exact(900, 100, 500, 500) == pytest.approx(stats.fisher_exact([[900, 100], [500, 500]]).pvalue)
