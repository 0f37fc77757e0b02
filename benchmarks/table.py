"""The synthetic table: sex (2) and race (7) make 1 + 2 + 7 + 14 = 24 slices, everyone included; nine races make 30.

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
SEVEN = {
    "Asian": 0.06, "Black": 0.13, "Hispanic": 0.19, "Native": 0.02, "Pacific": 0.01, "two or more": 0.04, "white": 0.55,
}  # fmt: skip
NINE = SEVEN | {"two or more": 0.02, "other": 0.01, "not stated": 0.01}
THRESHOLDS = "0.01:1.00:0.01"
CUTS = [round(0.01 * i, 2) for i in range(1, 101)]


def table(rows: int, seed: int = 0, races: dict[str, float] = SEVEN) -> pl.DataFrame:
    """`rows` people with columns label, score, sex, race and an id. `races`: the share of each."""
    random = np.random.default_rng(seed)
    sex = random.integers(0, 2, rows)
    race = random.choice(len(races), rows, p=list(races.values()))
    merit = random.normal(0.15 * sex + 0.05 * race, 1.0)
    label = merit + random.normal(0.0, 1.0, rows) > 0.8
    score = 1.0 / (1.0 + np.exp(0.8 - merit))
    return pl.DataFrame(
        {
            "id": np.arange(rows),
            "label": label.astype(np.int8),
            "score": score,
            "sex": pl.Series(SEXES, dtype=pl.String).gather(sex),
            "race": pl.Series(list(races), dtype=pl.String).gather(race),
        }
    )


def parquet(rows: int, races: dict[str, float] = SEVEN) -> Path:
    """The table as a file, made once and kept in `benchmarks/.cache`.

    A process of its own makes it: a child's peak memory starts at its parent's, so the one that measures stays small.
    """
    path = CACHE / f"people-{rows}-{len(races)}.parquet"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "benchmarks.table", str(rows), str(path), str(len(races))], check=True)
    return path


def folder(files: int, rows: int, races: dict[str, float] = SEVEN) -> Path:
    """Files of `rows` other people each, in a folder of their own; made and kept as `parquet` does."""
    path = CACHE / f"people-{files}-times-{rows}-{len(races)}"
    path.mkdir(parents=True, exist_ok=True)
    for k in range(files):
        file = path / f"{k:02}.parquet"
        if not file.exists():
            line = [sys.executable, "-m", "benchmarks.table", str(rows), str(file), str(len(races)), str(k * rows)]
            subprocess.run(line, check=True)
    return path


def joined(files: int, rows: int, races: dict[str, float] = SEVEN) -> Path:
    """The people of `folder` in one file, made and kept as it is."""
    path = CACHE / f"people-{files * rows}-joined-{len(races)}.parquet"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        line = (
            "import sys, polars as pl; pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2], row_group_size=250_000)"
        )
        whole = str(folder(files, rows, races) / "*.parquet")
        subprocess.run([sys.executable, "-c", line, whole, str(unfinished)], check=True)
        unfinished.replace(path)
    return path


def write(rows: int, path: Path, races: dict[str, float], first: int = 0) -> None:
    """Write the table, a million rows at a time, each piece with a seed of its own, counted from `first`."""
    piece = 1_000_000
    parts = [table(min(piece, rows - start), first + start, races) for start in range(0, rows, piece)]
    unfinished = path.with_suffix(".part")
    pl.concat(parts).write_parquet(unfinished, row_group_size=250_000)
    unfinished.replace(path)


if __name__ == "__main__":
    write(
        int(sys.argv[1]), Path(sys.argv[2]), NINE if sys.argv[3] == str(len(NINE)) else SEVEN, *map(int, sys.argv[4:])
    )  # fmt: skip
