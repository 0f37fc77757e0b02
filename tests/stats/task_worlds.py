"""How often the intervals of whole evaluations hold the truth: every world is a slice of one table.

Rows are independent, or weighed by a number that has nothing to do with them, or come in clusters of five that share a
part of what they are. The truth is the same evaluation of very many rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import polars as pl

import sterling as st
from sterling.core.metrics import SCORE_METRICS

WORLDS, FEWER = 200, 100
MANY = 200_000
KINDS = ("independent", "weighted", "clustered")
PER_CLUSTER = 5
PER_QUERY = 12


def people(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Rows with everything that any task reads. With clusters a normal effect is shared by five rows."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    shared = np.repeat(rng.normal(size=-(-rows // PER_CLUSTER)), PER_CLUSTER)[:rows]
    own = rng.normal(size=rows)
    merit = 0.6 * shared + 0.8 * own if kind == "clustered" else own
    label = (rng.random(rows) < 1 / (1 + np.exp(0.6 - 1.3 * merit))).astype(np.int64)
    seen = merit + rng.normal(0, 0.7, rows)
    raw = rng.normal(size=(rows, 3))
    kinds = np.digitize(merit + rng.normal(0, 0.8, rows), [-0.5, 0.7])
    raw[np.arange(rows), kinds] += 1.2
    chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    return pl.DataFrame({
        "label": label, "p": 1 / (1 + np.exp(0.6 - seen)), "q": 1 / (1 + np.exp(0.4 - seen - rng.normal(0, 0.6, rows))),
        "amount": 50 + 10 * merit + rng.exponential(4.0, rows), "guess": 54 + 7 * seen,
        "class": np.array(["a", "b", "c"])[kinds], **{f"p_{c}": chances[:, i] for i, c in enumerate("abc")},
        "weight": rng.lognormal(0.0, 0.6, rows) if kind == "weighted" else np.ones(rows),
        "cluster": np.arange(rows) // PER_CLUSTER, "query": np.arange(rows) // PER_QUERY,
    })  # fmt: skip


def beside(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with a second model of numbers and of classes: each the first one, disturbed."""
    rng = np.random.default_rng(frame.height)
    raw = np.log(frame.select("p_a", "p_b", "p_c").to_numpy()) + rng.normal(0, 0.6, (frame.height, 3))
    chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    return frame.with_columns(
        other=frame["guess"] + 2 + pl.Series(rng.normal(0, 4, frame.height)),
        **{f"q_{c}": chances[:, i] for i, c in enumerate("abc")},
    )


def own_median(rows: pl.DataFrame) -> float | None:
    """A metric of one's own: the median score of those with a positive label."""
    return rows.filter(label=1)["score"].median()  # type: ignore[return-value]


