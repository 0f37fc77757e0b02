"""FA001: the widest gap fires where groups differ and stays quiet where they do not."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.stats.multiple import gap_to_baseline, widest_gap
from tests.worlds.world import allowed, asked, decisions, findings, hits, judged, scores, share, through

WORLDS = 2000


def test_planted_gap_is_over_the_limit() -> None:
    """40 % against 70 % in 300 people each: a gap of 30 points is far over 5."""
    frame = decisions([300, 300], [0.4, 0.7], worlds=20, seed=1)
    assert judged(frame, "FA001", "max_gap = 0.05", metric="selection_rate") == ["over"] * 20


def test_planted_gap_names_who_is_worse_off() -> None:
    run = asked(decisions([200, 200, 200], [0.5, 0.2, 0.6], worlds=1, seed=2), "FA001", metric="selection_rate")
    (found,) = findings(run)
    assert str(found.first.slice) == "group=g2"
    assert found.second is not None
    assert str(found.second.slice) == "group=g1"
    assert found.value == pytest.approx(found.first.value - found.second.value)


def test_planted_gap_in_ranking_is_found() -> None:
    """AUC 0.98 against 0.5."""
    frame = scores([300, 300], [3.0, 0.0], worlds=5, seed=3)
    assert judged(frame, "FA001", "max_gap = 0.1", kind="raw", metric="auc") == ["over"] * 5


@pytest.mark.parametrize(("groups", "rate"), [(2, 0.5), (3, 0.3), (5, 0.05), (10, 0.5)])
def test_null_worlds_alarm_at_most_as_promised(groups: int, rate: float) -> None:
    """Limit 0, no true gap: at most 5 % of worlds are called over, whatever the number of groups."""
    frame = decisions([300] * groups, rate, worlds=WORLDS, seed=10 + groups)
    rule = widest_gap(*hits(frame))
    through(frame, "FA001", rule, metric="selection_rate")
    assert float(np.mean(rule.at_least > 0)) <= allowed(0.05, WORLDS)


def test_null_verdicts_through_the_whole_path() -> None:
    """Plan, check and verdict in 100 worlds of three equal groups: few alarms."""
    verdicts = judged(decisions([300] * 3, 0.4, worlds=100, seed=19), "FA001", "max_gap = 0", metric="selection_rate")
    assert share(verdicts, "over") <= allowed(0.05, 100)
    assert set(verdicts) <= {"over", "undecided"}


def test_null_worlds_with_rare_hits_and_small_groups() -> None:
    """One large group and four of 30 at a rate of 2 %: here intervals of Wilson's kind alarm in over 6 % of worlds."""
    frame = decisions([2000, 30, 30, 30, 30], 0.02, worlds=WORLDS, seed=20)
    rule = widest_gap(*hits(frame))
    through(frame, "FA001", rule, metric="selection_rate")
    assert float(np.mean(rule.at_least > 0)) <= 0.05


def test_null_worlds_of_error_rates() -> None:
    frame = decisions([300] * 4, 0.6, worlds=WORLDS, seed=21, prevalence=[0.2, 0.4, 0.5, 0.7])
    rule = widest_gap(*hits(frame, pl.col("y") == 0))
    through(frame, "FA001", rule, metric="fpr")
    assert float(np.mean(rule.at_least > 0)) <= allowed(0.05, WORLDS)


def test_null_worlds_of_auc() -> None:
    frame = scores([200, 200, 200], 1.0, worlds=60, seed=22)
    assert share(judged(frame, "FA001", "max_gap = 0", kind="raw", metric="auc"), "over") <= allowed(0.05, 60)


def test_null_worlds_against_a_baseline() -> None:
    frame = decisions([300] * 5, 0.4, worlds=WORLDS, seed=23)
    rule = gap_to_baseline(*hits(frame), 0)
    through(frame, "FA001", rule, metric="selection_rate", baseline=("group=g0",))
    assert float(np.mean(rule.at_least > 0)) <= allowed(0.05, WORLDS)


@pytest.mark.parametrize(
    ("sizes", "rates"), [([300, 300], [0.5, 0.6]), ([400, 60, 60], [0.3, 0.3, 0.4]), ([1000, 40], [0.02, 0.12])]
)
def test_within_is_rarely_said_of_a_gap_as_large_as_the_limit(sizes: list[int], rates: list[float]) -> None:
    """P(within | true gap = limit) is at most 5 %."""
    frame = decisions(sizes, rates, worlds=WORLDS, seed=24)
    rule = widest_gap(*hits(frame))
    through(frame, "FA001", rule, metric="selection_rate")
    assert float(np.mean(rule.at_most <= 0.1)) <= allowed(0.05, WORLDS)


