"""FA003: the worst group falls below a floor only when it surely does."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.slices import Slice
from sterling.stats.multiple import smallest
from tests.worlds.world import allowed, asked, decisions, findings, hits, judged, share, through

WORLDS = 2000


def worlds_below(frame: pl.DataFrame, limit: str, word: str, **parameters: object) -> float:
    verdicts = judged(frame, "FA003", limit, metric="selection_rate", groups=("group",), **parameters)
    return share(verdicts, word)


def test_planted_low_group_is_under_the_floor() -> None:
    frame = decisions([300, 300, 300], [0.8, 0.8, 0.5], worlds=20, seed=1)
    assert worlds_below(frame, "min = 0.7", "over") == 1.0


def test_planted_high_group_is_over_the_ceiling() -> None:
    frame = decisions([300, 300, 300], [0.1, 0.1, 0.4], worlds=20, seed=2)
    assert worlds_below(frame, "max = 0.2", "over", end="highest") == 1.0


@pytest.mark.parametrize("groups", [2, 3, 5, 10])
def test_null_worlds_alarm_at_most_as_promised(groups: int) -> None:
    """Every group exactly at the floor: over in at most 5 % of worlds."""
    frame = decisions([300] * groups, 0.7, worlds=WORLDS, seed=50 + groups)
    rule = smallest(*hits(frame))
    through(frame, "FA003", rule, metric="selection_rate", groups=("group",))
    assert float(np.mean(rule.at_most < 0.7)) <= allowed(0.05, WORLDS)


@pytest.mark.parametrize("sizes", [[300, 300], [300, 40, 40]])
def test_within_is_rarely_said_when_one_group_is_at_the_floor(sizes: list[int]) -> None:
    frame = decisions(sizes, [0.9] * (len(sizes) - 1) + [0.7], worlds=WORLDS, seed=60)
    rule = smallest(*hits(frame))
    through(frame, "FA003", rule, metric="selection_rate", groups=("group",))
    assert float(np.mean(rule.at_least >= 0.7)) <= allowed(0.05, WORLDS)


def test_hand_worked() -> None:
    """45 of 50 and 40 of 50, one-sided 95 %: the lowest is 0.8.

    Exact lower ends: 0.9 has 0.8006, 0.8 has 0.6844: at least 0.6844. The upper end is shared by two groups (Sidak: a
    tail of
    1 - 0.95^(1/2) = 2.53 %): 0.8 has 0.8994, 0.9 has 0.9666: at most 0.8994.
    """
    frame = pl.DataFrame(
        {"group": ["a"] * 50 + ["b"] * 50, "world": [1] * 45 + [0] * 5 + [1] * 40 + [0] * 10, "y": [0, 1] * 50}
    )
    (found,) = findings(asked(frame, "FA003", metric="selection_rate", groups=("group",)))
    assert (found.value, str(found.first.slice)) == (0.8, "group=b")
    assert (found.low, found.high) == pytest.approx((0.6844, 0.8994), abs=5e-4)


def test_everyone_is_asked_too() -> None:
    found = findings(asked(decisions([100, 100], 0.5, worlds=1, seed=3), "FA003", metric="accuracy"))
    assert [f.family for f in found] == [(), ("group",)]


def test_one_slice_alone() -> None:
    run = asked(
        decisions([100, 100], [0.2, 0.9], worlds=1, seed=4),
        "FA003",
        metric="selection_rate",
        slice=Slice.of({"group": "g1"}),
    )
    (found,) = findings(run)
    assert found.only == Slice.of({"group": "g1"})
    assert found.value > 0.7


def test_not_applicable_without_a_label() -> None:
    frame = decisions([50, 50], 0.5, worlds=1, seed=5)
    run = st.evaluate(frame, prediction="world0", groups="group", plan=st.Plan(asks=(st.ask("FA003", metric="tpr"),)))
    assert run.evidence[0].outcome == "not_applicable"


def test_small_slice_is_insufficient() -> None:
    frame = decisions([100, 12], 0.5, worlds=1, seed=6)
    run = asked(frame, "FA003", metric="selection_rate", slice=Slice.of({"group": "g1"}))
    assert math.isnan(findings(run)[0].value)


@pytest.mark.parametrize("end", ["lowest", "highest"])
def test_the_advice_names_the_end_that_was_asked_for(end: str) -> None:
    run = asked(decisions([300, 300], 0.5, worlds=1, seed=5), "FA003", metric="selection_rate", end=end)
    hint = f"Look into the {end} group: what sets it apart, and how much of it the model was trained on."
    assert [e.hints for e in run.evidence] == [(hint,)]


def test_only_two_ends() -> None:
    with pytest.raises(st.ConfigError, match="lowest or highest"):
        asked(decisions([50, 50], 0.5, worlds=1, seed=7), "FA003", metric="selection_rate", end="middle")
