"""Two models of the same rows, whatever their task: what the change of a metric is worked out from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo, Rate
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.comparison.joint import members


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair(ABC):
    """A baseline and a candidate, given by place among the models of the same rows.

    `before` and `measured`: what was measured of the baseline and of the candidate. The rows are in memory.
    """

    before: Measured
    measured: Measured
    batch: Batch
    baseline: int
    candidate: int

    @cached_property
    def slices(self) -> list[NDArray[np.bool_] | None]:
        return members(self.batch, self.measured)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Those of the candidate; none between decisions, and none of tasks that have none."""
        return self.measured.thresholds

    def lacks(self, metric: Metric) -> str:
        """Why the change of a metric cannot be said, or nothing."""
        info = metric.info
        if info.needs_label and not self.measured.has_label:
            return "there is no label"
        return self.before.lacks(info) or self.measured.lacks(info) or self.unknown(metric)

    @classmethod
    def unknown(cls, metric: Metric) -> str:
        """Why the change of a metric is worked out for no models of the task, or nothing."""
        if isinstance(metric, Rate) and metric.where is not None:
            return "a comparison of models speaks of all rows"
        return "" if cls.gives(metric) else f"the change of {metric.info.label} is not worked out"

    @staticmethod
    @abstractmethod
    def gives(metric: Metric) -> bool:
        """Whether the change of a metric that models of the task have is worked out."""

    @abstractmethod
    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        """Candidate less baseline, (slices, thresholds) or (slices, 1); as a part of the baseline if `relative`."""

    def listed(self) -> tuple[Metric, ...]:
        """Metrics of single classes that belong in the table without being asked for."""
        return ()

    def apart(self) -> list[Quantity]:
        """How many rows the models treat otherwise, and how far what they say lies apart."""
        return []


def of_change(info: MetricInfo, *, relative: bool = False) -> MetricInfo:
    """The facts of a metric's change: it may have either sign."""
    if relative:
        return replace(info, low=None, high=None, scale="share")
    wide = None if info.low is None or info.high is None else info.high - info.low
    return replace(info, low=None if wide is None else -wide, high=wide)


def compared(pair: Pair, metrics: Sequence[Metric]) -> list[tuple[Metric, Quantity]]:
    """The change of each metric of which it can be said."""
    return [(m, pair.change(m)) for m in metrics if not pair.lacks(m)]
