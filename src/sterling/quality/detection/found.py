"""What was found in all images, as arrays: one entry per box, in an order that depends on values alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import row_hashes
from sterling.core.frozen import dataclass
from sterling.quality.detection.boxes import THERE, found_name
from sterling.quality.detection.matching import IOUS, SIZES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Boxes of one model, by class and score, highest first; and the objects there are, per image and class.

    `image` and `kind` (the place of the class) have one entry per box, as have `score` and `place`; `right` and
    `ignored` have shape (boxes, 10), by overlap. `there_image`, `there_kind` and `objects` have one entry per image and
    class that a label has. `labelled` and `key` have one entry per image; images that hold the same have the same key.
    `marks` (right, then ignored, as bits) and `counts` (of objects) are the same of every size, see `of_size`.
    """

    image: Ints
    kind: Ints
    score: Floats
    place: Ints
    right: Bools
    ignored: Bools
    there_image: Ints
    there_kind: Ints
    objects: Floats
    labelled: Bools
    key: NDArray[np.uint64]
    marks: tuple[Ints, Ints]
    counts: Floats

    def of_size(self, size: str) -> Found:
        """The same where only objects of one of `matching.SIZES` count."""
        place = list(SIZES).index(size)
        right, ignored = (_at_overlaps(bits, place) for bits in self.marks)
        return replace(self, right=right, ignored=ignored, objects=self.counts[:, place])


def found_in(frame: pl.DataFrame, index: int, classes: tuple[str, ...]) -> Found:
    """From a condensed frame to arrays. Boxes of images without a label count for how many are found only."""
    mine, there = exploded(frame, found_name(index)), exploded(frame, THERE)
    order = mine.with_columns(kind=_kinds(mine["class"], classes)).sort(
        "kind", "score", "image", "place", descending=[False, True, False, False]
    )
    right, ignored = (order[name].to_numpy() for name in ("right", "ignored"))
    counts = there.select(*SIZES).to_numpy().astype(np.float64).reshape(-1, len(SIZES))
    return Found(
        image=order["image"].to_numpy(),
        kind=order["kind"].to_numpy(),
        score=order["score"].to_numpy(),
        place=order["place"].to_numpy(),
        right=_at_overlaps(right, 0),
        ignored=_at_overlaps(ignored, 0),
        there_image=there["image"].to_numpy(),
        there_kind=_kinds(there["class"], classes).to_numpy(),
        objects=counts[:, 0],
        labelled=frame[THERE].is_not_null().to_numpy(),
        key=row_hashes(frame.select(THERE, pl.col(found_name(index)).alias("found"))),
        marks=(right, ignored),
        counts=counts,
    )


def _at_overlaps(bits: Ints, size: int) -> Bools:
    """Of one size, at each of `IOUS`: shape (boxes, overlaps)."""
    return (bits[:, None] >> (size * len(IOUS) + np.arange(len(IOUS))) & 1).astype(bool)


def exploded(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A row for each entry of a list of structs, with the `image` it is of."""
    lists = pl.DataFrame({"image": np.arange(frame.height), "entry": frame[column]})
    return lists.filter(pl.col("entry").list.len() > 0).explode("entry").unnest("entry")


def _kinds(column: pl.Series, classes: tuple[str, ...]) -> pl.Series:
    return column.cast(pl.Enum(classes)).to_physical().cast(pl.Int64)
