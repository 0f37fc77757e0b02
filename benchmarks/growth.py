"""A hundred million rows beside ten million: time is to grow as the rows do, and memory not at all.

The same people as `streaming.py` has. Ten times as many lie in one file, and in ten files of a folder.
"""

from __future__ import annotations

from statistics import median

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import STERLING, rounds
from benchmarks.table import NINE, THRESHOLDS, folder, joined, parquet

ROWS = 10_000_000
FILES = 10


def measure() -> list[Line]:
    """Each in a process of its own, in turns; of all rounds the median says."""
    roles = ["--label", "label", "--score", "score", "--groups", "sex,race", "--thresholds", THRESHOLDS, "--no-report"]
    paths = (parquet(ROWS, NINE), joined(FILES, ROWS, NINE), folder(FILES, ROWS, NINE))
    turns = rounds(*([*STERLING, "evaluate", str(path), *roles] for path in paths), times=3)
    costs = dict(
        zip((f"{ROWS:,} rows", f"{FILES * ROWS:,} in one file", "in ten"), zip(*turns, strict=True), strict=True)
    )
    peaks = [max(c.peak_mb or 0.0 for c in each) for each in costs.values()]
    return [
        *(plain(f"{name}, wall", median(c.wall for c in each), "s") for name, each in costs.items()),
        *(plain(f"{name}, peak memory", peak, "MB") for name, peak in zip(costs, peaks, strict=True)),
        at_most("time, ten times the rows in one file", median(b.wall / a.wall for a, b, _ in turns), 1.1 * FILES, "×"),
        at_most("time, in ten files", median(c.wall / a.wall for a, _, c in turns), 1.1 * FILES, "×"),
        at_most("memory, ten times the rows in one file", peaks[1] / peaks[0], 1.25, "×"),
        at_most("memory, in ten files", peaks[2] / peaks[0], 1.25, "×"),
        at_most("peak memory", max(peaks), 1000, "MB"),
    ]


CLAIM = Claim(
    name="growth",
    statement=f"{FILES * ROWS:,} rows in one Parquet file and in {FILES} beside {ROWS:,}: 30 slices, AUC",
    measure=measure,
)
