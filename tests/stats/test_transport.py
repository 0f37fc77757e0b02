"""Wasserstein's distance beside SciPy's; how often its bounds hold."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as s
from scipy import stats

from sterling.stats.transport import Moments, noise, wasserstein, wasserstein_effect

SAMPLES = s.lists(s.floats(-1e3, 1e3), min_size=1, max_size=30)


def test_by_hand() -> None:
    assert wasserstein(np.array([0.0, 1.0]), np.array([2.0, 3.0])) == 2.0
    assert wasserstein(np.array([0.0]), np.array([0.0, 1.0])) == 0.5
    assert wasserstein(np.array([3.0]), np.array([3.0])) == 0.0
    assert math.isnan(wasserstein(np.array([]), np.array([1.0])))


@given(SAMPLES, SAMPLES)
def test_it_is_scipys(a: list[float], b: list[float]) -> None:
    x, y = np.sort(np.array(a)), np.sort(np.array(b))
    assert wasserstein(x, y) == pytest.approx(stats.wasserstein_distance(x, y), rel=1e-9, abs=1e-9)


@given(s.lists(s.tuples(s.floats(-50, 50), s.floats(0.1, 4)), min_size=1, max_size=15), SAMPLES)
def test_weighted_it_is_scipys(a: list[tuple[float, float]], b: list[float]) -> None:
    pairs, y = np.array(sorted(a)), np.sort(np.array(b))
    ours = wasserstein(pairs[:, 0], y, pairs[:, 1], np.ones(len(y)))
    assert ours == pytest.approx(stats.wasserstein_distance(pairs[:, 0], y, pairs[:, 1]), rel=1e-6, abs=1e-6)


def effect(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
    x = np.unique(np.concatenate([a, b]))
    f, g = (np.searchsorted(v, x, side="right") / len(v) for v in (a, b))
    value = wasserstein(a, b)
    sides = [Moments(n=len(v), mean=float(v.mean()), std=float(v.std(ddof=1))) for v in (a, b)]
    found = wasserstein_effect(value, *sides, noise(x, f, g, len(a), len(b)))
    return (value, *found.at(0.05, 0.05))


Draw = Callable[[np.random.Generator, int], np.ndarray]
WORLDS: dict[str, tuple[Draw, Draw, float]] = {
    "equal": (lambda r, k: r.normal(size=k), lambda r, k: r.normal(size=k), 0.0),
    "shifted": (lambda r, k: r.normal(size=k), lambda r, k: r.normal(0.5, 1, k), 0.5),
    "wider": (lambda r, k: r.normal(size=k), lambda r, k: r.normal(0, 2, k), 0.79788),
    "equal tails": (lambda r, k: r.standard_t(3, k), lambda r, k: r.standard_t(3, k), 0.0),
    "shifted tails": (lambda r, k: r.standard_t(3, k), lambda r, k: r.standard_t(3, k) + 0.5, 0.5),
    "whole": (lambda r, k: r.poisson(2, k) * 1.0, lambda r, k: r.poisson(2, k) * 1.0, 0.0),
}


@pytest.mark.parametrize("name", WORLDS)
def test_both_bounds_hold(name: str) -> None:
    first, second, truth = WORLDS[name]
    rng = np.random.default_rng(3)
    over = within = 0
    for _ in range(250):
        value, low, high = effect(np.sort(first(rng, 150)), np.sort(second(rng, 400)))
        assert low <= value <= high
        over += low > truth
        within += high < truth
    assert over <= 22  # 5 % of 250, and nearly three standard deviations
    assert within <= 22
