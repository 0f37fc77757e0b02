"""Two halves of the rows: one is searched, the other says whether what was found is so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.digest import mix

_STEP = np.uint64(0x9E3779B97F4A7C15)


class Halves(NamedTuple):
    """`order`: all rows in an order that depends on their values alone. `search`: of each row so ordered, its half."""

    order: NDArray[np.int64]
    search: NDArray[np.bool_]


def halves(
    columns: Sequence[NDArray[np.generic]], rest: Sequence[NDArray[np.generic]] = (), *,
    cluster: NDArray[np.int64] | None = None, seed: int,
) -> Halves:  # fmt: skip
    """Deal rows to two halves by a keyed hash of their values; whole clusters where there are any.

    `columns`: what a row is whichever model is looked at, so that every model's slices are confirmed on the same rows;
    `rest`: what else the search reads of it. All have shape (rows,). Rows that agree in `columns` are numbered in the
    order of `rest` and dealt by their number: were they dealt by their values alone, a table of few distinct rows would
    have each kind of row in one half only. Rows that agree in all stand for one another, so the halves do not depend on
    the rows' order.
    """
    hashes = np.full(len(columns[0]), mix(np.array([seed & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64))[0])
    for column in columns:
        hashes = mix(hashes + _bits(column) * _STEP)
    order = np.lexsort((*(_bits(column) for column in reversed(rest)), hashes))
    ordered = hashes[order]
    if cluster is not None:
        key = mix(cluster[order].astype(np.uint64) * _STEP + mix(np.array([seed], dtype=np.uint64)))
    else:
        key = mix(ordered + _number_within(ordered) * _STEP)
    return Halves(order, (mix(key) >> np.uint64(63)) == 0)


def _number_within(ordered: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """0, 1, … along each run of equal values."""
    place = np.arange(len(ordered))
    begins = np.ones(len(ordered), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    start = np.maximum.accumulate(np.where(begins, place, 0))
    return (place - start).astype(np.uint64)


def _bits(column: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Equal values as equal whole numbers; 0.0 and -0.0 are equal."""
    if column.dtype.kind == "f":
        return (column.astype(np.float64) + 0.0).view(np.uint64)
    return column.astype(np.uint64)
