"""The change of every metric of a model beside another on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import MetricInfo, Rate
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.encode import Batch
from sterling.engine.quantity import Quantity
from sterling.engine.rows import RowAccess
from sterling.quality.comparison import rates, scores
from sterling.quality.comparison.apart import apart
from sterling.quality.comparison.joint import Joint, count, members

Floats = NDArray[np.float64]
_DECISION = np.array([0.5])


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A baseline and a candidate, given by place among the models of the same rows."""

    measured: BinaryMeasured
    batch: Batch
    baseline: int
    candidate: int
    kinds: tuple[str, str]

    @cached_property
    def slices(self) -> list[NDArray[np.bool_] | None]:
        return members(self.batch, self.measured)

    @cached_property
    def scores(self) -> tuple[Floats, Floats]:
        return self.batch.scores[self.baseline], self.batch.scores[self.candidate]

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Those of the candidate; none between decisions."""
        return self.measured.thresholds

    @cached_property
    def joint(self) -> Joint:
        marks = np.array(self.thresholds) if self.thresholds else _DECISION
        return count(self.batch, self.slices, *self.scores, marks)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        return scores.ordered(self.batch, *self.scores)

    def lacks(self, metric: Metric) -> str:
        """Why the change of a metric cannot be said, or nothing."""
        info = metric.info
        if info.needs_label and not self.measured.has_label:
            return "there is no label"
        if isinstance(metric, Rate):
            return "" if metric.where is None else "a comparison of models speaks of all rows"
        if scores.influence_of(metric) is None:
            return f"the change of {info.label} is not worked out: compare its two intervals"
        for kind in self.kinds:
            lacking = replace(self.measured, model=replace(self.measured.model, kind=kind)).lacks(info)  # type: ignore[arg-type]
            if lacking:
                return lacking
        return ""

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        """Candidate less baseline, (slices, thresholds) or (slices, 1); as a part of the baseline if `relative`."""
        info = of_change(metric.info, relative=relative)
        if isinstance(metric, ScoreMetric):
            of = scores.influence_of(metric)
            assert of is not None
            return scores.change(self.batch, self.slices, self.scores, self.order, of, info, relative=relative)
        return rates.change(self.joint, metric, info, relative=relative)

    def apart(self) -> list[Quantity]:
        """How far the two scores lie apart; of two decisions, and of different scales, that is not asked."""
        same = self.kinds[0] == self.kinds[1] != "prediction"
        return apart(self.batch, self.slices, self.scores) if same else []

    def column(self, threshold: float | None) -> int:
        """The column of a threshold, of the operating one if None."""
        return self.measured.column(threshold)


def of_change(info: MetricInfo, *, relative: bool = False) -> MetricInfo:
    """The facts of a metric's change: it may have either sign."""
    if relative:
        return replace(info, low=None, high=None, scale="share")
    wide = None if info.low is None or info.high is None else info.high - info.low
    return replace(info, low=None if wide is None else -wide, high=wide)


def pair_of(measured: BinaryMeasured, access: RowAccess, against: str) -> Pair:
    """The model that was measured beside the one named `against`. Raises ConfigError when there is none."""
    models = access.surveyed.roles.models
    names = [m.name for m in models]
    if against not in names:
        raise ConfigError(
            f"no model is called {shown(against)!r} to compare with", expected=", ".join(map(shown, names)),
            hint=near_miss(against, names),
        )  # fmt: skip
    baseline = names.index(against)
    frame = access.frame()
    return Pair(
        measured=measured, batch=access.batch(frame), baseline=baseline, candidate=access.model,
        kinds=(models[baseline].kind, models[access.model].kind),
    )  # fmt: skip


def compared(pair: Pair, metrics: Sequence[Metric]) -> list[tuple[Metric, Quantity]]:
    """The change of each metric of which it can be said."""
    return [(m, pair.change(m)) for m in metrics if not pair.lacks(m)]
