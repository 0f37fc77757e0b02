"""Two models that name one of several classes, on the same rows.

Shares of rows are paired answers yes and no. Averages over classes are linearised on the confusion table of either
model, means and AUC row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.errors import shown
from sterling.core.metrics import Metric, ScoreMetric
from sterling.core.rates import RATES, Rate
from sterling.engine.binary.against import asked
from sterling.engine.quantity import Quantity, side_by_side
from sterling.quality.comparison import classes_by_row as by_row
from sterling.quality.comparison import linear, rates, scores
from sterling.quality.comparison.classes_by_row import Said
from sterling.quality.comparison.joint import Joint, count
from sterling.quality.comparison.pair import Pair, of_change
from sterling.quality.comparison.rates import Flips
from sterling.quality.multiclass.averages import AVERAGES, class_weighted
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.multiclass.rows import TOP

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
_DECISION = np.array([0.5])
_TOP = {f"top_{k}_accuracy": place for place, k in enumerate(TOP)}
_RIGHT = ("accuracy", "weighted_recall", "micro_precision", "micro_recall", "micro_f1")
_GIVEN = {
    *_RIGHT, *_TOP, *AVERAGES, *class_weighted(np.ones(0)), *by_row.BY_ROW, "error_rate", "abstention_rate",
}  # fmt: skip
_OF_EACH = ("true_positive_rate", "precision")
"""What is compared of each class without being asked for."""
OTHERWISE: Flips = {
    "flip_rate": ("Another class named", "of all rows, the share to which the two models give different classes",
                  "named otherwise / all", ((0, 1),), ((0, 0), (0, 1))),
}  # fmt: skip
TURNED: Flips = {
    "flip_rate_to_right": ("Newly right", "of the labelled rows that the baseline gets wrong, the share the candidate "
                           "gets right", "wrong, then right / wrong with the baseline", ((0, 1),), ((0, 0), (0, 1))),
    "flip_rate_to_wrong": ("Newly wrong", "of the labelled rows that the baseline gets right, the share the candidate "
                           "gets wrong", "right, then wrong / right with the baseline", ((1, 0),), ((1, 0), (1, 1))),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassPair(Pair):
    """`said`: what either model says of every row; set where it is cut at a threshold."""

    cut: tuple[Said, Said] | None = None

    @cached_property
    def both(self) -> tuple[MulticlassMeasured, MulticlassMeasured]:
        return cast(MulticlassMeasured, self.before), cast(MulticlassMeasured, self.measured)

    @cached_property
    def said(self) -> tuple[Said, Said]:
        if self.cut is not None:
            return self.cut
        first, second = (
            by_row.said(self.batch, i, m) for m, i in zip(self.both, (self.baseline, self.candidate), strict=True)
        )
        return first, second

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
    def known(self) -> NDArray[np.bool_]:
        """Rows with a label."""
        return np.asarray(self.batch.label < len(self.measured.classes))

    @cached_property
    def order(self) -> Places:
        columns = [column for said in self.said for column in said.columns]
        return linear.ordered(self.batch, np.arange(self.batch.height), [*columns, self.batch.label])

    @staticmethod
    def gives(metric: Metric) -> bool:
        if metric.info.of is None:
            return metric.info.name in _GIVEN
        whole = metric.whole if isinstance(metric, ScoreMetric) else None
        return isinstance(metric, Rate) or (whole is not None and scores.influence_of(whole) is not None)

    def lacks(self, metric: Metric) -> str:
        of, lacking = metric.info.of, super().lacks(metric)
        if lacking or of is None or isinstance(metric, Rate) or all(of in m.scored for m in self.both):
            return lacking
        return f"one of the models gives no probability of {shown(of)!r}"

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        info, name = of_change(metric.info, relative=relative), metric.info.name
        if self.thresholds and metric.info.by_threshold:
            return side_by_side(info, [pair.change(metric, relative=relative) for pair in self.at_thresholds])
        if metric.info.of is not None:
            return self._of_class(metric, metric.info.of, relative=relative)
        hits, share = self._hits(name), RATES["true_positive_rate"]
        if hits is not None:
            return rates.change(self._joint(self.known, *hits), share, info, relative=relative)
        if name == "abstention_rate":
            none = ((said.predicted == len(self.measured.classes)).astype(np.float64) for said in self.said)
            return rates.change(self._joint(self._everyone, *none), share, info, relative=relative)
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
        out = rates.flips(
            self._joint(self._everyone, np.zeros(len(first)), (first != second).astype(np.float64)), OTHERWISE
        )
        if self.measured.has_label:
            hits = self._hits("accuracy")
            assert hits is not None
            out += rates.flips(self._joint(self.known, *hits), TURNED)
        return out

    @property
    def _everyone(self) -> NDArray[np.bool_]:
        return np.ones(self.batch.height, dtype=bool)

    def _hits(self, name: str) -> tuple[Floats, Floats] | None:
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
        return first.astype(np.float64), second.astype(np.float64)

    def _joint(self, among: NDArray[np.bool_], first: Floats, second: Floats) -> Joint:
        """Two answers about the rows `among`, all of whom have the label yes."""
        batch = asked(self.batch, np.ones(self.batch.height, dtype=np.uint8), first)
        slices = [among if mine is None else mine & among for mine in self.slices]
        return count(batch, slices, first, second, _DECISION)

    def _of_class(self, metric: Metric, of: str, *, relative: bool) -> Quantity:
        """Of one class against the rest: both models as yes/no models."""
        c, info = self.measured.classes.index(of), of_change(metric.info, relative=relative)
        label = np.where(self.known, self.batch.label == c, 2).astype(np.uint8)
        if isinstance(metric, ScoreMetric):
            assert metric.whole is not None
            influence = scores.influence_of(metric.whole)
            assert influence is not None
            first, second = (said.chance_of(c) for said in self.said)
            batch = asked(self.batch, label, first)
            order = self.order[self.known[self.order]]
            return scores.change(batch, self.slices, (first, second), order, influence, info, relative=relative)
        first, second = ((said.predicted == c).astype(np.float64) for said in self.said)
        joint = count(asked(self.batch, label, first), self.slices, first, second, _DECISION)
        return rates.change(joint, metric, info, relative=relative)

    def _linear(
        self, metric: Metric, found: Callable[[Said], linear.Of], among: NDArray[np.bool_] | None, *, relative: bool,
        steps: bool = False,
    ) -> Quantity:  # fmt: skip
        order = self.order if among is None else self.order[among[self.order]]
        first, second = (found(said) for said in self.said)
        info = of_change(metric.info, relative=relative)
        return linear.change(self.batch, self.slices, order, (first, second), info, relative=relative, steps=steps)
