"""l-diversity and t-closeness: worked by hand, and as a slow obvious computation has them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.data.anonymity.classes import count_values
from sterling.data.anonymity.diversity import PerClass, per_class
from sterling.data.anonymity.measure import measure_sets
from tests.data.anonymity.tables import access_of


def _found(frame: pl.DataFrame, *, ordered: bool) -> PerClass:
    (tally,) = count_values(frame, columns=("q",), sensitive=("s",))
    whole = frame.group_by(value="s").agg(n=pl.len().cast(pl.Int64))
    return per_class(tally.whole(), whole, ordered=ordered)


def _slow(q: list[int], s: list[int], *, ordered: bool) -> dict[str, list[float]]:
    by: dict[int, list[int]] = defaultdict(list)
    for a, b in zip(q, s, strict=True):
        by[a].append(b)
    values, n = sorted(set(s)), len(s)
    out: dict[str, list[float]] = {"distinct": [], "entropy": [], "t": [], "largest": []}
    for rows in by.values():
        counts = Counter(rows)
        p = [counts[v] / len(rows) - s.count(v) / n for v in values]
        out["distinct"].append(len(counts))
        out["entropy"].append(-sum(c / len(rows) * math.log(c / len(rows)) for c in counts.values()))
        out["largest"].append(max(counts.values()))
        if ordered:
            sums = [abs(sum(p[: i + 1])) for i in range(len(values))]
            out["t"].append(sum(sums) / (len(values) - 1) if len(values) > 1 else 0.0)
        else:
            out["t"].append(sum(map(abs, p)) / 2)
    return out


@pytest.mark.parametrize("ordered", [True, False])
@given(rows=hs.lists(hs.tuples(hs.integers(0, 4), hs.integers(-3, 5)), min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_as_a_slow_computation_has_it(rows: list[tuple[int, int]], ordered: bool) -> None:
    q, s = [list(c) for c in zip(*rows, strict=True)]
    found, slow = _found(pl.DataFrame({"q": q, "s": s}), ordered=ordered), _slow(q, s, ordered=ordered)
    for name, mine in [("distinct", found.distinct), ("entropy", found.entropy), ("t", found.distance),
                       ("largest", found.largest)]:  # fmt: skip
        np.testing.assert_allclose(sorted(mine), sorted(slow[name]), atol=1e-12)


def test_ordered_hand_worked() -> None:
    """Li et al. 2007, example 3: salaries 3k to 11k. {3k, 4k, 5k} is 0.375 away, {6k, 8k, 11k} is 0.167."""
    frame = pl.DataFrame({"q": [0, 0, 0, 1, 1, 1, 2, 2, 2], "s": [3, 4, 5, 6, 8, 11, 7, 9, 10]})
    assert sorted(_found(frame, ordered=True).distance)[::2] == pytest.approx([1 / 6, 0.375], abs=1e-9)


def test_equal_hand_worked() -> None:
    """Two classes of two: aa and ab. The table has a with 3/4, so aa is 1/4 away, and ab too."""
    found = _found(pl.DataFrame({"q": [0, 0, 1, 1], "s": ["a", "a", "a", "b"]}), ordered=False)
    assert found.distance.tolist() == pytest.approx([0.25, 0.25])
    assert sorted(found.entropy) == pytest.approx([0.0, math.log(2)])


def test_measured_together() -> None:
    """Classes {1, 1, 2, 3} and {1, 2, 3, 3}: 3-diverse; recursive (c, 2) beyond c = 2/2; entropy e^1.0397 = 2.83."""
    frame = pl.DataFrame({"q": list("aaaabbbb"), "s": ["1", "1", "2", "3", "1", "2", "3", "3"]})
    (found,) = measure_sets(access_of(frame), [("q",)], ("s",), wanted=5)
    (d,) = found.diversity
    assert (found.k, found.classes, found.unique_rows, found.below) == (4, 2, 0, 8)
    assert (d.distinct_l, d.recursive_c, d.one_value, d.values) == (3, 1.0, 0, 3)
    assert d.entropy_l == pytest.approx(math.exp(1.0397207708))
    assert d.t == pytest.approx(0.125)
    assert (found.highest_risk, found.average_risk) == (0.25, 0.25)


def test_a_sensitive_column_that_is_known_is_left_out() -> None:
    frame = pl.DataFrame({"q": [1, 2], "s": [1, 2]})
    assert measure_sets(access_of(frame), [("q", "s")], ("s",), wanted=2)[0].diversity == ()
