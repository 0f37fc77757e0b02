"""Classes of equal rows: the same counts for any order and partition, and those of a slow obvious count."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.data.anonymity import classes
from sterling.data.anonymity.classes import Tally, count_batch, count_classes, sizes_of
from sterling.data.anonymity.population import match_of_unique
from sterling.data.anonymity.quasi import quasi_sets
from tests.data.anonymity.tables import access_of

VALUES = hs.sampled_from([None, "a", "b", "\0", "a\0", "‮x", "<b>", ""])
ROWS = hs.lists(hs.tuples(VALUES, hs.sampled_from([None, 0.0, -0.0, 1.5, float("nan"), float("inf")])), max_size=40)


def _frame(rows: list[tuple[object, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"s": pl.String, "x": pl.Float64}, orient="row")


def _slow(rows: list[tuple[object, object]]) -> Counter[int]:
    """How many classes of each size, one row at a time. Every NaN is one value."""
    return Counter(Counter((s, "nan" if x != x else x) for s, x in rows).values())


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_a_slow_count(rows: list[tuple[object, object]]) -> None:
    (tally,) = count_batch(_frame(rows), sets=(("s", "x"),))
    sizes = sizes_of(tally.whole()["n"])
    assert dict(zip(sizes.size.tolist(), sizes.count.tolist(), strict=True)) == dict(_slow(rows))
    assert sizes.rows == len(rows)


@given(ROWS, hs.lists(hs.integers(0, 40), max_size=4), hs.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_merged_parts_are_the_whole_in_any_order(rows, cuts, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(rows)
    random.shuffle(shuffled)
    edges = [0, *sorted(min(c, len(rows)) for c in cuts), len(rows)]
    parts = [count_batch(_frame(shuffled[a:b]), sets=(("s", "x"),))[0] for a, b in pairwise(edges)]
    merged = reduce(Tally.plus, parts).whole().sort("class")
    assert merged.equals(count_batch(_frame(rows), sets=(("s", "x"),))[0].whole().sort("class"))


def test_classes_in_several_passes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with more rows than are held at once is counted part by part of the hashes."""
    rng = np.random.default_rng(3)
    frame = pl.DataFrame({"a": rng.integers(0, 40, 3000), "b": rng.integers(0, 30, 3000)})
    whole = count_classes(access_of(frame), [("a", "b"), ("a",)])
    monkeypatch.setattr(classes, "HELD_CLASSES", 700)
    parted = count_classes(access_of(frame), [("a", "b"), ("a",)])
    for one, other in zip(whole, parted, strict=True):
        assert one.size.tolist() == other.size.tolist()
        assert one.count.tolist() == other.count.tolist()


def test_categories_are_their_words_whatever_batch_they_come_in() -> None:
    frame = pl.DataFrame({"c": ["y", "x", "x"]}).cast(pl.Categorical)
    text = frame.cast(pl.String)
    assert (
        count_batch(frame, sets=(("c",),))[0]
        .whole()
        .sort("class")
        .equals(count_batch(text, sets=(("c",),))[0].whole().sort("class"))
    )


def test_compaction_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "COMPACT_AT", 5)
    parts = [count_batch(pl.DataFrame({"a": [i % 3, i % 7]}), sets=(("a",),))[0] for i in range(20)]
    merged = reduce(Tally.plus, parts)
    assert len(merged.frames) < 20
    assert int(merged.whole()["n"].sum()) == 40
    assert merged.whole().height == 7


@pytest.mark.parametrize(
    ("given", "sets"),
    [
        (("a", "b"), (("a", "b"),)),
        (("a", ";", "b", "c"), (("a",), ("b", "c"))),
        (("a,b", "a, c"), (("a", "b"), ("a", "c"))),
        (("a,b;c",), (("a", "b"), ("c",))),
        (("x;y", "a"), (("x;y", "a"),)),
        (("a", "a"), (("a",),)),
    ],
)
def test_sets_are_read(given: tuple[str, ...], sets: tuple[tuple[str, ...], ...]) -> None:
    frame = pl.DataFrame({c: [1] for c in ("a", "b", "c", "x;y")})
    assert quasi_sets(given, access_of(frame)) == sets


def _matched(world: np.ndarray, share: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """True chance that a match with a unique row is right, and the limits estimated from one sample."""
    drawn = rng.binomial(world, share)
    unique = drawn == 1
    truth = unique.sum() / world[unique].sum()
    found = match_of_unique(sizes_of(pl.Series(drawn[drawn > 0])), int(world.sum()), level=0.95)
    assert found.low is not None and found.high is not None
    return float(truth), found.low, found.high


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_limits_of_a_match_cover_the_truth(share: float) -> None:
    """Classes of very unequal sizes. The truth varies with the sample as well, so coverage below 95 % is expected only
    where few rows are unique; here about a hundred are."""
    rng = np.random.default_rng(11)
    world = rng.negative_binomial(0.7, 0.15, 2500) + 1
    inside = [low <= truth <= high for truth, low, high in (_matched(world, share, rng) for _ in range(120))]
    assert np.mean(inside) >= 0.9


def test_match_hand_worked() -> None:
    """10 of 40 people: p = 0.25; 6 unique, 2 pairs: 0.25 * 6 / (0.25 * 6 + 2 * 0.75 * 2) = 1.5 / 4.5."""
    found = match_of_unique(sizes_of(pl.Series([1] * 6 + [2] * 2)), 40, level=0.95)
    assert found.value == pytest.approx(1 / 3)
    assert found.low is not None and found.high is not None
    assert 0 < found.low < 1 / 3 < found.high < 1
    assert match_of_unique(sizes_of(pl.Series([3, 2])), 40, level=0.95).value is None
    everyone = match_of_unique(sizes_of(pl.Series([1, 2])), 3, level=0.95)
    assert (everyone.value, everyone.low, everyone.high) == (1.0, 1.0, 1.0)
