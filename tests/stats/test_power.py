"""How likely a decision is before a run, and which gap would show."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower

from sterling.stats.power import detectable_gap, power_to_decide


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
    found = power_to_decide([1000] * 5, 0.1, 0.05)
    assert found.within + found.over + found.undecided == pytest.approx(1)
