"""Distances of shares beside SciPy's, what chance adds taken off, and how often the intervals hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as s
from scipy.spatial.distance import jensenshannon

from sterling.stats.divergence import (
    jensen_shannon,
    jensen_shannon_effect,
    l_infinity,
    l_infinity_effect,
    psi,
    psi_effect,
    psi_plain,
    total_variation,
    total_variation_effect,
)
from sterling.stats.homogeneity import chi_square, cramers_v
from tests.worlds.world import allowed

COUNTS = s.lists(s.tuples(s.integers(0, 60), s.integers(0, 60)), min_size=2, max_size=12).filter(
    lambda cells: all(sum(c[i] for c in cells) for i in (0, 1))
)
EFFECTS = (jensen_shannon_effect, psi_effect, l_infinity_effect, total_variation_effect)


def test_by_hand() -> None:
    a, b = np.array([50.0, 50.0]), np.array([75.0, 25.0])
    assert l_infinity(a, b) == 0.25
    assert total_variation(a, b) == 0.25
    assert psi(a, b) == pytest.approx(0.25 * math.log(1.5) + 0.25 * math.log(2.0))
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 3.0])) == 1.0
    assert math.isnan(jensen_shannon(np.zeros(2), a))
    # With an empty cell half a row is added to each.
    p, q = np.array([10.5, 0.5]) / 11, np.array([5.5, 5.5]) / 11
    assert psi(np.array([10.0, 0.0]), np.array([5.0, 5.0])) == pytest.approx(np.sum((p - q) * np.log(p / q)))


@given(COUNTS)
def test_jensen_shannon_is_scipys(cells: list[tuple[int, int]]) -> None:
    a, b = np.array(cells, dtype=np.float64).T
    assert jensen_shannon(a, b) == pytest.approx(jensenshannon(a, b, base=2), abs=1e-7)


@given(COUNTS, s.permutations(range(12)))
def test_the_order_of_cells_and_tables_does_not_matter(cells: list[tuple[int, int]], order: list[int]) -> None:
    a, b = np.array(cells, dtype=np.float64).T
    place = [i for i in order if i < len(a)]
    for made in EFFECTS:
        first, second, third = made(a, b), made(a[place], b[place]), made(b, a)
        assert second.value == pytest.approx(first.value, abs=1e-9)
        assert third.value == pytest.approx(first.value, abs=1e-9)
        low, high = first.at(0.05, 0.05)
        assert low <= first.value + 1e-12
        assert high >= first.value - 1e-12


def test_chance_is_taken_off() -> None:
    """A thousand categories and no drift: the plug-in distance is 0.13, what is left after chance is near 0."""
    rng = np.random.default_rng(1)
    a, b = (rng.multinomial(20_000, np.full(1000, 1e-3)).astype(float) for _ in range(2))
    assert jensen_shannon(a, b) > 0.13
    found = jensen_shannon_effect(a, b)
    assert found.value < 0.06
    assert found.at(0.05, 0.05)[0] == 0.0
    assert found.at(0.05, 0.05)[1] < 0.07
    assert total_variation(a, b) > 0.12
    assert total_variation_effect(a, b).at(0.05, 0.05)[0] == 0.0


@given(COUNTS)
def test_total_variation_is_never_below_l_infinity(cells: list[tuple[int, int]]) -> None:
    a, b = np.array(cells, dtype=np.float64).T
    whole, one = total_variation_effect(a, b), l_infinity_effect(a, b)
    assert whole.value == pytest.approx(total_variation(a, b))
    for over in (0.2, 0.05, 0.001):
        assert whole.at(over, over)[0] >= one.at(over, over)[0] - 1e-12


def test_the_plain_index_is_that_of_a_spreadsheet() -> None:
    """A value new in one table: 5 % of 3,000 rows, its share in the other taken as 0.0001."""
    p, q = np.array([0.6, 0.4, 0.0001]), np.array([0.55, 0.4, 0.05])
    want = float(np.sum((p - q) * np.log(p / q)))
    assert psi_plain(np.array([1800.0, 1200.0, 0.0]), np.array([1650.0, 1200.0, 150.0])) == pytest.approx(want)
    assert math.isnan(psi_plain(np.zeros(2), np.ones(2)))


def test_an_empty_cell_leaves_psi_without_an_upper_bound() -> None:
    found = psi_effect(np.array([500.0, 500.0, 0.0]), np.array([400.0, 400.0, 200.0]))
    assert found.at(0.05, 0.05)[1] == math.inf
    assert found.at(0.05, 0.05)[0] > 0.5


def world(k: int, tilt: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    p = rng.dirichlet(np.full(k, 6.0))
    q = p * np.exp(tilt * rng.normal(size=k))
    return p, q / q.sum()


def truths(p: np.ndarray, q: np.ndarray) -> tuple[float, ...]:
    return jensen_shannon(p, q), float(np.sum((p - q) * np.log(p / q))), l_infinity(p, q), total_variation(p, q)


GRID = [(k, tilt, n, m) for k in (2, 6, 12) for tilt in (0.0, 0.15, 0.6) for n, m in ((400, 400), (500, 2_000))]
SMALL = [(2, 0.0, 500, 2_000), (6, 0.15, 400, 400), (12, 0.6, 400, 400)]


def fails(k: int, tilt: float, n: int, m: int, *, times: int) -> tuple[np.ndarray, np.ndarray]:
    """In what share of worlds each bound of each distance fails."""
    p, q = world(k, tilt)
    truth = truths(p, q)
    rng = np.random.default_rng(11)
    over, within = np.zeros(4), np.zeros(4)
    for _ in range(times):
        a, b = rng.multinomial(n, p).astype(float), rng.multinomial(m, q).astype(float)
        for i, made in enumerate(EFFECTS):
            low, high = made(a, b).at(0.05, 0.05)
            over[i] += low > truth[i] + 1e-7
            within[i] += high < truth[i] - 1e-7
    return over / times, within / times


@pytest.mark.parametrize(("k", "tilt", "n", "m"), SMALL)
def test_both_bounds_hold(k: int, tilt: float, n: int, m: int) -> None:
    over, within = fails(k, tilt, n, m, times=150)
    assert max(over.max(), within.max()) <= 0.12


@pytest.mark.slow
@pytest.mark.parametrize(("k", "tilt", "n", "m"), GRID)
def test_both_bounds_hold_on_a_grid(k: int, tilt: float, n: int, m: int) -> None:
    """Each bound fails in 5 % of worlds, and what chance may add to that in 250 of them."""
    over, within = fails(k, tilt, n, m, times=250)
    assert over.max() <= allowed(0.05, 250), over
    assert within.max() <= allowed(0.05, 250), within


def test_cramers_v_holds() -> None:
    p, q = world(6, 0.3)
    n, m = 600.0, 900.0
    pooled = (n * p + m * q) / (n + m)
    truth = math.sqrt(n * m / (n + m) ** 2 * float(np.sum((p - q) ** 2 / pooled)))
    rng = np.random.default_rng(5)
    over = within = 0
    for _ in range(200):
        a, b = rng.multinomial(600, p).astype(float), rng.multinomial(900, q).astype(float)
        low, high = cramers_v(chi_square(a, b), 5, n, m).at(0.05, 0.05)
        over += low > truth
        within += high < truth
    assert over <= 20
    assert within <= 20