def binary(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _asked(frame, metrics, label="label", score="p", **roles)


def own(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    st.metric("own_median", low=0, high=1)(own_median)
    try:
        return binary(frame, metrics, **roles)
    finally:
        del SCORE_METRICS["own_median"]


def pair(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _compared(frame, metrics, ["p", "q"], thresholds=(0.5,), label="label", **roles)


def pair_of_numbers(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _compared(beside(frame), metrics, ["guess", "other"], task="regression", label="amount", **roles)


def pair_of_classes(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _compared(beside(frame), metrics, ["p_{class}", "q_{class}"], task="multiclass", label="class", **roles)


def _compared(
    frame: pl.DataFrame, metrics: Sequence[str], score: list[str], *, thresholds: tuple[float, ...] = (),
    **roles: object,
) -> pl.DataFrame:  # fmt: skip
    """The change from the first of two models to the second."""
    plan = st.Plan(
        asks=(st.ask("QU004", against=score[0], model=score[1], metrics=[m for m in metrics if m != "flip_rate"]),),
        thresholds=thresholds, grid=False, min_n=1, cross=1,
    )  # fmt: skip
    run = st.evaluate(frame, score=score, plan=plan, **roles)  # type: ignore[arg-type]
    return next(e.comparison for e in run.evidence if e.comparison is not None).frame()


def numbers(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _asked(frame, metrics, task="regression", label="amount", score="guess", **roles)


def classes(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _asked(frame, metrics, task="multiclass", label="class", score="p_{class}", **roles)


def ranking(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    return _asked(frame, metrics, task="ranking", label="label", score="p", query="query", **roles)


def _asked(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    thresholds = (0.5,) if roles.get("task", "binary") == "binary" else ()
    plan = st.Plan(asks=(st.ask("QU001", metrics=list(metrics)),), thresholds=thresholds, grid=False, min_n=1, cross=1)
    return st.evaluate(frame, plan=plan, **roles).frame  # type: ignore[arg-type]


Evaluated = Callable[..., pl.DataFrame]
ASKED: Mapping[str, tuple[Evaluated, tuple[str, ...]]] = {
    "yes/no": (binary, (
        "selection_rate", "precision", "f1", "matthews_correlation", "balanced_accuracy", "auc", "brier",
        "average_precision", "coefficient_of_discrimination",
    )),
    "your own": (own, ("own_median",)),
    "change of": (pair, ("selection_rate", "accuracy", "precision", "auc", "brier", "flip_rate")),
    "change of numbers": (pair_of_numbers, (
        "mean_error", "mean_absolute_error", "root_mean_squared_error", "mean_absolute_percentage_error", "r2",
        "correlation",
    )),
    "change of classes": (pair_of_classes, (
        "accuracy", "recall of a", "precision of a", "macro_f1", "matthews_correlation", "macro_auc", "weighted_auc",
        "log_loss", "overconfidence", "flip_rate",
    )),
    "number": (numbers, (
        "mean_error", "mean_absolute_error", "root_mean_squared_error", "median_absolute_error", "r2", "correlation",
    )),
    "classes": (classes, ("accuracy", "recall of a", "macro_f1", "macro_auc", "log_loss")),
    "ranking": (ranking, ("ndcg(10)", "mean_reciprocal_rank", "precision_at(3)")),
}  # fmt: skip
"""By kind of model: how it is evaluated, and the metrics whose intervals are looked at."""


@cache
def covered(name: str, kind: str, n: int) -> dict[str, float]:
    """The share of worlds of n rows (of n queries) whose interval holds the truth, by metric."""
    evaluated, metrics = ASKED[name]
    rows = n * (PER_QUERY if name == "ranking" else 1)
    assert n % PER_CLUSTER == 0  # no cluster reaches from one world into the next
    frame = people(kind, (FEWER if name == "your own" else WORLDS) * rows, n).with_columns(
        world=pl.int_range(pl.len()) // rows
    )
    roles: Mapping[str, str] = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(kind, {})
    if name == "ranking":  # weights and clusters are those of queries
        frame = frame.with_columns(pl.col("weight").first().over("query"), cluster=pl.col("query") // PER_CLUSTER)
    found = evaluated(frame, metrics, groups="world", **roles).filter(pl.col("slice") != "everyone")
    truth = _truth(name, kind)
    out = {}
    for metric in metrics:
        mine = found.filter(metric=_named(metric)).drop_nulls("value")
        out[metric] = float(((mine["low"] <= truth[metric]) & (mine["high"] >= truth[metric])).mean())  # type: ignore[arg-type]
    return out


@cache
def _truth(name: str, kind: str) -> dict[str, float]:
    evaluated, metrics = ASKED[name]
    frame = people(kind, MANY // PER_QUERY * PER_QUERY, 999)
    found = evaluated(frame, metrics, groups=None).filter(slice="everyone")
    return {m: float(found.filter(metric=_named(m))["value"][0]) for m in metrics}


def _named(metric: str) -> str:
    return {"recall of a": "true_positive_rate of a"}.get(metric, metric)
