"""Incomplete gamma and beta functions against SciPy."""

from __future__ import annotations

import numpy as np
from scipy import special as reference
from scipy import stats

from sterling.stats import special


def _spread(rng: np.random.Generator, low: float, high: float, n: int = 1500) -> np.ndarray:
    return 10 ** rng.uniform(low, high, n)


def test_chi2_survival_agrees_with_scipy() -> None:
    rng = np.random.default_rng(1)
    df, x = _spread(rng, -0.5, 3), _spread(rng, -3, 3.3)
    expected = stats.chi2.sf(x, df)
    np.testing.assert_allclose(special.chi2_sf(x, df), expected, rtol=1e-9, atol=1e-14)
    assert special.chi2_sf(0.0, 3.0) == 1.0
    assert np.isnan(special.gamma_sf(1.0, -1.0))


def test_beta_distribution_agrees_with_scipy() -> None:
    rng = np.random.default_rng(2)
    a, b, x = _spread(rng, -1, 3.5), _spread(rng, -1, 3.5), rng.random(1500)
    np.testing.assert_allclose(special.beta_cdf(x, a, b), reference.betainc(a, b, x), rtol=1e-8, atol=1e-13)
    np.testing.assert_array_equal(special.beta_cdf([0.0, 1.0, -1.0], 2.0, 3.0), [0.0, 1.0, 0.0])
    assert np.isnan(special.beta_cdf(np.nan, 2.0, 3.0))


def test_beta_quantiles_agree_with_scipy() -> None:
    rng = np.random.default_rng(3)
    a, b, p = _spread(rng, -0.5, 3.2, 600), _spread(rng, -0.5, 3.2, 600), rng.random(600)
    np.testing.assert_allclose(special.beta_ppf(p, a, b), stats.beta.ppf(p, a, b), rtol=1e-8, atol=1e-13)
    np.testing.assert_array_equal(special.beta_ppf([0.0, 1.0], 2.0, 3.0), [0.0, 1.0])


def test_student_agrees_with_scipy_for_fractional_degrees_of_freedom() -> None:
    df = np.array([0.7, 1, 2.5, 10, 99.3, 1e5])
    for p in (0.001, 0.025, 0.5, 0.9, 0.975):
        np.testing.assert_allclose(special.t_ppf(p, df), stats.t.ppf(p, df), rtol=1e-8, atol=1e-9)
    x = np.linspace(-6, 6, 41)[:, None]
    np.testing.assert_allclose(special.t_cdf(x, df), stats.t.cdf(x, df), rtol=1e-9)
