"""What a row with several labels, or a set of items, adds to a metric: the influence of each row.

Each function gives an `Of` of one model, from what its rows say of all their labels at one look.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core import algebra
from sterling.core.rates import Rate
from sterling.engine.encode import Batch
from sterling.quality.comparison.linear import Of, weights
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.intp]
OCCURS, LABELLED = (0, 1, 2), (0, 2)
"""The confusion cells of what is predicted or true, and of what is true."""


def pooled(rate: Rate, cells: Floats, batch: Batch) -> Of:
    """A rate of all labels together. `cells`: how many labels of a row fall into each confusion cell, (cells, rows)."""

    def at(_: int, rows: Places) -> tuple[float, Floats]:
        mine = cells[:, rows]
        value, slope = algebra.evaluate(rate.node, mine @ weights(batch, rows))
        return float(value), np.nan_to_num(slope) @ mine

    return at


def answers(rate: Rate, cells: Floats, batch: Batch, slices: Sequence[Bools | None]) -> Floats:
    """How far one answer more or less moves a pooled rate, per slice, times the rows that it has."""
    among = cells[list(rate.cells_read)].sum(axis=0)
    every = [among if mine is None else among[mine] for mine in slices]
    return np.array([float(divide(len(part), part.sum())) for part in every])


def mean_over(each: Floats, added: Floats, share: Floats, has: Bools | None = None) -> tuple[float, Floats]:
    """The mean over labels of what is known of each, and what a row adds to it.

    `each` and `share` have an entry per label, `added` (what a row adds to each) shape (rows, labels). `has`, of that
    shape: the labels of a row, where those are what the shares count.
    """
    share = np.where(np.isnan(each), 0.0, share)
    known, among = np.nan_to_num(each), float(share.sum())
    if among <= 0:
        return float("nan"), np.zeros(len(added))
    value = float(share @ known / among)
    out = added @ share / among
    if has is not None:
        out = out + has @ np.where(np.isnan(each), 0.0, known - value) / among
    return value, np.asarray(out)


def over_labels(
    rate: Rate, place: NDArray[np.int64], share: Floats | None, batch: Batch, *, occurs: tuple[int, ...] = OCCURS
) -> Of:
    """The mean over labels of a rate. `place`: the confusion cell of each label of each row, (rows, labels).

    `share`: what each label weighs; None where that is how many rows have it. A label that any of the cells `occurs`
    hold has the rate 0 where it is unknown: of what is never predicted the precision, of what never is the recall.
    """
    size, labels = len(algebra.CELLS), place.shape[1]

    def at(_: int, rows: Places) -> tuple[float, Floats]:
        mine, w = place[rows], weights(batch, rows)
        flat = np.arange(labels) * size + mine
        total = np.bincount(flat.ravel(), weights=np.repeat(w, labels), minlength=labels * size)
        cells = total.reshape(labels, size).astype(np.float64)
        each, slope = algebra.evaluate(rate.node, cells)
        each = np.where(np.isnan(each) & (cells[:, list(occurs)].sum(axis=1) > 0), 0.0, each)
        added = np.take_along_axis(np.nan_to_num(slope), mine.T, axis=1).T
        if share is not None:
            return mean_over(each, added, share)
        return mean_over(each, added, cells[:, 0] + cells[:, 2], (mine == 0) | (mine == 2))

    return at
