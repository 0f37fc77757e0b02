"""Intervals for one share: known values, properties, and coverage counted exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from sterling.stats.proportion import clopper_pearson, clopper_pearson_z, exact_value, wilson, wilson_value, wilson_z
from tests.stats import enumeration

METHODS = {"wilson": (wilson, "wilson"), "clopper_pearson": (clopper_pearson, "beta")}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_parity_with_statsmodels(name: str, level: float) -> None:
    ours, theirs = METHODS[name]
    n = np.array([1, 2, 5, 17, 60, 700])
    for share in (0.0, 0.1, 0.5, 0.97, 1.0):
        hits = np.floor(share * n)
        low, high = ours(hits, n, level=level)
        expected = proportion_confint(hits, n, alpha=1 - level, method=theirs)
        np.testing.assert_allclose(low, expected[0], atol=1e-9)
        np.testing.assert_allclose(high, expected[1], atol=1e-9)


counts = some.integers(1, 400).flatmap(lambda n: some.tuples(some.floats(0, n), some.just(float(n))))


@pytest.mark.parametrize("method", [wilson, clopper_pearson])
@given(counts, some.floats(0.5, 0.99))
def test_bounds_are_ordered_mirrored_and_grow_with_the_level(method, case: tuple[float, float], level: float) -> None:
    hits, n = case
    low, high = (float(x) for x in method(hits, n, level=level))
    assert 0 <= low <= hits / n + 1e-8
    assert hits / n - 1e-8 <= high <= 1
    assert low < high
    mirror = method(n - hits, n, level=level)
    assert (1 - float(mirror.high), 1 - float(mirror.low)) == pytest.approx((low, high), abs=1e-8)
    wider = method(hits, n, level=level + 0.009)
    assert wider.low <= low + 1e-9
    assert wider.high >= high - 1e-9


@given(counts)
def test_exact_limits_hold_wilson_s_promise_at_each_end(case: tuple[float, float]) -> None:
    hits, n = round(case[0]), case[1]
    low, high = clopper_pearson(hits, n)
    if hits > 0:
        assert stats.binom.sf(hits - 1, n, float(low)) == pytest.approx(0.025, rel=1e-6)
    if hits < n:
        assert stats.binom.cdf(hits, n, float(high)) == pytest.approx(0.025, rel=1e-6)


def test_nobody_gives_nothing_and_ends_are_exact() -> None:
    for low, high in (wilson([0, 0, 4], [0, 4, 4]), clopper_pearson([0, 0, 4], [0, 4, 4])):
        assert np.isnan(low[0])
        assert np.isnan(high[0])
        assert low[1] == 0.0
        assert high[2] == 1.0
        assert high[1] < 1.0


def test_an_effective_n_may_be_fractional() -> None:
    low, high = wilson(0.3 * 41.7, 41.7)
    assert wilson_value(0.3, 41.7, 1.959963984540054) == (pytest.approx(low), pytest.approx(high))
    exact = exact_value(0.3, 41.7, 1.959963984540054)
    assert exact.low < low
    assert exact.high > high
    assert np.isnan(exact_value(np.nan, 0.0, 1.96).low)


def test_large_counts_use_an_expansion_that_joins_the_exact_limits() -> None:
    for n, hits in ((2000, 1000), (20_000, 1001), (10**6, 300_000), (10**6, 998_000)):
        for critical in (1.645, 2.8, 4.0):
            tail = stats.norm.sf(critical)
            low, high = clopper_pearson_z(hits, n, critical)
            reach = critical * np.sqrt(hits * (n - hits) / n**3)
            assert abs(low - stats.beta.ppf(tail, hits, n - hits + 1)) < 0.005 * reach
            assert abs(high - stats.beta.isf(tail, hits + 1, n - hits)) < 0.005 * reach


def test_critical_values_broadcast_against_groups() -> None:
    low, _ = wilson_z(np.array([3.0, 10.0]), 30.0, np.array([[1.0], [2.0]]))
    assert low.shape == (2, 2)
    assert (low[1] < low[0]).all()


@pytest.mark.parametrize("whole", [True, False])
def test_bounds_of_a_batch_do_not_depend_on_who_else_is_in_the_array(whole: bool) -> None:
    """They are what the batch's own array gives, to the last bit: searches end for it when they would end there."""
    rng = np.random.default_rng(0)
    n = rng.integers(1, 4000, (6, 40)).astype(float) * (1.0 if whole else 0.37)
    hits = np.floor(n * rng.beta(0.3, 2.0, n.shape)) if whole else n * rng.beta(0.1, 2.0, n.shape)
    critical = rng.choice([1.645, 2.2, 3.1], n.shape)
    hits[0, :3], n[1, :3], critical[2, :3] = 0.0, 0.0, np.nan
    found = clopper_pearson_z(hits, n, critical, batch=np.arange(6)[:, None])
    alone = [clopper_pearson_z(*row) for row in zip(hits, n, critical, strict=True)]
    for end in (0, 1):
        np.testing.assert_array_equal(found[end], np.stack([bounds[end] for bounds in alone]))


@pytest.mark.parametrize("n", enumeration.SIZES)
def test_wilson_covers_its_level_on_average_and_never_collapses(n: int) -> None:
    covered = enumeration.one_proportion(wilson, n)
    assert 0.945 <= covered.mean() <= 0.96
    assert covered.min() >= 0.85


@pytest.mark.parametrize("n", enumeration.SIZES)
def test_clopper_pearson_never_falls_below_its_level(n: int) -> None:
    assert enumeration.one_proportion(clopper_pearson, n).min() >= 0.95
