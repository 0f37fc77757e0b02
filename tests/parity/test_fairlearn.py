"""By-group values, gaps and ratios, to 1e-9, against fairlearn's MetricFrame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import fairlearn.metrics as fl
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from sklearn.metrics import precision_score

import sterling as st
from tests.parity.examples import EXAMPLES, HARD, Example, known, texts
from tests.parity.tables import tables


def precision(y: object, p: object, **more: object) -> float:
    return float(precision_score(y, p, zero_division=np.nan, **more))


METRICS: dict[str, Callable[..., float]] = {
    "selection_rate": fl.selection_rate,
    "true_positive_rate": fl.true_positive_rate,
    "false_positive_rate": fl.false_positive_rate,
    "false_negative_rate": fl.false_negative_rate,
    "true_negative_rate": fl.true_negative_rate,
    "precision": precision,
}


def frame_of(table: pl.DataFrame, example: Example, *, weighted: bool = False) -> fl.MetricFrame:
    labelled = known(table, example.label)
    y = labelled[example.label].cast(pl.Int64).to_numpy()
    p = (labelled[example.score].to_numpy() >= example.threshold).astype(int)
    groups = {g: texts(labelled[g]).fill_null("(not recorded)").to_numpy() for g in example.groups[:1]}
    weights = {m: {"sample_weight": labelled["w"].to_numpy()} for m in METRICS} if weighted else None
    return fl.MetricFrame(metrics=METRICS, y_true=y, y_pred=p, sensitive_features=groups, sample_params=weights)


def examine(table: pl.DataFrame, example: Example, *, weighted: bool = False, **more: object) -> st.Run:
    metrics = list(METRICS)
    asks = [st.ask("FA001", name=f"{m} gap", metric=m) for m in metrics]
    asks += [st.ask("FA002", name=f"{m} ratio", metric=m) for m in metrics]
    plan = st.Plan(asks=(*asks, st.ask("QU001")), thresholds=(example.threshold,), grid=False, min_n=1)
    return st.evaluate(
        known(table, example.label),  # fairlearn takes no missing labels
        label=example.label,
        positive=1,
        score=example.score,
        score_kind=example.kind,
        groups=example.groups[:1],
        weight="w" if weighted else None,
        plan=plan,
        **more,
    )


def compare(table: pl.DataFrame, example: Example, *, weighted: bool = False) -> None:
    theirs = frame_of(table, example, weighted=weighted)
    run = examine(table, example, weighted=weighted)
    column = f"group:{example.groups[0]}"
    mine = run.frame.filter(pl.col("metric").is_in(list(METRICS)), pl.col("slice") != "everyone")
    for row in mine.iter_rows(named=True):
        expected = theirs.by_group.loc[row[column] if row[column] is not None else "(not recorded)", row["metric"]]
        if row["value"] is None:  # nobody to divide by: never 0 here, whatever others say
            continue
        assert row["value"] == pytest.approx(expected, abs=1e-9), row
    undefined = set(mine.filter(pl.col("value").is_null())["metric"])
    for evidence in run.evidence:
        for found in evidence.findings:
            name = found.metric.name
            if name in undefined or found.value != found.value or theirs.by_group[name].isna().any():
                continue
            other = theirs.difference()[name] if found.kind == "gap" else theirs.ratio()[name]
            assert found.value == pytest.approx(other, abs=1e-9), (name, found.kind)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_examples(example: Example) -> None:
    compare(example.frame, example)


def test_examples_weighted() -> None:
    compare(EXAMPLES[0].frame.with_columns(w=pl.int_range(pl.len()) % 5 + 1.0), EXAMPLES[0], weighted=True)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("group", HARD.groups)
def test_hard_cases(group: str, weighted: bool) -> None:
    compare(HARD.frame, replace(HARD, groups=(group,)), weighted=weighted)


@given(table=tables())
@settings(max_examples=20)
def test_random_tables(table: pl.DataFrame) -> None:
    compare(table, Example(name="random", label="y", score="s", groups=("g",), threshold=0.5))
