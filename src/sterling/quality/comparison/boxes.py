"""Two models that find objects, on the same images: each image with what it adds, or both drawn again together."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.digest import mix
from sterling.core.frozen import dataclass
from sterling.core.metrics import Metric, ScoreMetric
from sterling.engine.encode import Batch
from sterling.engine.quantity import At, Quantity, side_by_side
from sterling.quality.comparison import linear
from sterling.quality.comparison.pair import Pair, of_change
from sterling.quality.detection import metrics as of_boxes
from sterling.quality.detection.curves import Paired, Precisions, of_pairs, resamples
from sterling.quality.detection.infos import MOST, OVERLAPS, SIZED
from sterling.quality.detection.measured import DetectionMeasured, redrawn
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.intp]
Both = tuple[DetectionMeasured, DetectionMeasured]
_AT_THRESHOLDS = ("box_precision", "box_recall", "box_f1", "boxes_per_image")
_LISTED = ("box_ap",)
"""What is compared of each class without being asked for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BoxPair(Pair):
    """Images, or clusters of them, are the unit. Average precision is drawn again with the same weights for both."""

    @cached_property
    def both(self) -> Both:
        return cast(DetectionMeasured, self.before), cast(DetectionMeasured, self.measured)

    @cached_property
    def images(self) -> Batch:
        """Every image, in an order that values decide."""
        m = self.both[1]
        return Batch(
            height=len(m.unit), groups=(), label=np.zeros(len(m.unit)), scores=(),
            weight=m.weight if m.weighted else None, cluster=m.unit if m.clustered else None,
        )  # fmt: skip

    @cached_property
    def slices(self) -> list[Bools | None]:
        family_of = {int(row): of for of in self.both[1].rows for row in np.unique(of)}
        return [family_of[row] == row if row else None for row in range(len(self.measured.slices))]

    @cached_property
    def _precisions(self) -> dict[str, Paired]:
        return {}

    @staticmethod
    def gives(metric: Metric) -> bool:
        return _name(metric) in {"box_ap", "box_ar", *_AT_THRESHOLDS, *SIZED}

    def change(self, metric: Metric, *, relative: bool = False) -> Quantity:
        assert isinstance(metric, ScoreMetric)
        own = [m.quantity(metric).n_eligible for m in self.both]
        one, size = _one(metric), "all"
        if _name(metric) in SIZED:
            name, size = SIZED[_name(metric)]
            one = replace(one, base=name, at=float(MOST) if name == "box_ar" else 0.0)
        both = self.both[0].of_size(size), self.both[1].of_size(size)
        if _name(one) in _AT_THRESHOLDS:
            parts = [self._at_threshold(both, one, t, relative=relative) for t in self.thresholds]
            found = side_by_side(parts[0].info, parts)
        elif _name(one) == "box_ar":
            found = self._linear(one, _recalls(both, one), both[0].found.labelled, relative=relative)
        else:
            found = self._average_precision(both, one, size, relative=relative)
        return replace(found, n_eligible=np.minimum(*own))

    def listed(self) -> tuple[Metric, ...]:
        return tuple(m for m in self.measured.listed() if m.info.name.split(" of ")[0] in _LISTED)

    def _at_threshold(self, both: Both, metric: ScoreMetric, threshold: float, *, relative: bool) -> Quantity:
        parts = [of_boxes.at_threshold(m, metric, threshold) for m in both]
        every = np.ones(len(self.images.label), dtype=bool)
        among = every if _name(metric) == "boxes_per_image" else both[0].found.labelled
        some = among & ((parts[0][1] > 0) | (parts[1][1] > 0))
        first, second = (partial(self._ratio, *part) for part in parts)
        return self._linear(metric, (first, second), some, relative=relative)

    def _ratio(self, top: Floats, below: Floats, _: int, images: Places) -> tuple[float, Floats]:
        weight = linear.weights(self.images, images)
        total = float(weight @ below[images])
        if total <= 0:
            return float("nan"), np.zeros(len(images))
        value = float(weight @ top[images]) / total
        return value, (top[images] - value * below[images]) / total

    def _linear(
        self, metric: ScoreMetric, of: tuple[linear.Of, linear.Of], some: Bools, *, relative: bool
    ) -> Quantity:  # fmt: skip
        info, order = of_change(metric.info, relative=relative), np.flatnonzero(some)
        found = linear.change(self.images, self.slices, order, of, info, relative=relative)
        method = found.method.replace("each row", "each image").replace("clusters", "clusters of images")
        return replace(found, method=method)

    def _drawn(self, both: Both, size: str) -> Paired:
        """Both models' average precision; the weights of an image follow from what both models say of it."""
        if size not in self._precisions:
            m, founds = both[1], (both[0].found, both[1].found)
            draws = redrawn(
                mix(founds[0].key) + founds[1].key, m.unit, seed=m.seed, draws=min(resamples(f) for f in founds)
            )
            self._precisions[size] = of_pairs(founds, m.rows, len(m.slices), len(m.classes), m.weight, draws)
        return self._precisions[size]

    def _average_precision(self, both: Both, metric: ScoreMetric, size: str, *, relative: bool) -> Quantity:
        drawn, kind = self._drawn(both, size), of_boxes.kind_of(both[1], metric)
        t = OVERLAPS.index(metric.at) if metric.at else -1
        which = (slice(None), -1 if kind is None else kind, t)
        first, second = (_value(p, kind, t) for p in (drawn.before, drawn.after))
        times_c, times_b = (divide(1.0, first), divide(second, first**2)) if relative else (1.0, 1.0)
        value = divide(second, first) - 1 if relative else second - first
        base = of_boxes.whole_of(both[1])
        effective = np.fmin(divide(base.e**2, base.ee), base.units)
        info = of_change(metric.info, relative=relative)
        variance = times_c**2 * drawn.after.variance[which] + times_b**2 * drawn.before.variance[which]
        variance = variance - 2 * times_c * times_b * drawn.covariance[which]
        # Rounding, or two models that say the same of every image: one of them may still be told apart by another.
        least = divide(info.high or 1.0, effective) ** 2
        variance = np.where(variance > 1e-15, variance * divide(base.units, base.units - 1), least)
        # What draws lie above the value on average, the value lies above the truth.
        above = times_c * (drawn.after.mean[which] - second) - times_b * (drawn.before.mean[which] - first)
        value = np.where(base.units > 1, value, np.nan)
        at: At = partial(linear.reach, (value - above)[:, None], variance[:, None], effective[:, None], info)
        held: At = partial(of_boxes.holding, value[:, None], at)
        times = min(resamples(m.found) for m in both)
        return Quantity(
            info=info, value=value[:, None], interval_at=held, decide_at=held,
            n_eligible=np.zeros((len(value), 1), dtype=np.int64), n_effective=np.nan_to_num(effective)[:, None],
            method=of_boxes.BOOTSTRAP.format(times) + f"the same weights for both models; {both[1].units} as units",
        )  # fmt: skip


