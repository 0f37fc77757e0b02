"""Models that name the class of every pixel, as the engine runs them: pixels are counted image by image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.encode import Batch, Codes
from sterling.engine.families import Families, families_in
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.sums import Part, Sums, add_up
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.multiclass.clustered import Clustered
from sterling.quality.multiclass.counting import ClassCounter
from sterling.quality.multiclass.measured import MulticlassMeasured, Tally
from sterling.quality.multiclass.rows import Rows
from sterling.quality.segmentation import metrics as _metrics
from sterling.quality.segmentation.measured import Images, SegmentationMeasured
from sterling.quality.segmentation.survey import SegmentationSurveyed, survey

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
REGISTERED = _metrics
_FIRST = 32
"""Weighted pixels, at most 1 each, are summed in units of 2^-32 and 2^-56."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelCounter:
    """Counts one model. `exponent`: no cell of an image has more than 2 to this power pixels."""

    index: int
    classes: int
    exponent: int
    families: Families

    def count(self, batch: Batch) -> Sums:
        label, pixels, image = batch.label.T
        shape = (self.classes + 1, self.classes)
        places = label * self.classes + batch.scores[self.index]
        first = (np.diff(image, prepend=-1) != 0).astype(np.float64)
        parts = {
            "confusion": Part(shape=shape, places=places, values=pixels.astype(np.float64)),
            "images": Part(values=first),
        }
        if batch.weight is not None:
            w, size = batch.weight, np.ldexp(pixels.astype(np.float64), -self.exponent)
            for name, value in (("w", w), ("q", w * w)):
                parts[f"{name}confusion"] = Part(shape=shape, places=places, values=value * size, limbs=2, first=_FIRST)
                parts[f"{name}images"] = Part(values=value * first, limbs=2, first=_FIRST)
        return add_up(batch, self.families.blocks, parts)


class SegmentationTask:
    """The task of models that name the class of every pixel."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> SegmentationSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(
        self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool
    ) -> Sequence[PixelCounter]:
        known = cast(SegmentationSurveyed, surveyed)
        classes = len(known.classes)
        families = families_in(batch, known.roles, cross=request.cross, cells_per_slice=classes * (classes + 1))
        return [
            PixelCounter(index=i, classes=classes, exponent=known.most.bit_length(), families=families)
            for i in range(len(known.roles.models))
        ]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> SegmentationMeasured:
        assert kept is not None  # images are condensed before they are counted
        return _finish(cast(SegmentationSurveyed, surveyed), request, cast(PixelCounter, counter), summary, kept)


register_task("segmentation", SegmentationTask())


def _finish(
    surveyed: SegmentationSurveyed, request: Request, counter: PixelCounter, sums: Sums, kept: Batch
) -> SegmentationMeasured:
    roles = surveyed.roles
    found = slicing(counter.families, sums.values, roles.groups, sums.counts("images"))
    n = found.gather(sums.counts("images"))
    unit = math.ldexp(1.0, surveyed.weight_exponent) if roles.weight is not None else 1.0
    images = _images(sums, found, counter, kept, unit)
    pixels = MulticlassMeasured(
        model=roles.models[counter.index], slices=found.slices, n=n, has_label=roles.label is not None,
        level=request.level, min_n=request.min_n, groups=roles.groups, classes=surveyed.classes,
        confusion=_tally(sums, found, math.ldexp(unit, counter.exponent), unit), ranks=None, means={}, scored={},
        sure=None, clustered=_clustered(found, counter, kept, unit),
    )  # fmt: skip
    return SegmentationMeasured(
        model=pixels.model, slices=found.slices, n=n, has_label=pixels.has_label, level=request.level,
        min_n=request.min_n, groups=roles.groups, classes=surveyed.classes, pixels=pixels, images=images,
    )  # fmt: skip


def _tally(sums: Sums, found: Slicing, scale: float, unit: float) -> Tally:
    """Pixels; with weights of images, the sums of their weights and of the squares."""
    rows = found.gather(sums.counts("confusion")).astype(np.float64)
    if "wconfusion" not in sums.totals[0]:
        return Tally(rows=rows, w=None, q=None)
    w, q = (found.values(sums.of(f"{name}confusion")) * scale for name in "wq")
    return Tally(rows=rows, w=w, q=q * unit)


def _clustered(found: Slicing, counter: PixelCounter, kept: Batch, unit: float) -> Clustered:
    """The cells as weighted rows in clusters: the images, or those that images come in."""
    label, pixels, image = kept.label.T
    weight = np.ldexp(pixels.astype(np.float64), -counter.exponent)
    prediction = kept.scores[counter.index]
    nothing = np.zeros(0)
    return Clustered(
        batch=replace(
            kept, label=label, scores=(prediction,), weight=weight if kept.weight is None else weight * kept.weight,
            cluster=image if kept.cluster is None else kept.cluster,
        ),
        counter=ClassCounter(
            index=0, classes=counter.classes, members=np.zeros(0, dtype=np.int64), families=counter.families, spec=None
        ),
        rows=Rows(
            predicted=prediction, confidence=nothing, rank=np.zeros(0, dtype=np.int64), loss=nothing, distance=nothing
        ),
        slicing=found,
        unit=math.ldexp(unit, counter.exponent),
    )  # fmt: skip


def _images(sums: Sums, found: Slicing, counter: PixelCounter, kept: Batch, unit: float) -> Images:
    label, _, image = kept.label.T
    first = np.flatnonzero(np.diff(image, prepend=-1))
    alone = Batch(
        height=len(first), groups=tuple(Codes(g.codes[first], g.values) for g in kept.groups), label=image[first],
        scores=(),
    )  # fmt: skip
    weighted = kept.weight is not None
    return Images(
        label=label,
        prediction=kept.scores[counter.index],
        image=image,
        rows=found.places(alone),
        w=found.values(sums.of("wimages")) * unit if weighted else None,
        q=found.values(sums.of("qimages")) * unit**2 if weighted else None,
        clusters=_clusters(kept, first, unit, len(found.slices)),
    )


def _clusters(kept: Batch, first: Ints, unit: float, slices: int) -> tuple[Ints, Floats] | None:
    """How many clusters of images there are, and the sum of their squared weights: for everyone, repeated."""
    if kept.cluster is None:
        return None
    weight = np.ones(len(first)) if kept.weight is None else kept.weight[first] * unit
    totals = np.bincount(kept.cluster[first], weights=weight)
    return np.full(slices, np.count_nonzero(totals)), np.full(slices, (totals**2).sum())
