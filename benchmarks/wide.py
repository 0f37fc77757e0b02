"""The table of the benchmarks of data: 15 floats with NaN, 5 whole numbers, 10 texts of 2 to 50,000 values."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.table import CACHE

FLOATS, WHOLE = 15, 5
TEXTS = (2, 3, 5, 10, 20, 100, 1_000, 5_000, 20_000, 50_000)


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    """`rows` rows of 30 columns; a tenth of each float is NaN, and their tails differ."""
    random = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for i in range(FLOATS):
        kind = i % 3
        drawn = (
            random.normal(i, 1 + i, rows) if kind == 0
            else random.lognormal(0, 1, rows) if kind == 1 else random.standard_t(3, rows)
        )  # fmt: skip
        drawn[random.random(rows) < 0.1] = np.nan
        columns[f"f{i}"] = drawn
    for i in range(WHOLE):
        columns[f"i{i}"] = random.integers(0, 10 ** (i + 2), rows)
    for i, values in enumerate(TEXTS):
        words = pl.Series([f"value {k} of {values}" for k in range(values)], dtype=pl.String)
        columns[f"s{i}"] = words.gather(np.minimum(random.geometric(min(0.5, 20 / values), rows) - 1, values - 1)
                                        if i % 2 else random.integers(0, values, rows))  # fmt: skip
    return pl.DataFrame(columns)


def parquet(rows: int) -> Path:
    """The table as a file, made once and kept in `benchmarks/.cache` by a process of its own."""
    path = CACHE / f"wide-{rows}.parquet"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "benchmarks.wide", str(rows), str(path)], check=True)
    return path


def write(rows: int, path: Path) -> None:
    """Write the table, a million rows at a time, each piece with a seed of its own."""
    import pyarrow.parquet as pq

    piece, unfinished = 1_000_000, path.with_suffix(".part")
    writer = None
    for start in range(0, rows, piece):
        part = table(min(piece, rows - start), seed=start).to_arrow()
        writer = writer or pq.ParquetWriter(unfinished, part.schema)
        writer.write_table(part, row_group_size=250_000)
    assert writer is not None
    writer.close()
    unfinished.replace(path)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
