"""Weighted and clustered shares: the definitions, the plain case, and coverage in made-up worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from statsmodels.regression.linear_model import OLS

from sterling.stats import weights
from tests.stats import worlds

rows = some.lists(some.tuples(some.floats(0.1, 10), some.booleans()), min_size=2, max_size=40)


def _sums(w: np.ndarray, hit: np.ndarray) -> tuple[float, float, float, float]:
    return w.sum(), (w * w).sum(), (w * hit).sum(), (w * w * hit).sum()


@given(rows)
def test_variance_from_sums_is_the_sum_of_squared_influences(data: list[tuple[float, bool]]) -> None:
    w, hit = np.array([x for x, _ in data]), np.array([y for _, y in data], dtype=float)
    share = (w * hit).sum() / w.sum()
    slow = sum((wi * (hi - share)) ** 2 for wi, hi in zip(w, hit, strict=True)) / w.sum() ** 2
    assert float(weights.ratio_variance(*_sums(w, hit))) == pytest.approx(slow, rel=1e-9, abs=1e-15)


@given(some.integers(1, 500).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))), some.floats(0.01, 100))
def test_equal_weights_are_worth_exactly_the_people_counted(case: tuple[int, int], w: float) -> None:
    hits, n = case
    found = weights.weighted_n(n * w, n * w * w, hits * w, hits * w * w)
    assert float(found) == pytest.approx(n, rel=1e-9)


@given(rows)
def test_effective_n_is_positive_scale_free_and_kish_without_hits(data: list[tuple[float, bool]]) -> None:
    w, hit = np.array([x for x, _ in data]), np.array([y for _, y in data], dtype=float)
    found = float(weights.weighted_n(*_sums(w, hit)))
    assert found > 0
    assert float(weights.weighted_n(*_sums(7 * w, hit))) == pytest.approx(found, rel=1e-9)
    kish = float(weights.kish_n(w.sum(), (w * w).sum()))
    for all_same in (0.0, 1.0):
        same = np.full_like(w, all_same)
        assert float(weights.weighted_n(*_sums(w, same))) == pytest.approx(kish, rel=1e-9)


def test_nobody_eligible_gives_nothing() -> None:
    assert np.isnan(weights.weighted_n(0, 0, 0, 0))
    assert np.isnan(weights.ratio_variance(0, 0, 0, 0))


def test_effective_n_falls_back_only_where_the_variance_says_nothing() -> None:
    np.testing.assert_allclose(weights.effective_n([0.5, 0.0, 0.3], [0.01, 0.0, 0.0], [9, 9, 9]), [25, 9, 9])


def _clustered(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 9, 40).astype(float)
    return rng.binomial(people.astype(int), rng.beta(2, 3, 40)).astype(float), people


@pytest.mark.parametrize("seed", range(5))
def test_cluster_variance_matches_a_sandwich_estimate(seed: int) -> None:
    hits, people = _clustered(seed)
    share = hits.sum() / people.sum()
    cluster = np.repeat(np.arange(40), people.astype(int))
    outcome = np.concatenate([np.arange(int(n)) < h for h, n in zip(hits, people, strict=True)]).astype(float)
    fit = OLS(outcome, np.ones_like(outcome)).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    m = np.count_nonzero(people)
    expected = float(fit.cov_params()[0, 0]) * m / (m - 1)
    assert float(weights.cluster_variance(hits, people, share)) == pytest.approx(expected, rel=1e-9)
    sums = (hits**2).sum(), (hits * people).sum(), (people**2).sum(), people.sum()
    assert float(weights.cluster_variance_from_sums(*sums, m, share)) == pytest.approx(expected, rel=1e-9)


def test_clusters_of_one_with_the_same_weights_are_plain_rows() -> None:
    hits = np.array([1.0] * 30 + [0.0] * 70)
    variance = weights.cluster_variance(hits, np.ones(100), 0.3)
    assert float(variance) == pytest.approx(0.3 * 0.7 / 99)
    assert float(weights.cluster_n(0.3, variance, 100, 100, 100)) == pytest.approx(99)


def test_one_cluster_decides_nothing_and_few_count_for_less() -> None:
    assert np.isnan(weights.cluster_variance(np.array([3.0]), np.array([9.0]), 1 / 3))
    shrunk = weights.few_clusters([100.0, 100.0, 100.0], 1.96, [1, 5, 10_000])
    assert np.isnan(shrunk[0])
    assert shrunk[1] == pytest.approx(100 * (1.96 / 2.7764) ** 2, rel=1e-3)
    assert shrunk[2] == pytest.approx(100, rel=1e-3)


def test_without_hits_each_cluster_counts_as_one() -> None:
    assert float(weights.cluster_n(0.0, 0.0, 10 * 100.0, 100.0, 100.0)) == pytest.approx(10)


@pytest.mark.parametrize(("kind", "floor"), [("lognormal", 0.925), ("a tenth weighs 10", 0.90), ("hits weigh 3", 0.85)])
def test_weighted_intervals_cover_better_than_the_plain_linearised_ones(kind: str, floor: float) -> None:
    ours, plain = np.array(worlds.weight_worlds(kind, draws=1500, seed=11)).T
    assert ours.min() >= floor
    assert ours.min() > plain.min()


def test_clustered_intervals_cover() -> None:
    ours, ignored = np.array(worlds.cluster_worlds(30, draws=1500, seed=12)).T
    assert ours.min() >= 0.925
    assert ignored.min() < 0.75
