"""Numbers from tables of counts: variances against derivatives and resampling, coverage of F1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sterling.stats.cells import delta_interval, delta_variance, ratio_of_cells_variance
from sterling.stats.proportion import wilson
from sterling.stats.resample import resample_cells
from tests.stats import enumeration

F1 = ([2, 0, 0, 0], [2, 1, 1, 0])
cells = some.tuples(*[some.integers(0, 200)] * 4)


@given(cells)
def test_a_share_gets_its_wilson_interval(c: tuple[int, ...]) -> None:
    if sum(c) == 0:
        return
    found = delta_interval([1, 0, 0, 1], [1, 1, 1, 1], c)
    expected = wilson(c[0] + c[3], sum(c))
    assert (float(found.low), float(found.high)) == pytest.approx((float(expected.low), float(expected.high)), abs=1e-9)


@given(cells)
def test_f1_interval_stays_inside_and_holds_the_value(c: tuple[int, ...]) -> None:
    found = delta_interval(*F1, c)
    if sum(c[:3]) == 0:
        assert np.isnan(found).all()
        return
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert found.low < found.high


def test_both_variances_agree_with_numeric_derivatives_and_resampling() -> None:
    c = np.array([120.0, 40, 30, 400])
    f1 = lambda x: 2 * x[..., 0] / (2 * x[..., 0] + x[..., 1] + x[..., 2])  # noqa: E731
    step = 1e-4
    gradient = np.array([(f1(c + step * e) - f1(c - step * e)) / (2 * step) for e in np.eye(4)])
    variance = float(ratio_of_cells_variance(*F1, c))
    assert float(delta_variance(gradient, c)) == pytest.approx(variance, rel=1e-6)
    drawn = f1(resample_cells(c, resamples=20_000, seed=1).astype(float))
    assert float(drawn.var()) == pytest.approx(variance, rel=0.05)


def test_other_ranges_are_rescaled() -> None:
    # Youden's J of one table half positive: (tp - fp) / n on a scale from -1 to 1, doubled.
    c = [40, 10, 10, 40]
    found = delta_interval([2, -2, 0, 0], [1, 1, 1, 1], c, low=-2, high=2)
    assert -2 < found.low < found.value < found.high < 2
    assert float(found.value) == pytest.approx(0.6)


@pytest.mark.parametrize("n", [10, 20, 30])
def test_f1_covers(n: int) -> None:
    covered = [share for _, share in enumeration.f1_worlds(n)]
    assert np.mean(covered) >= 0.93
    assert min(covered) >= 0.85
