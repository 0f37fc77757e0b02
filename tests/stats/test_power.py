"""How many people a decision needs: adding that many decides, one fewer does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from statsmodels.stats.power import NormalIndPower

from sterling.stats.difference import square_and_add
from sterling.stats.multiple import gap_to_baseline, largest, smallest, smallest_ratio
from sterling.stats.normal import all_pairs, z
from sterling.stats.power import detectable_gap, n_to_decide, power_to_decide
from sterling.stats.proportion import exact_value


def _gap_decided(p1: float, n1: float, p2: float, n2: float, limit: float, groups: int) -> bool:
    over = p1 - p2 > limit
    critical = all_pairs(0.95, groups) if over else z(0.95, 1)
    a, b = exact_value(p1, n1, critical), exact_value(p2, n2, critical)
    bounds = square_and_add(p1, a.low, a.high, p2, b.low, b.high)
    return bool(bounds.low > limit if over else bounds.high < limit)


@settings(max_examples=25)
@given(
    some.integers(1, 19), some.integers(5, 80), some.integers(0, 18), some.integers(200, 900),
    some.floats(0.01, 0.5), some.integers(2, 6),
)  # fmt: skip
def test_the_answer_decides_and_one_fewer_does_not(
    top: int, small: int, low: int, large: int, limit: float, groups: int
) -> None:
    p1, p2 = top / 20, min(low, top - 1) / 20
    more = n_to_decide(p1, small, p2, large, limit, groups=groups)
    if more is None:
        assert not _gap_decided(p1, small + 1e8, p2, large, limit, groups) or abs(p1 - p2 - limit) < 1e-9
        return
    assert _gap_decided(p1, small + more, p2, large, limit, groups)
    if more:
        assert not _gap_decided(p1, small + more - 1, p2, large, limit, groups)


def test_it_does_not_matter_which_group_comes_first() -> None:
    assert n_to_decide(0.6, 80, 0.4, 900, 0.1) == n_to_decide(0.4, 900, 0.6, 80, 0.1)
    assert n_to_decide(0.6, 80, 0.4, 900, 0.7, kind="ratio") == n_to_decide(0.4, 900, 0.6, 80, 0.7, kind="ratio")


def test_fewer_comparisons_need_fewer_people() -> None:
    against_one = n_to_decide(0.6, 80, 0.4, 900, 0.1, groups=5, baseline=True)
    all_pairs_ = n_to_decide(0.6, 80, 0.4, 900, 0.1, groups=5)
    assert against_one is not None
    assert all_pairs_ is not None
    assert against_one < all_pairs_
    size = 80 + against_one
    low = gap_to_baseline([0.6 * size, 360, 0, 0, 0], [size, 900, 0, 0, 0], 1, direction="above").at_least
    assert n_to_decide(0.6, 80, 0.4, 900, 0.1, groups=2, baseline=True) == n_to_decide(0.6, 80, 0.4, 900, 0.1)
    assert low > 0.1


def test_decided_already_on_the_limit_or_out_of_reach() -> None:
    assert n_to_decide(0.9, 500, 0.1, 500, 0.05) == 0
    assert n_to_decide(0.5, 100, 0.4, 100, 0.1) is None
    assert n_to_decide(0.55, 30, 0.5, 40, 0.04) is None
    assert n_to_decide(0.5, 100, None, None, 0.5, kind="floor") is None
    with pytest.raises(ValueError, match="expected two rates for kind='gap'"):
        n_to_decide(0.5, 100, None, None, 0.5)


@pytest.mark.parametrize(("kind", "judge"), [("floor", smallest), ("ceiling", largest)])
@pytest.mark.parametrize("limit", [0.6, 0.8])
def test_floor_and_ceiling_agree_with_the_decision_they_foretell(kind, judge, limit: float) -> None:
    more = n_to_decide(0.7, 20, None, None, limit, kind=kind, groups=1)
    assert more
    n = 20 + more
    found = judge([0.7 * n], [n])
    assert found.at_least > limit or found.at_most < limit
    before = judge([0.7 * (n - 1)], [n - 1])
    assert before.at_least <= limit <= before.at_most


def test_the_ratio_kind_agrees_with_the_decision_it_foretells() -> None:
    more = n_to_decide(0.3, 60, 0.5, 4000, 0.8, kind="ratio")
    assert more
    n = 60 + more
    assert smallest_ratio([0.3 * n, 2000], [n, 4000]).at_most < 0.8
    assert smallest_ratio([0.3 * (n - 1), 2000], [n - 1, 4000]).at_most >= 0.8


def test_detectable_gap_agrees_with_statsmodels_and_shrinks() -> None:
    gaps = detectable_gap([50, 500, 5000, 0], [50, 500, 5000, 9], 0.3)
    assert (np.diff(gaps[:3]) < 0).all()
    assert np.isnan(gaps[3])
    other = 0.3 + gaps[1]
    effect = 2 * np.arcsin(np.sqrt(other)) - 2 * np.arcsin(np.sqrt(0.3))
    assert NormalIndPower().power(effect, 500, 0.05) == pytest.approx(0.8, abs=0.01)
    assert np.isnan(detectable_gap(5, 5, 0.9))


def test_power_adds_up_repeats_and_grows_with_people() -> None:
    few, many = (power_to_decide([n] * 3, 0.2, 0.1, draws=400) for n in (100, 1000))
    assert sum(few) == pytest.approx(1)
    assert few == power_to_decide([100] * 3, 0.2, 0.1, draws=400)
    assert few.within < 0.4 < 0.95 < many.within
    planted = power_to_decide([1000] * 3, [0.2, 0.2, 0.4], 0.1, draws=400)
    assert planted.over > 0.95
    assert power_to_decide([500] * 2, [0.9, 0.8], 0.7, kind="floor", draws=400).within > 0.99
    assert power_to_decide([500] * 2, [0.9, 0.8], 0.7, kind="ceiling", draws=400).over > 0.99
    assert power_to_decide([500] * 2, [0.8, 0.4], 0.8, kind="ratio", draws=400).over > 0.99


def test_many_groups_and_no_known_difference() -> None:
    more = n_to_decide(0.6, 80, 0.4, 900, 0.1, groups=7)
    assert more is not None
    assert more > 0
    found = power_to_decide([1000] * 5, 0.1, 0.05)
    assert found.within + found.over + found.undecided == pytest.approx(1)
