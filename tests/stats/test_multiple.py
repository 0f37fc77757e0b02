"""Many groups at once: the promises about the two errors, and the arithmetic by brute force."""

from __future__ import annotations

from functools import partial
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from sterling.stats import multiple
from sterling.stats.auc import delong_z
from sterling.stats.difference import newcombe, square_and_add
from sterling.stats.normal import all_pairs, sidak, z
from sterling.stats.proportion import clopper_pearson_z, wilson_z
from sterling.stats.ratio import mover_ratio
from tests.stats import enumeration, worlds

SIZE = np.array([40.0, 300.0, 12.0, 95.0])
HITS = np.array([10.0, 120.0, 6.0, 20.0])


def _pairs(critical: float, compare, size=SIZE, hits=HITS):
    low, high = clopper_pearson_z(hits, size, critical)
    value = hits / size
    for i, j in permutations(range(len(size)), 2):
        yield (i, j), compare(value[i], low[i], high[i], value[j], low[j], high[j])


def test_widest_gap_is_the_extreme_over_all_pairs() -> None:
    found = multiple.widest_gap(HITS, SIZE)
    assert tuple(found.pair) == (2, 3)
    assert float(found.value) == pytest.approx(6 / 12 - 20 / 95)
    lows = {pair: float(b.low) for pair, b in _pairs(all_pairs(0.95, 4), square_and_add)}
    highs = {pair: float(b.high) for pair, b in _pairs(z(0.95, 1), square_and_add)}
    assert float(found.at_least) == pytest.approx(max(0, *lows.values()))
    assert float(found.at_most) == pytest.approx(max(highs.values()))
    assert lows[tuple(found.at_least_pair)] == max(lows.values())
    assert highs[tuple(found.at_most_pair)] == max(highs.values())


def test_smallest_ratio_is_the_extreme_over_all_pairs() -> None:
    found = multiple.smallest_ratio(HITS, SIZE)
    assert tuple(found.pair) == (3, 2)
    assert float(found.value) == pytest.approx((20 / 95) / 0.5)
    assert float(found.at_most) == pytest.approx(min(float(b.high) for _, b in _pairs(all_pairs(0.95, 4), mover_ratio)))
    assert float(found.at_least) == pytest.approx(min(float(b.low) for _, b in _pairs(z(0.95, 1), mover_ratio)))


def test_gap_to_a_baseline_looks_only_at_pairs_with_it() -> None:
    baseline = 1
    lows = {p: float(b.low) for p, b in _pairs(sidak(0.95, 3), square_and_add) if baseline in p}
    highs = {p: float(b.high) for p, b in _pairs(z(0.95, 1), square_and_add) if baseline in p}
    either = multiple.gap_to_baseline(HITS, SIZE, baseline)
    assert float(either.at_least) == pytest.approx(max(lows.values()))
    assert float(either.at_most) == pytest.approx(max(highs.values()))
    below = multiple.gap_to_baseline(HITS, SIZE, baseline, direction="below")
    assert tuple(below.pair) == (1, 3)
    assert float(below.at_most) == pytest.approx(max(h for p, h in highs.items() if p[0] == baseline))
    above = multiple.gap_to_baseline(HITS, SIZE, baseline, direction="above")
    assert tuple(above.pair) == (2, 1)
    assert float(above.value) == pytest.approx(0.5 - 0.4)
    with pytest.raises(ValueError, match="baseline: expected a group index from 0 to 3, got 4"):
        multiple.gap_to_baseline(HITS, SIZE, 4)


def test_ratio_to_a_baseline_points_the_same_way_as_the_gap() -> None:
    below = multiple.ratio_to_baseline(HITS, SIZE, 1, direction="below")
    assert tuple(below.pair) == (3, 1)
    assert float(below.value) == pytest.approx((20 / 95) / 0.4)
    above = multiple.ratio_to_baseline(HITS, SIZE, 1, direction="above")
    assert tuple(above.pair) == (1, 2)
    assert float(above.value) == pytest.approx(0.4 / 0.5)
    either = multiple.ratio_to_baseline(HITS, SIZE, 1)
    assert float(either.value) == float(below.value)
    assert float(either.at_least) == pytest.approx(min(float(below.at_least), float(above.at_least)))


def test_the_worst_group_against_a_floor_and_a_ceiling() -> None:
    low, high = clopper_pearson_z(HITS, SIZE, z(0.95, 1)).low, clopper_pearson_z(HITS, SIZE, sidak(0.95, 4, 1)).high
    found = multiple.smallest(HITS, SIZE)
    assert int(found.group) == 3
    assert (float(found.at_least), float(found.at_most)) == pytest.approx((low.min(), high.min()))
    mirror = multiple.largest(SIZE - HITS, SIZE)
    assert (1 - float(mirror.at_most), 1 - float(mirror.at_least)) == pytest.approx((low.min(), high.min()))
    assert float(mirror.value) == pytest.approx(1 - float(found.value))


tables = some.integers(2, 6).flatmap(
    lambda k: some.tuples(
        arrays(np.int64, k, elements=some.integers(1, 200)), arrays(np.float64, k, elements=some.floats(0, 1))
    )
)


