"""Sums that do not depend on order, bins that are never off by one, and cubes that merge in any grouping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hs

from sterling.engine.binning import Cuts, decimal_grid
from sterling.engine.exact import add_at

seeds = hs.integers(0, 2**32 - 1)


@given(seed=seeds, n=hs.integers(0, 500), limbs=hs.sampled_from([1, 2]))
def test_sums_are_bit_equal_under_permutation_and_split(seed: int, n: int, limbs: int) -> None:
    rng = np.random.default_rng(seed)
    codes, values = rng.integers(0, 7, n), rng.random(n) * 10.0 ** rng.integers(-12, 1, n)
    whole = add_at(codes, values, 7, limbs=limbs, first=32)
    order, cut = rng.permutation(n), int(rng.integers(0, n + 1))
    a, b = order[:cut], order[cut:]
    parts = add_at(codes[a], values[a], 7, limbs=limbs, first=32) + add_at(
        codes[b], values[b], 7, limbs=limbs, first=32
    )
    assert np.array_equal(whole.limbs, parts.limbs)
    assert whole.value.tobytes() == parts.value.tobytes()


@given(seed=seeds, n=hs.integers(1, 500))
def test_sums_are_right(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random(n)
    exact = add_at(np.zeros(n, dtype=np.int64), values, 1, limbs=2, first=32).value[0]
    assert exact == pytest.approx(float(np.sum(values)), abs=1e-12)


@given(
    points=hs.lists(hs.floats(-1e6, 1e6), min_size=1, max_size=150, unique=True),
    scores=hs.lists(hs.floats(-2e6, 2e6), max_size=50),
)
def test_bins_equal_a_plain_search(points: list[float], scores: list[float]) -> None:
    """The bin is the number of cut points reached, also when the score is a cut point itself, or next to one."""
    cuts = np.unique(np.array(points) + 0.0)
    near = np.concatenate([cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf), np.array(scores)])
    assert np.array_equal(Cuts(cuts).index(near), np.searchsorted(cuts, near, side="right"))


def test_bins_of_extreme_cut_points() -> None:
    cuts = np.array([-1e308, 0.0, 5e-324, 1e308])
    scores = np.array([-1.7e308, -1e308, 0.0, 5e-324, 1.0, 1.7e308])
    assert Cuts(cuts).index(scores).tolist() == [0, 1, 2, 3, 3, 4]


def test_cut_points_ascend() -> None:
    with pytest.raises(ValueError, match="ascend"):
        Cuts(np.array([0.5, 0.5]))


def test_the_grid_is_decimal() -> None:
    assert decimal_grid(100).tolist() == [float(f"0.{i:02d}") for i in range(1, 100)]
