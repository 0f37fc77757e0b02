"""Metrics of models that name the class of every pixel: values from the confusion table of the pixels.

Images, or the clusters that they come in, are the unit: a ratio of totals over images is linearised (Särndal, Swensson
and Wretman 1992, 5.6), and the effective n that follows gives Wilson's interval.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from sterling.core.metrics import Metric
from sterling.engine.computing import computes
from sterling.engine.quantity import Quantity
from sterling.engine.shares import share_quantity
from sterling.quality.multiclass.averages import (
    Average,
    balanced_accuracy,
    macro_f1,
    macro_precision,
    mean_iou,
    weighted_iou,
)
from sterling.quality.multiclass.metrics import accuracy
from sterling.quality.segmentation import infos as _infos
from sterling.quality.segmentation.measured import SegmentationMeasured
from sterling.stats.arrays import Interval, divide
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import cluster_n, few_clusters

REGISTERED = _infos
METHOD = "linearised (delta method) on joint cell counts, Wilson score interval at the effective n of the clusters"
Rule = Callable[..., Interval]
AVERAGES: dict[str, Average] = {
    "mean_iou": mean_iou,
    "mean_dice": macro_f1,
    "mean_pixel_recall": balanced_accuracy,
    "mean_pixel_precision": macro_precision,
    "frequency_weighted_iou": weighted_iou,
}


@computes("segmentation", *AVERAGES)
def _average(m: SegmentationMeasured, metric: Metric) -> Quantity:
    """An average over classes, linearised on the cells of the table, whose totals vary from image to image."""
    average, of = AVERAGES[metric.info.name], m.pixels
    assert of.clustered is not None
    table = of.confusion.worth[:, :-1]
    value, slope = average(table)
    squares, clusters = of.clustered.squares(slope)
    sizes, _ = of.clustered.squares(np.ones(table.shape))
    variance = squares * divide(clusters, clusters - 1)
    # Where no image differs from the others each counts as one person, whatever its pixels: the cautious end.
    n = cluster_n(value, variance, sizes, table.sum(axis=(1, 2)), np.inf)

    def bounds(rule: Rule, critical: ArrayLike) -> Interval:
        return rule(value[:, None], few_clusters(n[:, None], critical, clusters[:, None]), critical)

    found = Quantity(
        info=metric.info,
        value=np.where(clusters > 1, value, np.nan)[:, None],
        interval_at=partial(bounds, wilson_value),
        decide_at=partial(bounds, exact_value),
        n_eligible=m.n[:, None],
        n_effective=n[:, None],
        method=METHOD,
    )
    return m.labelled(found)


@computes("segmentation", "pixel_accuracy")
def _accuracy(m: SegmentationMeasured, metric: Metric) -> Quantity:
    return m.labelled(accuracy(m.pixels, metric))


@computes("segmentation", "representation")
def _representation(m: SegmentationMeasured, metric: Metric) -> Quantity:
    return share_quantity(metric.info, m.n, m.images.w, m.images.q, m.images.clusters)
