"""Which class is taken for which, pixel by pixel, with intervals over images."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.core.confusion import Confusion
from sterling.engine.cube import joint_codes
from sterling.quality.multiclass.confusion import MOST_CLASSES, drawn_slices
from sterling.quality.segmentation.measured import SegmentationMeasured
from sterling.stats.arrays import divide
from sterling.stats.normal import z
from sterling.stats.proportion import wilson_value
from sterling.stats.weights import cluster_n, cluster_variance_from_sums, few_clusters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def confusion_of(m: SegmentationMeasured) -> Confusion | None:
    """The table of the slices that are drawn; None with more than `MOST_CLASSES` classes.

    A share is a ratio of totals over images (or clusters of images), which are the unit. Labels that fewer than the
    least number of images have are left out.
    """
    if len(m.classes) > MOST_CLASSES:
        return None
    keep = drawn_slices(m)
    counts = m.pixels.confusion.rows[keep, :-1]
    worth = m.pixels.confusion.worth[keep, :-1]
    share = divide(worth, worth.sum(axis=2, keepdims=True))
    images = np.stack([m.images.having(m.images.label == c, len(m.slices)) for c in range(len(m.classes))], axis=1)
    share[images[keep] < m.min_n] = np.nan
    n, clusters = _effective(m, keep, share, worth.sum(axis=2))
    critical = z(m.level)
    low, high = wilson_value(share, few_clusters(n, critical, clusters[:, :, None]), critical)
    return Confusion(
        classes=m.classes,
        slices=tuple(m.slices[i] for i in keep),
        rows=counts.sum(axis=2).astype(np.int64),
        n=counts.astype(np.int64),
        share=share,
        low=np.where(np.isnan(share), np.nan, low),
        high=np.where(np.isnan(share), np.nan, high),
        method=f"Wilson score interval at the effective n of the {m.units}",
    )


def _effective(m: SegmentationMeasured, keep: Ints, share: Floats, labels: Floats) -> tuple[Floats, Ints]:
    """What the images behind each share are worth as independent pixels, and how many clusters have each label."""
    classes, many = len(m.classes), len(keep)
    hh, he = np.zeros(share.shape), np.zeros(share.shape)
    ee, clusters = np.zeros(labels.shape), np.zeros(labels.shape, dtype=np.int64)
    for row, code, weight, label, prediction in _totals(m, keep):
        place = (row * classes + label) * classes + prediction
        pairs, pair = np.unique(np.stack([row * classes + label, code]), axis=1, return_inverse=True)
        whole = np.bincount(pair.ravel(), weights=weight)
        size = many * classes
        ee += np.bincount(pairs[0], weights=whole**2, minlength=size).reshape(ee.shape)
        clusters += np.bincount(pairs[0], minlength=size).reshape(ee.shape)
        hh += np.bincount(place, weights=weight**2, minlength=size * classes).reshape(hh.shape)
        he += np.bincount(place, weights=weight * whole[pair.ravel()], minlength=size * classes).reshape(hh.shape)
    total = labels[:, :, None]
    variance = cluster_variance_from_sums(hh, he, ee[:, :, None], total, clusters[:, :, None], share)
    return cluster_n(share, variance, ee[:, :, None], total, np.inf), clusters


def _totals(m: SegmentationMeasured, keep: Ints) -> list[tuple[Ints, Ints, NDArray[Any], Ints, Ints]]:
    """Per family of drawn slices: of each slice, cluster, label and prediction that occur, the weighted pixels."""
    assert m.pixels.clustered is not None
    of = m.pixels.clustered
    batch, classes = of.batch, len(m.classes)
    assert batch.cluster is not None and batch.weight is not None
    place = np.full(len(m.slices), -1, dtype=np.int64)
    place[keep] = np.arange(len(keep))
    out, start = [], 0
    for family, kept in zip(of.slicing.families.families, of.slicing.kept, strict=True):
        table = np.full(int(kept.max(initial=0)) + 1, -1, dtype=np.int64)
        table[kept] = place[start : start + len(kept)]
        start += len(kept)
        row = table[joint_codes(batch, family)]
        some = np.flatnonzero((row >= 0) & (batch.label < classes))
        keys = np.stack([row[some], batch.cluster[some], batch.label[some], batch.scores[0][some]])
        found, at = np.unique(keys, axis=1, return_inverse=True)
        weight = np.bincount(at.ravel(), weights=batch.weight[some], minlength=found.shape[1]) * of.unit
        if found.shape[1]:
            out.append((found[0], found[1], weight, found[2], found[3]))
    return out
