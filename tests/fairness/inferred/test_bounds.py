"""Bounds on rates of groups that are known by probabilities: against the best and worst that could be, by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st_

from sterling.fairness.inferred.bounds import CELL, InferredRates, People, cells, group_rates
from sterling.stats.normal import z
from tests.worlds.world import allowed


def people(chance: np.ndarray, hit: np.ndarray, eligible: np.ndarray | None = None) -> People:
    among = np.ones(len(hit), dtype=bool) if eligible is None else eligible
    both = np.stack([chance, 1 - chance], axis=1)
    return People(chance=both, hit=hit & among, miss=~hit & among, weight=np.ones(len(hit)), cluster=None)


def draw(rng: np.random.Generator, n: int, beyond: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chances, groups and hits. `beyond`: how much the group raises the rate at equal chance."""
    chance = rng.beta(0.7, 0.7, n)
    group = rng.random(n) < chance
    return chance, group, rng.random(n) < 0.3 + 0.3 * chance + beyond * group


def gap(found: InferredRates) -> tuple[float, float, float]:
    low, high = found.low[0] - found.high[1], found.high[0] - found.low[1]
    return found.estimate[0] - found.estimate[1], low, high


@given(st_.lists(st_.tuples(st_.integers(0, 4), st_.booleans(), st_.booleans()), min_size=3, max_size=6), st_.data())
def test_bounds_of_one_cell_are_the_best_and_the_worst(
    rows: list[tuple[int, bool, bool]], data: st_.DataObject
) -> None:
    """Few people make one cell. Each eligible hit or miss of the cell may be the group's, as far as its size goes."""
    hit, among = np.array([h for _, h, _ in rows]), np.array([e for _, _, e in rows])
    members = data.draw(st_.integers(0, len(rows)))
    chance = np.full(len(rows), members / len(rows))
    rates = []
    for chosen in itertools.combinations(range(len(rows)), members):
        mine = np.zeros(len(rows), dtype=bool)
        mine[list(chosen)] = True
        if (mine & among).any():
            rates.append((mine & among & hit).sum() / (mine & among).sum())
    found = group_rates(people(np.repeat(chance, 1), hit, among))
    if rates and not np.isnan(found.low[0]):
        assert found.low[0] <= min(rates) + 1e-9
        assert found.high[0] >= max(rates) - 1e-9


def test_sure_groups_leave_nothing_open() -> None:
    rng = np.random.default_rng(1)
    group, hit = rng.random(4_000) < 0.4, rng.random(4_000) < 0.5
    found = group_rates(people(group.astype(float), hit))
    assert found.estimate == pytest.approx([hit[group].mean(), hit[~group].mean()])
    assert found.low == pytest.approx(found.estimate, abs=0.01)
    assert found.high == pytest.approx(found.estimate, abs=0.01)


def test_shares_alone_are_frechet_and_hoeffding() -> None:
    """Half of all are hits; a group of 30 % has between none and all of its people among them."""
    hit = np.arange(10_000) % 2 == 0
    found = group_rates(people(np.full(10_000, 0.3), hit))
    assert (found.low[0], found.high[0]) == pytest.approx((0, 1), abs=0.01)
    assert (found.low[1], found.high[1]) == pytest.approx((0.2 / 0.7, 0.5 / 0.7), abs=0.01)
    assert found.estimate == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("beyond", [-0.2, 0.0, 0.2])
def test_the_truth_lies_within(beyond: float) -> None:
    """And the weighting estimate is right only where hits have nothing to do with the group beyond its chance."""
    chance, group, hit = draw(np.random.default_rng(2), 200_000, beyond)
    truth = hit[group].mean() - hit[~group].mean()
    estimate, low, high = gap(group_rates(people(chance, hit)))
    assert low < truth < high
    assert abs(estimate - truth) < 0.01 if beyond == 0 else abs(estimate - truth) > 0.08


@pytest.mark.slow
@pytest.mark.parametrize("n", [400, 2_000])
def test_chance_is_beside_the_bounds(n: int) -> None:
    """Each end, less its own error, lies beyond the end of very many people as often as promised."""
    rng = np.random.default_rng(3)
    chance, _, hit = draw(rng, 300_000, 0.2)
    _, least, most = gap(group_rates(people(chance, hit)))
    missed = np.zeros(2)
    for _ in range(200):
        chance, _, hit = draw(rng, n, 0.2)
        found = group_rates(people(chance, hit))
        _, low, high = gap(found)
        missed += [low - z(0.95, 1) * found.error(2, 5) > least, high + z(0.95, 1) * found.error(4, 3) < most]
    assert (missed / 200 <= allowed(0.05, 200)).all()


def test_rows_may_stand_in_any_order_and_clusters_widen() -> None:
    chance, _, hit = draw(np.random.default_rng(4), 3_000, 0.1)
    order = np.random.default_rng(5).permutation(3_000)
    one, other = group_rates(people(chance, hit)), group_rates(people(chance[order], hit[order]))
    for name in ("estimate", "low", "high", "covariance"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    twice = group_rates(
        People(
            chance=np.tile(people(chance, hit).chance, (2, 1)), hit=np.tile(hit, 2), miss=~np.tile(hit, 2),
            weight=np.ones(6_000), cluster=np.tile(np.arange(3_000), 2),
        )
    )  # fmt: skip
    assert twice.error(0) == pytest.approx(one.error(0))


def test_cells_are_large_and_keep_equal_chances_together() -> None:
    chance = np.random.default_rng(6).random(5_000).round(2)
    cell = cells(chance)
    assert all(len(np.unique(cell[chance == p])) == 1 for p in np.unique(chance))
    assert np.bincount(cell)[np.unique(cell)].min() >= CELL


@pytest.mark.parametrize("rate", [0.0, 0.003, 0.02])
def test_a_group_without_hits_is_not_known_without_error(rate: float) -> None:
    """One-sided bounds of a rare share of 300 people, half of them of the group, miss it no oftener than promised."""
    rng, runs = np.random.default_rng(5), 400
    missed = 0
    for _ in range(runs):
        found = group_rates(people(np.full(300, 0.5), rng.random(300) < rate))
        assert found.error(0) >= 2 / found.n_effective[0]
        missed += found.estimate[0] + z(0.95, 1) * found.error(0) < rate
    assert missed <= allowed(runs, 0.05)


def test_clusters_count_as_one_person_each() -> None:
    """Copies of people are no news: neither error nor effective number changes."""
    rng = np.random.default_rng(6)
    alone = people(rng.beta(1, 1, 200), rng.random(200) < 0.1)
    twice = People(
        chance=np.tile(alone.chance, (2, 1)), hit=np.tile(alone.hit, 2), miss=np.tile(alone.miss, 2),
        weight=np.ones(400), cluster=np.tile(np.arange(200), 2),
    )  # fmt: skip
    one, two = group_rates(alone), group_rates(twice)
    assert two.n_effective == pytest.approx(one.n_effective)
    assert two.error(0) == pytest.approx(one.error(0))
