"""What somebody writes with Polars alone: each column sorted once, everything exact read off the sorted column."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def by_hand(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Statistics of every column: counts, mean, std, ends, quantiles, distinct, a histogram, the commonest values."""
    return {c.name: _text(c) if c.dtype == pl.String else _number(c) for c in frame.iter_columns()}


def _number(column: pl.Series) -> dict[str, Any]:
    missing = column.null_count()
    nan = int(column.is_nan().sum()) if column.dtype.is_float() else 0
    known = column.drop_nulls().drop_nans() if column.dtype.is_float() else column.drop_nulls()
    ordered = known.sort()
    n = len(ordered)
    low, high = ordered[0], ordered[-1]
    places = [min(int(p * n), n - 1) for p in SHARES]
    edges = np.linspace(float(low), float(high), 21)
    uniform = np.diff(ordered.search_sorted(pl.Series(edges).cast(ordered.dtype, strict=False)).to_numpy())
    runs = ordered.rle().struct.unnest().sort("len", descending=True)
    return {
        "n": len(column), "missing": missing, "nan": nan, "zeros": int((known == 0).sum()), "mean": known.mean(),
        "std": known.std(ddof=0), "low": low, "high": high, "quantiles": ordered.gather(places).to_list(),
        "distinct": runs.height, "uniform": uniform, "edges": edges, "top": runs.head(20).rows(),
    }  # fmt: skip


def _text(column: pl.Series) -> dict[str, Any]:
    ordered = column.drop_nulls().sort()
    runs = ordered.rle().struct.unnest()
    lengths = runs["value"].str.len_chars()
    return {
        "n": len(column), "missing": column.null_count(), "distinct": runs.height,
        "shortest": lengths.min(), "longest": lengths.max(), "mean": (lengths * runs["len"]).sum() / len(ordered),
        "empty": int(runs.filter(lengths == 0)["len"].sum()), "top": runs.sort("len", descending=True).head(20).rows(),
    }  # fmt: skip
