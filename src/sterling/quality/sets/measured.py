"""What was measured of a model that gives each row a set: all items as one yes/no model, and whole rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo
from sterling.engine.binary.against import shares
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.task import gram_of
from sterling.engine.clusters import Gram
from sterling.engine.computing import compute
from sterling.engine.encode import Batch, Codes
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.slicing import Slicing
from sterling.engine.sums import Sums
from sterling.quality.multilabel.rows import Rows
from sterling.quality.multilabel.whole import Whole, gram_by_row, right_by_cluster, whole_of

Floats = NDArray[np.float64]
CELLS_OF_ITEMS = {0: (1, 1.0), 1: (0, 1.0), 2: (1, 0.0), 4: (2, 1.0)}
"""The confusion cells that items fall into, and the label and the score of a yes/no model that falls there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clustered:
    """All rows, held in memory, and what each says by how many of its best items count."""

    batch: Batch
    rows: Mapping[int, Rows]

    def items(self, best: int, sliced: Slicing, unit: float) -> Gram:
        """Products of cluster totals of the items by confusion cell."""
        batch, cells = self.batch, self.rows[best].cells.astype(np.int64)
        times = {cell: np.repeat(np.arange(batch.height), cells[cell]) for cell in CELLS_OF_ITEMS}
        row = np.concatenate(list(times.values()))
        long = Batch(
            height=len(row),
            groups=tuple(Codes(g.codes[row], g.values) for g in batch.groups),
            label=np.concatenate([np.full(len(r), CELLS_OF_ITEMS[c][0], dtype=np.uint8) for c, r in times.items()]),
            scores=(np.concatenate([np.full(len(r), CELLS_OF_ITEMS[c][1]) for c, r in times.items()]),),
            weight=None if batch.weight is None else batch.weight[row],
            cluster=None if batch.cluster is None else batch.cluster[row],
        )
        found = gram_of(sliced, sliced.families, long, 0, np.array([0.5]), unit)
        assert found is not None
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class SetsMeasured(Measured):
    """Counts of one model. `sums`: over rows, by how many of the best items of each count, 0 for all of them.

    `clustered` only with clusters. `unit`: what a weight of 1 in the sums stands for.
    """

    task = "sets"

    sums: Mapping[int, Sums]
    sliced: Slicing
    unit: float
    clustered: Clustered | None

    def quantity(self, metric: Metric) -> Quantity:
        self.must_give(metric.info)
        return compute(self, metric)

    def lacks(self, info: MetricInfo) -> str:
        return "" if "sets" in info.tasks else f"{info.label} is no metric of a model that gives sets"

    @property
    def by_row(self) -> bool:
        """Whether rows are what varies, and not clusters of them."""
        return self.clustered is None

    @cached_property
    def whole(self) -> Whole:
        """Rows with all their items."""
        right = None
        if self.clustered is not None:
            right = right_by_cluster(self.clustered.rows[0], self.clustered.batch, self.sliced, self.unit)
        return whole_of(self, [self.sums[0]], self.sliced, self.unit, [right])

    def items(self, best: int) -> BinaryMeasured:
        """All items as one yes/no model, in clusters: the rows of the table, or what those come in.

        Raises ConfigError when so many of the best items were not counted.
        """
        if best not in self.sums:
            known = ", ".join(str(k) for k in self.sums if k)
            raise ConfigError(
                f"the {best} best items of each row were not counted", expected=f"one of {known}",
                hint="name the metric in the plan: what it looks at is counted once",
            )  # fmt: skip
        if best not in self._items:
            sums, clustered = self.sums[best], self.clustered
            weighted = "w0" in sums.totals[0]
            gram = (
                gram_by_row([sums], self.sliced, self.unit)
                if clustered is None
                else clustered.items(best, self.sliced, self.unit)
            )
            w = self._cells(sums, "w") * self.unit if weighted else None
            q = self._cells(sums, "q") * self.unit**2 if weighted else None
            self._items[best] = shares(self, self._cells(sums, "n"), w, q, gram, unit=self.unit)
        return self._items[best]

    @cached_property
    def _items(self) -> dict[int, BinaryMeasured]:
        return {}

    def _cells(self, sums: Sums, prefix: str) -> Floats:
        """Items by slice and confusion cell."""
        cells = np.zeros((len(self.slices), len(CELLS)))
        for cell in CELLS_OF_ITEMS:
            cells[:, cell] = self.sliced.values(sums.of(f"{prefix}{cell}"))
        return cells
