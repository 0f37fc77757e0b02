"""Texts counted by where they lie: most texts of a column share their bytes, or are so short that a view holds them.

A compiled loop looks views up in a table and touches no text; what differs by its view alone is joined afterwards. It
is left to Polars, which compares the texts themselves, where views hardly repeat and where llvmlite is missing.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.engine import views as views_module
from sterling.engine.native import Ints, Native, compiled_once
from sterling.engine.views import FIRST, SECOND, views

WORTH_IT = 4_000_000
"""From so many texts on, compiling (0.1 s of CPU in a first run) costs less than it saves (about 20 ns a text)."""
SIZES = (12, 15, 18)
"""Powers of two that tables may have slots of: a larger one is tried when the one before it is half full."""
_ROW = 1 << 32


def tally_views(seen: Ints, table: Ints, rows: int, shift: int, mask: int, most: int) -> int:
    """Count equal views in slots of three numbers: the view's two, then its first row times 2^32 plus its rows.

    How many views differ; -1: there are more than `most`.
    """
    found = 0
    for i in range(rows):
        head = seen[i + i]
        tail = seen[i + i + 1]
        slot = ((head * FIRST + tail * SECOND) >> shift) & mask
        at = slot * 3
        while table[at + 2] != 0 and (1 if table[at] != head else 1 if table[at + 1] != tail else 0) != 0:
            slot = (slot + 1) & mask
            at = slot * 3
        if table[at + 2] == 0:
            if found == most:
                return -1
            table[at] = head
            table[at + 1] = tail
            table[at + 2] = i * _ROW
            found += 1
        table[at + 2] += 1
    return found


@cache
def _loop() -> Native | None:
    """The loop as machine code, kept since an earlier run if there was one; None where that is impossible."""
    loops = compiled_once([tally_views], (__file__, views_module.__file__))
    return loops["tally_views"] if loops is not None else None


def prepare(texts: int) -> None:
    """Compile when so many texts are to be counted that it is repaid."""
    if texts >= WORTH_IT:
        _loop()


def ready() -> Native | None:
    """The compiled loop if it was prepared."""
    return _loop() if _loop.cache_info().currsize else None


def alike(text: pl.Series, loop: Native) -> pl.DataFrame | None:
    """Distinct texts in no order, and how many `rows` have each, of a column without missing values.

    None where views tell little: when there are too many of them, or no texts.
    """
    parts = []
    for chunk in filter(len, text.get_chunks()):
        found = _tally(chunk, loop)
        if found is None:
            return None
        first, rows = found
        parts.append(pl.DataFrame({"value": chunk.alias("value").gather(first), "rows": rows}))
    return pl.concat(parts).group_by("value").agg(pl.col("rows").sum()) if parts else None


def _tally(chunk: pl.Series, loop: Native) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The first row and the number of rows of each view of a chunk; None when there are too many."""
    with views(chunk) as seen:
        if seen is None or len(chunk) >= _ROW >> 1:
            return None
        for size in SIZES:
            table = np.zeros(3 << size, dtype=np.int64)
            if loop(seen, table, len(chunk), 64 - size, (1 << size) - 1, 3 << (size - 2)) >= 0:
                held = table[2::3]
                held = held[held > 0]
                return held >> 32, held & (_ROW - 1)
    return None
