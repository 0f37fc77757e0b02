"""A first look at masks: each image becomes counts of its pixels by label and prediction, and its pixels are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.frozen import dataclass
from sterling.core.patterns import in_order, listed
from sterling.core.subject import Subject
from sterling.engine.classes import some_shared
from sterling.engine.condensed import condensed, encoded
from sterling.engine.encode import Batch, Codes
from sterling.engine.labels import without_label
from sterling.engine.survey import Guard, Surveyed, look
from sterling.quality.segmentation.masks import CELLS, LABEL, PIXELS, Masks, check_kind, pixels_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MAX_CLASSES = 256
PIXELS_AT_ONCE = 1 << 23
"""About so many pixels are looked at at a time, so that memory does not grow with the number of images."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentationSurveyed(Surveyed):
    """A subject whose models give pixels one of `classes`. `frame` holds one row per image, with `CELLS` for its masks.

    `seen` are the classes that a label has; `most` is the number of pixels of the largest cell of any image.
    """

    classes: tuple[str, ...]
    seen: tuple[str, ...]
    most: int

    def label_of(self, frame: pl.DataFrame) -> Ints:
        """Of each cell the place of its label among the classes (their number: none), its pixels, and its image.

        Shape (cells, 3).
        """
        cells = _exploded(frame)
        image = np.repeat(np.arange(frame.height), frame[CELLS].list.len().to_numpy())
        return np.stack([self._places(cells[LABEL]), cells[PIXELS].to_numpy(), image], axis=1)

    def scores_of(self, frame: pl.DataFrame, index: int) -> Ints:
        """The place of each cell's prediction among the classes."""
        return self._places(_exploded(frame)[str(index)])

    def encode(self, frame: pl.DataFrame) -> Batch:
        """The images of a frame, each as rows for its cells. What images have in common is repeated in their cells."""
        label = self.label_of(frame)
        place = label[:, 2]
        images = encoded(self, frame, label, tuple(self.scores_of(frame, i) for i in range(len(self.roles.models))))
        return replace(
            images,
            height=len(place),
            groups=tuple(Codes(g.codes[place], g.values) for g in images.groups),
            weight=None if images.weight is None else images.weight[place],
            cluster=None if images.cluster is None else images.cluster[place],
        )

    def remarks(self) -> tuple[str, ...]:
        out = []
        if self.unlabelled and self.roles.label:
            left_out = "what is right and wrong"
            out.append(without_label(self.unlabelled, self.rows, counts="what is predicted", left_out=left_out))
        never = [c for c in self.classes if c not in self.seen]
        if self.roles.label is not None and never:
            out.append(f"no pixel's label is {listed(never)}: how well it is recognised is unknown")
        return tuple(out)

    def _places(self, column: pl.Series) -> NDArray[np.int64]:
        names = pl.Enum(self.classes)
        return column.cast(names).to_physical().cast(pl.Int64).fill_null(len(self.classes)).to_numpy()


def _exploded(frame: pl.DataFrame) -> pl.DataFrame:
    """A row for each cell."""
    return frame[CELLS].explode().struct.unnest()


def survey(subject: Subject, *, guard: Guard, also: Sequence[str]) -> SegmentationSurveyed:
    """Count the pixels of every image. Raises InputError naming the column, what was expected and what to do."""
    roles = subject.roles
    if any(m.kind != "prediction" for m in roles.models):
        raise ConfigError(
            "masks name the class of each pixel, and scores were given", where=subject.name,
            expected="a column of predicted masks", hint="--prediction COLUMN",
        )  # fmt: skip
    masks = [c for c in (roles.label, *(m.column for m in roles.models)) if c is not None]

    def facts(schema: pl.Schema, whole: bool) -> list[pl.Expr]:
        for column in masks:
            check_kind(column, schema[column])
        return [] if roles.label is None else [pl.col(roles.label).is_null().sum().alias("unlabelled")]

    seen = look(subject, facts, guard=guard, also=also)
    others = [c for c in dict.fromkeys([*roles.columns, *also]) if c not in masks]
    job = Masks(label=roles.label, predictions=tuple(m.column for m in roles.models), kept=tuple(others),
                name=subject.name)  # fmt: skip
    with guard(subject.name):
        first = seen.table.select(roles.models[0].column).head(1).collect().to_series()
    at_once = max(1, PIXELS_AT_ONCE // pixels_of(first))
    frame = condensed(subject, seen, [*others, *masks], job, rows_at_once=at_once, guard=guard)
    cells = _exploded(frame)
    labels = cells[LABEL].drop_nulls().unique().to_list()
    given = [cells[str(i)].unique().to_list() for i in range(len(roles.models))]
    classes = tuple(in_order([*labels, *chain.from_iterable(given)]))
    _check_classes(classes, labels, roles.label, subject.name)
    for model, named in zip(roles.models, given, strict=True):
        some_shared(labels, named, label=roles.label, model=model.column, name=subject.name)
    return SegmentationSurveyed(
        table=frame.lazy(), frame=frame, roles=roles, name=subject.name, rows=seen.rows,
        largest_weight=seen.largest_weight, unlabelled=int(seen.facts.get("unlabelled") or 0), guard=guard,
        classes=classes, seen=tuple(in_order(labels)), most=int(cells[PIXELS].max() or 1),  # type: ignore[arg-type]
    )  # fmt: skip


def _check_classes(classes: tuple[str, ...], labels: list[str], label: str | None, name: str) -> None:
    if label is not None and not labels:
        raise InputError(
            f"no image has a label in column {shown(label)!r}", where=name, expected="masks",
            hint="leave --label out to look at what is predicted only",
        )  # fmt: skip
    if len(classes) < 2:
        raise InputError(
            f"every pixel is of one class, {listed(classes)}", where=name, expected="two classes or more",
            hint="what is no object is a class of its own, such as 0 for the background",
        )  # fmt: skip
    if len(classes) > MAX_CLASSES:
        raise InputError(
            f"the masks hold {len(classes):,} classes", where=name, expected=f"at most {MAX_CLASSES}",
            hint="are these the pixels of a picture, and not the classes of its pixels?",
        )  # fmt: skip
