"""The subset scan: every subset by brute force, a planted subgroup, what chance finds, order of rows."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sterling.fairness.scan import Direction, chance, scan, tabulate


def _rows(seed: int, *, n: int = 600, sizes: tuple[int, ...] = (3, 3), wrong: float = 1.0) -> tuple[np.ndarray, ...]:
    """Labels drawn from the probabilities, save in the subgroup (0 or 1, 2), where the odds are `wrong` times those."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, k, n) for k in sizes])
    p = rng.uniform(0.1, 0.9, n)
    planted = (codes[:, 0] <= 1) & (codes[:, 1] == 2)
    odds = p / (1 - p) * np.where(planted, wrong, 1.0)
    return codes, p, rng.random(n) < odds / (1 + odds)


def _score(p: np.ndarray, y: np.ndarray, factors: np.ndarray) -> float:
    """The definition, at the best of the given factors."""
    return max(float((y * np.log(q) - np.log(1 - p + q * p)).sum()) for q in factors)


@pytest.mark.parametrize("direction", ["either", "higher", "lower"])
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_against_every_subset(direction: Direction, penalty: float) -> None:
    same = 0
    for seed in range(8):
        codes, p, y = _rows(seed, n=150)
        p = np.round(p * 199) / 200 + 0.0025  # the middle of a score bin: no rounding is left
        table = tabulate(codes, [3, 3], y, p, direction)
        factors = np.exp(table.logs)
        best = -np.inf
        subsets = [np.array(s, dtype=bool) for s in product([0, 1], repeat=3) if any(s)]
        for first, second in product(subsets, repeat=2):
            inside = first[codes[:, 0]] & second[codes[:, 1]]
            cost = penalty * ((not first.all()) + (not second.all()))
            best = max(best, _score(p[inside], y[inside], factors) - cost if inside.any() else -np.inf)
        found = scan(table, table.positive, penalty=penalty, starts=8, seed=0)
        inside = found.values[0][codes[:, 0]] & found.values[1][codes[:, 1]]
        if found.score > 0:
            cost = penalty * sum(not v.all() for v in found.values)
            assert found.score == pytest.approx(_score(p[inside], y[inside], factors) - cost, abs=1e-6)
        assert found.score <= max(best, 0) + 1e-6
        same += found.score >= max(best, 0) - 1e-6
    assert same >= 7  # the search is greedy: it may miss the best now and then


def test_a_planted_subgroup_is_found() -> None:
    for seed in range(5):
        codes, p, y = _rows(seed, n=3000, sizes=(4, 4, 3), wrong=4.0)
        table = tabulate(codes, [4, 4, 3], y, p, "higher")
        found = scan(table, table.positive, penalty=1.0, starts=4, seed=0)
        assert found.values[0].tolist() == [True, True, False, False]
        assert found.values[1].tolist() == [False, False, True, False]
        assert found.values[2].all()
        assert 2.5 < found.factor < 6
        other = tabulate(codes, [4, 4, 3], y, p, "lower")
        assert scan(other, other.positive, penalty=1.0, starts=4, seed=0).score < found.score / 5


def test_chance_is_drawn_from_the_predictions_and_repeats() -> None:
    codes, p, y = _rows(1)
    table = tabulate(codes, [3, 3], y, p, "either")
    once, again, other = (chance(table, shuffles=20, penalty=1.0, starts=2, seed=s) for s in (1, 1, 2))
    assert once.tolist() == again.tolist() != other.tolist()
    assert (once >= 0).all()


def test_the_order_of_rows_does_not_matter() -> None:
    codes, p, y = _rows(2)
    order = np.random.default_rng(0).permutation(len(p))
    tables = [tabulate(codes, [3, 3], y, p, "either"), tabulate(codes[order], [3, 3], y[order], p[order], "either")]
    found = [scan(t, t.positive, penalty=1.0, starts=4, seed=0) for t in tables]
    assert found[0].score == found[1].score
    nulls = [chance(t, shuffles=10, penalty=1.0, starts=2, seed=0) for t in tables]
    assert nulls[0].tolist() == nulls[1].tolist()


def test_certain_scores_and_one_label() -> None:
    codes = np.zeros((40, 1), dtype=np.int64)
    for p, y in ((np.ones(40), np.ones(40, dtype=bool)), (np.zeros(40), np.zeros(40, dtype=bool))):
        table = tabulate(codes, [1], y, p, "either")
        assert scan(table, table.positive, penalty=1.0, starts=2, seed=0).score == pytest.approx(0, abs=1e-3)
