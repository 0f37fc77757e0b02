"""Shuffles from counts: their law, the test against references that shuffle rows, and inputs that mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy import stats

from sterling.stats.exact import fisher_exact
from sterling.stats.shuffles import furthest_apart, shuffle_test, shuffled

Floats = np.ndarray


def _share_gap(tables: Floats) -> Floats:
    return furthest_apart(tables[..., 0] / tables.sum(axis=-1))


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_shuffles_keep_both_margins() -> None:
    counts = _rng().integers(0, 30, size=(5, 4))
    drawn = shuffled(counts, shuffles=500, rng=_rng(1))
    assert (drawn >= 0).all()
    assert (drawn.sum(axis=1) == counts.sum(axis=0)).all()
    assert (drawn.sum(axis=2) == counts.sum(axis=1)).all()


def test_each_cell_has_the_hypergeometric_law() -> None:
    counts = np.array([[4, 7, 1], [9, 3, 2], [5, 5, 4]])
    drawn = shuffled(counts, shuffles=40_000, rng=_rng(2))
    total = int(counts.sum())
    for g, c in np.ndindex(counts.shape):
        law = stats.hypergeom(total, int(counts[:, c].sum()), int(counts[g].sum()))
        seen = np.bincount(drawn[:, g, c], minlength=total + 1) / len(drawn)
        assert np.abs(seen - law.pmf(np.arange(total + 1))).max() < 0.012  # over four standard errors


@pytest.mark.parametrize("table", [[[12, 18], [5, 25]], [[3, 37], [9, 31]], [[20, 20], [20, 20]]])
def test_two_groups_of_one_size_as_fisher(table: list[list[int]]) -> None:
    """With equal sizes the tables with as wide a gap are those no likelier."""
    found = shuffle_test(table, _share_gap, shuffles=20_000, rng=_rng(3))
    exact = fisher_exact(*table[0], *table[1])
    assert exact == pytest.approx(stats.fisher_exact(table).pvalue)
    low, high = found.bounds(0.9999)
    assert low <= exact <= high


def test_two_groups_as_scipy_shuffles_rows() -> None:
    first, second = np.repeat([1.0, 0.0], [9, 21]), np.repeat([1.0, 0.0], [8, 9])
    apart: Callable[..., Floats] = lambda x, y, axis: np.abs(x.mean(axis=axis) - y.mean(axis=axis))  # noqa: E731
    other = stats.permutation_test(
        (first, second), apart, alternative="greater", n_resamples=9999, vectorized=True, rng=np.random.default_rng(4)
    )
    ours = shuffle_test([[9, 21], [8, 9]], _share_gap, shuffles=9999, rng=_rng(5))
    assert ours.statistic == pytest.approx(other.statistic)
    p = ours.p_value
    assert p == pytest.approx(other.pvalue, abs=4 * (2 * p * (1 - p) / 9999) ** 0.5)


@pytest.mark.parametrize("rate", [0.5, 0.1])
def test_null_worlds_have_even_p_values(rate: float) -> None:
    worlds, sizes = 400, np.array([40, 25, 60])
    hits = _rng(6).binomial(sizes, rate, size=(worlds, 3))
    p = np.array([
        shuffle_test(np.stack([h, sizes - h], axis=1), _share_gap, shuffles=199, rng=_rng(k)).p_value
        for k, h in enumerate(hits)
    ])  # fmt: skip
    for level in (0.05, 0.2, 0.5):
        assert (p <= level).mean() <= level + 3 * (level * (1 - level) / worlds) ** 0.5
    assert (p <= 0.05).mean() > 0.005  # not only ever quiet


def test_the_furthest_apart_of_some_groups() -> None:
    nan = np.nan
    assert furthest_apart(np.array([[0.1, nan, 0.5, 0.2], [nan, nan, 0.3, nan]])) == pytest.approx([0.4, 0.0])
    scaled = furthest_apart(np.array([0.1, 0.5, 0.2]), np.array([0.0025, 0.1575, 0.0]))
    assert scaled == pytest.approx(2.0)  # 0.1 over 0.05, against 0.4 over 0.4
    assert furthest_apart(np.array([0.1, 0.5]), np.zeros(2)) > 1e9
    assert furthest_apart(np.array([0.5, 0.5]), np.zeros(2)) == 0.0
    assert furthest_apart(np.zeros((3, 1))) == pytest.approx([0.0, 0.0, 0.0])


def test_shuffles_in_pieces_and_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    test = partial(shuffle_test, [[9, 21], [8, 9]], _share_gap, shuffles=1000)
    assert test(rng=_rng(7)) == test(rng=_rng(7)) != test(rng=_rng(8))
    monkeypatch.setattr("sterling.stats.shuffles._CHUNK", 100)
    assert test(rng=_rng(7)).shuffles == 1000


def test_one_outcome_alone_and_nobody() -> None:
    for table in ([[30, 0], [40, 0]], [[0, 0], [0, 0]]):
        with np.errstate(invalid="ignore"):
            assert shuffle_test(table, _share_gap, shuffles=99, rng=_rng()).p_value == 1.0


@pytest.mark.parametrize("wrong", [[[-1, 2], [3, 4]], [[10**9, 1], [1, 1]]])
def test_counts_that_cannot_be_drawn_from(wrong: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="counts"):
        shuffle_test(wrong, _share_gap, shuffles=99, rng=_rng())


def test_bounds_of_a_p_value() -> None:
    found = shuffle_test([[30, 0], [0, 30]], _share_gap, shuffles=999, rng=_rng())
    low, high = found.bounds(0.95)
    assert (found.p_value, low) == (0.001, 0.0)
    assert high == pytest.approx(1 - 0.025 ** (1 / 999))
