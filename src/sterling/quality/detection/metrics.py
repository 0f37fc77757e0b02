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
    found, kind = m.precisions, _kind(m, metric)
    t = OVERLAPS.index(metric.at) if metric.at else -1
    each = found.value.mean(axis=2) if t < 0 else found.value[:, :, t]
    value = _mean(each) if kind is None else each[:, kind]
    base = _whole(m)
    which = (slice(None), -1 if kind is None else kind, t)
    variance = found.variance[which] * divide(base.units, base.units - 1)
    # What draws lie above the value on average, the value lies above the truth.
    middle = 2 * value - found.mean[which]
    got = _share(m, metric, [replace(base, value=middle, variance=variance)], [_labelled(m, kind)])
    shown = np.where(np.isnan(got.value), np.nan, value[:, None])
    return replace(
        got, value=shown, interval_at=partial(_holding, shown, got.interval_at),
        decide_at=partial(_holding, shown, got.decide_at), method=BOOTSTRAP.format(resamples(m.found)) + got.method,
    )  # fmt: skip


def _holding(value: Floats, at: At, critical: Floats) -> Interval:
    """Bounds around a corrected value that hold the value itself as well."""
    low, high = at(critical)
    return Interval(np.fmin(low, value + 0 * low), np.fmax(high, value + 0 * high))


@computes("detection", "box_ar")
def _average_recall(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    kind = _kind(m, metric)
    found, kinds = m.found, len(m.classes)
    first = found.place < metric.at
    share = found.right[first].mean(axis=1)
    if kind is not None:
        mine = found.kind[first] == kind
        ratio = m.ratio(m.per_image(found.image[first][mine], share[mine]), _objects(m, kind), found.labelled)
        return _share(m, metric, [ratio], [_labelled(m, kind)])
    images, size = len(m.unit), len(m.slices)
    hits = np.bincount(found.image[first] * kinds + found.kind[first], weights=share, minlength=images * kinds)
    there = np.bincount(found.there_image * kinds + found.there_kind, weights=found.objects, minlength=images * kinds)
    hits, there = hits.reshape(images, kinds), there.reshape(images, kinds)
    value, squares = np.full(size, np.nan), np.zeros(size)
    for rows in m.rows:
        for row in np.unique(rows):
            some = np.flatnonzero((rows == row) & found.labelled)
            w = m.weight[some, None]
            objects, right = (w * there[some]).sum(axis=0), (w * hits[some]).sum(axis=0)
            known = objects > 0
            if not known.any():
                continue
            recall = right[known] / objects[known]
            value[row] = recall.mean()
            pull = (w * (hits[some][:, known] - recall * there[some][:, known]) / objects[known]).mean(axis=1)
            squares[row] = (np.bincount(m.unit[some], weights=pull) ** 2).sum()
    base = _whole(m)
    variance = squares * divide(base.units, base.units - 1)
    return _share(m, metric, [replace(base, value=value, variance=variance)], [found.labelled])


@computes("detection", *SIZED)
def _of_size(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    what, size = SIZED[metric.base or metric.name]
    if what == "box_ap":
        return _average_precision(m.of_size(size), replace(metric, base=what))
    return _average_recall(m.of_size(size), replace(metric, base=what, at=float(MOST)))


@computes("detection", "box_precision", "box_recall", "box_f1")
def _at_a_threshold(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    found, kind = m.found, _kind(m, metric)
    name = metric.base or metric.name
    objects = _objects(m, kind)
    mine = np.ones(len(found.kind), dtype=bool) if kind is None else found.kind == kind
    ratios, counted = [], []
    for threshold in m.thresholds:
        some = mine & (found.score >= threshold)
        right = m.per_image(found.image[some], found.right[some, 0])
        boxes = m.per_image(found.image[some], ~found.ignored[some, 0])
        below = {"box_precision": boxes, "box_recall": objects, "box_f1": boxes + objects}[name]
        ratios.append(m.ratio((2.0 if name == "box_f1" else 1.0) * right, below, found.labelled))
        counted.append(found.labelled & (below > 0))
    return _share(m, metric, ratios, counted)


@computes("detection", "boxes_per_image", "objects_per_image")
def _per_image(m: DetectionMeasured, metric: ScoreMetric) -> Quantity:
    found, kind = m.found, _kind(m, metric)
    ones, every = np.ones(len(m.unit)), np.ones(len(m.unit), dtype=bool)
    if (metric.base or metric.name) == "objects_per_image":
        ratios, counted = [m.ratio(_objects(m, kind), ones, found.labelled)], found.labelled
    else:
        mine = np.ones(len(found.kind), dtype=bool) if kind is None else found.kind == kind
        somes = [mine & (found.score >= threshold) for threshold in m.thresholds]
        ratios = [m.ratio(m.per_image(found.image[some], np.ones(some.sum())), ones, every) for some in somes]
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


def _kind(m: DetectionMeasured, metric: ScoreMetric) -> int | None:
    return None if metric.info.of is None else m.classes.index(metric.info.of)


def _objects(m: DetectionMeasured, kind: int | None) -> Floats:
    """How many objects each image has, of one class or of all."""
    found = m.found
    mine = np.ones(len(found.objects), dtype=bool) if kind is None else found.there_kind == kind
    return m.per_image(found.there_image[mine], found.objects[mine])


def _labelled(m: DetectionMeasured, kind: int | None) -> Bools:
    """The images that a number is counted among: those with a label, or those that show a class."""
    return m.found.labelled if kind is None else m.found.labelled & (_objects(m, kind) > 0)


def _whole(m: DetectionMeasured) -> Ratio:
    """The labelled images of each slice, in units and in weight."""
    ones = np.ones(len(m.unit))
    return m.ratio(ones, ones, m.found.labelled)


def _mean(each: Floats) -> Floats:
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
