"""Confusion-cell metrics for 24 slices, beside Aequitas, which gives no interval and no AUC."""

from __future__ import annotations

import warnings

import polars as pl

import sterling as st
from benchmarks.claim import Claim, Line, at_least, plain
from benchmarks.measure import in_process
from benchmarks.table import table

ROWS = 100_000


def measure() -> list[Line]:
    """Aequitas' Group on pandas; crosses are a column of their own there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aequitas.group import Group

    people = table(ROWS)
    both = people.select(
        "sex",
        "race",
        score=(pl.col("score") >= 0.5).cast(pl.Int64),
        label_value=pl.col("label").cast(pl.Int64),
        sex_race=pl.col("sex") + " " + pl.col("race"),
    )
    frame = both.to_pandas()

    def sterling() -> object:
        return st.evaluate(people, label="label", score="score", groups=["sex", "race"], thresholds=[0.5]).asked

    def group() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Group().get_crosstabs(frame, attr_cols=["sex", "race", "sex_race"])

    ours, theirs = in_process(sterling, group, times=7)
    return [
        plain("sterling, AUC and intervals included, CPU", ours.cpu, "s"),
        plain("Aequitas Group, CPU", theirs.cpu, "s"),
        at_least("Aequitas ÷ sterling, CPU", theirs.cpu / ours.cpu, 10, "×"),
    ]


CLAIM = Claim(name="aequitas", statement=f"{ROWS:,} rows, 24 slices, one threshold; in process", measure=measure)
