"""Tables for the tests of statistics: one of every type, hostile values in each; and ways to look at them in parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from sterling.core.data.profile import Profile
from sterling.core.roles import Roles
from sterling.data.statistics.summarise import summarise
from sterling.data.statistics.withheld import profile_of
from sterling.engine.elsewhere import Errand, parts_of, stand_in
from sterling.engine.table import TableAccess
from sterling.pipeline.tables import table_access


def mixed(n: int = 1200, seed: int = 0) -> pl.DataFrame:
    """Every kind of column, with NaN, infinities, missing values, ties and texts of all scripts."""
    rng = np.random.default_rng(seed)
    x = rng.standard_t(2, n)
    x[rng.random(n) < 0.1] = np.nan
    x[rng.random(n) < 0.01] = np.inf
    words = ["a", "", "  ", "\0", "naïve café", "<b>x</b>", "\u202egnp", "日本 語", "the cat and the dog", "x" * 500]
    frame = pl.DataFrame(
        {
            "x": x,
            "near": 1e9 + rng.random(n),
            "zero": np.where(rng.random(n) < 0.4, -0.0, rng.normal(size=n)),
            "i": rng.integers(-(2**62), 2**62, n),
            "few": rng.integers(0, 4, n),
            "b": rng.random(n) < 0.3,
            "s": rng.choice(words, n),
            "id": [f"person {k}" for k in range(n)],
            "day": [dt.date(2020, 1, 1) + dt.timedelta(int(d)) for d in rng.integers(0, 900, n)],
            "at": rng.integers(0, 2**45, n),
            "list": [[int(v) for v in rng.integers(0, 9, k)] for k in rng.integers(0, 4, n)],
            "g": rng.choice(["p", "q", "r"], n, p=[0.6, 0.38, 0.02]),
            "w": rng.integers(1, 9, n) / 4,
        }
    ).with_columns(
        pl.col("at").cast(pl.Datetime("us")),
        pl.when(pl.col("few") == 2).then(None).otherwise(pl.col("x")).alias("x"),
        pl.when(pl.col("few") == 1).then(None).otherwise(pl.col("s")).alias("s"),
        pl.struct("few", "b").alias("struct"),
        pl.lit(None).alias("nothing"),
        pl.lit(7).alias("constant"),
        pl.col("s").cast(pl.Categorical).alias("cat"),
    )
    return frame.sample(fraction=1, shuffle=True, seed=seed)


def held(frame: pl.DataFrame, **roles: Any) -> TableAccess:
    """The table in memory."""
    return table_access(frame.lazy(), Roles(**roles), name="t", level=0.95, min_n=30, seed=0)


@dataclass(frozen=True)
class Parts:
    """A place that works on the parts of a table one after another."""

    rows: str
    parts: tuple[pl.DataFrame, ...]
    name = "Parts"

    def fold(self, table: pl.LazyFrame, job: Any, merge: Any, *, progress: Any = None) -> Any:
        errand = Errand(self.rows, table, job, merge)
        return errand.gathered([r for part in self.parts for r in errand.done(parts_of([part.to_arrow()]))], progress)


def in_parts(frame: pl.DataFrame, cuts: Sequence[int], **roles: Any) -> TableAccess:
    """The table in parts that are counted apart and merged, as on a cluster."""
    ends = [0, *sorted(cuts), frame.height]
    parts = tuple(frame[a:b] for a, b in pairwise(ends) if b > a)
    name, plan = stand_in(frame.schema, partial(_select, frame))
    access = table_access(plan, Roles(**roles), name="t", level=0.95, min_n=30, seed=0)
    return replace(access, place=Parts(name, parts))


def _select(frame: pl.DataFrame, columns: Sequence[str]) -> list[pl.DataFrame]:
    return [frame.select(columns)]


def profiles(access: TableAccess, groups: Sequence[str] = ()) -> tuple[Profile, ...]:
    """What is told of everyone and of each slice."""
    found = summarise(access, groups=groups)
    return tuple(map(profile_of, (found.everyone, *found.slices)))
