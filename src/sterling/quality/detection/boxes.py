"""From lists of boxes to what is counted of an image: how many objects of each class it shows, and what was found."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from sterling.core.errors import InputError, counted, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.engine.survey import between, kind_of
from sterling.quality.detection.matching import IOUS, SIZES, match, ranked

THERE = "\0there"
"""The column that `Boxes` makes of the labels; those of the models are `found_name` of their places."""
SIDES = ("x", "y", "width", "height")
CORNERS = ("x_min", "y_min", "x_max", "y_max")
OF_TRUTH = ("crowd", "area")
"""Fields that boxes of a label may have."""
_BITS = 1 << np.arange(len(SIZES) * len(IOUS)).reshape(len(SIZES), len(IOUS))


def found_name(index: int) -> str:
    return f"\0found {index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """Matches the boxes of images. `kept`: other columns that go along.

    Makes of each image a list of its classes with their objects, of each of `matching.SIZES`, null without a label; and
    for each model a list of the boxes found: class, score, place in the image and class, and among which sizes and at
    which of `IOUS` they are right, or do not count, as bits. The boxes themselves are let go. Raises InputError for
    what is no box.
    """

    label: str | None
    predictions: tuple[str, ...]
    kept: tuple[str, ...]
    name: str

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        images = pl.DataFrame({"image": np.arange(frame.height)})
        there = self._long(frame, self.label, score=False)
        objects = (
            there.group_by("image", "class")
            .agg(
                (~pl.col("crowd") & pl.col("area").is_between(*ends)).sum().cast(pl.Int64).alias(size)
                for size, ends in SIZES.items()
            )
            .sort("image", "class")
            .group_by("image", maintain_order=True)
            .agg(pl.struct("class", *SIZES).alias(THERE))
        )
        out = images.join(objects, on="image", how="left", maintain_order="left").with_columns(
            pl.col(THERE).fill_null([])
        )
        if self.label is not None:
            out = out.with_columns(pl.when(frame[self.label].is_not_null()).then(THERE).alias(THERE))
        for i, column in enumerate(self.predictions):
            out = out.join(self._found(frame, column, there).rename({"found": found_name(i)}), on="image", how="left",
                           maintain_order="left").with_columns(pl.col(found_name(i)).fill_null([]))  # fmt: skip
        return out.drop("image").with_columns(frame[c] for c in self.kept)

    def _found(self, frame: pl.DataFrame, column: str, there: pl.DataFrame) -> pl.DataFrame:
        found = ranked(self._long(frame, column, score=True))
        right, ignored = match(found, there)
        told = found.select("image", "class", "score", "place").with_columns(
            right=pl.Series((right * _BITS).sum(axis=(1, 2)), dtype=pl.Int64),
            ignored=pl.Series((ignored * _BITS).sum(axis=(1, 2)), dtype=pl.Int64),
        )
        fields = pl.struct("class", "score", "place", "right", "ignored").alias("found")
        return told.group_by("image", maintain_order=True).agg(fields)

    def _long(self, frame: pl.DataFrame, column: str | None, *, score: bool) -> pl.DataFrame:
        """A row for each box of a column: image, class, x, y, width, height, and score, or crowd and area."""
        last: dict[str, Any] = {"score": pl.Float64} if score else {"crowd": pl.Boolean, "area": pl.Float64}
        if column is None:
            return pl.DataFrame(
                schema={"image": pl.Int64, "class": pl.String, **dict.fromkeys(SIDES, pl.Float64), **last}
            )
        nothing = frame[column].null_count()
        if score and nothing:
            raise InputError(
                f"{counted(nothing, 'image has', 'images have')} no list in column {shown(column)!r}",
                where=self.name, expected="the boxes found in every image, an empty list where there are none",
                hint="fill_null([]) where nothing was found; drop images that the model was not shown",
            )  # fmt: skip
        lists = pl.DataFrame({"image": np.arange(frame.height), "box": frame[column]})
        rows = lists.filter(pl.col("box").list.len() > 0).explode("box")
        boxes = rows["box"].struct.unnest()
        self._complete(boxes, rows["box"].null_count(), column, score=score)
        corners = "x_min" in boxes.columns
        x, y, third, fourth = (pl.col(c).cast(pl.Float64) for c in (CORNERS if corners else SIDES))
        size = {"width": third - x, "height": fourth - y} if corners else {"width": third, "height": fourth}
        crowd = pl.col("crowd").cast(pl.Boolean) if "crowd" in boxes.columns else pl.lit(value=False)
        area = pl.col("area").cast(pl.Float64) if "area" in boxes.columns else pl.lit(None, dtype=pl.Float64)
        of_truth = {"crowd": crowd.fill_null(value=False), "area": area.fill_null(size["width"] * size["height"])}
        made = boxes.select(
            pl.col("class").cast(pl.String), x=x, y=y, **size,
            **({"score": pl.col("score").cast(pl.Float64)} if score else of_truth),
        )  # fmt: skip
        self._sound(made, column, score=score)
        return made.select(rows["image"].cast(pl.Int64), pl.all())

    def _complete(self, boxes: pl.DataFrame, nothing: int, column: str, *, score: bool) -> None:
        needed = [c for c in boxes.columns if c not in OF_TRUTH]
        lacking = nothing or max((boxes[c].null_count() for c in needed), default=0)
        if lacking:
            field = next((c for c in needed if boxes[c].null_count()), "class")
            raise InputError(
                f"{counted(lacking, 'box', 'boxes')} in column {shown(column)!r} {'lacks' if lacking == 1 else 'lack'} "
                f"the field {field!r}",
                where=self.name,
                expected="every field of every box" + (", its score among them" if score else ""),
                hint="leave out boxes that are not known, or find out why the model gave no more of them",
            )

    def _sound(self, boxes: pl.DataFrame, column: str, *, score: bool) -> None:
        sides = boxes.select(*SIDES, *([] if score else ["area"]))
        odd = sides.select((~pl.all_horizontal(pl.all().is_finite())).sum()).item()
        negative = boxes.select(((pl.col("width") < 0) | (pl.col("height") < 0)).sum()).item()
        below = 0 if score else boxes.select((pl.col("area") < 0).sum()).item()
        for count, what, hint in (
            (odd, "NaN or infinite numbers", "find out why the model gave none, or leave those boxes out"),
            (negative, "a negative width or height", "x_max and y_max are no smaller than x_min and y_min"),
            (below, "a negative area", "the area is that of the object, in pixels; leave it out for that of the box"),
        ):
            if count:
                have = "has" if count == 1 else "have"
                raise InputError(
                    f"{counted(count, 'box', 'boxes')} in column {shown(column)!r} {have} {what}",
                    where=self.name, expected="finite numbers, sizes of 0 or more", hint=hint,
                )  # fmt: skip
        if score and boxes.height:
            low, high = float(boxes["score"].min()), float(boxes["score"].max())  # type: ignore[arg-type]
            if not (low >= 0 and high <= 1) or boxes["score"].is_nan().any():
                reach = "include NaN" if boxes["score"].is_nan().any() else f"lie {between(low, high)}"
                raise InputError(
                    f"scores of boxes in column {shown(column)!r} {reach}", where=self.name,
                    expected="numbers from 0 to 1", hint="turn raw scores (logits) into probabilities first",
                )  # fmt: skip


def check_kind(column: str, kind: pl.DataType, *, score: bool) -> None:
    """Raise InputError unless a column can hold boxes: lists of structs with the fields of one form."""
    last = ("score",) if score else OF_TRUTH
    inner: Any = kind.inner if isinstance(kind, pl.List | pl.Array) else None
    form = "lists of structs {x, y, width, height, class" + (", score}" if score else "}, perhaps with crowd and area")
    if inner == pl.Null:
        raise InputError(
            f"the column {shown(column)!r} holds no box in any image, empty lists alone", expected=form,
            hint="are these the model's boxes, before any threshold?" if score else "is it the column of the label?",
        )  # fmt: skip
    if not isinstance(inner, pl.Struct):
        raise InputError(
            f"the column {shown(column)!r} holds {kind_of(kind)}, not boxes", expected=form,
            hint="lists are read from Parquet and Arrow, and CSV has none: write the table as Parquet"
            if kind == pl.String else "or x_min, y_min, x_max, y_max in place of x, y, width, height",
        )  # fmt: skip
    fields: dict[str, Any] = {f.name: f.dtype for f in inner.fields}
    place = CORNERS if "x_min" in fields else SIDES
    needed = [*place, "class", *(["score"] if score else [])]
    known = [*needed, *last]
    unknown = [f for f in fields if f not in known]
    if unknown:
        raise InputError(
            f"boxes in column {shown(column)!r} have an unknown field {shown(unknown[0])!r}", expected=form,
            hint=near_miss(unknown[0], {*SIDES, *CORNERS, "class", *last} - fields.keys()),
        )  # fmt: skip
    missing = [f for f in needed if f not in fields]
    if missing:
        raise InputError(
            f"boxes in column {shown(column)!r} have no field {missing[0]!r}", expected=form,
            hint="or x_min, y_min, x_max, y_max in place of x, y, width, height",
        )  # fmt: skip
    for field in (*place, *(["score"] if score else ["area"] if "area" in fields else [])):
        if not fields[field].is_numeric():
            raise InputError(
                f"the field {field!r} of boxes in column {shown(column)!r} holds {kind_of(fields[field])}, not numbers",
                expected="numbers", hint="coordinates and areas in pixels, scores from 0 to 1",
            )  # fmt: skip
    if fields["class"].is_float() or fields["class"].is_nested():
        raise InputError(
            f"the field 'class' of boxes in column {shown(column)!r} holds {kind_of(fields['class'])}",
            expected="text or whole numbers", hint="class numbers as integers, not as 1.0",
        )  # fmt: skip
