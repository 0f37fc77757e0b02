"""In process: a million rows, 24 slices, 100 thresholds, exact AUC and closed-form intervals."""

from __future__ import annotations

import polars as pl

import sterling as st
from benchmarks import by_hand
from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import in_process
from benchmarks.table import CUTS, THRESHOLDS, table

ROWS = 1_000_000


def measure() -> list[Line]:
    """Sterling with intervals beside Polars without."""
    people = table(ROWS)

    def sterling() -> object:
        run = st.evaluate(people, label="label", score="score", groups=["sex", "race"], thresholds=THRESHOLDS)
        return run.frame

    def polars() -> tuple[pl.DataFrame, pl.DataFrame]:
        return by_hand.rates(people, CUTS), by_hand.aucs(people)

    ours, theirs = in_process(sterling, polars)
    return [
        at_most("sterling, wall", ours.wall, 0.3, "s"),
        plain("sterling, CPU", ours.cpu, "s"),
        plain("Polars by hand, no interval, wall", theirs.wall, "s"),
        plain("Polars by hand, no interval, CPU", theirs.cpu, "s"),
        plain("sterling ÷ Polars by hand, CPU", ours.cpu / theirs.cpu, "×"),
    ]


CLAIM = Claim(
    name="sliced",
    statement=f"{ROWS:,} rows, 24 slices, 100 thresholds, exact AUC, intervals; in process",
    measure=measure,
)
