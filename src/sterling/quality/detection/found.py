"""What was found in all images, as arrays: one entry per box, in an order that depends on values alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.quality.detection.boxes import THERE, found_name
from sterling.quality.detection.matching import IOUS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Boxes of one model, by class and score, highest first; and the objects there are, per image and class.

    `image` and `kind` (the place of the class) have one entry per box, as have `score` and `place`; `right` and
    `ignored` have shape (boxes, 10), by overlap. `there_image`, `there_kind` and `objects` have one entry per image and
    class that a label has. `labelled` has one entry per image.
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


def found_in(frame: pl.DataFrame, index: int, classes: tuple[str, ...]) -> Found:
    """From a condensed frame to arrays. Boxes of images without a label count for how many are found only."""
    mine, there = exploded(frame, found_name(index)), exploded(frame, THERE)
    order = mine.with_columns(kind=_kinds(mine["class"], classes)).sort(
        "kind", "score", "image", "place", descending=[False, True, False, False]
    )
    bits = np.arange(len(IOUS))
    return Found(
        image=order["image"].to_numpy(),
        kind=order["kind"].to_numpy(),
        score=order["score"].to_numpy(),
        place=order["place"].to_numpy(),
        right=(order["right"].to_numpy()[:, None] >> bits & 1).astype(bool),
        ignored=(order["ignored"].to_numpy()[:, None] >> bits & 1).astype(bool),
        there_image=there["image"].to_numpy(),
        there_kind=_kinds(there["class"], classes).to_numpy(),
        objects=there["objects"].to_numpy().astype(np.float64),
        labelled=frame[THERE].is_not_null().to_numpy(),
    )


def exploded(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A row for each entry of a list of structs, with the `image` it is of."""
    lists = pl.DataFrame({"image": np.arange(frame.height), "entry": frame[column]})
    return lists.filter(pl.col("entry").list.len() > 0).explode("entry").unnest("entry")


def _kinds(column: pl.Series, classes: tuple[str, ...]) -> pl.Series:
    return column.cast(pl.Enum(classes)).to_physical().cast(pl.Int64)
