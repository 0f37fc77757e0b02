"""Two models that give each row a set of items, on the same rows."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.engine.quantity import Quantity
from sterling.quality.comparison.whole_rows import OF_ROWS, WholeRowPair
from sterling.quality.multilabel.rows import Rows
from sterling.quality.sets.infos import RATE_OF
from sterling.quality.sets.rows import look_at


@dataclass(frozen=True, kw_only=True, eq=False)
class SetPair(WholeRowPair):
    """A look is how many of the best items of a row count, 0 for all of them."""

    @cached_property
    def _looked(self) -> dict[float, tuple[Rows, Rows]]:
        return {}

    def looked(self, look: float) -> tuple[Rows, Rows]:
        if look not in self._looked:
            models = (self.baseline, self.candidate)
            first, second = (look_at(self.batch.label, self.batch.scores[i], int(look)) for i in models)
            self._looked[look] = first, second
        return self._looked[look]

    @staticmethod
    def gives(metric: Metric) -> bool:
        return metric.info.name in OF_ROWS or _rate(metric) in RATE_OF

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        own = [one.quantity(metric).n_eligible for one in (self.before, self.measured)]
        assert isinstance(metric, ScoreMetric)
        if metric.info.name in OF_ROWS:
            found = self.of_rows(metric.info, 0, relative=relative)
        else:
            found = self.pooled(RATE_OF[_rate(metric)], metric.info, metric.at, relative=relative)
        return replace(found, info=replace(found.info, unit=metric.info.unit), n_eligible=np.minimum(*own))

    def apart(self) -> list[Quantity]:
        return self.turned(0) if self.measured.has_label else []


def _rate(metric: Metric) -> str:
    """The name of a metric of items, whether of all or of the best ones."""
    return (getattr(metric, "base", "") or metric.info.name).removesuffix("_at")
