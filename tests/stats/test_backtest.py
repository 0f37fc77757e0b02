"""The range of a count under a stated probability: SciPy's binomial quantiles, and simulated coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sterling.stats.backtest import binomial_range, binomial_range_z
from sterling.stats.normal import z


@given(n=some.integers(0, 5000), p=some.floats(0, 1), level=some.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_as_the_quantiles_of_scipy(n: int, p: float, level: float) -> None:
    low, high = binomial_range(n, p, level=level)
    tail = (1 - level) / 2
    for mine, share in ((int(low), tail), (int(high), 1 - tail)):
        theirs = max(int(stats.binom.ppf(share, n, p)), 0)
        # Where a tail equals the share to within rounding, either neighbour is a quantile.
        near = abs(stats.binom.cdf(min(mine, theirs), n, p) - share) < 1e-9
        assert mine == theirs or near


def test_many_at_once_and_large() -> None:
    n, p = np.array([10, 1000, 10_000_000]), np.array([0.5, 0.01, 0.3])
    low, high = binomial_range(n, p)
    assert low.tolist() == stats.binom.ppf(0.025, n, p).astype(int).tolist()
    assert high.tolist() == stats.binom.ppf(0.975, n, p).astype(int).tolist()


def test_nobody_and_certainty() -> None:
    assert [int(v) for v in binomial_range(0, 0.3)] == [0, 0]
    assert [int(v) for v in binomial_range(7, 0.0)] == [0, 0]
    assert [int(v) for v in binomial_range(7, 1.0)] == [7, 7]


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.4])
def test_right_probabilities_lie_outside_at_most_as_often_as_said(spread: float) -> None:
    """People's own probabilities differ around 0.5; the count then varies less than the binomial one."""
    rng = np.random.default_rng(int(spread * 10))
    p = 0.5 + spread * np.linspace(-1, 1, 80)
    counts = (rng.random((20_000, 80)) < p).sum(axis=1)
    low, high = binomial_range(80, p.mean())
    assert ((counts < low) | (counts > high)).mean() <= 0.05


def test_tails_may_differ_by_row() -> None:
    n, levels = np.arange(2.0, 120.0), np.linspace(0.8, 0.999, 118)
    low, high = binomial_range_z(n, 0.9, [z(v) for v in levels])
    assert low.tolist() == stats.binom.ppf((1 - levels) / 2, n, 0.9).astype(int).tolist()
    assert high.tolist() == stats.binom.ppf((1 + levels) / 2, n, 0.9).astype(int).tolist()
