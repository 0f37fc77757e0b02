"""Intervals for a ratio: a reference, brute force, properties, exact coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from sterling.stats.difference import square_and_add
from sterling.stats.proportion import wilson
from sterling.stats.ratio import mover_ratio, ratio_log, ratio_score
from tests.stats import coverage, enumeration


@pytest.mark.parametrize("counts", [(3, 10, 5, 20), (36, 40, 16, 80), (9, 10, 8, 10), (150, 900, 7, 15)])
def test_parity_with_references(counts) -> None:
    score = confint_proportions_2indep(*counts, compare="ratio", method="score", correction=False)
    assert tuple(map(float, ratio_score(*counts))) == pytest.approx(score, rel=1e-6)
    log = stats.contingency.relative_risk(*counts).confidence_interval(0.95)
    assert tuple(map(float, ratio_log(*counts))) == pytest.approx((log.low, log.high), rel=1e-9)


group = some.integers(1, 200).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))


def _mover(h1: int, n1: int, h2: int, n2: int, *, level: float = 0.95):
    first, second = wilson(h1, n1, level=level), wilson(h2, n2, level=level)
    return mover_ratio(h1 / n1, *first, h2 / n2, *second)


@pytest.mark.parametrize("method", [ratio_log, ratio_score, _mover])
@given(group, group, some.floats(0.6, 0.98))
def test_bounds_hold_the_ratio_invert_and_grow(method, first, second, level: float) -> None:
    if first[0] == second[0] == 0:
        return
    low, high = (float(x) for x in method(*first, *second, level=level))
    assert 0 <= low < high
    if second[0]:
        ratio = first[0] / first[1] / (second[0] / second[1])
        assert low <= ratio * (1 + 1e-8) + 1e-12
        assert ratio <= high * (1 + 1e-8)
    swapped = method(*second, *first, level=level)
    inverse = (1 / float(swapped.high), 1 / float(swapped.low) if swapped.low > 0 else np.inf)
    assert inverse == pytest.approx((low, high), rel=1e-6)
    wider = method(*first, *second, level=level + 0.019)
    assert wider.low <= low * (1 + 1e-9)
    assert wider.high >= high * (1 - 1e-9)


@given(some.floats(0.05, 0.9), some.floats(0.1, 0.9), some.floats(0.01, 0.05), some.floats(0.01, 0.05))
def test_mover_bounds_are_where_the_difference_touches_zero(v1: float, v2: float, below: float, above: float) -> None:
    l1, u1, l2, u2 = v1 - below, v1 + above, v2 - below, v2 + above
    low, high = (float(x) for x in mover_ratio(v1, l1, u1, v2, l2, u2))
    assert float(square_and_add(v1, l1, u1, low * v2, low * l2, low * u2).low) == pytest.approx(0, abs=1e-9)
    assert float(square_and_add(v1, l1, u1, high * v2, high * l2, high * u2).high) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("method", [ratio_log, ratio_score, _mover])
def test_no_hits_keep_the_natural_ends(method) -> None:
    assert method(0, 10, 5, 10).low == 0
    assert np.isfinite(method(0, 10, 5, 10).high)
    assert method(5, 10, 0, 10).high == np.inf
    assert method(5, 10, 0, 10).low > 0


def test_nobody_gives_nothing() -> None:
    for method in (ratio_log, ratio_score):
        assert np.isnan(method(0, 0, 5, 10)).all()
    assert np.isnan(mover_ratio(np.nan, 0, 1, 0.5, 0.3, 0.7)).all()


@pytest.mark.parametrize(("m", "n"), enumeration.PAIRS)
@pytest.mark.parametrize("method", [coverage.mover, ratio_score])
def test_ratio_intervals_cover(method, m: int, n: int) -> None:
    covered = enumeration.ratio_of_proportions(method, m, n)
    assert 0.94 <= covered.mean() <= 0.965
    assert covered.min() >= 0.91
