"""Rows of a table larger than memory, some at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import polars as pl

from sterling.core.errors import file_changed

_STEPS = (
    "SELECT [", "WITH_COLUMNS:", "[", "simple π ", "Parquet SCAN [", "Ipc SCAN [", "PROJECT ", "SLICE: Positive",
    "ROW_INDEX: ", "ESTIMATED ROWS: ",
)  # fmt: skip
"""How the lines of a plan begin that reads files and works out columns row by row, and does nothing else."""
_OTHERS = re.compile(r", \.\.\. (\d+) other sources?\]$")
_FEW = 16
"""Where a row of a later file lies is told by the footers of all files before it: of so many they are soon read."""
_FIRST = 1024
_LOOKS = 16
"""So many stretches of `_FIRST` rows tell how large the rows of a piece are."""
_ROWS = 1 << 18
_BYTES = 1 << 26
"""A piece of a file has at least so many rows, or so many that they take so much memory, however few are wanted."""


def batches(columns: pl.LazyFrame, *, size: int) -> Iterator[pl.DataFrame]:
    """All rows, at most about `size` at once, in any order; nothing when there are none.

    Rows of files on this machine are read as they are wanted, so that their memory is used again. Those of many files
    come in longer stretches, and each stretch as the reader has it: it runs ahead of whoever counts, into memory that
    is new for each piece, as far as the stretch goes. Of anything else, all that there is is one such stretch.
    """
    files = _files(columns)
    if files == 0:
        yield from _as_they_come(columns, size)
        return
    rows, first = int(columns.select(pl.len()).collect().item()), columns.head(min(size, _FIRST)).collect()
    some = min(_fitting(size, _memory(first), first.height), max(size // 2, first.height, 1))
    read = 0
    for frame in (_slices if files <= _FEW else _stretches)(columns, rows, size, some, files):
        read += frame.height
        yield frame
    if read != rows and first.width:
        raise file_changed(expected=f"{rows} rows", got=f"{read} rows")


def _as_they_come(columns: pl.LazyFrame, size: int) -> Iterator[pl.DataFrame]:
    return (frame for frame in columns.collect_batches(chunk_size=size, maintain_order=False) if frame.height)


def _fitting(size: int, memory: int, height: int) -> int:
    """Half of `size`, or more: rows that a file keeps together are unpacked together, again for each piece of them.

    `memory`: the bytes that the last `height` rows took. No more rows at once than take `_BYTES` if the next are alike.
    """
    return max(size // 2, 1, min(_ROWS, _BYTES * height // max(memory, height, 1)))


def _memory(frame: pl.DataFrame) -> int:
    """How many bytes the rows take, told by stretches of them, evenly spread: each text has to be looked at."""
    step = max(frame.height // _LOOKS, _FIRST)
    looked = [frame.slice(start, _FIRST) for start in range(0, frame.height, step)]
    seen = sum(rows.height for rows in looked)
    return int(sum(rows.estimated_size() for rows in looked) * frame.height / max(seen, 1))


def _stretches(columns: pl.LazyFrame, rows: int, size: int, some: int, files: int) -> Iterator[pl.DataFrame]:
    """Stretches of pieces, the more the more files there are, up to `_FEW`: all of a stretch may be held at once."""
    start, pieces = 0, min(2 * math.ceil(files / _FEW), _FEW)
    while start < rows:
        memory = height = 0
        for frame in _as_they_come(columns.slice(start, pieces * some), max(size // 2, 1)):
            memory, height = memory + _memory(frame), height + frame.height
            yield frame
        start += pieces * some
        some = min(2 * some, _fitting(size, memory, height))


def _slices(columns: pl.LazyFrame, rows: int, size: int, some: int, files: int) -> Iterator[pl.DataFrame]:
    """Pieces of `some` rows where those are of whole row groups, else of `size`: of what two share both unpack all.

    The next piece is at most twice as long as the one before: later rows may be larger than the first.
    """
    start, group, whole, least = 0, 1, 0, 1
    while start < rows:
        stop = start + some
        stop -= (stop - whole) % group
        stop = stop if stop > start else start + some  # of a group larger than a piece
        frame = columns.slice(start, stop - start).collect()
        yield from frame.iter_slices(size)
        lengths = frame.to_series(0).chunk_lengths() if frame.width else []
        if start == 0:
            group = _row_group(lengths)
            least = size if group == 1 else least
        whole = start + sum(lengths[:-1]) if len(lengths) > 1 else whole  # the next file begins with a group of its own
        some = min(2 * some, max(least, _fitting(size, _memory(frame), frame.height)))
        start = stop


def _row_group(lengths: list[int]) -> int:
    """How many rows a file seems to keep together, to be read together: the next piece ends with a whole group. Else 1.

    `lengths`: of the chunks of the first piece. A group that two pieces share is unpacked for both.
    """
    alike = len(lengths) > 1 and len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]
    return lengths[0] if alike else 1


def by_slices(columns: pl.LazyFrame) -> bool:
    """Whether some rows can be had without reading those before them: of files on this machine, no row left out.

    Anything else in the plan says no: slices of a join, say, are of rows in an order that changes from one to the next.
    """
    return _files(columns) > 0


def _files(columns: pl.LazyFrame) -> int:
    """Of how many files the rows can be had `by_slices`; 0 where they cannot."""
    plan = [line.strip() for line in columns.slice(1, 1).explain().splitlines()]
    scans = [line for line in plan if " SCAN [" in line]
    pushed = any(line.startswith("SLICE: Positive") for line in plan)
    near = len(scans) == 1 and "://" not in scans[0]
    if not (near and pushed and all(line.startswith(_STEPS) for line in plan)):
        return 0
    others = _OTHERS.search(scans[0])
    return 1 + (int(others[1]) if others else 0)
