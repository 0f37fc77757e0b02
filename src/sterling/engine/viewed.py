"""Codes of a text column by its views: of few texts few views differ, and nearly no text is looked at."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.engine.native import Native
from sterling.engine.views import FIRST, SECOND, views

MOST = 128
"""A chunk with more views than this is not of this kind; an eighth of the table's slots: they seldom meet."""
_HEAD = 1024
_BITS = 10
_WHOLE = (1 << 64) - 1


def codes_by_views(column: pl.Series, look_up: Native) -> tuple[NDArray[np.uint8], list[str]] | None:
    """Each row's place among the texts, and these: those of the first rows in order, then others as they are met.

    None where a text is missing, or views differ too much to tell texts apart by them.
    """
    if column.null_count():
        return None
    codes = np.empty(len(column), dtype=np.uint8)
    known = {text: k for k, text in enumerate(sorted(column.head(_HEAD).unique()))}
    start = 0
    for chunk in column.get_chunks():
        if not _coded(chunk, codes[start : start + len(chunk)], known, look_up):
            return None
        start += len(chunk)
    return codes, list(known)


def _coded(chunk: pl.Series, codes: NDArray[np.uint8], known: dict[str, int], look_up: Native) -> bool:
    """Write the codes of a chunk, whose views say nothing of another's. False when there are too many views."""
    table = np.zeros(3 << _BITS, dtype=np.int64)
    with views(chunk) as seen:
        if seen is None:
            return False
        row = 0
        for _ in range(MOST + 1):
            row = look_up(seen, table, codes, row, len(chunk), 64 - _BITS, (1 << _BITS) - 1)
            if row == len(chunk):
                return True
            code = known.setdefault(chunk[row], len(known))
            if code >= MOST:
                return False
            _put(table, int(seen[2 * row]), int(seen[2 * row + 1]), code)
    return False


def _put(table: NDArray[np.int64], head: int, tail: int, code: int) -> None:
    """Where `kernels.look_up` looks for the view."""
    slot = ((head * FIRST + tail * SECOND) & _WHOLE) >> (64 - _BITS)
    while table[3 * slot + 2]:
        slot = (slot + 1) % (1 << _BITS)
    table[3 * slot : 3 * slot + 3] = head, tail, code + 1
