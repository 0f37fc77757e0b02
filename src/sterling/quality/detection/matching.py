"""Which box that was found is which box that is there, by the rules of COCO, for many images at once.

In each image and class the best score chooses first, and takes the free box that it overlaps most; a box around a crowd
may be taken many times, and neither it nor what matches nothing else counts (Lin et al. 2014, ECCV; pycocotools).

Objects of one size are looked at in the same way: those of other sizes do not count, nor does what is found of them or,
where it matches nothing, is of another size itself.
"""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
IOUS = np.linspace(0.5, 0.95, 10)
"""The overlaps at which a box counts as found."""
SIZES = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
"""Areas in pixels, both ends included, as COCO has them."""
MOST_FOUND = 100
"""So many boxes of an image and a class count, those with the best scores."""
_BEFORE_ONE = 1 - 1e-10


def ranked(found: pl.DataFrame) -> pl.DataFrame:
    """Boxes by image and class, best score first (equal ones in their order), with their `place`; the first 100."""
    ordered = found.sort("image", "class", "score", descending=[False, False, True], maintain_order=True)
    placed = ordered.with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64).over("image", "class"))
    return placed.filter(pl.col("place") < MOST_FOUND)


def match(found: pl.DataFrame, there: pl.DataFrame) -> tuple[Bools, Bools]:
    """Whether each box of `found` is right, and whether it does not count: shape (boxes, `SIZES`, `IOUS`).

    `found` is as `ranked` gives it; `there` has columns `crowd` and `area`. Boxes are x, y, width and height.
    """
    pairs = _pairs(found, there)
    crowd = there["crowd"].to_numpy()
    uncounted = crowd[:, None] | ~sized(there["area"].to_numpy())
    or_none = np.concatenate([uncounted, np.zeros((1, len(SIZES)), dtype=bool)])  # found with -1
    mine = ~sized((found["width"] * found["height"]).to_numpy())
    right, ignored = (np.zeros((len(found), len(SIZES), len(IOUS)), dtype=bool) for _ in range(2))
    for s in range(len(SIZES)):
        chosen = _chosen(found, pairs, crowd, uncounted[:, s])
        right[:, s] = (chosen >= 0) & ~or_none[chosen, s]
        ignored[:, s] = np.where(chosen < 0, mine[:, s, None], or_none[chosen, s])
    return right, ignored


def sized(area: Floats) -> Bools:
    """Which of `SIZES` each area is of: shape (boxes, sizes)."""
    low, high = np.array(list(SIZES.values())).T
    return np.asarray((area[:, None] >= low) & (area[:, None] <= high))


def _chosen(found: pl.DataFrame, pairs: pl.DataFrame, crowd: Bools, uncounted: Bools) -> Ints:
    """The object that each box found takes at each of `IOUS`, -1 for none: shape (boxes, overlaps)."""
    last = pairs.with_columns(uncounted=uncounted[pairs["truth"].to_numpy()])
    last = last.sort("detection", "uncounted", "iou", "truth", descending=[False, True, False, False])
    detection, truth, iou = (last[name].to_numpy() for name in ("detection", "truth", "iou"))
    taken = np.zeros((len(crowd), len(IOUS)), dtype=bool)
    out = np.full((len(found), len(IOUS)), -1)
    reaches = iou[:, None] >= np.minimum(IOUS, _BEFORE_ONE)
    place = found["place"].to_numpy()[detection]
    by_place = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[by_place], np.arange(MOST_FOUND + 1))
    for start, stop in itertools.pairwise(ends):
        rows = by_place[start:stop]  # of each image and class, the box whose turn it is, with all that it overlaps
        if not len(rows):
            continue
        free = reaches[rows] & (crowd[truth[rows], None] | ~taken[truth[rows]])
        first = np.flatnonzero(np.diff(detection[rows], prepend=-1))
        best = np.maximum.reduceat(np.where(free, np.arange(len(rows))[:, None], -1), first, axis=0)
        turn, at = np.nonzero(best >= 0)
        chosen = rows[best[turn, at]]
        taken[truth[chosen], at] = True
        out[detection[chosen], at] = truth[chosen]
    return out


def _pairs(found: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """What overlaps enough to match at all. Of each box found the best to choose is one that counts, then the one of
    the largest overlap, then the later one."""
    mine = found.select("image", "class", "x", "y", "width", "height").with_row_index("detection")
    theirs = there.select("image", "class", "x", "y", "width", "height", "crowd").with_row_index("truth")
    both = mine.join(theirs, on=["image", "class"], suffix="_there")
    x, y, w, h = (pl.col(c) for c in ("x", "y", "width", "height"))
    gx, gy, gw, gh = (pl.col(f"{c}_there") for c in ("x", "y", "width", "height"))
    across = pl.min_horizontal(w + x, gw + gx) - pl.max_horizontal(x, gx)
    down = pl.min_horizontal(h + y, gh + gy) - pl.max_horizontal(y, gy)
    inside = pl.when((across > 0) & (down > 0)).then(across * down).otherwise(0.0)
    whole = pl.when("crowd").then(w * h).otherwise(w * h + gw * gh - inside)
    iou = pl.when(inside > 0).then(inside / whole).otherwise(0.0)
    near = both.select("detection", "truth", iou=iou).filter(pl.col("iou") >= IOUS[0])
    return near.with_columns(pl.col("detection", "truth").cast(pl.Int64))
