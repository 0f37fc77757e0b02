"""Advice, and what can fool a number, fit the task: nobody is told to try thresholds or features that are not there."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.advice import Advice
from sterling.core.metrics import resolve_metric
from sterling.core.roles import TASKS as EVERY
from sterling.pipeline.default_plan import GAPS, GAPS_OF
from sterling.report.hints import LESS_DISCRIMINATORY, next_steps
from tests.pipeline.test_single_values import TABLE, TASKS

OVER = pl.concat([TABLE] * 5)
NO_THRESHOLDS = ("sets", "segmentation", "text", "regression")


def judged(task: Any, **more: Any) -> st.Run:
    """A run with limits on what the task compares: one of the groups is always right, and the other hardly ever."""
    limits = "".join(f'[[limit]]\nmetric = "{m}"\nmax_gap = 0.001\n' for m in GAPS_OF.get(task, GAPS))
    return st.evaluate(OVER, task=task, **TASKS[task], groups="g", policy=st.Policy.parse(limits), **more)


@pytest.mark.parametrize("task", TASKS)
def test_what_to_do_next_can_be_done(task: str) -> None:
    run = judged(task)
    assert run.judgement.count("over")
    steps = next_steps(run, run.judgement)
    assert steps[0].startswith(LESS_DISCRIMINATORY)
    said = " ".join([*steps, *(h for e in run.evidence for h in (*e.hints, *e.pitfalls))])
    assert ("[alternatives]" in said) == (task == "binary")
    assert ("another threshold, other features" in steps[0]) == (task == "binary")
    assert ("other features" in steps[0]) == (task in ("binary", "multiclass", "regression"))
    assert ("four-fifths" in said) == (task == "binary")
    assert ("QU002" in said) == (task in ("binary", "multiclass"))
    if task in NO_THRESHOLDS:
        assert "threshold" not in said
        assert "error rates" not in said


def test_a_gap_that_no_threshold_closes() -> None:
    """AUC looks at every threshold, and the age of groups at none."""
    run = st.evaluate(OVER, label="y", score="p", groups="g", metrics="mean(p)")
    hints = {e.parameters["metric"]: " ".join(e.hints) for e in run.evidence if e.check == "FA001"}
    assert "other thresholds" in hints["selection_rate"]
    assert "other thresholds" not in hints["auc"]


def test_no_model_has_other_columns() -> None:
    policy = st.Policy.parse('[[limit]]\nmetric = "mean(size)"\nmax_gap = 1\n')
    table = OVER.with_columns(size=pl.when(pl.col("g") == "a").then(10.0).otherwise(20.0) + pl.col("y"))
    run = st.evaluate(table, label="y", score="p", groups="g", policy=policy)
    assert run.judgement.count("over")
    assert not any(s.startswith(LESS_DISCRIMINATORY) for s in next_steps(run, run.judgement))


@pytest.mark.parametrize("task", EVERY)
def test_advice_holds_where_it_says(task: Any) -> None:
    rate, auc = resolve_metric("selection_rate").info, resolve_metric("auc").info
    assert Advice(text="x").holds(task, None)
    assert Advice(text="x", tasks=("text",)).holds(task, None) == (task == "text")
    assert Advice(text="x", metrics=("selection_rate",)).holds(task, rate)
    assert not Advice(text="x", metrics=("selection_rate",)).holds(task, auc)
    assert not Advice(text="x", metrics=("selection_rate",)).holds(task, None)
    cut = Advice(text="x", cut=True)
    assert not cut.holds(task, auc)
    assert cut.holds(task, rate) == cut.holds(task, None) == (task not in (*NO_THRESHOLDS, "ranking"))
