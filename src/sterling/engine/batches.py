"""Rows of a table larger than memory, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl


def batches(columns: pl.LazyFrame, *, size: int) -> Iterator[pl.DataFrame]:
    """All rows, at most about `size` at once, in any order; nothing when there are none.

    Rows of one file are read as they are wanted, so that their memory is used again. Others come as the reader has
    them: it runs ahead of whoever counts, over all of them if need be, into memory that is new for each.
    """
    if not by_slices(columns):
        yield from (frame for frame in columns.collect_batches(chunk_size=size, maintain_order=False) if frame.height)
        return
    rows = int(columns.select(pl.len()).collect().item())
    for start in range(0, rows, size):
        yield columns.slice(start, size).collect()


def by_slices(columns: pl.LazyFrame) -> bool:
    """Whether some rows can be had without reading those before them: of one file on this machine, no row left out."""
    plan = columns.slice(1, 1).explain()
    scan = next((line for line in plan.splitlines() if " SCAN [" in line), "")
    one = ", " not in scan and "://" not in scan
    return one and "SLICE: Positive" in plan and "SLICE[" not in plan
