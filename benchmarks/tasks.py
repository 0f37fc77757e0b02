"""In process: what other tasks cost beside yes/no models, on the same million rows and 24 slices."""

from __future__ import annotations

import numpy as np
import polars as pl

import sterling as st
from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import in_process
from benchmarks.table import THRESHOLDS, table

ROWS = 1_000_000
QUERIES = 20_000
CLASSES = 10


def numbers(people: pl.DataFrame) -> pl.DataFrame:
    """The same people with a label that is a number, a prediction of it, and lists to be ranked in."""
    rng = np.random.default_rng(0)
    label = rng.gamma(2.0, 10.0, people.height)
    return people.with_columns(
        amount=label,
        predicted=0.8 * label + rng.normal(4, 5, people.height),
        query=rng.integers(0, QUERIES, people.height),
    )


def classes(people: pl.DataFrame) -> pl.DataFrame:
    """The same people with one of ten classes, and probabilities that know something of it."""
    rng = np.random.default_rng(1)
    label = rng.integers(0, CLASSES, people.height)
    raw = rng.normal(size=(people.height, CLASSES))
    raw[np.arange(people.height), label] += 1.5
    chances = np.exp(raw)
    chances /= chances.sum(axis=1, keepdims=True)
    return people.with_columns(kind=label, **{f"p_{k}": chances[:, k] for k in range(CLASSES)})


def measure() -> list[Line]:
    """The whole evaluation of each task, with intervals and gaps between groups."""
    people = classes(numbers(table(ROWS)))
    groups = ["sex", "race"]

    def binary() -> object:
        return st.evaluate(people, label="label", score="score", groups=groups, thresholds=THRESHOLDS).frame

    def regression() -> object:
        return st.evaluate(people, task="regression", label="amount", score="predicted", groups=groups).frame

    def multiclass() -> object:
        return st.evaluate(people, task="multiclass", label="kind", score="p_{class}", groups=groups).frame

    def ranking() -> object:
        given = {"query": "query", "label": "label", "score": "score"}
        return st.evaluate(people, task="ranking", groups=groups, **given).frame  # type: ignore[arg-type]

    yes_no, number, order, several = in_process(binary, regression, ranking, multiclass)
    return [
        plain("yes/no, wall", yes_no.wall, "s"),
        plain("regression, wall", number.wall, "s"),
        plain(f"{CLASSES} classes, wall", several.wall, "s"),
        plain(f"ranking of {QUERIES:,} queries, wall", order.wall, "s"),
        at_most("regression ÷ yes/no, CPU", number.cpu / yes_no.cpu, 3.0, "×"),
        at_most(f"{CLASSES} classes ÷ yes/no, CPU", several.cpu / yes_no.cpu, 3.0, "×"),
        plain("ranking ÷ yes/no, CPU", order.cpu / yes_no.cpu, "×"),
    ]


CLAIM = Claim(
    name="tasks",
    statement=f"{ROWS:,} rows, 24 slices: regression, ten classes and ranking beside yes/no models; in process",
    measure=measure,
)
