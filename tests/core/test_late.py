"""Limits that come after results: set late for the tables seen by then, loosened for good, tightened at any time."""

from __future__ import annotations

import polars as pl
import pytest

import sterling as st
from sterling.core.late import Late, Seen, late_limits, late_on, question
from sterling.core.policy import Limit
from sterling.core.run import Run
from sterling.report import words


def limits(text: str) -> tuple[Limit, ...]:
    return st.Policy.parse(text).limits


def gap(bound: float, metric: str = "selection_rate") -> str:
    return f'[[limit]]\nmetric = "{metric}"\nmax_gap = {bound}\n'


def late(now: str, *seen: tuple[str, str]) -> list[Late]:
    return list(late_limits(limits(now), [Seen(table=t, limits=limits(text)) for t, text in seen]).values())


def test_nothing_seen_nothing_late() -> None:
    assert late(gap(0.05)) == []
    assert late(gap(0.05), ("t", gap(0.05)), ("t", gap(0.05))) == []


def test_set_after_results_for_the_tables_seen_by_then() -> None:
    (found,) = late(gap(0.35), ("t", ""))
    assert found == Late(tables=("t",))
    assert late(gap(0.35), ("t", ""), ("u", gap(0.35)), ("u", gap(0.35))) == [Late(tables=("t",))]
    key = question(limits(gap(0.35))[0], None)
    assert late_on({key: found}, "t") == {key: found}
    assert late_on({key: found}, "u") == {}


def test_loosened_from_the_strictest_bound_and_on_any_table() -> None:
    history = (("t", gap(0.05)), ("t", gap(0.03)), ("u", gap(0.1)))
    assert late(gap(0.05), *history) == [Late(loosened_from=0.03)]
    assert late(gap(0.02), *history) == []
    floor = '[[limit]]\nmetric = "auc"\nmin = {}\n'
    assert late(floor.format(0.6), ("t", floor.format(0.7))) == [Late(loosened_from=0.7)]
    assert late(floor.format(0.8), ("t", floor.format(0.7))) == []


def test_another_question_is_another_limit() -> None:
    assert late(gap(0.05, "accuracy"), ("t", gap(0.01))) == [Late(tables=("t",))]


@pytest.fixture(scope="module")
def run() -> Run:
    data = pl.DataFrame({"g": ["a", "b"] * 300, "p": [0.9, 0.9, 0.1, 0.9] * 150})
    return st.evaluate(data, score="p", groups="g", policy=st.Policy.parse(gap(0.6)))


def test_a_policy_put_on_evidence_that_was_seen_is_marked_in_python(run: Run) -> None:
    assert run.judgement.late == () and run.judge(st.Policy.parse(gap(0.6))).late == ()
    assert run.judge(st.Policy.parse(gap(0.5))).late == ()
    said = "limit loosened from at most 60 points after results were seen"
    for judged in (run.judge(st.Policy.parse(gap(0.9))), run.with_policy(st.Policy.parse(gap(0.9))).judgement):
        (verdict,) = judged.late
        assert words.late_text(verdict) == said
        assert words.said(verdict, run.roles).endswith(f"; {said}.")
        assert "1 by a limit set or loosened after results were seen" in words.headline_counts(judged)
    other = run.judge(st.Policy.parse('[[limit]]\nmetric = "selection_rate"\nmin = 0.2\n'))
    assert {words.late_text(v) for v in other.late} == {"limit set after results were seen"}
    twice = run.with_policy(st.Policy.parse(gap(0.9))).with_policy(st.Policy.parse(gap(0.9)))
    assert len(twice.judgement.late) == 1
    assert twice.to_dict()["verdicts"][0]["late"]["loosened_from"] == 0.6  # type: ignore[index]
