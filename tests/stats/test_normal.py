"""The normal distribution and its critical values against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sterling.stats import normal


def test_cdf_and_pdf_agree_with_scipy() -> None:
    x = np.linspace(-30, 9, 500)
    np.testing.assert_allclose(normal.cdf(x), stats.norm.cdf(x), rtol=1e-10)
    np.testing.assert_allclose(normal.pdf(x), stats.norm.pdf(x), rtol=1e-12)


def test_ppf_agrees_with_scipy_and_knows_the_ends() -> None:
    p = np.array([1e-300, 1e-12, 0.025, 0.5, 0.975, 1 - 1e-12])
    np.testing.assert_allclose(normal.ppf(p), stats.norm.ppf(p), rtol=1e-11, atol=1e-15)
    assert normal.ppf(0) == -np.inf
    assert normal.ppf(1) == np.inf
    assert np.isnan(normal.ppf(1.5))


@given(some.floats(1e-9, 1 - 1e-9))
def test_ppf_undoes_cdf(p: float) -> None:
    assert float(normal.cdf(normal.ppf(p))) == pytest.approx(p, rel=1e-9)


def test_z_one_and_two_sided() -> None:
    assert normal.z(0.95) == pytest.approx(1.959963984540054, abs=1e-12)
    assert normal.z(0.95, 1) == pytest.approx(1.6448536269514722, abs=1e-12)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, float("nan")])
def test_a_level_outside_its_range_is_refused_with_a_hint(level: float) -> None:
    with pytest.raises(ValueError, match=r"level: expected .* got .*\nhint: write 0.95"):
        normal.z(level)


@pytest.mark.parametrize("k", [2, 3, 5, 10, 50, 300])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_studentised_range_agrees_with_scipy(level: float, k: int) -> None:
    q = normal.studentized_range(level, k)
    assert normal.studentized_range_cdf(q, k) == pytest.approx(level, abs=1e-12)
    assert q == pytest.approx(stats.studentized_range.ppf(level, k, np.inf), abs=1e-8)


def test_two_groups_need_no_wider_bound_than_one_pair() -> None:
    assert normal.all_pairs(0.95, 2) == pytest.approx(normal.z(0.95), abs=1e-10)
    with pytest.raises(ValueError, match="at least 2 groups"):
        normal.studentized_range(0.95, 1)
    assert normal.studentized_range_cdf(-1.0, 3) == 0.0


def test_sidak_is_exact_for_independent_comparisons() -> None:
    for m in (1, 2, 10, 200):
        assert (2 * stats.norm.cdf(normal.sidak(0.95, m)) - 1) ** m == pytest.approx(0.95, abs=1e-12)
        assert stats.norm.cdf(normal.sidak(0.95, m, 1)) ** m == pytest.approx(0.95, abs=1e-12)
