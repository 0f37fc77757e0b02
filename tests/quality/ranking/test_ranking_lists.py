"""Orders with ties, against every order that the ties allow; and against scikit-learn where it has the metric."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st_
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score

from sterling.quality.ranking.lists import Lists


def lists(scores: list[list[float]], relevance: list[list[float]]) -> Lists:
    """One list per inner list."""
    query = np.repeat(np.arange(len(scores)), [len(s) for s in scores])
    s, r = (
        np.concatenate([np.array(v, dtype=float) for v in scores]),
        np.concatenate([np.array(v, float) for v in relevance]),
    )
    order = np.lexsort((r, -s, query))
    return Lists.of(query[order], np.zeros(len(query), dtype=np.int64), 1, s[order], r[order])


def over_orders(scores: list[float], relevance: list[float], of: Callable[[list[float]], float]) -> float:
    """The mean of a number of an order over all orders in which no score stands before a higher one."""
    found = [
        of([relevance[i] for i in order])
        for order in itertools.permutations(range(len(scores)))
        if all(scores[a] >= scores[b] for a, b in itertools.pairwise(order))
    ]
    return float(np.mean(found))


def dcg(order: list[float], top: int) -> float:
    return sum((2**r - 1) / np.log2(i + 2) for i, r in enumerate(order[:top]))


def first(order: list[float]) -> int:
    return next(i for i, r in enumerate(order) if r > 0) + 1


def average_precision(order: list[float]) -> float:
    hits = [i for i, r in enumerate(order) if r > 0]
    return float(np.mean([(n + 1) / (i + 1) for n, i in enumerate(hits)]))


ROWS = st_.lists(st_.tuples(st_.integers(0, 2), st_.integers(0, 3)), min_size=1, max_size=6)


@settings(max_examples=80)
@given(st_.lists(ROWS, min_size=1, max_size=3), st_.integers(1, 7))
def test_ties_stand_in_every_order(tables: list[list[tuple[int, int]]], top: int) -> None:
    scores = [[float(s) for s, _ in rows] for rows in tables]
    grades = [[float(r) for _, r in rows] for rows in tables]
    found = lists(scores, grades)
    gains = np.exp2(found.relevance) - 1
    numbers = {
        "dcg": (found.dcg(gains, top), lambda o: dcg(o, top), False),
        "precise": (found.total(found.relevant * found.chance(top)), lambda o: sum(r > 0 for r in o[:top]), False),
        "rank": (found.reciprocal_rank(), lambda o: 1 / first(o), True),
        "first": (found.first_relevant(), lambda o: float(first(o)), True),
        "hit": (found.hit(top), lambda o: float(any(r > 0 for r in o[:top])), True),
        "ap": (found.average_precision(), average_precision, True),
    }
    for i, (s, r) in enumerate(zip(scores, grades, strict=True)):
        for name, (values, of, needs) in numbers.items():
            if needs and not any(r):
                assert np.isnan(values[i]), name
            else:
                assert values[i] == pytest.approx(over_orders(s, r, of), abs=1e-9), name
        assert found.ideal_dcg(gains, top)[i] == pytest.approx(dcg(sorted(r, reverse=True), top))


@pytest.mark.parametrize("top", [1, 3, 10, 100])
def test_scikit_learn_agrees_on_ties_and_cuts(top: int) -> None:
    """Its gains are linear; it counts a list with nothing relevant as 0, and here it counts as none."""
    rng = np.random.default_rng(top)
    scores = [np.round(rng.normal(size=n), 1).tolist() for n in rng.integers(2, 60, 80)]
    grades = [np.r_[1, rng.integers(0, 5, len(s) - 1)].astype(float).tolist() for s in scores]
    found = lists(scores, grades)
    value = found.dcg(found.relevance, top) / found.ideal_dcg(found.relevance, top)
    assert value.tolist() == pytest.approx([ndcg_score([g], [s], k=top) for s, g in zip(scores, grades, strict=True)])


def test_scikit_learn_agrees_on_average_precision() -> None:
    rng = np.random.default_rng(2)
    scores = [rng.permutation(n).astype(float).tolist() for n in rng.integers(2, 60, 80)]
    grades = [np.r_[1, rng.integers(0, 2, len(s) - 1)].astype(float).tolist() for s in scores]
    wanted = [label_ranking_average_precision_score([g], [s]) for s, g in zip(scores, grades, strict=True)]
    assert lists(scores, grades).average_precision().tolist() == pytest.approx(wanted)


def test_long_ties() -> None:
    """20,000 candidates of one score, one in four relevant: what a random order gives."""
    found = lists([[1.0] * 20_000], [[1.0, 0, 0, 0] * 5_000])
    assert found.hit(1)[0] == pytest.approx(0.25)
    assert found.hit(10)[0] == pytest.approx(1 - 0.75**10, rel=1e-3)
    assert found.first_relevant()[0] == pytest.approx(1 + 15_000 / 5_001)
