"""From masks to counts: of each image, how many pixels have which label and which prediction."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.engine.survey import kind_of

CELLS, LABEL, PIXELS = "\0cells", "label", "pixels"
"""The column that `Masks` makes, and two of its fields; the predictions' fields are the places of the models."""
_IMAGE, _TRUE = "\0image", "\0label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """Counts the pixels of images. `kept`: other columns that go along.

    Makes of each image a list of structs: a label (null where a pixel has none), a prediction of each model, and how
    many pixels have them, in the order of the values. Raises InputError when masks lack or do not match.
    """

    label: str | None
    predictions: tuple[str, ...]
    kept: tuple[str, ...]
    name: str

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        places = [str(i) for i in range(len(self.predictions))]
        masks = pl.DataFrame(
            [_flat(frame[c]).alias(place) for c, place in zip(self.predictions, places, strict=True)]
        ).with_row_index(_IMAGE)
        if self.label is not None:
            masks = masks.with_columns(_flat(frame[self.label]).alias(_TRUE))
        self._check(masks)
        self._same_lines(frame)
        pixels = self._pixels(masks, places)
        for place, column in zip(places, self.predictions, strict=True):
            _check_pixels(pixels[place], column, self.name)
        cells = pixels.group_by(_IMAGE, LABEL, *places).len(PIXELS)
        cells = cells.with_columns(pl.col(LABEL, *places).cast(pl.String), pl.col(PIXELS).cast(pl.Int64))
        lists = (
            cells.sort(_IMAGE, LABEL, *places)
            .group_by(_IMAGE, maintain_order=True)
            .agg(pl.struct(LABEL, *places, PIXELS).alias(CELLS))
        )
        return lists.select(CELLS).with_columns(frame[c] for c in self.kept)

    def _pixels(self, masks: pl.DataFrame, places: list[str]) -> pl.DataFrame:
        """A row for each pixel; images without a label mask have none for any."""
        if self.label is None:
            return masks.explode(places).with_columns(pl.lit(None, dtype=pl.String).alias(LABEL))
        known = masks.filter(pl.col(_TRUE).is_not_null()).explode(*places, _TRUE).rename({_TRUE: LABEL})
        unknown = masks.filter(pl.col(_TRUE).is_null()).drop(_TRUE).explode(places)
        unknown = unknown.with_columns(pl.lit(None, dtype=known.schema[LABEL]).alias(LABEL))
        return pl.concat([known, unknown.select(known.columns)])

    def _check(self, masks: pl.DataFrame) -> None:
        sizes = masks.select(pl.col("0").list.len())["0"]
        for i, column in enumerate(self.predictions):
            mask = masks[str(i)]
            if mask.null_count():
                raise InputError(
                    f"{counted(mask.null_count(), 'image has', 'images have')} no mask in column {shown(column)!r}",
                    where=self.name,
                    expected="a prediction for every pixel of every image",
                    hint="drop those rows, or find out why the model gave none",
                )
            if int((mask.list.len() == 0).sum()):
                raise InputError(
                    f"a mask in column {shown(column)!r} has no pixel", where=self.name,
                    expected="a class for every pixel", hint="drop images without pixels",
                )  # fmt: skip
            self._same_size(sizes, mask, self.predictions[0], column)
        if self.label is not None:
            self._same_size(sizes, masks[_TRUE], self.predictions[0], self.label)

    def _same_size(self, sizes: pl.Series, mask: pl.Series, first: str, second: str) -> None:
        odd = int((sizes != mask.list.len()).fill_null(value=False).sum())
        if odd:
            raise InputError(
                f"{counted(odd, 'image has', 'images have')} masks of different sizes in columns {shown(first)!r} and "
                f"{shown(second)!r}",
                where=self.name,
                expected="as many pixels in both, in the same order",
                hint="bring predictions to the size of the label first, with the nearest class and not a mean",
            )

    def _same_lines(self, frame: pl.DataFrame) -> None:
        """As many pixels may be lines of another length: the mask of a picture that lies on its side."""
        first, *others = (*self.predictions, *([self.label] if self.label is not None else []))
        lines = _levels(frame[first])
        for column in others:
            theirs = _levels(frame[column])
            if not lines or len(theirs) != len(lines):
                continue  # all pixels in one list
            unlike = pl.DataFrame([(a != b).alias(str(i)) for i, (a, b) in enumerate(zip(lines, theirs, strict=True))])
            if count := unlike.filter(pl.any_horizontal(pl.all())).height:
                raise InputError(
                    f"{counted(count, 'image has', 'images have')} masks of different shapes in columns "
                    f"{shown(first)!r} and {shown(column)!r}",
                    where=self.name, expected="as many lines of as many pixels in both",
                    hint="does one of them lie on its side? mask.T turns it",
                )  # fmt: skip


def check_kind(column: str, kind: pl.DataType) -> None:
    """Raise InputError unless a column can hold masks: lists, or arrays of one size, of classes."""
    inner: Any = kind
    while isinstance(inner, pl.List | pl.Array):
        inner = inner.inner
    if inner is kind or not (inner.is_integer() or inner in (pl.String, pl.Boolean, pl.Categorical, pl.Enum)):
        raise InputError(
            f"the column {shown(column)!r} holds {kind_of(kind)}, not masks",
            expected="for every image a list of the classes of its pixels: whole numbers, text, true and false",
            hint="write a mask as a list: mask.ravel().tolist(); class numbers as integers, not as 1.0",
        )


def pixels_of(column: pl.Series) -> int:
    """How many pixels the first of some masks have; 1 when there are none."""
    sizes = _flat(column).list.len().drop_nulls()
    return max(int(sizes.max() or 1), 1) if sizes.len() else 1  # type: ignore[arg-type]


def _flat(column: pl.Series) -> pl.Series:
    """Masks as lists of pixels, line by line."""
    kind = column.dtype
    if isinstance(kind, pl.Array):
        column = column.reshape((-1, math.prod(kind.shape))).arr.to_list()
    while isinstance(column.dtype, pl.List) and isinstance(column.dtype.inner, pl.List | pl.Array):
        column = column.list.eval(pl.element().explode())
    return column


def _levels(column: pl.Series) -> list[pl.Series]:
    """How many entries each mask has at each level above its pixels: planes, then lines of all planes."""
    sizes: list[pl.Series] = []
    while isinstance(getattr(column.dtype, "inner", None), pl.List | pl.Array):
        column = column.arr.to_list() if isinstance(column.dtype, pl.Array) else column
        sizes.append(column.list.len())
        column = column.list.eval(pl.element().explode())
    return sizes


def _check_pixels(pixels: pl.Series, column: str, name: str) -> None:
    if pixels.null_count():
        raise InputError(
            f"{counted(pixels.null_count(), 'pixel', 'pixels')} of masks in column {shown(column)!r} "
            f"{'has' if pixels.null_count() == 1 else 'have'} no class",
            where=name,
            expected="a prediction for every pixel",
            hint="leave out pixels in the label alone: null there means that a pixel is not judged",
        )
