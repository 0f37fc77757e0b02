"""Two models of the same rows, whatever their task: what the change of a metric is worked out from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import MetricInfo, Rate
from sterling.engine.binary.against import asked
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import rates, scores
from sterling.quality.comparison.joint import Joint, count, members

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
DECISION = np.array([0.5])
"""Decisions are cut at one half."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair(ABC):
    """`before` and `measured`: what was measured of the baseline and of the candidate, on the same rows."""

    before: Measured
    measured: Measured

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
        if isinstance(metric, Rate) and metric.of_label_alone:
            return f"the change of {metric.info.label} is not worked out: it is the same with every model"
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

    @property
    def told(self) -> str:
        """How the models were made comparable, where they were not; or nothing."""
        return ""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowPair(Pair):
    """A pair that is worked out from rows, which are in memory. The models are given by their place in the batch.

    Decisions that were given stand at every threshold of a candidate with scores. A baseline with scores is cut beside
    them at `at`, the threshold asked for, or at its own.
    """

    batch: Batch
    baseline: int
    candidate: int
    at: float | None = None

    @property
    def own_cut(self) -> float | None:
        """Where the baseline's scores are cut beside given decisions; None where they are not.

        Raises ConfigError where it has no threshold in force.
        """
        marks = self.before.thresholds
        if self.thresholds or not marks or self.measured.model.kind != "prediction":
            return None
        if self.at in marks:
            return self.at
        if self.before.operating < 0:
            raise ConfigError(
                f"the scores of {shown(self.before.model.name)} have no threshold, so decisions that were given cannot "
                "be compared with them", hint="name the threshold in force with --thresholds",
            )  # fmt: skip
        return marks[self.before.operating]

    @property
    def told(self) -> str:
        if self.own_cut is None:
            return ""
        return f"the scores of {self.before.model.name} are cut at {self.own_cut:g}, beside decisions that were given"

    def alike(self, said: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """What both models say, so that it may be cut at the same marks: decisions beside scores stand at all of them.

        `said`: scores, or decisions as 0 and 1, of the baseline and of the candidate.
        """
        first, second = said
        if self.own_cut is not None:
            first = (first >= self.own_cut).astype(np.float64)
        elif self.thresholds and self.before.model.kind == "prediction":
            below, most = np.nextafter(min(self.thresholds), -np.inf), max(self.thresholds)
            first = np.where(first >= DECISION, most, below)
        return first, second

    @cached_property
    def slices(self) -> list[NDArray[np.bool_] | None]:
        return members(self.batch, self.measured)

    @property
    @abstractmethod
    def order(self) -> Places:
        """The rows that count, in an order that depends on their values alone."""

    @property
    def everyone(self) -> NDArray[np.bool_]:
        return np.ones(self.batch.height, dtype=bool)

    def answered(self, among: NDArray[np.bool_], first: NDArray[Any], second: NDArray[Any]) -> Joint:
        """Two answers, no or yes, about the rows `among`, all of whom have the label yes."""
        answers = first.astype(np.float64), second.astype(np.float64)
        batch = asked(self.batch, np.ones(self.batch.height, dtype=np.uint8), answers[0])
        slices = [among if mine is None else mine & among for mine in self.slices]
        return count(batch, slices, *answers, DECISION)

    def of_one(
        self, metric: Metric, label: NDArray[np.uint8], said: tuple[Floats, Floats], *, marks: Floats, relative: bool
    ) -> Quantity:
        """The change of a metric of one class or label, of which both are yes/no models. `said`: decisions or scores.

        `label`: 0 no, 1 yes, 2 missing.
        """
        info, batch = of_change(metric.info, relative=relative), asked(self.batch, label, said[0])
        if isinstance(metric, Rate):
            return rates.change(count(batch, self.slices, *said, marks), metric, info, relative=relative)
        assert metric.whole is not None
        influence = scores.influence_of(metric.whole)
        assert influence is not None
        order = self.order[label[self.order] < 2]
        return scores.change(batch, self.slices, said, order, influence, info, relative=relative)


def of_change(info: MetricInfo, *, relative: bool = False) -> MetricInfo:
    """The facts of a metric's change: it may have either sign."""
    if relative:
        return replace(info, low=None, high=None, scale="share")
    wide = None if info.low is None or info.high is None else info.high - info.low
    return replace(info, low=None if wide is None else -wide, high=wide)


def of_one_gives(metric: Metric) -> bool:
    """Whether the change of a metric of one class or label is worked out."""
    whole = metric.whole if isinstance(metric, ScoreMetric) else None
    return isinstance(metric, Rate) or (whole is not None and scores.influence_of(whole) is not None)


def compared(pair: Pair, metrics: Sequence[Metric]) -> list[tuple[Metric, Quantity]]:
    """The change of each metric of which it can be said."""
    return [(m, pair.change(m)) for m in metrics if not pair.lacks(m)]
