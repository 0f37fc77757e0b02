"""Worlds have the rates they claim; equal seeds give equal worlds."""

from __future__ import annotations

import math

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sterling.core.errors import ConfigError
from sterling.testing.worlds import GroupRates, calibrated_world, drawn, gap_world, null_world

BIG = 100_000


def within(share: float, truth: float, n: float) -> bool:
    """Five standard errors: a true world fails once in two million."""
    return abs(share - truth) <= 5 * math.sqrt(truth * (1 - truth) / n) + 1e-9


def test_rates_are_those_drawn() -> None:
    truth = {
        "a": GroupRates(n=BIG, prevalence=0.3, true_positive_rate=0.8, false_positive_rate=0.1),
        "b": GroupRates(n=BIG, prevalence=0.6, true_positive_rate=0.5, false_positive_rate=0.4),
    }
    world = drawn(truth, seed=1)
    for name, rates in truth.items():
        rows = world.table.filter(pl.col("group") == name)
        chosen, label = rows["prediction"] == 1, rows["label"] == 1
        assert rows.height == BIG
        assert within(label.mean(), rates.prevalence, BIG)
        assert within(chosen.filter(label).mean(), rates.true_positive_rate, label.sum())
        assert within(chosen.filter(~label).mean(), rates.false_positive_rate, (~label).sum())
        assert within(chosen.mean(), rates.selection_rate, BIG)
        assert within((chosen == label).mean(), rates.accuracy, BIG)
        assert within(label.filter(chosen).mean(), rates.precision, chosen.sum())
        assert ((rows["score"] >= 0.5) == chosen).all()
        assert rows["score"].is_between(0, 1).all()


def test_gap_and_null() -> None:
    world = gap_world(3, gap=0.15, groups=4, n=50)
    assert world.table["group"].value_counts()["count"].to_list() == [50] * 4
    for rate in ("selection_rate", "true_positive_rate", "false_positive_rate"):
        assert world.gap(rate) == pytest.approx(0.15)
        assert null_world(3).gap(rate) == 0
        assert world.ratio(rate) == pytest.approx(0.35 / 0.5)


def test_calibration() -> None:
    world = calibrated_world(5, shift={"a": 0.0, "b": 0.1, "c": -0.2}, n=BIG)
    for name, shift in (("a", 0.0), ("b", 0.1), ("c", -0.2)):
        rows = world.table.filter(pl.col("group") == name)
        assert abs((rows["score"] - rows["label"]).mean() - shift) < 0.01
        rates = world.truth[name]
        chosen, label = rows["prediction"] == 1, rows["label"] == 1
        assert within(label.mean(), rates.prevalence, BIG)
        assert within(chosen.filter(label).mean(), rates.true_positive_rate, label.sum())
        assert within(chosen.filter(~label).mean(), rates.false_positive_rate, (~label).sum())


def test_equal_seeds() -> None:
    for make in (gap_world, null_world, lambda seed: calibrated_world(seed, shift={"a": 0.1})):
        assert_frame_equal(make(7).table, make(7).table)
        assert not make(7).table.equals(make(8).table)


def test_impossible_worlds() -> None:
    with pytest.raises(ConfigError):
        GroupRates(n=10, prevalence=1.2)
    with pytest.raises(ConfigError):
        gap_world(0, gap=0.7, base=0.5)
    with pytest.raises(ConfigError):
        calibrated_world(0, shift={"a": 0.3})
