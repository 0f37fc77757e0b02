"""A table with every kind of column a recipe may meet, and real ones."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.house.law import ROOT

FEATURES = ("age", "income", "owner", "town", "mixed", "steady", "empty", "blank")


def people(n: int = 400, seed: int = 0) -> pl.DataFrame:
    """Numbers, truth values and texts, each with some missing; a constant column; two empty ones; `y` depends on age
    and town.
    """
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    town = rng.choice(["Ash", "Birch", "Cedar", "Yew"], n, p=[0.5, 0.3, 0.19, 0.01])
    y = rng.random(n) < 1 / (1 + np.exp(-(age - 45) / 10 - (town == "Birch")))
    gaps = rng.random((4, n)) < 0.1
    return pl.DataFrame(
        {
            "id": np.arange(n),
            "age": pl.Series(age).set(pl.Series(gaps[0]), None),
            "income": pl.Series(rng.lognormal(3, 1, n)).set(pl.Series(gaps[1]), None),
            "owner": pl.Series(rng.random(n) < 0.4).set(pl.Series(gaps[2]), None),
            "town": pl.Series(town.tolist()).set(pl.Series(gaps[3]), None),
            "mixed": pl.Series(rng.choice(["x", "y"], n).tolist(), dtype=pl.Categorical),
            "steady": np.full(n, 7),
            "empty": pl.Series([None] * n, dtype=pl.Float64),
            "blank": pl.Series([None] * n, dtype=pl.String),
            "y": y.astype(np.int8),
        }
    )


def lending() -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Real mortgage decisions and the columns to learn from."""
    frame = pl.read_parquet(ROOT / "examples/lending/data/lending.parquet")
    return frame, tuple(c for c in frame.columns if c not in ("id", "approved", "race", "sex", "score"))