@given(tables)
def test_bounds_hold_the_value_and_order_does_not_matter(table: tuple[np.ndarray, np.ndarray]) -> None:
    n, share = table
    hits = np.floor(n * share)
    gap, ratio = multiple.widest_gap(hits, n), multiple.smallest_ratio(hits, n)
    assert 0 <= gap.at_least <= gap.value + 1e-9
    assert gap.value <= gap.at_most + 1e-9
    if hits.any():
        assert 0 <= ratio.at_least <= ratio.value + 1e-9
        assert ratio.value <= ratio.at_most + 1e-9 <= 1 + 2e-9
        # Limit 0 for the gap and limit 1 for the ratio are the same question.
        assert (gap.at_least > 1e-9) == (ratio.at_most < 1 - 1e-9) or gap.at_least < 1e-6
    turned = multiple.widest_gap(hits[::-1], n[::-1])
    np.testing.assert_allclose([turned.value, turned.at_least, turned.at_most], [gap.value, gap.at_least, gap.at_most])


def test_two_groups_reduce_to_the_ordinary_interval() -> None:
    found = multiple.widest_gap_from([0.5, 0.4], partial(wilson_z, [150.0, 160.0], [300.0, 400.0]))
    assert float(found.at_least) == pytest.approx(float(newcombe(150, 300, 160, 400).low))
    assert float(found.at_most) == pytest.approx(float(newcombe(150, 300, 160, 400, level=0.9).high))


def test_unknown_groups_are_left_out_and_leading_axes_carried() -> None:
    hits = np.array([[10, 0, 30.0], [10, 20, 30]])
    n = np.array([[50, 0, 50.0], [50, 50, 50]])
    found = multiple.widest_gap(hits, n)
    two = multiple.widest_gap(hits[0, [0, 2]], n[0, [0, 2]])
    assert (float(found.at_least[0]), float(found.at_most[0])) == (float(two.at_least), float(two.at_most))
    assert tuple(found.pair[0]) == (2, 0)
    assert found.at_least[1] < found.at_least[0]
    lonely = multiple.widest_gap([3.0, 0.0], [9.0, 0.0])
    assert np.isnan([lonely.value, lonely.at_least, lonely.at_most]).all()
    assert tuple(lonely.pair) == (-1, -1)
    assert np.isnan(multiple.smallest_ratio([0.0, 0.0], [9.0, 9.0]).value)


def test_a_large_table_is_split_without_changing_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    hits = np.random.default_rng(1).binomial(60, 0.3, (7, 5))
    whole = multiple.widest_gap(hits, 60)
    monkeypatch.setattr(multiple, "_CHUNK", 50)
    for a, b in zip(whole, multiple.widest_gap(hits, 60), strict=True):
        np.testing.assert_array_equal(a, b)


def test_any_metric_with_an_interval_can_be_compared() -> None:
    auc, variance = np.array([0.9, 0.7, 0.72]), np.array([4e-4, 5e-4, 4e-3])
    found = multiple.widest_gap_from(auc, partial(delong_z, auc, variance, 200.0, 300.0))
    assert tuple(found.pair) == (0, 1)
    assert 0.1 < found.at_least < 0.2 < found.at_most < 0.3


@pytest.mark.parametrize(("m", "n"), [(30, 30), (10, 100), (30, 300), (300, 300)])
def test_two_groups_both_errors_counted_exactly(m: int, n: int) -> None:
    assert enumeration.false_over(m, n, exact=True).max() <= 0.05
    worst = max(float(enumeration.false_within(m, n, limit, exact=True).max()) for limit in (0.05, 0.1, 0.2))
    assert worst <= 0.052
    assert enumeration.false_over(m, n, exact=True).max() >= 0.02


NULL = [([300] * 2, 0.5), ([300] * 3, 0.1), ([300] * 5, 0.5), ([300] * 10, 0.5), ([5] * 4 + [1000], 0.02)]


@pytest.mark.parametrize(("sizes", "p"), NULL)
def test_equal_groups_alarm_in_at_most_five_percent_of_worlds(sizes: list[int], p: float) -> None:
    found = worlds.gaps(sizes, p, draws=2000, seed=41)
    # Three standard errors of 2,000 worlds at 5 %.
    assert float((found.at_least > 0).mean()) <= 0.05 + 0.0146


def test_the_plain_interval_of_the_widest_gap_would_alarm_in_most_worlds() -> None:
    assert worlds.naive_alarms([300] * 10, 0.5, draws=500, seed=42) > 0.5


@pytest.mark.parametrize("sizes", [[300] * 2, [300] * 5, [30, 30, 1000, 1000]])
@pytest.mark.parametrize(("p", "limit"), [(0.05, 0.1), (0.4, 0.1)])
def test_a_gap_at_the_limit_is_declared_within_in_at_most_five_percent(
    sizes: list[int], p: float, limit: float
) -> None:
    found = worlds.gaps(sizes, [p + limit, *[p] * (len(sizes) - 1)], draws=2000, seed=43)
    assert float((found.at_most < limit).mean()) <= 0.05 + 0.0146


def test_planted_gaps_are_found_and_their_bounds_hold() -> None:
    found = worlds.gaps([300] * 5, [0.5, 0.3, 0.3, 0.3, 0.3], draws=1000, seed=44)
    assert float((found.at_least > 0).mean()) > 0.99
    assert float((found.at_least > 0.2).mean()) <= 0.05
    assert float((found.at_most < 0.2).mean()) <= 0.05


def test_five_equal_groups_of_a_thousand_pass_in_three_of_four_worlds() -> None:
    found = worlds.gaps([1000] * 5, 0.1, draws=2000, seed=45)
    assert 0.70 <= float((found.at_most < 0.05).mean()) <= 0.80


def test_equal_groups_at_the_floor_are_called_below_it_in_at_most_five_percent() -> None:
    hits = np.random.default_rng(46).binomial(200, 0.7, (3000, 6))
    found = multiple.smallest(hits, 200.0)
    assert float((found.at_most < 0.7).mean()) <= 0.05
    assert float((found.at_least > 0.7).mean()) <= 0.05
