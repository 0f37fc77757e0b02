"""What each row says of all its labels together, at one threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.frozen import dataclass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SLAB = 1 << 14
PAIRS = tuple((i, j) for i in range(len(CELLS)) for j in range(i, len(CELLS)))
"""Pairs of confusion cells whose products are added up."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """`cells`: how many labels of a row fall into each confusion cell, (cells, rows). `whole`: no label is missing.

    `overlap`: labels that are true and predicted over those that are either, 1 where there is neither (Jaccard).
    """

    cells: Floats
    whole: NDArray[np.bool_]
    overlap: Floats

    @property
    def exact(self) -> Ints:
        """0 where every label is right, 1 where one is wrong, 2 where one is missing."""
        return np.where(self.whole, np.where(self.cells[1] + self.cells[2] == 0, 0, 1), 2).astype(np.int64)

    @property
    def pattern(self) -> Ints:
        """Which cells a row has labels in: bit i for cell i."""
        return np.asarray(((self.cells > 0) << np.arange(len(CELLS))[:, None]).sum(axis=0), dtype=np.int64)


def look_at(label: NDArray[np.uint8], scores: Floats, threshold: float) -> Rows:
    """Work out `Rows` at a threshold. `label` and `scores` have shape (rows, labels)."""
    n, labels = label.shape
    cells = np.zeros((len(CELLS), n))
    for start in range(0, n, _SLAB):
        rows = slice(start, min(start + _SLAB, n))
        for k in range(labels):
            said = scores[rows, k] >= threshold
            for value, (yes, no) in ((1, (0, 2)), (0, (1, 3)), (2, (4, 5))):
                mine = label[rows, k] == value
                cells[yes, rows] += mine & said
                cells[no, rows] += mine & ~said
    either = cells[0] + cells[1] + cells[2]
    overlap = np.where(either > 0, cells[0] / np.maximum(either, 1.0), 1.0)
    return Rows(cells=cells, whole=cells[4] + cells[5] == 0, overlap=overlap)
