"""Average precision as COCO has it, for many weightings of the images at once.

Precision is taken at 101 levels of recall, as the best at that recall or beyond. Boxes of one score enter together, so
that no order of the images decides; where scores differ this is pycocotools to the last digits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.quality.detection.found import Found
from sterling.quality.detection.matching import IOUS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RECALLS = np.linspace(0.0, 1.0, 101)
_EDGES = np.append(RECALLS, np.inf)
RESAMPLES = (200, 1_000)
"""Images are drawn again so many times at least, and at most."""
_CELLS = 1 << 22
_AT_ONCE = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Precisions:
    """Average precision per slice: `value` of shape (slices, classes, overlaps), NaN for a class that no object has.

    `variance` has one class and one overlap more: the mean over all of them, last. `mean`, of its shape, is what
    drawing images again gives on average. It lies above the value as the value lies above the truth: of several
    precisions the best is taken, which is the more often best by chance the fewer images there are.
    """

    value: Floats
    variance: Floats
    mean: Floats


def resamples(found: Found) -> int:
    """How often images are drawn again: as often as a few seconds allow, since every draw makes the variance surer."""
    return int(np.clip(_CELLS // max(len(found.image), len(found.labelled), 1), *RESAMPLES))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paired:
    """Average precision of two models of the same images, drawn again with the same weights.

    `covariance`, of the shape of either variance, is that of the two.
    """

    before: Precisions
    after: Precisions
    covariance: Floats


def of_slices(
    found: Found, rows: tuple[Ints, ...], slices: int, kinds: int, weight: Floats, draws: Floats
) -> Precisions:
    """Average precision in every slice. `rows`: per family, the slice of each image; `weight` is of images.

    `draws` has shape (resamples, images): the weights of images drawn again, which the variance is that of.
    """
    out = _empty(slices, kinds)
    for row, value, drawn in _drawn(found, rows, kinds, weight, draws):
        wide = _with_means(drawn)
        out.value[row], out.mean[row], out.variance[row] = value, wide.mean(axis=0), wide.var(axis=0, ddof=1)
    return out


def of_pairs(
    founds: tuple[Found, Found], rows: tuple[Ints, ...], slices: int, kinds: int, weight: Floats, draws: Floats
) -> Paired:
    """The same of two models: of a slice both have the same objects, so that both are known of the same classes."""
    outs, covariance = (_empty(slices, kinds), _empty(slices, kinds)), _empty(slices, kinds).mean
    for both in zip(*(_drawn(found, rows, kinds, weight, draws) for found in founds), strict=True):
        away = []
        for out, (row, value, drawn) in zip(outs, both, strict=True):
            wide = _with_means(drawn)
            out.value[row], out.mean[row], out.variance[row] = value, wide.mean(axis=0), wide.var(axis=0, ddof=1)
            away.append(wide - out.mean[row])
        covariance[both[0][0]] = (away[0] * away[1]).sum(axis=0) / (len(draws) - 1)
    return Paired(before=outs[0], after=outs[1], covariance=covariance)


def _empty(slices: int, kinds: int) -> Precisions:
    value = np.full((slices, kinds, len(IOUS)), np.nan)
    mean, variance = (np.full((slices, kinds + 1, len(IOUS) + 1), np.nan) for _ in range(2))
    return Precisions(value=value, variance=variance, mean=mean)


def _drawn(
    found: Found, rows: tuple[Ints, ...], kinds: int, weight: Floats, draws: Floats
) -> Iterator[tuple[int, Floats, Floats]]:
    """Of each slice with objects: its row, its average precision, and that of the images drawn again."""
    for of in rows:
        mine = np.flatnonzero(found.labelled[found.image])
        box_order = mine[np.argsort(of[found.image[mine]], kind="stable")]
        object_order = np.argsort(of[found.there_image], kind="stable")
        box_of, object_of = of[found.image[box_order]], of[found.there_image[object_order]]
        for row in np.unique(object_of):
            boxes = box_order[slice(*np.searchsorted(box_of, [row, row + 1]))]
            objects = object_order[slice(*np.searchsorted(object_of, [row, row + 1]))]
            value = _of_classes(found, boxes, objects, kinds, weight[None])[0]
            yield int(row), value, _in_parts(found, boxes, objects, kinds, weight * draws)


def _with_means(drawn: Floats) -> Floats:
    """Beside each class and overlap the means over overlaps, over classes, and over both, last.

    NaN for a class that no object has.
    """
    known = ~np.isnan(drawn[0, :, 0])
    out = np.full((len(drawn), drawn.shape[1] + 1, drawn.shape[2] + 1), np.nan)
    if known.any():
        wide = np.concatenate([drawn, drawn.mean(axis=2, keepdims=True)], axis=2)[:, known]
        out[:, np.append(known, True)] = np.concatenate([wide, wide.mean(axis=1, keepdims=True)], axis=1)
    return out


def _in_parts(found: Found, boxes: Ints, objects: Ints, kinds: int, weights: Floats) -> Floats:
    """Some weightings at a time: so many that what is worked out of them stays near the processor."""
    step = max(1, _AT_ONCE // max(len(boxes), 1))
    parts = (weights[start : start + step] for start in range(0, len(weights), step))
    return np.concatenate([_of_classes(found, boxes, objects, kinds, part) for part in parts])


def _of_classes(found: Found, boxes: Ints, objects: Ints, kinds: int, weights: Floats) -> Floats:
    """Average precision of each class of some boxes, of shape (weightings, classes, overlaps)."""
    out = np.full((len(weights), kinds, len(IOUS)), np.nan)
    kind_of, there = found.kind[boxes], found.there_kind[objects]
    for kind in np.unique(there):
        of = objects[there == kind]
        many = weights[:, found.there_image[of]] @ found.objects[of]
        if not many.min() > 0:  # crowds alone
            continue
        mine = boxes[slice(*np.searchsorted(kind_of, [kind, kind + 1]))]
        out[:, kind] = _average_precision(found, mine, many, weights)
    return out


def _average_precision(found: Found, boxes: Ints, many: Floats, weights: Floats) -> Floats:
    """Of one class, at each overlap: shape (weightings, overlaps). `many`: the weight of its objects."""
    out = np.zeros((len(weights), len(IOUS)))
    if not len(boxes):
        return out
    score, right, ignored = found.score[boxes], found.right[boxes], found.ignored[boxes]
    last = np.searchsorted(-score, -score, side="right") - 1  # the last box of the same score
    ends = np.unique(last[right.any(axis=1)])
    if not len(ends):
        return out
    w = weights[:, found.image[boxes[: ends[-1] + 1]]]
    starts = np.append(0, ends[:-1] + 1)  # precision is looked at where something right was found, and nowhere between
    counted = None if ignored.any() else np.cumsum(np.add.reduceat(w, starts, axis=1), axis=1)
    for t in range(len(IOUS)):
        mine = np.flatnonzero(right[:, t])
        if not len(mine):
            continue
        at, place = np.unique(np.searchsorted(ends, mine), return_index=True)
        hits = np.cumsum(np.add.reduceat(w[:, mine], place, axis=1), axis=1)
        every = counted
        if every is None:
            every = np.cumsum(np.add.reduceat(w * ~ignored[: w.shape[1], t], starts, axis=1), axis=1)
        out[:, t] = _over_recall(hits / every[:, at], hits / many[:, None])
    return out


def _over_recall(precision: Floats, recall: Floats) -> Floats:
    """The mean over `RECALLS` of the best precision at that recall or beyond, of each row."""
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    levels = _levels(recall).astype(np.float64)
    levels[:, 1:] -= levels[:, :-1].copy()
    return np.asarray(np.einsum("ij,ij->i", best, levels) / len(RECALLS))


def _levels(recall: Floats) -> NDArray[np.int32]:
    """How many of `RECALLS` each recall has reached: a hundredth is told by multiplying, and then looked up."""
    near = (recall * (len(RECALLS) - 1)).astype(np.int32)
    reached = _EDGES.take(near, mode="clip") <= recall
    return np.asarray(near + reached + (_EDGES.take(near + 1, mode="clip") <= recall))
