"""The common difference of two groups over strata: the formula, direction, properties, simulated coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from statsmodels.stats.contingency_tables import StratifiedTable

from sterling.stats.difference import newcombe
from sterling.stats.normal import z
from sterling.stats.standardised import common_difference

STRATA = some.lists(
    some.tuples(some.integers(1, 60), some.integers(1, 60), some.floats(0, 1), some.floats(0, 1)),
    min_size=1, max_size=5,
)  # fmt: skip


def _counts(strata: list[tuple[int, int, float, float]]) -> tuple[np.ndarray, ...]:
    m, n = (np.array([s[k] for s in strata], dtype=float) for k in (0, 1))
    a, b = (np.round(size * np.array([s[k] for s in strata])) for size, k in ((m, 2), (n, 3)))
    return a, m, b, n


@given(STRATA)
def test_as_mantel_and_haenszel_have_it(strata: list[tuple[int, int, float, float]]) -> None:
    a, m, b, n = _counts(strata)
    found = common_difference(a / m, m, b / n, n)
    expected = ((a * n - b * m) / (m + n)).sum() / (m * n / (m + n)).sum()
    assert found.difference == pytest.approx(expected, abs=1e-12)
    low, high = found.interval(1.96)
    assert low <= found.difference <= high


@given(STRATA)
def test_it_points_where_the_cochran_mantel_haenszel_statistic_points(
    strata: list[tuple[int, int, float, float]],
) -> None:
    a, m, b, n = _counts(strata)
    tables = [np.array([[p, q - p], [r, s - r]]) for p, q, r, s in zip(a, m, b, n, strict=True)]
    assume(all(t.sum(axis=0).min() > 0 for t in tables))
    # The numerator of the statistic is the numerator of the common difference.
    expected = sum(t[0, 0] - t[0].sum() * t[:, 0].sum() / t.sum() for t in tables)
    found = common_difference(a / m, m, b / n, n)
    assert np.sign(round(found.difference, 10)) == np.sign(round(expected, 10))
    if abs(found.difference) < 1e-12:
        assert StratifiedTable(tables).test_null_odds().statistic == pytest.approx(0, abs=1e-9)


def test_one_stratum_is_the_plain_difference() -> None:
    found = common_difference([0.3], [100], [0.5], [200])
    assert found.difference == pytest.approx(-0.2)
    low, high = found.interval(z(0.95))
    plain = newcombe(30, 100, 100, 200)
    assert (low, high) == pytest.approx((float(plain.low), float(plain.high)), abs=0.02)


def test_strata_that_one_group_lacks_do_not_count() -> None:
    shared = common_difference([0.2], [50], [0.4], [60])
    more = common_difference([0.2, 0.9, np.nan], [50, 70, 0], [0.4, np.nan, 0.5], [60, 0, 10])
    assert more == shared
    assert np.isnan(common_difference([0.1], [5], [np.nan], [0])).all()


def test_nobody_hit_still_has_a_width() -> None:
    low, high = common_difference([0.0, 0.0], [30, 40], [0.0, 0.0], [20, 50]).interval(1.96)
    assert low < 0 < high


@pytest.mark.parametrize(
    ("sizes", "base", "gap"),
    [
        ([(40, 60), (80, 30), (20, 90)], [0.2, 0.5, 0.8], 0.1),
        ([(300, 100), (100, 300)], [0.1, 0.6], 0.0),
        ([(8, 10)] * 20, np.linspace(0.1, 0.9, 20).tolist(), 0.0),
        ([(200, 200), (200, 200)], [0.02, 0.04], 0.0),
    ],
)
def test_coverage(sizes: list[tuple[int, int]], base: list[float], gap: float) -> None:
    """Every stratum has the same true difference; the strata differ much, and so does their mix."""
    rng = np.random.default_rng(len(sizes))
    m, n = np.array(sizes, dtype=float).T
    inside = 0
    for _ in range(1500):
        a, b = rng.binomial(m.astype(int), np.array(base) + gap), rng.binomial(n.astype(int), base)
        low, high = common_difference(a / m, m, b / n, n).interval(z(0.95))
        inside += low <= gap <= high
    assert inside / 1500 >= 0.94
