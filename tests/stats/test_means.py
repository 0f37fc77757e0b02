"""Intervals for means: references, the coin as a special case, coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sterling.stats.means import mean_bounded, mean_positive, mean_t, moments, student
from sterling.stats.proportion import wilson
from tests.stats import worlds

unit = some.lists(some.floats(0, 1), min_size=2, max_size=60)


def _sums(x: np.ndarray) -> tuple[float, float, int]:
    return float(x.sum()), float((x * x).sum()), len(x)


@given(unit)
def test_moments_match_numpy(values: list[float]) -> None:
    x = np.array(values)
    mean, variance = moments(*_sums(x))
    assert float(mean) == pytest.approx(x.mean(), abs=1e-12)
    assert float(variance) == pytest.approx(x.var(ddof=1), abs=1e-10)


def test_student_interval_matches_scipy() -> None:
    x = np.random.default_rng(3).normal(-2, 5, 23)
    expected = stats.t.interval(0.95, 22, x.mean(), stats.sem(x))
    assert tuple(map(float, mean_t(*_sums(x)))) == pytest.approx(expected, rel=1e-9)
    assert float(student(1.6448536269514722, 1e7)) == pytest.approx(1.6448536269514722)


@given(some.integers(2, 300).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))
def test_zeros_and_ones_get_about_the_wilson_interval(case: tuple[int, int]) -> None:
    hits, n = case
    ours, coin = mean_bounded(hits, hits, n), wilson(hits, n)
    # A sample variance has the factor n / (n - 1): never narrower than twice rounding, and within a hundredth.
    assert float(ours.low) == pytest.approx(float(coin.low), abs=1e-9)
    assert float(ours.high) == pytest.approx(float(coin.high), abs=1e-9)


@given(unit, some.floats(0.6, 0.98))
def test_bounded_interval_stays_inside_holds_the_mean_and_grows(values: list[float], level: float) -> None:
    x = np.array(values)
    low, high = (float(v) for v in mean_bounded(*_sums(x), level=level))
    assert 0 <= low <= x.mean() + 1e-12
    assert x.mean() - 1e-12 <= high <= 1
    assert low < high
    wider = mean_bounded(*_sums(x), level=level + 0.019)
    assert wider.low <= low + 1e-12
    assert wider.high >= high - 1e-12
    moved = mean_bounded(*_sums(4 * x - 1), low=-1, high=3, level=level)
    assert ((float(moved.low) + 1) / 4, (float(moved.high) + 1) / 4) == pytest.approx((low, high), abs=1e-6)


def test_positive_interval_scales_and_needs_two_rows() -> None:
    x = np.random.default_rng(4).exponential(1.0, 50)
    low, high = mean_positive(*_sums(x))
    assert 0 < low < x.mean() < high
    scaled = mean_positive(*_sums(10 * x))
    assert (scaled.low / 10, scaled.high / 10) == (pytest.approx(low), pytest.approx(high))
    assert np.isnan(mean_positive(0.7, 0.49, 1)).all()
    assert tuple(mean_positive(0.0, 0.0, 9)) == (0.0, 0.0)
    assert np.isfinite(mean_positive(1e9, 1e18, 2, level=0.9999)).all()  # two rows may say next to nothing
    assert np.isfinite(mean_positive(1e48, 1e96, 2, level=0.9999)).all()  # whatever the unit
    assert np.isfinite(mean_positive(1e150, 1e300, 2, level=0.9999)).all()
    assert np.isnan(mean_bounded(0.0, 0.0, 0)).all()


@pytest.mark.parametrize(("prevalence", "floor"), [((2.0, 2.0), 0.93), ((0.5, 5.0), 0.93), ((0.5, 20.0), 0.90)])
def test_brier_interval_covers_where_student_does_not(prevalence: tuple[float, float], floor: float) -> None:
    ours, student_t = np.array(worlds.mean_worlds("Brier score", prevalence, draws=1500, seed=31)).T
    assert ours.min() >= floor
    assert ours.min() > student_t.min()


def test_log_loss_interval_covers_when_both_labels_are_common() -> None:
    ours, _ = np.array(worlds.mean_worlds("log loss", (2.0, 2.0), draws=1500, seed=32)).T
    assert ours.min() >= 0.93
