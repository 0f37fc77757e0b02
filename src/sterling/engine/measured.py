"""What the engine measured of one model, whatever its task: the slices, and a quantity for every metric."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import MetricInfo
from sterling.core.roles import ModelColumn, Task
from sterling.core.slices import Slice
from sterling.engine.encode import Batch
from sterling.engine.quantity import Quantity

if TYPE_CHECKING:
    from sterling.engine.amounts.measured import Amounts

Ints = NDArray[np.int64]
OfRows = Callable[["Measured", ScoreMetric], Quantity]
"""Computes a metric that is a function of rows; it knows the rows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured(ABC):
    """Counts of one model, ready for arithmetic.

    `slices[0]` is everyone; `n` rows per slice. `thresholds` is empty when the model gives decisions or the task has
    none: then there is one column. `operating` is the column of the operating threshold, -1 when there is none (raw
    scores without a threshold). `classes` are the classes or labels that metrics can be `of`. `of_rows` reads the rows,
    for metrics that are functions of them. `amounts` are columns of the table that were added up.
    """

    task: ClassVar[Task]

    model: ModelColumn
    slices: tuple[Slice, ...]
    n: Ints
    thresholds: tuple[float, ...] = ()
    operating: int = 0
    has_label: bool
    level: float
    min_n: int
    groups: tuple[str, ...]
    classes: tuple[str, ...] = ()
    of_rows: OfRows | None = None
    amounts: Amounts | None = None

    @abstractmethod
    def quantity(self, metric: Metric) -> Quantity:
        """A metric of this model, with arrays of shape (slices, thresholds) or (slices, 1).

        Raises ConfigError when the task or the model cannot give it.
        """

    @abstractmethod
    def lacks(self, info: MetricInfo) -> str:
        """Why the model cannot give a metric, or nothing. The label is asked for elsewhere."""

    def must_give(self, info: MetricInfo) -> None:
        """Raise ConfigError when the model cannot give a metric."""
        reason = self.lacks(info)
        if reason:
            other = "name another metric, or give what it needs"
            raise ConfigError(
                reason, hint=other if self.task in info.tasks else "sterling metrics lists those of each task"
            )

    def remarks(self) -> tuple[str, ...]:
        """What a reader must know of what was counted: counts, never values of rows."""
        return ()

    def told_of(self, batch: Batch, model: int) -> pl.DataFrame:
        """The `label` of each row, null where it is missing, and what a model said: `score` and `prediction`.

        Raises ConfigError where functions of rows are not measured.
        """
        raise ConfigError(
            f"functions of rows are not measured of {self.task} models, nor of model {model + 1} of them",
            hint="leave the metric of your own out, or measure it in Python",
        )

    def listed(self) -> tuple[Metric, ...]:
        """Metrics of its own classes or labels that belong in the table of all metrics."""
        return ()

    @cached_property
    def rows_of(self) -> dict[tuple[str, ...], Ints]:
        """Indices of the slices of each family."""
        rows: dict[tuple[str, ...], list[int]] = {}
        for i, s in enumerate(self.slices):
            rows.setdefault(s.family, []).append(i)
        return {family: np.array(indices, dtype=np.int64) for family, indices in rows.items()}

    def family_rows(self, family: tuple[str, ...]) -> Ints:
        """Indices of the slices of one family."""
        return self.rows_of[family]

    @property
    def families(self) -> tuple[tuple[str, ...], ...]:
        """Families of slices other than everyone, in order."""
        return tuple(f for f in self.rows_of if f)

    def column(self, threshold: float | None) -> int:
        """The index of a threshold (None: the operating one)."""
        if threshold is None or not self.thresholds:
            return self.operating
        return self.thresholds.index(threshold)
