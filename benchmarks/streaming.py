"""Ten million rows from Parquet, streamed, beside Polars merely reading the same four columns.

Asked by the command as it is installed, and from a Python script: an interpreter that ends takes apart, object by
object, what the command leaves to the system.
"""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import STERLING, rounds
from benchmarks.table import NINE, THRESHOLDS, parquet

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
    """Each in a process of its own, so that the peak memory is its own. Of all rounds the median says.

    A ratio is of one round: a processor that changes its clock from minute to minute changes both sides of it alike.
    """
    path = str(parquet(ROWS, NINE))
    roles = ["--label", "label", "--score", "score", "--groups", "sex,race", "--thresholds", THRESHOLDS]
    turns = rounds(
        [*STERLING, "evaluate", path, *roles, "--no-report"],
        [sys.executable, "-c", EVALUATE, path, THRESHOLDS],
        [sys.executable, "-c", READ, path],
        times=11,
    )
    ours, script, theirs = zip(*turns, strict=True)
    return [
        plain("sterling evaluate --no-report, wall", median(c.wall for c in ours), "s"),
        plain("sterling evaluate --no-report, CPU", median(c.cpu for c in ours), "s"),
        plain("the same from a Python script, wall", median(c.wall for c in script), "s"),
        plain("Polars reading four columns, wall", median(c.wall for c in theirs), "s"),
        plain("Polars reading four columns, CPU", median(c.cpu for c in theirs), "s"),
        plain("Polars reading four columns, peak memory", max(c.peak_mb or 0.0 for c in theirs), "MB"),
        at_most("sterling evaluate ÷ reading, wall", median(a.wall / c.wall for a, _, c in turns), 2, "×"),
        at_most("from a Python script ÷ reading, wall", median(b.wall / c.wall for _, b, c in turns), 2, "×"),
        at_most("sterling, peak memory", max(c.peak_mb or 0.0 for c in (*ours, *script)), 1000, "MB"),
    ]


CLAIM = Claim(
    name="streaming", statement=f"{ROWS:,} rows from a Parquet file, 30 slices, 100 thresholds, AUC", measure=measure
)
