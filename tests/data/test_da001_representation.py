"""DA001: who is in the data, and who is hardly there."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import judge

POLICY = st.Policy.parse('[[ask]]\nname = "q"\ncheck = "DA001"\n[[limit]]\nask = "q"\nmin = 0.1')


def asked(frame: pl.DataFrame, **roles: object) -> st.Evidence:
    plan = st.Plan(asks=(st.ask("DA001", name="q"),), grid=False)
    return st.evaluate(frame, prediction="p", plan=plan, **roles).evidence[0]


def people(shares: list[float], n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"g": rng.choice([f"g{i}" for i in range(len(shares))], n, p=shares), "p": np.arange(n) % 2})


def test_planted_rare_group_is_under_the_limit() -> None:
    evidence = asked(people([0.49, 0.49, 0.02], 1000, 1), groups="g")
    (verdict,) = judge(POLICY, [evidence], more_people=lambda *_: None).verdicts
    assert verdict.verdict == "over"
    assert str(evidence.findings[0].first.slice) == "g=g2"


def test_null_worlds_are_rarely_called_under() -> None:
    """Ten groups of 10 % each, limit 0.1: the smallest share seen is below it, and is called so in at most 5 %."""
    words = [
        judge(POLICY, [asked(people([0.1] * 10, 600, 100 + k), groups="g")], more_people=lambda *_: None)
        .verdicts[0]
        .verdict
        for k in range(60)
    ]
    assert words.count("over") <= 8


def test_hand_worked() -> None:
    """30 of 100: share 0.3, with the exact interval one-sided at the lower end: 0.2249 (tables of the binomial)."""
    found = asked(pl.DataFrame({"g": ["a"] * 30 + ["b"] * 70, "p": [0, 1] * 50}), groups="g").findings[0]
    assert (found.value, found.n, found.n_eligible) == (0.3, 30, 100)
    assert found.low == pytest.approx(0.2249, abs=5e-4)


def test_weighted_share() -> None:
    frame = pl.DataFrame({"g": ["a"] * 30 + ["b"] * 70, "p": [0, 1] * 50, "w": [7.0] * 30 + [3.0] * 70})
    assert asked(frame, groups="g", weight="w").findings[0].value == pytest.approx(0.5)


def test_missing_values_are_counted_and_said() -> None:
    evidence = asked(pl.DataFrame({"g": ["a"] * 90 + [None] * 10, "p": [0, 1] * 50}), groups="g")
    assert evidence.notes == ("10 of 100 rows have no recorded g",)
    assert evidence.findings[0].first.slice.items == (("g", None),)


def test_not_applicable_without_groups() -> None:
    assert asked(pl.DataFrame({"p": [0, 1] * 50})).outcome == "not_applicable"
