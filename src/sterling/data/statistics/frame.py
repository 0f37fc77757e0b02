"""Statistics as a tidy table: a row for each statistic of each column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.profile import Profile
from sterling.core.data.records import columns

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "table": pl.String, "slice": pl.String, "column": pl.String, "type": pl.String, "kind": pl.String,
    "role": pl.String, "statistic": pl.String, "value": pl.Float64, "text": pl.String, "low": pl.Float64,
    "high": pl.Float64, "level": pl.Float64, "at": pl.Float64, "from": pl.Float64, "to": pl.Float64,
    "other": pl.String, "error": pl.Float64, "n": pl.Int64,
}  # fmt: skip


def profile_frame(profiles: Sequence[Profile]) -> pl.DataFrame:
    """The records that the JSON lists under `columns`, in their order; `slice` in words, everyone's as "everyone"."""
    names = [str(p.slice) for p in profiles for c in columns(AboutData(profiles=(p,)))]
    rows = [dict(record) for record in columns(AboutData(profiles=tuple(profiles)))]
    for row, name in zip(rows, names, strict=True):
        row["slice"] = name
    return pl.DataFrame(rows, schema=SCHEMA, orient="row", strict=False)
