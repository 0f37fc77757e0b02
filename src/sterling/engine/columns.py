"""Several columns of numbers side by side, each where it lies in memory: a table of them is never put together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What an array of shape (rows, columns) would hold. Slices of rows are views."""

    columns: tuple[Floats, ...]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, rows: slice) -> Columns:
        return Columns(tuple(column[rows] for column in self.columns))
