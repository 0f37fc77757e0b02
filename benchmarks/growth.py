"""A hundred million rows beside ten million: time is to grow as the rows do, and memory not at all.

The same people as `streaming.py` has, in ten files of a folder against one file.
"""

from __future__ import annotations

from statistics import median

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import STERLING, rounds
from benchmarks.table import NINE, THRESHOLDS, folder, parquet

ROWS = 10_000_000
FILES = 10


def measure() -> list[Line]:
    """Each in a process of its own, in turns; of all rounds the median says."""
    roles = ["--label", "label", "--score", "score", "--groups", "sex,race", "--thresholds", THRESHOLDS, "--no-report"]
    few, many = (str(path) for path in (parquet(ROWS, NINE), folder(FILES, ROWS, NINE)))
    turns = rounds(*([*STERLING, "evaluate", path, *roles] for path in (few, many)), times=3)
    small, large = zip(*turns, strict=True)
    peaks = [max(c.peak_mb or 0.0 for c in costs) for costs in (small, large)]
    return [
        plain(f"{ROWS:,} rows, wall", median(c.wall for c in small), "s"),
        plain(f"{FILES * ROWS:,} rows, wall", median(c.wall for c in large), "s"),
        plain(f"{ROWS:,} rows, peak memory", peaks[0], "MB"),
        plain(f"{FILES * ROWS:,} rows, peak memory", peaks[1], "MB"),
        at_most("time, ten times the rows", median(b.wall / a.wall for a, b in turns), 1.1 * FILES, "×"),
        at_most("memory, ten times the rows", peaks[1] / peaks[0], 1.25, "×"),
        at_most("peak memory", max(peaks), 1000, "MB"),
    ]


CLAIM = Claim(
    name="growth",
    statement=f"{FILES * ROWS:,} rows in {FILES} Parquet files beside {ROWS:,}: 30 slices, 100 thresholds, AUC",
    measure=measure,
)
