"""Numbers that rise with a share, as F1 does with the threat score: values, order and coverage of their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

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
