"""Metrics of models that find objects, with intervals over images, or the clusters that images come in.

Precision, recall and average recall are ratios of totals over images, linearised (Särndal, Swensson and Wretman 1992,
5.6). Average precision is no such ratio: its variance is that of images drawn again. Wilson's interval follows at the n
that makes a share vary as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.metrics import ScoreMetric
from sterling.engine.computing import computes
from sterling.engine.quantity import At, Quantity
from sterling.engine.shares import share_quantity
from sterling.quality.detection import infos as _infos
from sterling.quality.detection.curves import resamples
from sterling.quality.detection.infos import MOST, OVERLAPS, SIZED
from sterling.quality.detection.measured import DetectionMeasured, Ratio
from sterling.stats.arrays import Interval, divide
from sterling.stats.means import mean_positive_z
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import cluster_n, few_clusters, kish_n

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
REGISTERED = _infos
Rule = Callable[..., Interval]
WILSON = "Wilson score interval at the effective n of the "
BOOTSTRAP = "Bayesian bootstrap ({:,} resamples, corrected for bias), "


@computes("detection", "box_ap")
def _average_precision(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    found, kind = m.precisions, kind_of(m, metric)
    t = OVERLAPS.index(metric.at) if metric.at else -1
    each = found.value.mean(axis=2) if t < 0 else found.value[:, :, t]
    value = mean_over_classes(each) if kind is None else each[:, kind]
    base = whole_of(m)
    which = (slice(None), -1 if kind is None else kind, t)
    variance = found.variance[which] * divide(base.units, base.units - 1)
    # What draws lie above the value on average, the value lies above the truth.
    middle = 2 * value - found.mean[which]
    got = _share(m, metric, [replace(base, value=middle, variance=variance)], [_labelled(m, kind)])
    shown = np.where(np.isnan(got.value), np.nan, value[:, None])
    return replace(
        got, value=shown, interval_at=partial(holding, shown, got.interval_at),
        decide_at=partial(holding, shown, got.decide_at), method=BOOTSTRAP.format(resamples(m.found)) + got.method,
    )  # fmt: skip


def holding(value: Floats, at: At, critical: Floats) -> Interval:
    """Bounds around a corrected value that hold the value itself as well."""
    low, high = at(critical)
    return Interval(np.fmin(low, value + 0 * low), np.fmax(high, value + 0 * high))


@computes("detection", "box_ar")
def _average_recall(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    kind = kind_of(m, metric)
    if kind is not None:
        return _share(m, metric, [m.ratio(*recalled(m, metric.at, kind), m.found.labelled)], [_labelled(m, kind)])
    hits, there = recalled_of_classes(m, metric.at)
    value, squares = np.full(len(m.slices), np.nan), np.zeros(len(m.slices))
    for rows in m.rows:
        for row in np.unique(rows):
            some = np.flatnonzero((rows == row) & m.found.labelled)
            value[row], pull = mean_recall(hits[some], there[some], m.weight[some])
            squares[row] = (np.bincount(m.unit[some], weights=pull * m.weight[some]) ** 2).sum()
    base = whole_of(m)
    variance = squares * divide(base.units, base.units - 1)
    return _share(m, metric, [replace(base, value=value, variance=variance)], [m.found.labelled])


def recalled(m: DetectionMeasured, best: float, kind: int) -> tuple[Floats, Floats]:
    """Of each image the objects of a class that so many best boxes find, averaged over overlaps, and all there are."""
    found = m.found
    first = (found.place < best) & (found.kind == kind)
    return m.per_image(found.image[first], found.right[first].mean(axis=1)), _objects(m, kind)


def recalled_of_classes(m: DetectionMeasured, best: float) -> tuple[Floats, Floats]:
    """The same for every class: two arrays of shape (images, classes)."""
    found, images, kinds = m.found, len(m.unit), len(m.classes)
    first = found.place < best
    share, size = found.right[first].mean(axis=1), images * kinds
    right = np.bincount(found.image[first] * kinds + found.kind[first], weights=share, minlength=size)
    there = np.bincount(found.there_image * kinds + found.there_kind, weights=found.objects, minlength=size)
    return right.astype(np.float64).reshape(images, kinds), there.astype(np.float64).reshape(images, kinds)


def mean_recall(hits: Floats, there: Floats, weight: Floats) -> tuple[float, Floats]:
    """The mean over classes of the recall of some images, NaN without any object, and what one of weight 1 adds."""
    objects, right = weight @ there, weight @ hits
    known = objects > 0
    if not known.any():
        return float("nan"), np.zeros(len(hits))
    recall = right[known] / objects[known]
    pull = ((hits[:, known] - recall * there[:, known]) / objects[known]).mean(axis=1)
    return float(recall.mean()), np.asarray(pull)


@computes("detection", *SIZED)
def _of_size(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    what, size = SIZED[metric.base or metric.name]
    if what == "box_ap":
        return _average_precision(m.of_size(size), replace(metric, base=what))
    return _average_recall(m.of_size(size), replace(metric, base=what, at=float(MOST)))


@computes("detection", "box_precision", "box_recall", "box_f1")
def _at_a_threshold(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    parts = [at_threshold(m, metric, threshold) for threshold in m.thresholds]
    ratios = [m.ratio(top, below, m.found.labelled) for top, below in parts]
    return _share(m, metric, ratios, [m.found.labelled & (below > 0) for _, below in parts])


def at_threshold(m: DetectionMeasured, metric: ScoreMetric, threshold: float) -> tuple[Floats, Floats]:
    """What a ratio of boxes, those of the threshold or more, adds up of every image: numerator and denominator."""
    found, kind, name = m.found, kind_of(m, metric), metric.base or metric.name
    mine = np.ones(len(found.kind), dtype=bool) if kind is None else found.kind == kind
    some = mine & (found.score >= threshold)
    if name == "boxes_per_image":
        return m.per_image(found.image[some], np.ones(some.sum())), np.ones(len(m.unit))
    right = m.per_image(found.image[some], found.right[some, 0])
    boxes, objects = m.per_image(found.image[some], ~found.ignored[some, 0]), _objects(m, kind)
    below = {"box_precision": boxes, "box_recall": objects, "box_f1": boxes + objects}[name]
    return (2.0 if name == "box_f1" else 1.0) * right, below


@computes("detection", "boxes_per_image", "objects_per_image")
def _per_image(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    found, kind = m.found, kind_of(m, metric)
    ones, every = np.ones(len(m.unit)), np.ones(len(m.unit), dtype=bool)
    if (metric.base or metric.name) == "objects_per_image":
        ratios, counted = [m.ratio(_objects(m, kind), ones, found.labelled)], found.labelled
    else:
        ratios = [m.ratio(*at_threshold(m, metric, threshold), every) for threshold in m.thresholds]
        counted = every
    value, variance, n = (np.stack(x, axis=1) for x in zip(*((r.value, r.variance, kish_n(r.e, r.ee)) for r in ratios),
                                                           strict=True))  # fmt: skip
    total, squares = value * n, variance * n * (n - 1) + n * value**2

    def bounds(critical: ArrayLike) -> Interval:
        return mean_positive_z(total, squares, n, np.asarray(critical))

    enough = np.stack([r.units > 1 for r in ratios], axis=1)
    return Quantity(
        info=metric.info, value=np.where(enough, value, np.nan), interval_at=bounds, decide_at=bounds,
        n_eligible=np.broadcast_to(m.having(counted)[:, None], value.shape), n_effective=n,
        method=f"Student interval on the log scale over {m.units}",
    )  # fmt: skip


@computes("detection", "representation")
def _representation(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    every = np.ones(len(m.unit))
    base = m.ratio(every, every, every > 0)
    clusters = (base.units[:1].repeat(len(m.n)), base.ee[:1].repeat(len(m.n))) if m.clustered else None
    w = base.e if m.weighted else None
    q = np.sum([np.bincount(r, weights=m.weight**2, minlength=len(m.n)) for r in m.rows], axis=0)
    return share_quantity(metric.info, m.n, w, q if m.weighted else None, clusters)


def kind_of(m: DetectionMeasured, metric: ScoreMetric) -> int | None:
    return None if metric.info.of is None else m.classes.index(metric.info.of)


def _objects(m: DetectionMeasured, kind: int | None) -> Floats:
    """How many objects each image has, of one class or of all."""
    found = m.found
    mine = np.ones(len(found.objects), dtype=bool) if kind is None else found.there_kind == kind
    return m.per_image(found.there_image[mine], found.objects[mine])


def _labelled(m: DetectionMeasured, kind: int | None) -> Bools:
    """The images that a number is counted among: those with a label, or those that show a class."""
    return m.found.labelled if kind is None else m.found.labelled & (_objects(m, kind) > 0)


def whole_of(m: DetectionMeasured) -> Ratio:
    """The labelled images of each slice, in units and in weight."""
    ones = np.ones(len(m.unit))
    return m.ratio(ones, ones, m.found.labelled)


def mean_over_classes(each: Floats) -> Floats:
    """The mean over the classes that objects have."""
    return divide(np.nansum(each, axis=1), (~np.isnan(each)).sum(axis=1))


def _share(m: DetectionMeasured, metric: ScoreMetric, ratios: list[Ratio], counted: list[Bools]) -> Quantity:
    """A number from 0 to 1 at every threshold."""
    value, variance, ee, e, units = (
        np.stack([getattr(r, name) for r in ratios], axis=1) for name in ("value", "variance", "ee", "e", "units")
    )
    value = np.clip(value, 0.0, 1.0)
    n = cluster_n(value, variance, ee, e, np.inf)
    count = np.stack([m.having(images) for images in counted], axis=1)

    def bounds(rule: Rule, critical: ArrayLike) -> Interval:
        return rule(value, few_clusters(n, critical, units), critical)

    return Quantity(
        info=metric.info,
        value=np.where(units > 1, value, np.nan),
        interval_at=partial(bounds, wilson_value),
        decide_at=partial(bounds, exact_value),
        n_eligible=np.where(units > 1, count, np.minimum(count, units)),
        n_effective=n,
        method=WILSON + m.units,
    )
