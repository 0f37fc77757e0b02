"""Rows of a table larger than memory, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

_STEPS = (
    "SELECT [", "WITH_COLUMNS:", "[", "simple π ", "Parquet SCAN [", "Ipc SCAN [", "PROJECT ", "SLICE: Positive",
    "ROW_INDEX: ", "ESTIMATED ROWS: ",
)  # fmt: skip
"""How the lines of a plan begin that reads a file and works out columns row by row, and does nothing else."""


def batches(columns: pl.LazyFrame, *, size: int) -> Iterator[pl.DataFrame]:
    """All rows, at most about `size` at once, in any order; nothing when there are none.

    Rows of one file are read as they are wanted, so that their memory is used again. Half as many at once do where they
    are those of whole row groups; elsewhere each piece unpacks again what it shares with the one before. Others come as
    the reader has them: it runs ahead of whoever counts, over all of them if need be, into memory that is new for each.
    """
    if not by_slices(columns):
        yield from (frame for frame in columns.collect_batches(chunk_size=size, maintain_order=False) if frame.height)
        return
    rows = int(columns.select(pl.len()).collect().item())
    start, group, some = 0, 1, max(size // 2, 1)
    while start < rows:
        stop = start + some
        stop -= stop % group
        frame = columns.slice(start, stop - start).collect()
        yield frame
        if start == 0:
            group = _row_group(frame)
            some = size if group == 1 else some
        start = stop


def _row_group(frame: pl.DataFrame) -> int:
    """How many rows a file seems to keep together, to be read together: the next piece ends with a whole group. Else 1.

    A group that two pieces share is unpacked for both.
    """
    lengths = frame.to_series(0).chunk_lengths() if frame.width else []
    alike = len(lengths) > 1 and len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]
    return lengths[0] if alike else 1


def by_slices(columns: pl.LazyFrame) -> bool:
    """Whether some rows can be had without reading those before them: of one file on this machine, no row left out.

    Anything else in the plan says no: slices of a join, say, are of rows in an order that changes from one to the next.
    """
    plan = [line.strip() for line in columns.slice(1, 1).explain().splitlines()]
    scans = [line for line in plan if " SCAN [" in line]
    pushed = any(line.startswith("SLICE: Positive") for line in plan)
    one = len(scans) == 1 and ", " not in scans[0] and "://" not in scans[0]
    return one and pushed and all(line.startswith(_STEPS) for line in plan)