def test_null_gap_is_shown_small_when_there_are_enough_people() -> None:
    """Five equal groups of 1,000, limit 0.1: the intersection-union rule says within in nearly every world."""
    verdicts = judged(decisions([1000] * 5, 0.5, worlds=40, seed=25), "FA001", "max_gap = 0.1", metric="selection_rate")
    assert share(verdicts, "within") >= 0.85


def test_hand_worked() -> None:
    """30 of 100 against 50 of 100: gap 0.2.

    Exact one-sided 95 % ends (tables of the binomial): 0.3 has [0.2249, 0.3844], 0.5 has [0.4136, 0.5864].
    Two-sided 97.5 % tails: 0.3 has [0.2124, 0.3998], 0.5 has [0.3983, 0.6017].
    low  = 0.2 - sqrt((0.5 - 0.3983)^2 + (0.3998 - 0.3)^2) = 0.2 - 0.1425 = 0.0575
    high = 0.2 + sqrt((0.5864 - 0.5)^2 + (0.3 - 0.2249)^2) = 0.2 + 0.1145 = 0.3145
    """
    frame = pl.DataFrame(
        {"group": ["a"] * 100 + ["b"] * 100, "world": [1] * 30 + [0] * 70 + [1] * 50 + [0] * 50, "y": [0, 1] * 100}
    )
    (found,) = findings(asked(frame, "FA001", metric="selection_rate"))
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0575, 0.3145), abs=5e-4)
    assert (found.first.n, found.n, found.groups_compared) == (100, 200, 2)


def test_not_applicable_without_groups_label_or_score() -> None:
    frame = pl.DataFrame({"p": [0, 1] * 40, "y": [0, 1] * 40, "group": ["a", "b"] * 40})
    none = st.evaluate(frame, label="y", prediction="p", plan=st.Plan(asks=(st.ask("FA001", metric="tpr"),)))
    assert (none.evidence[0].outcome, none.evidence[0].reason) == ("not_applicable", "no group columns were given")
    no_label = st.evaluate(frame, prediction="p", groups="group", plan=st.Plan(asks=(st.ask("FA001", metric="tpr"),)))
    assert (no_label.evidence[0].outcome, no_label.evidence[0].reason) == ("not_applicable", "there is no label")
    auc = st.evaluate(
        frame, label="y", prediction="p", groups="group", plan=st.Plan(asks=(st.ask("FA001", metric="auc"),))
    )
    assert "needs scores" in auc.evidence[0].reason


def test_raw_scores_without_a_threshold_have_no_selection_rate() -> None:
    frame = pl.DataFrame({"s": np.arange(80.0), "y": [0, 1] * 40, "group": ["a", "b"] * 40})
    plan = st.Plan(asks=(st.ask("FA001", metric="selection_rate"),))
    run = st.evaluate(frame, label="y", score="s", score_kind="raw", groups="group", plan=plan)
    assert "--thresholds" in run.evidence[0].reason


def test_small_groups_are_listed_and_never_compared() -> None:
    frame = decisions([100, 100, 29], [0.5, 0.5, 1.0], worlds=1, seed=4)
    (found,) = findings(asked(frame, "FA001", metric="selection_rate"))
    assert found.groups_compared == 2
    (small,) = found.too_small
    assert (str(small.slice), small.n, small.n_needed) == ("group=g2", 29, 30)
    assert found.value < 0.5


def test_one_large_group_alone_is_insufficient() -> None:
    frame = decisions([100, 20], 0.5, worlds=1, seed=5)
    run = asked(frame, "FA001", metric="selection_rate")
    (found,) = findings(run)
    assert math.isnan(found.value)
    assert judged(frame, "FA001", "max_gap = 0.05", metric="selection_rate") == ["insufficient"]


def test_a_missing_group_value_is_compared_like_any_other() -> None:
    frame = pl.DataFrame({"group": ["a"] * 50 + [None] * 50, "world": [0] * 50 + [1] * 50, "y": [0, 1] * 50})
    (found,) = findings(asked(frame, "FA001", metric="selection_rate"))
    assert found.value == 1.0
    assert found.first.slice.items == (("group", None),)
