"""Gauss-Legendre rules beside NumPy's, and on polynomials they are exact for."""

from __future__ import annotations

import numpy as np
import pytest

from sterling.stats.quadrature import gauss_legendre


@pytest.mark.parametrize("n", [1, 2, 3, 16, 40, 64, 256])
def test_nodes_and_weights_are_those_of_numpy(n: int) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(n)
    rule = gauss_legendre(n)
    np.testing.assert_allclose(rule.nodes, nodes, atol=2e-16 * 8, rtol=0)
    np.testing.assert_allclose(rule.weights, weights, rtol=1e-9)


@pytest.mark.parametrize("n", [2, 5, 40])
def test_exact_for_polynomials(n: int) -> None:
    rule = gauss_legendre(n)
    for degree in range(2 * n):
        exact = 0.0 if degree % 2 else 2.0 / (degree + 1)
        assert float((rule.weights * rule.nodes**degree).sum()) == pytest.approx(exact, abs=1e-13)
