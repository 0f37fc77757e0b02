"""Entropy indices of benefits: the definition row by row, known limits, properties, simulated bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from sterling.fairness.inequality import (
    BENEFIT,
    Floats,
    atkinson,
    between_bounds,
    between_groups,
    coefficient_of_variation,
    entropy_bounds,
    entropy_slope,
    generalised_entropy,
)

CELLS = some.lists(some.integers(0, 60), min_size=4, max_size=4)
ALPHAS = some.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 3.0])


def _people(cells: list[int]) -> Floats:
    return np.repeat(BENEFIT, cells)


def _slow(b: Floats, alpha: float) -> float:
    """The definition, a person at a time."""
    r = b / b.mean()
    if alpha == 1:
        return float(np.mean([x * np.log(x) if x > 0 else 0.0 for x in r]))
    return float(np.mean([(x**alpha - 1) / (alpha * (alpha - 1)) for x in r]))


@given(cells=CELLS, alpha=ALPHAS)
def test_as_the_definition(cells: list[int], alpha: float) -> None:
    b = _people(cells)
    assume(b.sum() > 0)
    counts = np.array(cells, dtype=float)
    assert float(generalised_entropy(counts, alpha)) == pytest.approx(_slow(b, alpha), abs=1e-10)
    if alpha == 2.0:
        assert float(coefficient_of_variation(generalised_entropy(counts, 2.0))) == pytest.approx(
            b.std() / b.mean(), abs=1e-6
        )
    if alpha < 1:
        epsilon = 1 - alpha
        direct = 1 - np.mean(b ** (1 - epsilon)) ** (1 / (1 - epsilon)) / b.mean()
        assert float(atkinson(generalised_entropy(counts, alpha), epsilon)) == pytest.approx(direct, abs=1e-9)


@given(groups=some.lists(CELLS, min_size=1, max_size=5), alpha=ALPHAS)
def test_within_and_between_make_up_the_whole(groups: list[list[int]], alpha: float) -> None:
    people = [_people(g) for g in groups]
    assume(all(b.sum() > 0 for b in people))
    everyone = np.concatenate(people)
    means = np.concatenate([np.full(len(b), b.mean()) for b in people])
    cells = np.array(groups, dtype=float)
    between = between_groups(cells, alpha)
    assert between == pytest.approx(_slow(means, alpha), abs=1e-10)
    within = sum(len(b) / len(everyone) * (b.mean() / everyone.mean()) ** alpha * _slow(b, alpha) for b in people)
    assert between + within == pytest.approx(_slow(everyone, alpha), abs=1e-9)


@given(cells=some.lists(some.integers(1, 60), min_size=4, max_size=4), alpha=ALPHAS)
def test_slope_as_small_steps(cells: list[int], alpha: float) -> None:
    counts, step = np.array(cells, dtype=float), 1e-4
    steps = counts + step * np.eye(4), counts - step * np.eye(4)
    numeric = (generalised_entropy(steps[0], alpha) - generalised_entropy(steps[1], alpha)) / (2 * step)
    assert entropy_slope(counts, alpha) == pytest.approx(numeric, abs=1e-6)


def test_known_values() -> None:
    """Everyone alike: 0. Half with 2 and half with 0, alpha 2: the mean is 1, the variance 1, the index one half."""
    assert float(generalised_entropy(np.array([5.0, 0, 0, 5]), 2.0)) == 0
    assert float(generalised_entropy(np.array([0.0, 5, 5, 0]), 2.0)) == pytest.approx(0.5)
    assert float(generalised_entropy(np.array([0.0, 5, 5, 0]), 1.0)) == pytest.approx(np.log(2))
    assert np.isnan(generalised_entropy(np.zeros(4), 2.0))


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_a_group_that_gets_nothing_and_a_group_of_nobody(alpha: float) -> None:
    cells = np.array([[0.0, 0, 40, 0], [20, 0, 0, 20], [0, 0, 0, 0]])
    people = np.repeat([0.0, 1.0], 40)
    assert between_groups(cells, alpha) == pytest.approx(_slow(people, alpha))
    found = between_bounds(cells[:2], cells[:2], alpha, level=0.95)
    assert 0 < found.at_least < found.value < found.at_most < np.inf


@pytest.mark.parametrize("alpha", [0.0, -1.0, float("nan")])
def test_where_one_person_would_make_it_infinite(alpha: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        generalised_entropy(np.ones(4), alpha)
    with pytest.raises(ValueError, match="between 0 and 1"):
        atkinson(0.1, 1.0)


def test_weights_that_are_all_two_change_nothing() -> None:
    cells = np.array([[30.0, 10, 5, 55], [20, 2, 20, 58]])
    once = between_bounds(cells, cells, 2.0, level=0.95)
    assert between_bounds(2 * cells, 4 * cells, 2.0, level=0.95) == pytest.approx(once, rel=1e-9)
    total = entropy_bounds(cells[0], cells[0], 2.0, level=0.95)
    assert entropy_bounds(2 * cells[0], 4 * cells[0], 2.0, level=0.95) == pytest.approx(total, rel=1e-9)


SHARES = [[0.5, 0.02, 0.02, 0.46], [0.3, 0.05, 0.1, 0.55], [0.2, 0.25, 0.25, 0.3], [0.4, 0.01, 0.0, 0.59]]


@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_coverage_of_the_total(n: int, alpha: float) -> None:
    rng = np.random.default_rng(n)
    for shares in SHARES:
        truth = float(generalised_entropy(np.array(shares), alpha))
        found = [entropy_bounds(c, c, alpha, level=0.95) for c in rng.multinomial(n, shares, 1000).astype(float)]
        least, most = np.mean([f.at_least <= truth for f in found]), np.mean([f.at_most >= truth for f in found])
        assert min(least, most) >= (0.89 if n == 50 else 0.925)


@pytest.mark.parametrize("sizes", [[300, 300], [300] * 8, [2000, 30, 30, 30]])
def test_equal_groups_show_nothing(sizes: list[int]) -> None:
    rng = np.random.default_rng(len(sizes))
    alarms = 0
    for _ in range(1000):
        cells = np.array([rng.multinomial(n, SHARES[1]) for n in sizes], dtype=float)
        alarms += between_bounds(cells, cells, 2.0, level=0.95).at_least > 0
    assert alarms / 1000 <= 0.05 + 3 * (0.05 * 0.95 / 1000) ** 0.5


@pytest.mark.parametrize("sizes", [[300, 300, 300], [1000, 100, 100], [80, 80, 80]])
@pytest.mark.parametrize("alpha", [1.0, 2.0])
def test_coverage_between_groups(sizes: list[int], alpha: float) -> None:
    rng = np.random.default_rng(sum(sizes))
    truth = between_groups(np.array(sizes)[:, None] * np.array(SHARES[:3]), alpha)
    found = []
    for _ in range(1000):
        cells = np.array([rng.multinomial(n, p) for n, p in zip(sizes, SHARES[:3], strict=True)], dtype=float)
        found.append(between_bounds(cells, cells, alpha, level=0.95))
    assert np.mean([f.at_least <= truth for f in found]) >= 0.93
    assert np.mean([f.at_most >= truth for f in found]) >= 0.92


@pytest.mark.parametrize("alpha", [0.5, 1.7, 3.0])
def test_everyone_alike_is_no_inequality_at_any_size(alpha: float) -> None:
    """Where all have the same benefit, 2, rounding must not take the index below 0."""
    for n in range(1, 3000):
        cells = np.array([0.0, n, 0.0, 0.0])
        found = entropy_bounds(cells, cells, alpha, level=0.95)
        assert 0 <= found.at_least <= found.value <= 1e-12 and found.at_most > 0
