"""QU002: a model that beats nobody is called out; one that does is not."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import judge
from tests.worlds.world import allowed, share

POLICY = st.Policy.parse('[[ask]]\nname = "q"\ncheck = "QU002"\n[[limit]]\nask = "q"\nmin = 0')


def gain(frame: pl.DataFrame, **roles: object) -> st.Run:
    worlds = [c for c in frame.columns if c.startswith("world")]
    plan = st.Plan(asks=(st.ask("QU002", name="q"),), grid=False)
    return st.evaluate(frame, label="y", positive=1, prediction=worlds, plan=plan, **roles)


def verdicts(frame: pl.DataFrame) -> list[str]:
    return [v.verdict for v in judge(POLICY, gain(frame).evidence, more_people=lambda *_: None).verdicts]


def worlds(right: float, prevalence: float, *, n: int, count: int, seed: int) -> pl.DataFrame:
    """Decisions that agree with the label with probability `right`; labels drawn once."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) < round(n * prevalence)
    columns = {f"world{k}": np.where(rng.random(n) < right, y, ~y) * 1 for k in range(count)}
    return pl.DataFrame({"y": y * 1} | columns)


def test_planted_useless_model_is_under_the_limit() -> None:
    """90 % of labels are negative; a model right 70 % of the time loses 20 points to always saying no."""
    assert verdicts(worlds(0.7, 0.1, n=500, count=10, seed=1)) == ["over"] * 10


def test_planted_good_model_is_within() -> None:
    assert verdicts(worlds(0.9, 0.5, n=500, count=10, seed=2)) == ["within"] * 10


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Right exactly as often as the trivial answer: less accurate for sure in at most 5 % of worlds."""
    found = verdicts(worlds(0.6, 0.4, n=400, count=200, seed=3))
    assert share(found, "over") <= allowed(0.05, 200)
    assert share(found, "within") <= allowed(0.05, 200)


def test_hand_worked() -> None:
    """TP 30, FP 10, FN 20, TN 40: accuracy 0.7; always "yes" and always "no" are right on 50 of 100 each: gain 0.2.

    A tie goes to "yes": the gain is (TN - FN) / 100, and its variance (TN + FN - 100 * 0.2^2) / 100^2 = 0.0056, so
    that the
    interval is 0.2 -+ 1.96 * 0.0748 = [0.053, 0.347].
    """
    y = [1] * 30 + [0] * 10 + [1] * 20 + [0] * 40
    frame = pl.DataFrame({"y": y, "world": [1] * 40 + [0] * 60})
    (found,) = gain(frame).evidence[0].findings
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.053, 0.347), abs=0.01)


def test_weights_decide_which_label_is_common() -> None:
    """60 negatives of weight 1 and 40 positives of weight 3: "yes" is the common label, and a model saying yes gains
    nothing.
    """
    frame = pl.DataFrame({"y": [0] * 60 + [1] * 40, "world": [1] * 100, "w": [1.0] * 60 + [3.0] * 40})
    (found,) = gain(frame, weight="w").evidence[0].findings
    assert found.value == pytest.approx(0.0, abs=1e-12)


def test_not_applicable_without_a_label() -> None:
    plan = st.Plan(asks=(st.ask("QU002"),))
    run = st.evaluate(pl.DataFrame({"p": [0, 1] * 30}), prediction="p", plan=plan)
    assert (run.evidence[0].outcome, run.evidence[0].reason) == ("not_applicable", "there is no label")


def test_too_few_rows_are_insufficient() -> None:
    frame = worlds(0.7, 0.5, n=20, count=1, seed=4)
    assert math.isnan(gain(frame).evidence[0].findings[0].value)
    assert verdicts(frame) == ["insufficient"]


def test_notes_say_what_is_not_shown() -> None:
    assert "less accurate than" in gain(worlds(0.6, 0.1, n=500, count=1, seed=5)).evidence[0].notes[0]
    assert "It is not shown" in gain(worlds(0.5, 0.5, n=100, count=1, seed=6)).evidence[0].notes[0]
