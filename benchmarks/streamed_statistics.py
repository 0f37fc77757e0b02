"""Fifty million rows of five columns streamed through the statistics of a table: memory stays bounded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import commands
from benchmarks.table import CACHE

ROWS, PIECE, NAMES = 50_000_000, 500_000, 200_000
ASK = """
import sys
from sterling.pipeline.tables import profile
print(profile(sys.argv[1], checks="DA010").evidence[0].about.profiles[0].rows)
"""
READ = """
import sys, polars as pl
print(sum(f.height for f in pl.scan_parquet(sys.argv[1]).collect_batches(chunk_size=1 << 19, maintain_order=False)))
"""


def write(path: Path) -> None:
    """Three numbers, one of them of few values, a whole number of a billion values, and 200,000 names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.array([f"user {k}" for k in range(NAMES)])
    writer = None
    for piece in range(ROWS // PIECE):
        random = np.random.default_rng(piece)
        x = random.standard_t(3, PIECE)
        x[random.random(PIECE) < 0.05] = np.nan
        who = np.minimum(random.geometric(1e-4, PIECE) - 1, NAMES - 1).astype(np.int32)
        part = pa.table(
            {
                "x": x, "y": random.lognormal(0, 1, PIECE), "i": random.integers(0, 10**9, PIECE),
                "k": random.integers(0, 50, PIECE),
                "name": pa.DictionaryArray.from_arrays(pa.array(who), names).cast(pa.string()),
            }
        )  # fmt: skip
        writer = writer or pq.ParquetWriter(path, part.schema)
        writer.write_table(part, row_group_size=250_000)
    assert writer is not None
    writer.close()


def measure() -> list[Line]:
    """The file takes 1.4 GB and is deleted afterwards."""
    path = CACHE / f"streamed-{ROWS}.parquet"
    CACHE.mkdir(exist_ok=True)
    try:
        subprocess.run([sys.executable, "-m", "benchmarks.streamed_statistics", str(path)], check=True)
        ours, read = commands(*([sys.executable, "-c", script, str(path)] for script in (ASK, READ)), times=1)
    finally:
        path.unlink(missing_ok=True)
    return [
        plain("sterling, CPU", ours.cpu, "s"),
        plain("Polars reading all columns, CPU", read.cpu, "s"),
        plain("Polars reading all columns, peak memory", read.peak_mb or 0.0, "MB"),
        at_most("sterling, peak memory", ours.peak_mb or 0.0, 1000, "MB"),
    ]


CLAIM = Claim(
    name="streamed_statistics", statement=f"all statistics of {ROWS:,} rows × 5 columns of a Parquet file",
    measure=measure,
)  # fmt: skip

if __name__ == "__main__":
    write(Path(sys.argv[1]))
