"""Two models that write text, on the same rows: each row with its part in the totals that metrics are made of."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric
from sterling.core.rates import RATES
from sterling.engine.quantity import Quantity
from sterling.quality.comparison import linear, rates
from sterling.quality.comparison.pair import RowPair, of_change
from sterling.quality.text.measured import TextMeasured
from sterling.quality.text.rows import BASIS, SHARES, basis_values
from sterling.quality.text.slopes import SLOPED, among
from sterling.stats.arrays import Interval

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class TextPair(RowPair):
    """A row counts for a model where there are both a reference and its answer: not all rows count for both."""

    @cached_property
    def both(self) -> tuple[TextMeasured, TextMeasured]:
        return cast(TextMeasured, self.before), cast(TextMeasured, self.measured)

    @cached_property
    def values(self) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """The basis of every row, of either model."""
        first, second = (basis_values(self.batch.scores[i]) for i in (self.baseline, self.candidate))
        return first, second

    @cached_property
    def order(self) -> Places:
        columns = [c for values in self.values for c in values.values()]
        return linear.ordered(self.batch, np.arange(self.batch.height), columns)

    @staticmethod
    def gives(metric: Metric) -> bool:
        return metric.info.name in SLOPED

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        name, info = metric.info.name, of_change(metric.info, relative=relative)
        own = [m.quantity(metric) for m in self.both]
        counted = np.minimum(*(q.n_eligible for q in own))
        first, second = (values[among(name)] > 0 for values in self.values)
        if name in SHARES and np.array_equal(first, second):
            hits = (values[name] > 0 for values in self.values)
            found = rates.change(self.answered(first, *hits), RATES["true_positive_rate"], info, relative=relative)
            return replace(found, n_eligible=np.minimum(found.n_eligible, counted))
        of = [linear.of_totals(SLOPED[name](m), BASIS, v) for m, v in zip(self.both, self.values, strict=True)]
        order = self.order[(first | second)[self.order]]
        found = linear.change(
            self.batch, self.slices, order, (of[0], of[1]), info, relative=relative, steps=name in SHARES
        )
        found = replace(found, n_eligible=counted)
        return self._without_matches(found, own) if name == "bleu" and not relative else found

    def apart(self) -> list[Quantity]:
        """How many answers are their reference with one of the models alone."""
        if not self.measured.has_label:
            return []
        known = np.logical_and(*(values["one"] > 0 for values in self.values))
        return rates.flips(self.answered(known, *(values["exact_match"] > 0 for values in self.values)), rates.TURNED)

    def _without_matches(self, found: Quantity, own: list[Quantity]) -> Quantity:
        """Where BLEU stands for matches that nobody saw it has no slope by them: there both intervals are added up.

        Squares of their reaches, as of independent models (Donner and Zou 2012, Statistics in Medicine 31:1), which
        pairs that rise and fall together reach beyond.
        """
        none = np.any([m.bleu.none.any(axis=1) for m in self.both], axis=0)[:, None]
        at = partial(_reach, found, own, none)
        return replace(found, interval_at=at, decide_at=at)


def _reach(found: Quantity, own: list[Quantity], none: NDArray[np.bool_], critical: Floats) -> Interval:
    low, high = found.interval_at(critical)
    (low_b, high_b), (low_c, high_c) = (q.interval_at(np.broadcast_to(critical, q.value.shape)) for q in own)
    before, after = (q.value for q in own)
    down = np.sqrt((after - low_c) ** 2 + (high_b - before) ** 2)
    up = np.sqrt((high_c - after) ** 2 + (before - low_b) ** 2)
    wide = found.value - down, found.value + up
    return Interval(np.where(none, np.fmin(low, wide[0]), low), np.where(none, np.fmax(high, wide[1]), high))
