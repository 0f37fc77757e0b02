"""Ten million rows from Parquet, streamed, beside Polars merely reading the same four columns."""

from __future__ import annotations

import sys

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import commands
from benchmarks.table import THRESHOLDS, parquet

ROWS = 10_000_000
EVALUATE = """
import sys, sterling as st
run = st.evaluate(sys.argv[1], label="label", score="score", groups=["sex", "race"], thresholds=sys.argv[2])
print(run.frame.height)
"""
READ = """
import sys, polars as pl
print(pl.read_parquet(sys.argv[1], columns=["label", "score", "sex", "race"]).height)
"""


def measure() -> list[Line]:
    """Each in a process of its own, so that the peak memory is its own."""
    path = str(parquet(ROWS))
    ours, theirs = commands(
        [sys.executable, "-c", EVALUATE, path, THRESHOLDS], [sys.executable, "-c", READ, path], times=3
    )
    return [
        plain("sterling, wall", ours.wall, "s"),
        plain("sterling, CPU", ours.cpu, "s"),
        plain("Polars reading four columns, wall", theirs.wall, "s"),
        plain("Polars reading four columns, CPU", theirs.cpu, "s"),
        plain("Polars reading four columns, peak memory", theirs.peak_mb or 0.0, "MB"),
        at_most("sterling ÷ reading, wall", ours.wall / theirs.wall, 2, "×"),
        at_most("sterling, peak memory", ours.peak_mb or 0.0, 1000, "MB"),
    ]


CLAIM = Claim(
    name="streaming", statement=f"{ROWS:,} rows from a Parquet file, 24 slices, 100 thresholds", measure=measure
)
