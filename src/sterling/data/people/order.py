"""Rows in an order that depends on their content alone, and a name for each, whatever order they came in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import mix

FAR = 1e100
"""Numbers for a model end here: squares of larger ones have no place in a float."""
_STEP = np.uint64(0x9E3779B97F4A7C15)


class Ordered(NamedTuple):
    """Places of the rows in order, and a key for each of them in that order: equal rows have keys of their own."""

    places: NDArray[np.int64]
    keys: NDArray[np.uint64]


def ordered(keys: NDArray[np.uint64]) -> Ordered:
    """From a hash of each row's content. Rows that are equal in all of it may change places."""
    places = np.argsort(keys, kind="stable")
    held = keys[places]
    begins = np.flatnonzero(np.append(True, held[1:] != held[:-1])) if len(held) else np.zeros(0, dtype=np.int64)
    nth = np.arange(len(held)) - np.repeat(begins, np.diff(np.append(begins, len(held))))
    return Ordered(places, mix(held + nth.astype(np.uint64) * _STEP))


def for_models(column: pl.Series) -> pl.Series:
    """Numbers that a model can square; texts as they are."""
    return column.clip(-FAR, FAR) if column.dtype == pl.Float64 else column
