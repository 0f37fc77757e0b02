"""Two models that name one of several classes, on the same rows.

Shares of rows are paired answers yes and no. Averages over classes are linearised on the confusion table of either
model, means and AUC row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import RATES, Rate
from sterling.engine.quantity import Quantity, side_by_side
from sterling.quality.comparison import classes_by_row as by_row
from sterling.quality.comparison import linear, rates
from sterling.quality.comparison.classes_by_row import Said
from sterling.quality.comparison.pair import DECISION, RowPair, of_change, of_one_gives
from sterling.quality.multiclass.averages import AVERAGES, class_weighted
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.multiclass.metrics import part_of
from sterling.quality.multiclass.rows import TOP
from sterling.quality.multiclass.tops import RATE_OF

Bools = NDArray[np.bool_]
Places = NDArray[np.intp]
_TOP = {f"top_{k}_accuracy": place for place, k in enumerate(TOP)}
_RIGHT = ("accuracy", "weighted_recall", "micro_precision", "micro_recall", "micro_f1")
_GIVEN = {
    *_RIGHT, *_TOP, *AVERAGES, *class_weighted(np.ones(0)), *by_row.BY_ROW, "error_rate", "abstention_rate",
}  # fmt: skip
_OF_EACH = ("true_positive_rate", "precision")
"""What is compared of each class without being asked for."""


def whole_of(metric: Metric) -> ScoreMetric:
    """The metric of all classes that one of a single class is."""
    assert isinstance(metric, ScoreMetric)
    return metric.whole or metric


def top_of(metric: Metric) -> int:
    """How many of the most probable classes a metric looks at, 0 for those that look at no number of them."""
    whole = whole_of(metric) if isinstance(metric, ScoreMetric) else None
    return int(whole.at) if whole is not None and whole.base.removeprefix("macro_") in RATE_OF else 0


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassPair(RowPair):
    """`said`: what either model says of every row; set where it is cut at a threshold."""

    cut: tuple[Said, Said] | None = None

    @cached_property
    def both(self) -> tuple[MulticlassMeasured, MulticlassMeasured]:
        before, measured = cast(MulticlassMeasured, self.before), cast(MulticlassMeasured, self.measured)
        return (before if self.own_cut is None else before.at(before.thresholds.index(self.own_cut))), measured

    @cached_property
    def said(self) -> tuple[Said, Said]:
        if self.cut is not None:
            return self.cut
        first, second = (
            by_row.said(self.batch, i, m) for m, i in zip(self.both, (self.baseline, self.candidate), strict=True)
        )
        return (first if self.own_cut is None else first.at(self.own_cut, self.both[0])), second

    @cached_property
    def at_thresholds(self) -> tuple[ClassPair, ...]:
        """The same pair at each threshold: rows of which a model is less sure have no prediction by it."""
        out = []
        for column, threshold in enumerate(self.thresholds):
            before, measured = (m.at(column) for m in self.both)
            first, second = (s.at(threshold, m) for s, m in zip(self.said, (before, measured), strict=True))
            out.append(replace(self, before=before, measured=measured, cut=(first, second)))
        return tuple(out)

    @cached_property
    def known(self) -> Bools:
        """Rows with a label."""
        return np.asarray(self.batch.label < len(self.measured.classes))

    @cached_property
    def order(self) -> Places:
        columns = [column for said in self.said for column in said.columns]
        return linear.ordered(self.batch, np.arange(self.batch.height), [*columns, self.batch.label])

    @staticmethod
    def gives(metric: Metric) -> bool:
        if metric.info.of is not None:
            return of_one_gives(metric) or top_of(metric) > 0
        return metric.info.name in _GIVEN or top_of(metric) > 0

    def lacks(self, metric: Metric) -> str:
        of, lacking = metric.info.of, super().lacks(metric)
        if (
            lacking
            or of is None
            or isinstance(metric, Rate)
            or top_of(metric)
            or all(of in m.scored for m in self.both)
        ):
            return lacking
        return f"one of the models gives no probability of {shown(of)!r}"

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        info, name = of_change(metric.info, relative=relative), metric.info.name
        if self.thresholds and metric.info.by_threshold:
            return side_by_side(info, [pair.change(metric, relative=relative) for pair in self.at_thresholds])
        if metric.info.of is not None:
            return self._of_class(metric, metric.info.of, relative=relative)
        if top_of(metric):
            return self._top(metric, relative=relative)
        hits, share = self._hits(name), RATES["true_positive_rate"]
        if hits is not None:
            return rates.change(self.answered(self.known, *hits), share, info, relative=relative)
        if name == "abstention_rate":
            none = (said.predicted == len(self.measured.classes) for said in self.said)
            return rates.change(self.answered(self.everyone, *none), share, info, relative=relative)
        if name == "micro_precision":
            return self._linear(metric, by_row.right_of_decided, self.known, relative=relative, steps=True)
        if name not in by_row.BY_ROW:
            of = partial(by_row.average, name)
            return self._linear(metric, of, self.known, relative=relative, steps=True)
        found, everyone = by_row.BY_ROW[name]
        return self._linear(metric, found, None if everyone else self.known, relative=relative)

    def listed(self) -> tuple[Metric, ...]:
        return tuple(m for m in self.measured.listed() if m.info.name.split(" of ")[0] in _OF_EACH)

    def apart(self) -> list[Quantity]:
        if self.thresholds:
            found = zip(*(pair.apart() for pair in self.at_thresholds), strict=True)
            return [side_by_side(parts[0].info, parts) for parts in found]
        first, second = (said.predicted for said in self.said)
        out = rates.flips(self.answered(self.everyone, np.zeros(len(first)), first != second), rates.OTHERWISE)
        if self.measured.has_label:
            hits = self._hits("accuracy")
            assert hits is not None
            out += rates.flips(self.answered(self.known, *hits), rates.TURNED)
        return out

    def _hits(self, name: str) -> tuple[Bools, Bools] | None:
        """1 where a row counts for a share of all labelled rows, by either model; None for what is no such share."""
        label = self.batch.label
        if any(m.abstains for m in self.both) and name in ("micro_precision", "micro_f1"):
            return None
        if name in _RIGHT or name == "error_rate":
            first, second = ((said.predicted == label) == (name != "error_rate") for said in self.said)
        elif name in _TOP:
            first, second = (said.rows.rank <= _TOP[name] for said in self.said)
        else:
            return None
        return first, second

    def _of_class(self, metric: Metric, of: str, *, relative: bool) -> Quantity:
        """Of one class against the rest: both models as yes/no models."""
        c, k = self.measured.classes.index(of), top_of(metric)
        label = np.where(self.known, self.batch.label == c, 2).astype(np.uint8)
        if k:
            rate = replace(RATES[RATE_OF[whole_of(metric).base]], info=metric.info)
            first, second = (said.among(k)[:, c].astype(np.float64) for said in self.said)
            return self.of_one(rate, label, (first, second), marks=DECISION, relative=relative)
        scored = isinstance(metric, ScoreMetric)
        first, second = (s.chance_of(c) if scored else (s.predicted == c).astype(np.float64) for s in self.said)
        return self.of_one(metric, label, (first, second), marks=DECISION, relative=relative)

    def _top(self, metric: Metric, *, relative: bool) -> Quantity:
        """Of the k most probable classes of each row, all together or averaged over classes."""
        k, base = top_of(metric), whole_of(metric).base
        if base.startswith("macro"):
            of = partial(by_row.average_of_top, RATES[RATE_OF[base.removeprefix("macro_")]], k)
            return self._linear(metric, of, self.known, relative=relative, steps=True)
        label = np.minimum(self.batch.label, len(self.measured.classes) - 1)
        hits = (np.take_along_axis(said.among(k), label[:, None], axis=1)[:, 0] for said in self.said)
        info, share = of_change(metric.info, relative=relative), RATES["true_positive_rate"]
        found = rates.change(self.answered(self.known, *hits), share, info, relative=relative)
        return found if relative or base == "top_recall" else part_of(found, k)

    def _linear(
        self, metric: Metric, found: Callable[[Said], linear.Of], among: Bools | None, *, relative: bool,
        steps: bool = False,
    ) -> Quantity:  # fmt: skip
        order = self.order if among is None else self.order[among[self.order]]
        first, second = (found(said) for said in self.said)
        info = of_change(metric.info, relative=relative)
        return linear.change(self.batch, self.slices, order, (first, second), info, relative=relative, steps=steps)
