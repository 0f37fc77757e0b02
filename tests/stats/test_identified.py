"""Intervals for numbers that are only bounded."""

from __future__ import annotations

import numpy as np
import pytest

from sterling.stats.identified import clipped_mean_bias, imbens_manski
from sterling.stats.normal import z


def test_far_apart_one_sided_and_together_two_sided() -> None:
    low, high = imbens_manski([0.0, 0.0], [1.0, 0.0], 0.1, 0.1)
    assert low.tolist() == pytest.approx([-0.1 * z(0.95, 1), -0.1 * z(0.95)], abs=1e-9)
    assert high.tolist() == pytest.approx([1 + 0.1 * z(0.95, 1), 0.1 * z(0.95)], abs=1e-9)
    assert imbens_manski(0.2, 0.4, 0.0, 0.0) == pytest.approx((0.2, 0.4))


@pytest.mark.parametrize("width", [0.0, 0.05, 0.2])
def test_wherever_the_number_lies_it_is_held(width: float) -> None:
    """At either end, which is the worst place, 95 % of 20,000 draws hold it; the errors of the ends go together."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.1, 20_000)
    low, high = imbens_manski(noise, width + noise, 0.1, 0.1)
    for number in (0.0, width):
        assert abs(((low <= number) & (number <= high)).mean() - 0.95) < 0.006


@pytest.mark.parametrize("mean", [-0.3, 0.0, 0.1, 0.5])
def test_bias_of_a_maximum(mean: float) -> None:
    drawn = np.maximum(np.random.default_rng(2).normal(mean, 0.2, 1_000_000), 0).mean()
    assert float(clipped_mean_bias(mean, 0.2)) == pytest.approx(drawn - max(mean, 0), abs=1e-3)
    assert float(clipped_mean_bias(mean, 0.0)) == 0
