"""Models that find objects, as the engine runs them: boxes are matched image by image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.encode import Batch
from sterling.engine.families import Families, families_in
from sterling.engine.slicing import slicing
from sterling.engine.sums import Part, Sums, add_up
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.detection import metrics as _metrics
from sterling.quality.detection.measured import DetectionMeasured
from sterling.quality.detection.survey import DetectionSurveyed, survey

REGISTERED = _metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCounter:
    """Counts the images of every slice; the rest is read from the boxes themselves."""

    index: int
    families: Families

    def count(self, batch: Batch) -> Sums:
        return add_up(batch, self.families.blocks, {"images": Part()})


class DetectionTask:
    """The task of models that find objects in images."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> DetectionSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(
        self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool
    ) -> Sequence[ImageCounter]:
        families = families_in(batch, surveyed.roles, cross=request.cross, cells_per_slice=1)
        return [ImageCounter(index=i, families=families) for i in range(len(surveyed.roles.models))]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> DetectionMeasured:
        assert kept is not None  # images are condensed before they are counted
        roles, mine = surveyed.roles, cast(ImageCounter, counter)
        found = slicing(mine.families, summary.values, roles.groups, summary.counts("images"))
        operating = 0.5 if request.operating is None else request.operating
        thresholds = tuple(sorted({*request.thresholds, operating}))
        unit = math.ldexp(1.0, surveyed.weight_exponent)
        return DetectionMeasured(
            model=roles.models[mine.index],
            slices=found.slices,
            n=found.gather(summary.counts("images")),
            thresholds=thresholds,
            operating=thresholds.index(operating),
            has_label=roles.label is not None,
            level=request.level,
            min_n=request.min_n,
            groups=roles.groups,
            classes=cast(DetectionSurveyed, surveyed).classes,
            found=kept.scores[mine.index],
            rows=found.places(kept),
            weight=np.ones(kept.height) if kept.weight is None else kept.weight * unit,
            unit=np.arange(kept.height) if kept.cluster is None else kept.cluster,
            weighted=kept.weight is not None,
            clustered=kept.cluster is not None,
            seed=request.seed,
        )


register_task("detection", DetectionTask())
