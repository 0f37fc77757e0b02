"""FA002: the smallest ratio fires where one group is selected far less often, and stays quiet where none is."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from sterling.stats.multiple import smallest_ratio
from tests.worlds.world import allowed, asked, decisions, findings, hits, judged, scores, share, through

WORLDS = 2000


def test_planted_ratio_is_under_the_limit() -> None:
    frame = decisions([300, 300], [0.2, 0.5], worlds=20, seed=1)
    assert judged(frame, "FA002", "min_ratio = 0.8", metric="selection_rate") == ["over"] * 20


@pytest.mark.parametrize(("groups", "rate"), [(2, 0.5), (3, 0.3), (5, 0.1), (10, 0.5)])
def test_null_worlds_alarm_at_most_as_promised(groups: int, rate: float) -> None:
    """Limit 1 (no difference allowed), no true difference: over in at most 5 % of worlds."""
    frame = decisions([300] * groups, rate, worlds=WORLDS, seed=30 + groups)
    rule = smallest_ratio(*hits(frame))
    through(frame, "FA002", rule, metric="selection_rate")
    assert float(np.mean(rule.at_most < 1)) <= allowed(0.05, WORLDS)


def test_null_worlds_with_rare_hits() -> None:
    frame = decisions([2000, 30, 30, 30, 30], 0.02, worlds=WORLDS, seed=40)
    rule = smallest_ratio(*hits(frame))
    assert float(np.mean(rule.at_most < 1)) <= 0.05


@pytest.mark.parametrize(("sizes", "rates"), [([300, 300], [0.4, 0.5]), ([1000, 1000, 1000], [0.5, 0.5, 0.4])])
def test_within_is_rarely_said_of_a_ratio_as_low_as_the_limit(sizes: list[int], rates: list[float]) -> None:
    frame = decisions(sizes, rates, worlds=WORLDS, seed=41)
    rule = smallest_ratio(*hits(frame))
    through(frame, "FA002", rule, metric="selection_rate")
    assert float(np.mean(rule.at_least >= 0.8)) <= allowed(0.05, WORLDS)


def test_planted_equality_is_within_with_enough_people() -> None:
    frame = decisions([3000, 3000], 0.5, worlds=20, seed=42)
    assert share(judged(frame, "FA002", "min_ratio = 0.8", metric="selection_rate"), "within") == 1.0


def test_hand_worked() -> None:
    """20 of 100 against 50 of 100: 0.2 / 0.5 = 0.4; the lower rate comes first."""
    frame = pl.DataFrame(
        {"group": ["a"] * 100 + ["b"] * 100, "world": [1] * 20 + [0] * 80 + [1] * 50 + [0] * 50, "y": [0, 1] * 100}
    )
    (found,) = findings(asked(frame, "FA002", metric="selection_rate"))
    assert found.value == pytest.approx(0.4)
    assert str(found.first.slice) == "group=a"
    # MOVER on exact ends (0.2: [0.1267, 0.2918], 0.5: [0.3983, 0.6017], one-sided [0.1367, 0.2772] and [0.4136,
    # 0.5864]).
    assert (found.low, found.high) == pytest.approx(
        (_lower(0.2, 0.1367, 0.5, 0.5864), _upper(0.2, 0.2918, 0.5, 0.3983)), abs=2e-3
    )


def _lower(p: float, low: float, q: float, high: float) -> float:
    """MOVER-R, Donner and Zou 2012: the lower end of p / q."""
    a, b, c = p * q, low * (2 * p - low), high * (2 * q - high)
    return (a - math.sqrt(a * a - b * c)) / c


def _upper(p: float, high: float, q: float, low: float) -> float:
    a, b, c = p * q, high * (2 * p - high), low * (2 * q - low)
    return (a + math.sqrt(a * a - b * c)) / c


def test_not_applicable_to_what_can_be_negative() -> None:
    run = asked(decisions([50, 50], 0.5, worlds=1, seed=6), "FA002", metric="informedness")
    assert run.evidence[0].outcome == "not_applicable"
    assert "can be negative" in run.evidence[0].reason


def test_nobody_selected_leaves_the_ratio_unknown() -> None:
    frame = decisions([50, 50], 0.0, worlds=1, seed=7)
    run = asked(frame, "FA002", metric="selection_rate")
    assert math.isnan(findings(run)[0].value)
    verdict = judged(frame, "FA002", "min_ratio = 0.8", metric="selection_rate")
    assert verdict == ["insufficient"]


def test_small_groups_are_listed() -> None:
    (found,) = findings(asked(decisions([60, 60, 10], 0.5, worlds=1, seed=8), "FA002", metric="selection_rate"))
    assert [(str(t.slice), t.n) for t in found.too_small] == [("group=g2", 10)]


def test_ratio_of_auc_to_a_baseline() -> None:
    run = asked(
        scores([200, 200], [2.0, 0.0], worlds=1, seed=9), "FA002", kind="raw", metric="auc", baseline=("group=g0",)
    )
    (found,) = findings(run)
    assert found.baseline is not None
    assert found.high < 0.8
