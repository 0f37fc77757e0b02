"""Joint resampling: totals, seeds, order, speed, and why shares do not use it."""

from __future__ import annotations

import numpy as np
import pytest

from sterling.stats.resample import percentile_interval, resample_cells

COUNTS = np.array([[5, 0, 15], [100, 50, 0], [0, 0, 0]])


def test_totals_and_empty_cells_are_kept_and_means_are_right() -> None:
    drawn = resample_cells(COUNTS, resamples=4000, seed=1)
    assert drawn.shape == (4000, 3, 3)
    np.testing.assert_array_equal(drawn.sum(axis=-1), np.broadcast_to(COUNTS.sum(axis=-1), (4000, 3)))
    assert (drawn[:, COUNTS == 0] == 0).all()
    np.testing.assert_allclose(drawn.mean(axis=0), COUNTS, atol=0.4)
    covariance = np.cov(drawn[:, 1, 0], drawn[:, 1, 1])
    assert covariance[0, 1] == pytest.approx(-150 * (2 / 3) * (1 / 3), rel=0.1)


def test_named_slices_draw_the_same_in_any_company() -> None:
    whole = resample_cells(COUNTS, resamples=50, seed=1, keys=["a", "b", "c"])
    turned = resample_cells(COUNTS[::-1], resamples=50, seed=1, keys=["c", "b", "a"])
    np.testing.assert_array_equal(whole, turned[:, ::-1])
    np.testing.assert_array_equal(whole[:, 1], resample_cells(COUNTS[1], resamples=50, seed=1, keys=["b"]))
    assert (whole != resample_cells(COUNTS, resamples=50, seed=2, keys=["a", "b", "c"])).any()


def test_slices_with_equal_counts_still_draw_independently() -> None:
    drawn = resample_cells([[50, 50], [50, 50]], resamples=2000, seed=3)[..., 0]
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.1


def test_wrong_counts_and_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="whole counts"):
        resample_cells([[0.5, 1.0]], seed=1)
    with pytest.raises(ValueError, match="whole counts"):
        resample_cells([[-1, 1]], seed=1)
    with pytest.raises(ValueError, match=r"keys: expected one per slice \(3\), got 1"):
        resample_cells(COUNTS, seed=1, keys=["a"])


def test_percentiles_match_numpy_and_skip_unknown_samples() -> None:
    x = np.random.default_rng(4).normal(size=(999, 2))
    low, high = percentile_interval(x)
    np.testing.assert_allclose([low, high], np.quantile(x, [0.025, 0.975], axis=0))
    x[:300, 0], x[:600, 1] = np.nan, np.nan
    low, high = percentile_interval(x)
    assert low[0] == pytest.approx(np.nanquantile(x[:, 0], 0.025))
    assert np.isnan(high[1])


def test_a_small_share_shows_why_shares_use_score_intervals() -> None:
    hits = np.random.default_rng(5).binomial(30, 0.05, 400)
    drawn = resample_cells(np.stack([hits, 30 - hits], axis=-1), resamples=400, seed=6)[..., 0] / 30
    low, high = percentile_interval(drawn)
    assert np.mean((low <= 0.05) & (high >= 0.05)) < 0.85


def test_a_thousand_resamples_of_24_slices_and_100_bins() -> None:
    """How long they take is measured by benchmarks/resampling.py."""
    counts = np.random.default_rng(7).integers(0, 500, (24, 100))
    drawn = resample_cells(counts, resamples=1000, seed=8)
    assert drawn.shape == (1000, 24, 100)
    assert np.array_equal(drawn.sum(axis=2), np.broadcast_to(counts.sum(axis=1), (1000, 24)))
    assert np.allclose(drawn.mean(axis=0), counts, atol=5 * np.sqrt(500 / 1000))
