"""Intervals for a difference: published values, brute force, properties, exact coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from statsmodels.stats.proportion import confint_proportions_2indep

from sterling.stats import difference
from sterling.stats.difference import miettinen_nurminen, newcombe, square_and_add, square_and_add_linear
from tests.stats import enumeration

PUBLISHED = [
    # Newcombe 1998, Table II: method 10 and the Miettinen-Nurminen method.
    ((56, 70, 48, 80), (0.0524, 0.3339), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1705, 0.8090), (0.1700, 0.8406)),
    ((10, 10, 0, 20), (0.6791, 1.0), (0.7156, 1.0)),
]


@pytest.mark.parametrize(("counts", "method10", "score"), PUBLISHED)
def test_published_examples(counts, method10, score) -> None:
    assert tuple(map(float, newcombe(*counts))) == pytest.approx(method10, abs=1e-4)
    assert tuple(map(float, miettinen_nurminen(*counts))) == pytest.approx(score, abs=1e-4)


def test_parity_with_statsmodels() -> None:
    for counts in ((3, 10, 5, 20), (0, 9, 5, 20), (80, 200, 7, 15), (12, 12, 11, 11)):
        ours = tuple(map(float, newcombe(*counts)))
        assert ours == pytest.approx(confint_proportions_2indep(*counts, compare="diff", method="newcomb"), abs=1e-9)


@pytest.mark.parametrize("delta", [-0.6, -0.25, -0.01, 0.1, 0.4])
def test_constrained_likelihood_against_a_fine_grid(delta: float) -> None:
    a, m, b, n = 3.0, 10.0, 5.0, 20.0
    second = np.linspace(max(0, -delta), min(1, 1 - delta), 400_001)[1:-1]
    first = second + delta
    likelihood = a * np.log(first) + (m - a) * np.log1p(-first) + b * np.log(second) + (n - b) * np.log1p(-second)
    found = difference._constrained(*(np.asarray(x) for x in (delta, a, m, b, n)))
    assert float(found) == pytest.approx(second[likelihood.argmax()], abs=1e-5)


group = some.integers(1, 200).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))


@pytest.mark.parametrize("method", [newcombe, miettinen_nurminen])
@given(group, group, some.floats(0.6, 0.98))
def test_bounds_are_ordered_inside_the_scale_and_swap_sign(method, first, second, level: float) -> None:
    low, high = (float(x) for x in method(*first, *second, level=level))
    gap = first[0] / first[1] - second[0] / second[1]
    assert -1 - 1e-9 <= low <= gap + 1e-9
    assert gap - 1e-9 <= high <= 1 + 1e-9
    assert high > low
    swapped = method(*second, *first, level=level)
    assert (-float(swapped.high), -float(swapped.low)) == pytest.approx((low, high), abs=1e-8)
    wider = method(*first, *second, level=level + 0.019)
    assert wider.low <= low + 1e-9
    assert wider.high >= high - 1e-9


def test_nobody_on_one_side_gives_nothing() -> None:
    for method in (newcombe, miettinen_nurminen):
        assert np.isnan(method(0, 0, 3, 10)).all()


def test_linear_combination_contains_the_difference_and_shrinks_means() -> None:
    value, low, high = [0.7, 0.4], [0.6, 0.35], [0.8, 0.5]
    pair = square_and_add(0.7, 0.6, 0.8, 0.4, 0.35, 0.5)
    assert square_and_add_linear([1, -1], value, low, high) == (pytest.approx(pair.low), pytest.approx(pair.high))
    mean = square_and_add_linear([0.5, 0.5], value, low, high)
    assert float(mean.low) == pytest.approx(0.55 - np.hypot(0.05, 0.025))


@pytest.mark.parametrize(("m", "n"), enumeration.PAIRS)
def test_newcombe_covers(m: int, n: int) -> None:
    covered = enumeration.two_proportions(newcombe, m, n)
    assert 0.945 <= covered.mean() <= 0.975
    assert covered.min() >= 0.85
