"""The share of all rows that lies in a slice: what every task says of who is in the data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.rates import MetricInfo
from sterling.engine.quantity import CellByCell, Quantity
from sterling.stats.arrays import divide
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import kish_n, weighted_n

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def share_quantity(
    info: MetricInfo, n: Ints, w: Floats | None = None, q: Floats | None = None,
    clusters: tuple[Ints, Floats] | None = None,
) -> Quantity:  # fmt: skip
    """Rows of each slice over those of the first, which is everyone. Arrays have shape (slices,).

    `w`, `q`: sums of weights and of their squares. `clusters`: how many clusters each slice has, and the sum of squares
    of their weights; each cluster then counts as one person (Kish's n), the cautious end.
    """
    value = divide(n, n[0]) if w is None else divide(w, w[0])
    size, count, method = np.full(len(n), float(n[0])), np.full(len(n), n[0]), "Wilson score interval"
    if w is not None and q is not None:
        size = weighted_n(np.full_like(w, w[0]), np.full_like(q, q[0]), w, q)
        method = "Wilson score interval at the effective n of the weights"
    if clusters is not None:
        many, squares = clusters
        size = np.full(len(n), float(kish_n(n[0] if w is None else w[0], squares[0])))
        value = np.where(many[0] > 1, value, np.nan)
        method = "Wilson score interval, each cluster counted as one person"
    share, size = value[:, None], size[:, None]
    return Quantity(
        info=info,
        value=share,
        interval_at=CellByCell(wilson_value, (share, size)),
        decide_at=CellByCell(exact_value, (share, size)),
        n_eligible=count[:, None],
        n_effective=size,
        method=method,
    )
