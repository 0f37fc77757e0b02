"""A first look at boxes: those of each image are matched, and their places are let go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.patterns import in_order, listed
from sterling.core.subject import Subject
from sterling.engine.classes import some_shared
from sterling.engine.condensed import condensed, encoded
from sterling.engine.encode import Batch
from sterling.engine.labels import without_label
from sterling.engine.survey import Guard, Surveyed, look
from sterling.quality.detection.boxes import THERE, Boxes, check_kind, found_name
from sterling.quality.detection.found import Found, exploded, found_in

MAX_CLASSES = 2_000
IMAGES_AT_ONCE = 2_000
"""So many images are matched at a time, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DetectionSurveyed(Surveyed):
    """A subject whose models find objects of `classes`. `frame` holds one row per image, its boxes matched.

    `seen` are the classes that a label has. `tied`: boxes of some model that share their score with another.
    """

    classes: tuple[str, ...]
    seen: tuple[str, ...]
    tied: int

    def label_of(self, frame: pl.DataFrame) -> NDArray[np.bool_]:
        """Whether each image has a label."""
        return frame[THERE].is_not_null().to_numpy()

    def scores_of(self, frame: pl.DataFrame, index: int) -> NDArray[np.float64]:
        """How many boxes were found in each image."""
        return frame[found_name(index)].list.len().cast(pl.Float64).to_numpy()

    def found(self, frame: pl.DataFrame, index: int) -> Found:
        return found_in(frame, index, self.classes)

    def encode(self, frame: pl.DataFrame) -> Batch:
        """The images of a frame; as scores, what each model found in all of them."""
        return encoded(
            self, frame, self.label_of(frame), tuple(self.found(frame, i) for i in range(len(self.roles.models)))
        )

    def remarks(self) -> tuple[str, ...]:
        out = []
        if self.unlabelled and self.roles.label:
            left_out = "what is right and wrong"
            out.append(without_label(self.unlabelled, self.rows, counts="what is found", left_out=left_out))
        never = [c for c in self.classes if c not in self.seen]
        if self.roles.label is not None and never:
            out.append(f"no image shows {listed(never)}: boxes of what is never there count in precision alone")
        if self.tied:
            out.append(
                f"{counted(self.tied, 'box shares', 'boxes share')} a score with another of the class: they count as "
                "found at once, so that the order of the images decides nothing"
            )
        return tuple(out)


def survey(subject: Subject, *, guard: Guard, also: Sequence[str]) -> DetectionSurveyed:
    """Match the boxes of every image. Raises InputError naming the column, what was expected and what to do."""
    roles = subject.roles
    lists = [c for c in (roles.label, *(m.column for m in roles.models)) if c is not None]

    def facts(schema: pl.Schema, whole: bool) -> list[pl.Expr]:
        for column in lists:
            check_kind(column, schema[column], score=column != roles.label)
        return [] if roles.label is None else [pl.col(roles.label).is_null().sum().alias("unlabelled")]

    seen = look(subject, facts, guard=guard, also=also)
    others = [c for c in dict.fromkeys([*roles.columns, *also]) if c not in lists]
    job = Boxes(label=roles.label, predictions=tuple(m.column for m in roles.models), kept=tuple(others),
                name=subject.name)  # fmt: skip
    frame = condensed(subject, seen, [*others, *lists], job, rows_at_once=IMAGES_AT_ONCE, guard=guard)
    labels = exploded(frame, THERE)["class"].unique().to_list()
    boxes = [exploded(frame, found_name(i)) for i in range(len(roles.models))]
    given = [b["class"].unique().to_list() for b in boxes]
    classes = tuple(in_order([*labels, *chain.from_iterable(given)]))
    _check_classes(classes, labels, roles.label, seen.rows - int(seen.facts.get("unlabelled") or 0), subject.name)
    for model, named in zip(roles.models, given, strict=True):
        some_shared(labels, named, label=roles.label, model=model.column, name=subject.name)
    return DetectionSurveyed(
        table=frame.lazy(), frame=frame, roles=roles, name=subject.name, rows=seen.rows,
        largest_weight=seen.largest_weight, unlabelled=int(seen.facts.get("unlabelled") or 0), guard=guard,
        classes=classes, seen=tuple(in_order(labels)),
        tied=max(int(b.select(pl.struct("class", "score").is_duplicated().sum()).item()) for b in boxes),
    )  # fmt: skip


def _check_classes(classes: tuple[str, ...], labels: list[str], label: str | None, labelled: int, name: str) -> None:
    if label is not None and not labels:
        raise InputError(
            f"no image has an object in column {shown(label)!r}" if labelled else
            f"no image has a label in column {shown(label)!r}",
            where=name, expected="boxes of what the images show",
            hint="leave --label out to look at what is found only",
        )  # fmt: skip
    if not classes:
        raise InputError("nothing was found in any image", where=name, expected="boxes",
                         hint="are these the model's boxes, before any threshold?")  # fmt: skip
    if len(classes) > MAX_CLASSES:
        raise InputError(
            f"the boxes hold {len(classes):,} classes", where=name, expected=f"at most {MAX_CLASSES:,}",
            hint="does the field 'class' name what is in the box, and not the box itself?",
        )  # fmt: skip
