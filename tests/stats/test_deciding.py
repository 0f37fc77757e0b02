"""So many people more decide, whatever pair of groups kept the limit open; one fewer of any group does not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sterling.stats.deciding import people_to_decide
from sterling.stats.multiple import (
    gap_to_baseline_from,
    largest_from,
    ratio_to_baseline_from,
    smallest_from,
    smallest_ratio_from,
    widest_gap_from,
)
from sterling.stats.proportion import exact_value

UPPER = ("gap", "ceiling")
KINDS = ("gap", "ratio", "floor", "ceiling")


def outcome(kind: str, value, n, limit: float, baseline: int | None = None) -> str:
    """The decision itself, over all groups, by the functions that judge."""
    v, at = np.asarray(value, dtype=float), partial(exact_value, np.asarray(value, dtype=float), np.asarray(n))
    if kind in ("gap", "ratio"):
        among = {"gap": widest_gap_from, "ratio": smallest_ratio_from}[kind]
        to_one = {"gap": gap_to_baseline_from, "ratio": ratio_to_baseline_from}[kind]
        found = among(v, at) if baseline is None else to_one(v, at, baseline)
    else:
        found = (smallest_from if kind == "floor" else largest_from)(v, at)
    if kind in UPPER:
        return "over" if found.at_least > limit else "within" if found.at_most <= limit else "undecided"
    return "over" if found.at_most < limit else "within" if found.at_least >= limit else "undecided"


@settings(max_examples=120, deadline=None)
@given(
    some.sampled_from(KINDS),
    some.lists(some.tuples(some.integers(1, 19), some.integers(20, 900)), min_size=2, max_size=5),
    some.floats(0.02, 0.6),
    some.booleans(),
)
def test_the_answer_decides_and_one_fewer_of_any_group_does_not(kind, groups, limit: float, to_one: bool) -> None:
    value, n = np.array([p / 20 for p, _ in groups]), np.array([size for _, size in groups], dtype=float)
    limit = 1 - limit if kind == "ratio" else limit
    baseline = 1 if to_one and kind in ("gap", "ratio") else None
    found = people_to_decide(value, n, limit, kind=kind, baseline=baseline)
    if outcome(kind, value, n, limit, baseline) != "undecided":
        assert found.more is not None and not found.more.any() and not len(found.open)
        return
    assert len(found.open)
    if found.more is None:
        apart = {
            "gap": lambda a, b: a - b, "ratio": lambda a, b: a / b, "floor": lambda a, _: a, "ceiling": lambda a, _: a
        }[kind]  # fmt: skip
        assert any(abs(apart(value[i], value[j]) - limit) < 1e-4 for i, j in found.open)
        return
    assert found.more.any()
    assert outcome(kind, value, n + found.more, limit, baseline) != "undecided"
    assert outcome(kind, value, n + 1.02 * found.more + 1, limit, baseline) != "undecided"
    for g in np.flatnonzero(found.more):
        fewer = found.more - (np.arange(len(n)) == g)
        assert outcome(kind, value, n + fewer, limit, baseline) == "undecided"


def test_both_pairs_that_are_open_are_looked_at() -> None:
    """A and B differ most; C is few. People of C alone leave the pair of A and B open, and those of A the other."""
    value, n = [0.98, 0.955, 0.965], [1660, 150, 90]
    found = people_to_decide(value, n, 0.05)
    assert {frozenset(pair) for pair in found.open.tolist()} >= {frozenset({0, 1}), frozenset({0, 2})}
    assert found.more is not None and found.more[1] > 0 and found.more[2] > 0 and found.more[0] == 0
    assert outcome("gap", value, n, 0.05) == "undecided"
    for alone in (1, 2):
        many = np.array(n, dtype=float)
        many[alone] = 1e7
        assert outcome("gap", value, many, 0.05) == "undecided"


def test_no_number_while_a_value_lies_on_the_limit() -> None:
    assert people_to_decide([0.5, 0.4], [100, 100], 0.1).more is None
    assert people_to_decide([0.5], [100], 0.5, kind="floor").more is None
    assert people_to_decide([0.5, 0.4, 0.41], [100, 100, 100], 0.1).more is None


def test_it_does_not_matter_which_group_comes_first() -> None:
    one, other = people_to_decide([0.6, 0.4], [80, 900], 0.1), people_to_decide([0.4, 0.6], [900, 80], 0.1)
    assert one.more is not None and other.more is not None
    assert one.more.tolist() == other.more.tolist()[::-1]


def test_fewer_comparisons_need_fewer_people() -> None:
    value, n = [0.6, 0.4, 0.5, 0.5, 0.5], [80, 90, 900, 900, 900]
    against_one, all_pairs = (people_to_decide(value, n, 0.1, baseline=b).more for b in (1, None))
    assert against_one is not None and all_pairs is not None
    assert against_one.sum() < all_pairs.sum()


def test_people_who_do_not_count_are_counted_as_they_come() -> None:
    """One in ten of the first group counts, all of the second: people of the second are cheaper to find."""
    value, n = [0.6, 0.4, 0.4], [60, 60, 60]
    found = people_to_decide(value, n, 0.1, each=[1, 10, 1])
    assert found.more is not None and found.more[1] == 0 and found.more[2] > 0


@pytest.mark.parametrize(("kind", "limit"), [("gap", 0.06), ("ratio", 0.93), ("floor", 0.85)])
def test_in_expectation(kind: str, limit: float) -> None:
    """Who was seen stays, who comes is drawn at the rates seen: half of the worlds decide, with thrice as many most."""
    rng = np.random.default_rng(3)
    value, n = np.array([0.9, 0.88]), np.array([2000, 150])
    more = people_to_decide(value, n, limit, kind=kind).more  # type: ignore[arg-type]
    assert more is not None and more[1] > 0

    def decided(times: float) -> float:
        come = np.ceil(times * more).astype(int)
        hits = [value * n + rng.binomial(come, value) for _ in range(400)]
        worlds = [outcome(kind, h / (n + come), n + come, limit) for h in hits]
        return sum(w != "undecided" for w in worlds) / 400

    assert decided(0.25) < 0.35 < decided(1.0) < 0.65
    assert decided(3.0) > 0.75
