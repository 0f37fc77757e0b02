"""Real tables to compare on, and a made-up one that holds every hard case at once. Polars is all they need."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
GROUPS = ["ä", "b c", "ʼn’", "<i>", "𝔊", "", "a,b", "null", None]
"""Group values that trip careless code: unicode, markup, an empty text, a comma, the word null, and a missing one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A table and how it is examined. `file`: from the root of the repository; None where the rows are made."""

    name: str
    label: str
    score: str
    groups: tuple[str, ...]
    threshold: float
    raw: bool = False
    file: str | None = None

    @property
    def frame(self) -> pl.DataFrame:
        return hard() if self.file is None else pl.read_parquet(ROOT / self.file)

    @property
    def kind(self) -> str:
        return "raw" if self.raw else "probability"


EXAMPLES = [
    Example(
        name="lending", label="approved", score="score", groups=("race", "sex"), threshold=0.5,
        file="examples/lending/data/lending.parquet",
    ),
    Example(
        name="income", label="over_50k", score="score", groups=("race", "sex", "age_band"), threshold=0.5,
        file="examples/income/data/income.parquet",
    ),
    Example(
        name="recidivism", label="rearrested", score="decile", groups=("race", "sex", "age_band"), threshold=5.0,
        raw=True, file="examples/recidivism/data/recidivism.parquet",
    ),
    Example(
        name="german", label="good", score="score", groups=("age_band", "sex", "foreign"), threshold=0.5,
        file="tests/parity/german.parquet",
    ),
]  # fmt: skip
HARD = Example(name="hard cases", label="y", score="s", groups=("g", "h"), threshold=0.5)


def hard(rows: int = 2_400, *, categories: int = 300) -> pl.DataFrame:
    """Columns y (1, 0, NaN, null), s (scores with many ties), w (weights), g (groups by the hundred), h (numbers, NaN).

    Of the groups of g some have unicode names, one is missing and one is the empty text; 20 have one row, 20 one class,
    20 the same score throughout, and in 20 nobody's label is known. Crosses of g and h are empty for the most part.
    Python's own generator makes the same rows everywhere.
    """
    some = random.Random(7).random
    names = [*GROUPS, *(f"k{i} ✓" for i in range(categories - len(GROUPS)))]
    out: dict[str, list[object]] = {c: [] for c in ("y", "s", "w", "g", "h")}
    for i in range(rows):
        k = categories - 1 - i if i < 20 else int(some() * (categories - 20))
        score = 0.6 if 40 <= k < 60 else round(some(), 1 + k % 3)
        label: float | None = float(some() < 0.2 + 0.6 * score)
        if 60 <= k < 80:
            label = float(k % 2)
        if 80 <= k < 100 or some() < 0.05:
            label = float("nan") if some() < 0.5 else None
        for column, value in zip(out, (label, score, 0.25 + 4 * some(), names[k], _mark(some())), strict=True):
            out[column].append(value)
    return pl.DataFrame(
        out, schema={"y": pl.Float64, "s": pl.Float64, "w": pl.Float64, "g": pl.String, "h": pl.Float64}
    )


def _mark(chance: float) -> float:
    return float("nan") if chance < 0.1 else float(int(chance * 3))


def known(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    """The rows whose label is neither null nor NaN."""
    return frame.filter(pl.col(label).cast(pl.Float64).fill_nan(None).is_not_null())


def texts(column: pl.Series) -> pl.Series:
    """The values of a group column as texts, as Sterling writes them: of whole numbers without a point, NaN missing."""
    whole = column.fill_nan(None).cast(pl.Int64) if column.dtype.is_float() else column
    return whole.cast(pl.String)
