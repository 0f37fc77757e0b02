"""The k classes with the highest probabilities taken as predicted: rates of each class, pooled and averaged.

As TensorFlow Model Analysis' binarisation by the top k: each class is a yes/no question, of which a row answers k with
yes. Of equal probabilities the first class, in their order, stands higher.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sterling.core.rates import MetricInfo
from sterling.engine.columns import Columns
from sterling.engine.sums import Sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RATE_OF = {"top_recall": "true_positive_rate", "top_precision": "precision"}
"""Of each class: what is measured of the question whether it is among the k best."""
_NAME = re.compile(r"(?:macro_)?top_(?:recall|precision)\((\d+)\)")


def k_of(info: MetricInfo) -> int:
    """How many classes of a row count for a metric, 0 for all other metrics."""
    named = _NAME.match(info.name)
    return int(named[1]) if named else 0


def ordered(chances: Columns, members: Ints) -> Ints:
    """The classes of each row, most probable first: shape (rows, columns)."""
    by_row = np.stack(chances.columns, axis=1)
    return np.asarray(members[np.argsort(-by_row, axis=1, kind="stable")])


def summed(by_rank: list[Sums], tops: tuple[int, ...]) -> Sums:
    """From the totals of each rank, those of all ranks up to each k in `tops`, with k after their names."""
    out: Sums | None = None
    for k in tops:
        upto = reduce(Sums.merge, by_rank[:k])
        named = replace(upto, totals=tuple({f"{name}{k}": t for name, t in b.items()} for b in upto.totals))
        out = named if out is None else out.beside(named)
    assert out is not None
    return out


def cells_of(top: Floats, confusion: Floats, c: int) -> Floats:
    """Confusion cells of class `c` against the rest, (slices, 6), where those among the k best are predicted.

    `top` counts label by class among the k best, (slices, classes + 1, classes); `confusion` label by prediction.
    """
    labels = confusion.sum(axis=2)
    every, missing = labels[:, :-1].sum(axis=1), labels[:, -1]
    tp, selected, unknown = top[:, c, c], top[:, :-1, c].sum(axis=1), top[:, -1, c]
    fp, fn = selected - tp, labels[:, c] - tp
    return np.stack([tp, fp, fn, every - tp - fp - fn, unknown, missing - unknown], axis=1)
