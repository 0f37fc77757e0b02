"""Decisions of two models about the same rows, counted together by slice, threshold and label.

Rows selected by both models are those whose lower score is selected, so three histograms (of either score and of the
lower one) tell all four combinations at every threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.binning import Cuts
from sterling.engine.encode import Batch
from sterling.engine.exact import add_at
from sterling.engine.measured import Measured

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LABELS = 3
PLACES = 12
"""Decision of the baseline × decision of the candidate × label, the last fastest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joint:
    """`rows`, `w` (Σw) and `q` (Σw²) have shape (slices, thresholds, 2, 2, 3): baseline, candidate, label. Without
    weights all three are one array.

    `products`, with clusters only, has shape (slices, thresholds, 12, 12): sums over clusters of products of totals.
    """

    rows: Floats
    w: Floats
    q: Floats
    products: Floats | None
    clusters: Ints | None


def members(batch: Batch, measured: Measured) -> list[NDArray[np.bool_] | None]:
    """Which rows each slice has; None for all of them."""
    place = {name: i for i, name in enumerate(measured.groups)}
    found: list[NDArray[np.bool_] | None] = []
    for slice_ in measured.slices:
        mine: NDArray[np.bool_] | None = None
        for column, value in slice_.items:
            codes = batch.groups[place[column]]
            here = codes.codes == codes.values.index(value)
            mine = here if mine is None else mine & here
        found.append(mine)
    return found


def count(
    batch: Batch, slices: Sequence[NDArray[np.bool_] | None], first: Floats, second: Floats, thresholds: Floats
) -> Joint:
    """Count the decisions `first` and `second` (scores of the baseline and the candidate) at every threshold."""
    cuts = Cuts(thresholds)
    bins = [cuts.index(scores) for scores in (first, second, np.minimum(first, second))]
    places = [b * LABELS + batch.label for b in bins]
    weight = batch.weight
    size = cuts.bins * LABELS
    counted = _stack(slices, places, lambda place, _: np.bincount(place, minlength=size).astype(np.float64), None)
    rows = w = q = _combined(counted)
    if weight is not None:
        # Sums in fixed point: they do not depend on the order of the rows.
        total = lambda place, x: add_at(place, x, size, limbs=2, first=32).value  # noqa: E731
        w, q = (_combined(_stack(slices, places, total, x)) for x in (weight, weight * weight))
    products, clusters = (None, None) if batch.cluster is None else _clustered(batch, slices, bins, len(thresholds))
    return Joint(rows=rows, w=w, q=q, products=products, clusters=clusters)


def _stack(
    slices: Sequence[NDArray[np.bool_] | None],
    places: list[Ints],
    total: Callable[[Ints, Floats], Floats],
    values: Floats | None,
) -> Floats:
    """Histograms of shape (slices, 3, bins, labels)."""
    out = []
    for mine in slices:
        held = np.zeros(0) if values is None else values if mine is None else values[mine]
        out.append([total(p if mine is None else p[mine], held).reshape(-1, LABELS) for p in places])
    return np.asarray(out, dtype=np.float64)


def _combined(histograms: Floats) -> Floats:
    """From histograms to the four combinations of decisions at every cut point."""
    above = np.flip(np.cumsum(np.flip(histograms, axis=2), axis=2), axis=2)
    selected = above[:, :, 1:, :]
    first, second, both = selected[:, 0], selected[:, 1], selected[:, 2]
    everyone = above[:, 0, :1, :]
    neither = everyone - first - second + both
    baseline_no = np.stack([neither, second - both], axis=2)
    return np.maximum(np.stack([baseline_no, np.stack([first - both, both], axis=2)], axis=2), 0.0)


def _clustered(
    batch: Batch, slices: Sequence[NDArray[np.bool_] | None], bins: list[Ints], thresholds: int
) -> tuple[Floats, Ints]:
    assert batch.cluster is not None
    weight = np.ones(batch.height) if batch.weight is None else batch.weight
    order = np.lexsort([weight, batch.label, bins[1], bins[0], batch.cluster])
    products = np.zeros((len(slices), thresholds, PLACES, PLACES))
    clusters = np.zeros(len(slices), dtype=np.int64)
    for row, mine in enumerate(slices):
        held = order if mine is None else order[mine[order]]
        which = np.unique(batch.cluster[held], return_inverse=True)[1]
        clusters[row] = int(which.max(initial=-1)) + 1
        for t in range(thresholds):
            place = ((bins[0][held] > t) * 2 + (bins[1][held] > t)) * LABELS + batch.label[held]
            total = np.bincount(which * PLACES + place, weights=weight[held], minlength=clusters[row] * PLACES)
            across = total.reshape(-1, PLACES)
            products[row, t] = across.T @ across
    return products, clusters
