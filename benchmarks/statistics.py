"""Statistics of 1M rows × 30 columns, beside a Polars pass by hand, DuckDB, and peers in environments of their own.

Each peer is seen twice. *In memory*: the CPU seconds from a data frame that is there already to the statistics, imports
and reading left out. *As a command*: the CPU seconds of a whole process that is started, imports what it needs, reads
Parquet and computes the same. The claim is of the way by data frames, so the ratio in memory carries it; commands are
held against the same targets, since the figures that these were made from were of processes (TFDV 24.4 s, whylogs 35.7,
ydata-profiling 58.2, evidently 74.7, Polars by hand 2.4). Measured since, several of these take half of that or less,
while about half of Sterling's command is imports and reading, which no statistic can make cheaper: a target that is
missed is printed as missed. Sterling's side is the statistics of each column without associations between columns, for
which no peer looks either as it is asked here; what associations add stands beside them. Every peer runs once, Sterling
three times, of which the cheapest counts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.claim import Claim, Line, at_least, at_most, plain
from benchmarks.columns_by_hand import by_hand
from benchmarks.measure import Cost, commands, in_process
from benchmarks.peers import VERSIONS, python, statistics
from benchmarks.wide import parquet
from sterling.core.roles import Roles
from sterling.data.checks.da010_statistics import statistics as asked
from sterling.pipeline.tables import table_access

ROWS = 1_000_000
TARGETS = {"tfdv": 10.0, "whylogs": 15.0, "ydata": 20.0, "evidently": 20.0}
"""So many times Sterling's CPU seconds at least."""
OURS = """
import sys
from sterling.pipeline.tables import profile
run = profile(sys.argv[1], checks="DA010", settings={"DA010": {"associations": sys.argv[2] == "associations"}})
print(len(run.evidence[0].about.profiles[0].columns))
"""
HAND = """
import sys, polars as pl
from benchmarks.columns_by_hand import by_hand
print(len(by_hand(pl.read_parquet(sys.argv[1]))))
"""
DUCK = """
import sys, duckdb
print(len(duckdb.sql(f"SUMMARIZE SELECT * FROM read_parquet('{sys.argv[1]}')").fetchall()))
"""


def _in_memory(path: Path) -> list[Cost]:
    frame = pl.read_parquet(path)

    def ours(**more: bool) -> object:
        access = table_access(frame.lazy(), Roles(), name="wide", level=0.95, min_n=30, seed=0)
        return asked(access, **more)

    return in_process(lambda: ours(associations=False), ours, lambda: by_hand(frame), times=3)


def _as_commands(path: Path) -> list[Cost]:
    lines = [(OURS, "alone"), (OURS, "associations"), (HAND,)]
    return commands(*([sys.executable, "-c", script, str(path), *more] for script, *more in lines), times=3)


def measure() -> list[Line]:
    """In memory first, where reading does not count; then whole commands, each in a process of its own."""
    path = parquet(ROWS)
    alone, more, hand = _in_memory(path)
    whole, whole_more, whole_hand = _as_commands(path)
    lines = [
        plain("Polars by hand, in memory, CPU", hand.cpu, "s"),
        plain("sterling, in memory, CPU", alone.cpu, "s"),
        plain("sterling with all associations, in memory, CPU", more.cpu, "s"),
        at_most("sterling ÷ Polars by hand, in memory, CPU", alone.cpu / hand.cpu, 1.3, "×"),
        at_most("the same with all associations", more.cpu / hand.cpu, 1.3, "×"),
        plain("Polars by hand, command, CPU", whole_hand.cpu, "s"),
        plain("sterling, command, CPU", whole.cpu, "s"),
        plain("sterling with all associations, command, CPU", whole_more.cpu, "s"),
        plain("sterling, command, peak memory", whole.peak_mb or 0.0, "MB"),
        _duck(path),
    ]
    for peer, target in TARGETS.items():
        lines += _peer(peer, target, path, alone, whole)
    return lines


def _duck(path: Path) -> Line:
    what = "DuckDB SUMMARIZE, command, CPU"
    try:
        return plain(what, commands([sys.executable, "-c", DUCK, str(path)], times=3)[0].cpu, "s")
    except RuntimeError as failed:
        return _failed("DuckDB", failed)


def _peer(peer: str, target: float, path: Path, alone: Cost, whole: Cost) -> list[Line]:
    if python(peer) is None:
        return [Line(what=f"{VERSIONS[peer]}: not measured, `make bench-peers` makes its environment", figure="–")]
    try:
        memory, theirs = statistics(peer, path)
    except RuntimeError as failed:
        return [_failed(VERSIONS[peer], failed)]
    return [
        plain(f"{VERSIONS[peer]}, in memory, CPU", memory, "s"),
        plain(f"{VERSIONS[peer]}, command, CPU", theirs.cpu, "s"),
        at_least(f"{peer} ÷ sterling, in memory", memory / alone.cpu, target, "×"),
        at_least(f"{peer} ÷ sterling, commands", theirs.cpu / whole.cpu, target, "×"),
    ]


def _failed(who: str, failed: RuntimeError) -> Line:
    return Line(what=f"{who}: {str(failed).strip().splitlines()[-1]}", figure="–", held=False)


CLAIM = Claim(name="statistics", statement=f"all statistics of {ROWS:,} rows × 30 columns", measure=measure)
