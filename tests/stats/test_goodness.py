"""Do sizes fit given shares? Held against SciPy, a sum over all outcomes, and its own promise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sterling.stats.goodness import goodness_of_fit


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_two_groups_by_hand() -> None:
    """8 of 10 where half is expected: the outcomes 8, 9, 10, 0, 1, 2 are no likelier: (45 + 10 + 1) * 2 / 1024."""
    found = goodness_of_fit(np.array([8.0, 2.0]), np.array([0.5, 0.5]), rng=rng())
    assert found.p == pytest.approx(112 / 1024)
    assert (found.statistic, found.df, found.method) == (pytest.approx(3.6), 1, "exact binomial test")


def test_exact_multinomial_is_a_sum_over_all_outcomes() -> None:
    shares, counts = np.array([0.2, 0.3, 0.5]), np.array([4.0, 1.0, 3.0])

    def chance(c: tuple[int, ...]) -> float:
        return (
            math.factorial(8)
            / math.prod(map(math.factorial, c))
            * math.prod(p**k for p, k in zip(shares, c, strict=True))
        )

    seen = chance((4, 1, 3))
    slow = sum(
        chance(c) for c in itertools.product(range(9), repeat=3) if sum(c) == 8 and chance(c) <= seen * (1 + 1e-9)
    )
    found = goodness_of_fit(counts, shares, rng=rng())
    assert found.method == "exact multinomial test"
    assert found.p == pytest.approx(slow, rel=1e-9)


def test_many_rows_as_scipy() -> None:
    counts, shares = np.array([300.0, 450.0, 250.0, 1000.0]), np.array([0.15, 0.22, 0.13, 0.5])
    found = goodness_of_fit(counts, shares, rng=rng())
    expected = stats.chisquare(counts, shares * counts.sum())
    assert (found.statistic, found.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))


def test_rare_groups_are_drawn_and_the_same_for_one_seed() -> None:
    counts = np.array([1000.0, 990.0, 3.0, 0.0, 2.0, 1.0])
    shares = np.array([0.5, 0.496, 0.001, 0.001, 0.001, 0.001])
    first, again = (goodness_of_fit(counts, shares, rng=rng(7)) for _ in range(2))
    assert "draws" in first.method and first == again
    assert 0.3 < first.p <= 1


def test_what_cannot_be() -> None:
    assert goodness_of_fit(np.array([5.0, 1.0]), np.array([1.0, 0.0]), rng=rng()).p == 0
    assert goodness_of_fit(np.array([5.0]), np.array([1.0]), rng=rng()).p == 1
    assert goodness_of_fit(np.array([0.0, 0.0]), np.array([0.5, 0.5]), rng=rng()).p == 1


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5), st.randoms())
def test_order_of_groups_does_not_matter(counts: list[int], random: object) -> None:
    shares = np.arange(1, len(counts) + 1) / sum(range(1, len(counts) + 1))
    places = list(range(len(counts)))
    random.shuffle(places)  # type: ignore[attr-defined]
    c = np.array(counts, dtype=float)
    first, second = (goodness_of_fit(x, y, rng=rng()) for x, y in ((c, shares), (c[places], shares[places])))
    if "draws" not in first.method:
        assert first.p == pytest.approx(second.p, rel=1e-9)
    assert 0 <= first.p <= 1


@pytest.mark.parametrize("n", [12, 60, 400])
def test_null_worlds_are_called_rare_as_often_as_promised(n: int) -> None:
    shares, draws = np.array([0.7, 0.2, 0.06, 0.04]), rng(n)
    called = sum(
        goodness_of_fit(draws.multinomial(n, shares).astype(float), shares, rng=rng(k)).p <= 0.05 for k in range(300)
    )
    assert called <= 26  # 15 expected; 26 and more are 3 standard deviations off
