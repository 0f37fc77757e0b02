"""Numbers that rise with a share, as F1 does with the threat score: values, order and coverage of their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sterling.core.rates import RATES, parse_rate
from sterling.stats.proportion import along, wilson
from tests.stats import enumeration


@given(some.integers(0, 200), some.integers(0, 200), some.integers(0, 200))
def test_f1_lies_along_the_threat_score_inside_its_interval(tp: int, fp: int, fn: int) -> None:
    n = tp + fp + fn
    low, high = (float(along(end, 2)) for end in wilson(tp, n))
    if n == 0:
        assert np.isnan([low, high]).all()
        return
    f1 = 2 * tp / (2 * tp + fp + fn)
    assert float(along(tp / n, 2)) == pytest.approx(f1, abs=1e-12)
    assert 0 <= low <= f1 + 1e-12
    assert f1 - 1e-12 <= high <= 1
    assert low < high


def test_a_share_is_its_own() -> None:
    share = np.array([0.0, 0.25, 1.0, np.nan])
    np.testing.assert_array_equal(along(share, 1), share)


@pytest.mark.parametrize("n", [10, 20, 30])
def test_f1_covers(n: int) -> None:
    covered = [share for _, share in enumeration.f1_worlds(n)]
    assert np.mean(covered) >= 0.94
    assert min(covered) >= 0.93


@pytest.mark.parametrize(
    "text", ["2 * tp / (2 * tp + fp + fn)", "tp / (tp + 0.5 * fp + 0.5 * fn)", "4 * tp / (4 * tp + 2 * fp + 2 * fn)"]
)
def test_common_factors_make_no_difference(text: str) -> None:
    assert parse_rate(text).rising == RATES["f1"].rising == ((0,), (0, 1, 2), 2.0)


@pytest.mark.parametrize(
    "text",
    [
        "tp / (tp + 0.5 * fp + fn)",
        "tp / (2 * tp + fp + fn)",
        "tp / (tp - fp - fn)",
        "tp / tp",
        "(tp + 2 * tn) / (tp + 2 * tn + fp)",
    ],
)
def test_what_does_not_rise_with_one_share(text: str) -> None:
    assert parse_rate(text).rising is None
