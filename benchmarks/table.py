"""The synthetic table: sex (2) and race (7) make 1 + 2 + 7 + 14 = 24 slices, everyone included.

Scores have full precision, so that nothing profits from ties; base rates and scores differ between groups.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

CACHE = Path(__file__).parent / ".cache"
SEXES = ("female", "male")
RACES = ("Asian", "Black", "Hispanic", "Native", "Pacific", "two or more", "white")
SHARES = (0.06, 0.13, 0.19, 0.02, 0.01, 0.04, 0.55)
THRESHOLDS = "0.01:1.00:0.01"
CUTS = [round(0.01 * i, 2) for i in range(1, 101)]


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    """`rows` people with columns label, score, sex, race and an id."""
    random = np.random.default_rng(seed)
    sex = random.integers(0, 2, rows)
    race = random.choice(len(RACES), rows, p=SHARES)
    merit = random.normal(0.15 * sex + 0.05 * race, 1.0)
    label = merit + random.normal(0.0, 1.0, rows) > 0.8
    score = 1.0 / (1.0 + np.exp(0.8 - merit))
    return pl.DataFrame(
        {
            "id": np.arange(rows),
            "label": label.astype(np.int8),
            "score": score,
            "sex": pl.Series(SEXES, dtype=pl.String).gather(sex),
            "race": pl.Series(RACES, dtype=pl.String).gather(race),
        }
    )


def parquet(rows: int) -> Path:
    """The table as a file, made once and kept in `benchmarks/.cache`.

    A process of its own makes it: a child's peak memory starts at its parent's, so the one that measures stays small.
    """
    path = CACHE / f"people-{rows}.parquet"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "benchmarks.table", str(rows), str(path)], check=True)
    return path


def write(rows: int, path: Path) -> None:
    """Write the table, a million rows at a time, each piece with a seed of its own."""
    piece = 1_000_000
    parts = [table(min(piece, rows - start), seed=start) for start in range(0, rows, piece)]
    unfinished = path.with_suffix(".part")
    pl.concat(parts).write_parquet(unfinished, row_group_size=250_000)
    unfinished.replace(path)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