def _name(metric: Metric) -> str:
    """The registered name, without what is in brackets, of a metric or of the one that it takes of one class."""
    if not isinstance(metric, ScoreMetric):
        return metric.info.name
    whole = metric.whole or metric
    return whole.base or whole.name


def _one(metric: ScoreMetric) -> ScoreMetric:
    """A metric of one class as the metric of all, of the class that its facts name."""
    whole = metric.whole or metric
    return replace(whole, info=metric.info, base=whole.base or whole.name)


def _recalls(both: Both, metric: ScoreMetric) -> tuple[linear.Of, linear.Of]:
    """Average recall of one class, or the mean over classes."""
    first, second = (_recall(m, metric) for m in both)
    return first, second


def _recall(m: DetectionMeasured, metric: ScoreMetric) -> linear.Of:
    kind = of_boxes.kind_of(m, metric)
    if kind is None:
        hits, there = of_boxes.recalled_of_classes(m, metric.at)
    else:
        hits, there = (part[:, None] for part in of_boxes.recalled(m, metric.at, kind))
    return lambda _, images: of_boxes.mean_recall(hits[images], there[images], m.weight[images])


def _value(precisions: Precisions, kind: int | None, t: int) -> Floats:
    each = precisions.value.mean(axis=2) if t < 0 else precisions.value[:, :, t]
    return of_boxes.mean_over_classes(each) if kind is None else each[:, kind]
