"""The whole command, report included, beside a Polars script that computes the same numbers without intervals."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import STERLING, commands
from benchmarks.table import THRESHOLDS, parquet

ROWS = 1_000_000


def measure() -> list[Line]:
    """From an empty shell to the last byte written."""
    path = str(parquet(ROWS))
    with tempfile.TemporaryDirectory() as folder:
        roles = [
            "--label",
            "label",
            "--score",
            "score",
            "--groups",
            "sex",
            "--groups",
            "race",
            "--thresholds",
            THRESHOLDS,
        ]
        sterling = [*STERLING, "evaluate", path, *roles]
        ours, bare, theirs = commands(
            [*sterling, "--report", str(Path(folder) / "report.html")],
            [*sterling, "--no-report"],
            [sys.executable, "-m", "benchmarks.by_hand", path],
        )
    return [
        plain("sterling evaluate with its report, CPU", ours.cpu, "s"),
        plain("sterling evaluate --no-report, CPU", bare.cpu, "s"),
        plain("Polars script, no interval, no report, CPU", theirs.cpu, "s"),
        plain("sterling evaluate with its report, wall", ours.wall, "s"),
        plain("Polars script, wall", theirs.wall, "s"),
        at_most("sterling with its report ÷ Polars script, CPU", ours.cpu / theirs.cpu, 2, "×"),
    ]


CLAIM = Claim(
    name="command",
    statement=f"the whole command on a Parquet file of {ROWS:,} rows, 24 slices, 100 thresholds",
    measure=measure,
)
