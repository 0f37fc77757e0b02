"""Nearest neighbours and agreement: scikit-learn, the definition, order of rows, simulated coverage."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.neighbors import NearestNeighbors

from sterling.fairness.individual import agreement, chosen, coordinates, nearest
from sterling.stats.normal import z
from sterling.stats.proportion import exact_value

ONE = 1


def _mean_agreement(places: np.ndarray, decision: np.ndarray, k: int) -> float:
    edges = nearest(places, np.arange(len(places)), k)
    return float(agreement(edges, decision, np.zeros(len(places), dtype=np.int64), ONE)[0][0])


@pytest.mark.parametrize("k", [1, 5, 10])
def test_as_scikit_learn_where_nothing_ties(k: int) -> None:
    rng = np.random.default_rng(k)
    places, decision = rng.normal(size=(300, 4)), rng.random(300) < 0.4
    found = NearestNeighbors(n_neighbors=k).fit(places).kneighbors(return_distance=False)  # a row is not its own
    expected = 1 - np.abs(decision - decision[found].mean(axis=1)).mean()
    assert _mean_agreement(places, decision, k) == pytest.approx(expected)


def test_ties_share_a_part_and_parts_add_up() -> None:
    places = np.array([[0.0], [0.0], [1.0], [-1.0], [1.0], [5.0]])
    edges = nearest(places, np.array([0]), 2)
    assert dict(zip(edges.neighbour.tolist(), edges.weight.tolist(), strict=True)) == pytest.approx(
        {1: 1 / 2, 2: 1 / 6, 3: 1 / 6, 4: 1 / 6}
    )
    every = nearest(np.zeros((7, 2)), np.arange(7), 3)
    assert np.bincount(every.anchor, weights=every.weight) == pytest.approx(np.ones(7))
    assert not (every.anchor == every.neighbour).any()


def test_the_order_of_rows_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {"x": rng.integers(0, 4, 200), "c": rng.choice(["a", "b", None], 200), "d": rng.random(200) < 0.5}
    )
    values = set()
    for seed in range(3):
        shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
        decision = shuffled["d"].to_numpy()
        places = coordinates(shuffled.select("x", "c"))
        edges = nearest(places, chosen(places, [decision], most=100, seed=7), 5)
        value, worth, _ = agreement(edges, decision, np.zeros(200, dtype=np.int64), ONE)
        values.add((float(value[0]), float(worth[0])))
    assert len(values) == 1


def test_places_of_numbers_categories_and_gaps() -> None:
    frame = pl.DataFrame({"x": [0.0, 2.0, None, float("inf")], "same": [3, 3, 3, 3], "c": ["a", "b", "b", None]})
    places = coordinates(frame)
    away = ((places[:, None] - places[None]) ** 2).sum(axis=-1)
    assert away[0, 1] == pytest.approx(4 + 1)  # two standard deviations, and another category
    assert away[1, 2] == pytest.approx(1 + 1)  # missing: at the mean, one deviation off, and one unit for missing
    assert away[2, 3] == pytest.approx(1)  # both missing, another category
    assert coordinates(frame.select([])).shape == (0, 0)


def test_groups_have_their_own_anchors() -> None:
    places, decision = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([True, True, True, False])
    edges = nearest(places, np.arange(4), 1)
    value, _, anchors = agreement(edges, decision, np.array([0, 0, 1, 1]), 2)
    assert (value.tolist(), anchors.tolist()) == ([1.0, 0.0], [2, 2])


@pytest.mark.parametrize("steep", [0.0, 2.0, 10.0])
@pytest.mark.parametrize(("n", "most"), [(200, 200), (500, 120)])
def test_coverage(steep: float, n: int, most: int) -> None:
    """Chances that follow a feature more or less steeply; the truth is the mean over many tables."""
    rng = np.random.default_rng(int(steep) + n)
    found = []
    for seed in range(150):
        places = rng.normal(size=(n, 2))
        decision = rng.random(n) < 1 / (1 + np.exp(-steep * places[:, 0]))
        edges = nearest(places, chosen(places, [decision], most=most, seed=seed), 5)
        value, worth, _ = agreement(edges, decision, np.zeros(n, dtype=np.int64), ONE)
        found.append((value[0], worth[0]))
    value, worth = np.array(found).T
    low, high = exact_value(value, worth, z(0.95))
    assert np.mean((low <= value.mean()) & (value.mean() <= high)) >= 0.93


def test_full_agreement_still_has_a_width() -> None:
    places = np.random.default_rng(1).normal(size=(100, 2))
    edges = nearest(places, np.arange(100), 5)
    value, worth, _ = agreement(edges, np.ones(100, dtype=bool), np.zeros(100, dtype=np.int64), ONE)
    low, high = exact_value(value, worth, z(0.95))
    assert (value[0], high[0]) == (1.0, 1.0) and 0.9 < low[0] < 1
