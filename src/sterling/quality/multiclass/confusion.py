"""The confusion table in shares of each label, with intervals, for everyone and for the groups of single columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.confusion import Confusion
from sterling.engine.measured import Measured
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.stats.arrays import divide
from sterling.stats.normal import z
from sterling.stats.proportion import wilson_value
from sterling.stats.weights import kish_n, weighted_n

Floats = NDArray[np.float64]
MOST_CLASSES = 100
"""With more classes there is no table: nobody reads ten thousand cells."""
MOST_BY_GROUP = 30
"""With more classes than this, or for more groups, the table is of everyone (and of the largest groups) only."""


def confusion_of(m: MulticlassMeasured) -> Confusion | None:
    """The table of the slices that are drawn; None with more than `MOST_CLASSES` classes."""
    if len(m.classes) > MOST_CLASSES:
        return None
    keep = drawn_slices(m)
    counts = m.confusion.rows[keep, :-1]
    rows = counts.sum(axis=2)
    share = divide(m.confusion.worth[keep, :-1], m.confusion.worth[keep, :-1].sum(axis=2, keepdims=True))
    share[rows < m.min_n] = np.nan
    n, method = _effective(m, keep)
    low, high = wilson_value(share, n, z(m.level))
    return Confusion(
        classes=m.classes,
        slices=tuple(m.slices[i] for i in keep),
        rows=rows.astype(np.int64),
        n=counts.astype(np.int64),
        share=share,
        low=np.where(np.isnan(share), np.nan, low),
        high=np.where(np.isnan(share), np.nan, high),
        method=method,
    )


def drawn_slices(m: Measured) -> NDArray[np.int64]:
    """Everyone, and of the groups of single columns the largest, in their order."""
    single = [i for i, s in enumerate(m.slices) if len(s.items) == 1 and m.n[i] >= m.min_n]
    largest = sorted(single, key=lambda i: (-m.n[i], i))[:MOST_BY_GROUP] if len(m.classes) <= MOST_BY_GROUP else []
    return np.array([0, *sorted(largest)], dtype=np.int64)


def _effective(m: MulticlassMeasured, keep: NDArray[np.int64]) -> tuple[Floats, str]:
    """What the rows behind each share are worth as equally weighted independent ones."""
    rows, w, q = m.confusion.rows[keep, :-1], m.confusion.w, m.confusion.q
    n = np.broadcast_to(rows.sum(axis=2, keepdims=True), rows.shape)
    method = "Wilson score interval"
    if w is not None and q is not None:
        w, q = w[keep, :-1], q[keep, :-1]
        n, method = (
            weighted_n(w.sum(axis=2, keepdims=True), q.sum(axis=2, keepdims=True), w, q),
            "Wilson score interval at the effective n of the weights",
        )
    if m.clustered is None:
        return np.asarray(n, dtype=np.float64), method
    size = np.empty((len(keep), len(m.classes), 1))
    for c in range(len(m.classes)):
        of_label = np.zeros((len(m.slices), *m.confusion.rows.shape[1:]))[:, :-1]
        of_label[:, c] = 1.0
        alone, _ = m.clustered.squares(of_label)
        size[:, c, 0] = kish_n(m.confusion.worth[keep, c].sum(axis=1), alone[keep])
    return np.fmin(n, size), "Wilson score interval, each cluster counted as one person"
