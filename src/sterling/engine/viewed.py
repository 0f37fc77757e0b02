"""Codes of a text column by its views: of few texts few views differ, and nearly no text is looked at."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.engine.native import Native
from sterling.engine.views import EMPTY, FIRST, NO_VIEW, SECOND, views

MOST = 128
"""A chunk with more views than this is not of this kind; an eighth of the table's slots: they seldom meet."""
_HEAD = 1024
_BITS = 10
_SLOTS = 1 << _BITS
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
    heads, tails = np.full(_SLOTS, NO_VIEW), np.zeros(_SLOTS, dtype=np.int64)
    table = np.full(_SLOTS, EMPTY, dtype=np.uint8)
    with views(chunk) as seen:
        if seen is None:
            return False
        row = 0
        for _ in range(MOST + 1):
            row = look_up(seen, heads, tails, table, codes, row, len(chunk), 64 - _BITS, _SLOTS - 1)
            if row == len(chunk):
                return True
            code = known.setdefault(chunk[row], len(known))
            if code >= MOST:
                return False
            slot = _free_slot(int(seen[2 * row]), int(seen[2 * row + 1]), table)
            heads[slot], tails[slot], table[slot] = seen[2 * row], seen[2 * row + 1], code
    return False


def _free_slot(head: int, tail: int, table: NDArray[np.uint8]) -> int:
    """The first empty slot from where `kernels.look_up` looks for the view."""
    slot = ((head * FIRST + tail * SECOND) & _WHOLE) >> (64 - _BITS)
    while table[slot] != EMPTY:
        slot = (slot + 1) % _SLOTS
    return slot
