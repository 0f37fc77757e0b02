"""Statistics of 1M rows × 30 columns, beside a Polars pass by hand, DuckDB, and peers in environments of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.claim import Claim, Line, at_least, at_most, plain
from benchmarks.columns_by_hand import by_hand
from benchmarks.measure import Cost, commands, in_process
from benchmarks.peers import VERSIONS, statistics
from benchmarks.wide import parquet
from sterling.core.roles import Roles
from sterling.data.checks.da010_statistics import statistics as asked
from sterling.pipeline.tables import table_access

ROWS = 1_000_000
TARGETS = {"tfdv": 10.0, "whylogs": 15.0, "ydata": 20.0, "evidently": 20.0}
"""So many times Sterling's CPU seconds at least, of a data frame in memory: neither imports nor reading count."""
OURS = """
import sys
from sterling.pipeline.tables import profile
print(len(profile(sys.argv[1], checks="DA010").evidence[0].about.profiles[0].columns))
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

    return in_process(ours, lambda: ours(associations=False), lambda: by_hand(frame), times=3)


def measure() -> list[Line]:
    """In memory first, where reading does not count; then whole commands, each in a process of its own."""
    path = parquet(ROWS)
    whole, alone, hand = _in_memory(path)
    command, by_polars, duck = commands(
        *([sys.executable, "-c", script, str(path)] for script in (OURS, HAND, DUCK)), times=3
    )
    lines = [
        plain("Polars by hand, in memory, CPU", hand.cpu, "s"),
        plain("sterling, in memory, CPU", alone.cpu, "s"),
        plain("sterling with all associations, in memory, CPU", whole.cpu, "s"),
        at_most("sterling ÷ Polars by hand, CPU", alone.cpu / hand.cpu, 1.3, "×"),
        at_most("the same with all associations", whole.cpu / hand.cpu, 1.3, "×"),
        plain("sterling, command, CPU", command.cpu, "s"),
        plain("sterling, command, peak memory", command.peak_mb or 0.0, "MB"),
        plain("Polars by hand, command, CPU", by_polars.cpu, "s"),
        plain("DuckDB SUMMARIZE, command, CPU", duck.cpu, "s"),
    ]
    for peer, target in TARGETS.items():
        cost = statistics(peer, path)
        if cost is None:
            lines.append(
                Line(what=f"{VERSIONS[peer]}: not measured, `make bench-peers` makes its environment", figure="–")
            )
            continue
        lines += [
            plain(f"{VERSIONS[peer]}, in memory, CPU", cost, "s"),
            at_least(f"{peer} ÷ sterling, which like it looks for no association", cost / alone.cpu, target, "×"),
            plain(f"{peer} ÷ sterling with all associations", cost / whole.cpu, "×"),
        ]
    return lines


CLAIM = Claim(name="statistics", statement=f"all statistics of {ROWS:,} rows × 30 columns", measure=measure)
