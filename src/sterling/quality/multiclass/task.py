"""Models that name one of several classes, as the engine runs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np

from sterling.core.class_weights import weights_of
from sterling.core.roles import ModelColumn
from sterling.core.subject import Subject
from sterling.engine.binary.against import as_yes_no
from sterling.engine.binary.measured import BinaryMeasured, LazySums, marginals
from sterling.engine.binary.task import families_of, finish_cube, spec_of
from sterling.engine.cube import count
from sterling.engine.encode import Batch
from sterling.engine.kernels import prepare
from sterling.engine.measured import Measured
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.sums import Sums
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.multiclass import metrics as _metrics
from sterling.quality.multiclass.clustered import Clustered
from sterling.quality.multiclass.counting import MEANS, ClassCounter, Counts
from sterling.quality.multiclass.cutting import cut_at
from sterling.quality.multiclass.measured import MulticlassMeasured, Tally
from sterling.quality.multiclass.survey import MulticlassSurveyed, survey
from sterling.quality.multiclass.tops import k_of

REGISTERED = _metrics
MOST_GRIDS = 20
"""With more classes than this, probabilities are not counted at a hundred thresholds each."""


class MulticlassTask:
    """The task of models that name one of several classes."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> MulticlassSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(
        self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool
    ) -> Sequence[ClassCounter]:
        known = cast(MulticlassSurveyed, surveyed)
        classes = len(known.classes)
        prepare(surveyed.rows * max(len(m.members) for m in surveyed.roles.models))
        stages = len(_cuts(request)) + 1
        families = families_of(surveyed, batch, request, streaming, cells_per_slice=classes * (classes + 1) * stages)
        out = []
        for i, model in enumerate(surveyed.roles.models):
            spec = None
            if model.kind == "probability":
                binned = streaming or not _exact(known, model, request)
                alone = as_yes_no(surveyed, ModelColumn(column=model.members[0]))
                spec = replace(spec_of(alone, 0, families, _inner(known, request), binned), losses=streaming)
            counter = ClassCounter(
                index=i, classes=classes, members=known.members_of(i), families=families, spec=spec,
                cuts=_cuts(request) if spec is not None else (),
                tops=_tops(request, len(model.classes)) if spec is not None else (),
            )  # fmt: skip
            out.append(counter)
        return out

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> Measured:
        known, mine = cast(MulticlassSurveyed, surveyed), cast(ClassCounter, counter)
        return _finish(known, request, mine, cast(Counts, summary), kept)


register_task("multiclass", MulticlassTask())


def _exact(surveyed: MulticlassSurveyed, model: ModelColumn, request: Request) -> bool:
    """Whether probabilities are few enough to be sorted class by class. Clusters are never binned."""
    return surveyed.roles.cluster is not None or surveyed.rows * len(model.members) <= request.exact_rows


def _cuts(request: Request) -> tuple[float, ...]:
    """The thresholds of confidence. Where only limits have some, every row is given a class otherwise: from 0 on."""
    if not request.thresholds or request.operating in request.thresholds:
        return request.thresholds
    return tuple(sorted({0.0, *request.thresholds}))


def _tops(request: Request, many: int) -> tuple[int, ...]:
    """How many of the most probable classes of a row metrics look at that are asked for; fewer than there are."""
    return tuple(sorted({k for k in (k_of(m.info) for m in request.made) if 0 < k < many}))


def _inner(surveyed: MulticlassSurveyed, request: Request) -> Request:
    """What is asked of each class alone: at one half, and at the grid of a page when classes are few."""
    grid = request.grid and surveyed.roles.cluster is None and len(surveyed.classes) <= MOST_GRIDS
    return replace(request, thresholds=(), operating=0.5, grid=grid)


def _finish(
    surveyed: MulticlassSurveyed, request: Request, counter: ClassCounter, counts: Counts, kept: Batch | None
) -> MulticlassMeasured:
    roles, families, sums = surveyed.roles, counter.families, counts.sums
    model = roles.models[counter.index]
    unit = math.ldexp(1.0, surveyed.weight_exponent) if roles.weight is not None else 1.0
    found = slicing(families, sums.values, roles.groups, [c.sum(axis=(-1, -2)) for c in sums.counts("confusion")])
    confusion = _tally(sums, found, "confusion", unit)
    scored: dict[str, BinaryMeasured] = {}
    sure = None
    if counter.spec is not None:
        parts = [_alone(surveyed, request, counter, counts, k, kept) for k in range(len(counts.cubes))]
        scored, sure = dict(zip(model.classes, parts[:-1], strict=True)), parts[-1]
    clustered = None
    if kept is not None and kept.cluster is not None:
        clustered = Clustered(batch=kept, counter=counter, rows=counter.rows(kept), slicing=found, unit=unit)
    measured = MulticlassMeasured(
        model=model,
        slices=found.slices,
        n=confusion.rows.sum(axis=(1, 2)).astype(np.int64),
        has_label=roles.label is not None,
        level=request.level,
        min_n=request.min_n,
        groups=roles.groups,
        classes=surveyed.classes,
        confusion=confusion,
        ranks=_tally(sums, found, "rank", unit) if counter.spec is not None else None,
        means=_means(sums, found, unit) if counter.spec is not None else {},
        scored=scored,
        sure=sure,
        clustered=clustered,
        unit=unit,
        class_weights=weights_of(roles.class_weights, surveyed.classes),
        tops={k: _tally(sums, found, f"top{k}", unit) for k in counter.tops},
    )
    if not counter.cuts:
        return measured
    operating = request.operating if request.operating in counter.cuts else 0.0
    return cut_at(measured, _tally(sums, found, "stage", unit), counter.cuts, counter.cuts.index(operating))


def _tally(sums: Sums, found: Slicing, name: str, unit: float) -> Tally:
    rows = found.gather(sums.counts(name)).astype(np.float64)
    if f"w{name}" not in sums.totals[0]:
        return Tally(rows=rows, w=None, q=None)
    w, q = (found.values(sums.of(f"{prefix}{name}")) for prefix in "wq")
    return Tally(rows=rows, w=w * unit, q=q * unit * unit)


def _means(sums: Sums, found: Slicing, unit: float) -> dict[str, np.ndarray]:
    out = {}
    for name in MEANS:
        for prefix, scale in (("", 1.0), ("w", unit), ("q", unit * unit)):
            if prefix + name in sums.totals[0]:
                out[prefix + name] = found.values(sums.of(prefix + name)) * scale
    return out


def _alone(
    surveyed: MulticlassSurveyed, request: Request, counter: ClassCounter, counts: Counts, k: int, kept: Batch | None
) -> BinaryMeasured:
    """The k-th cube as a yes/no model: a class's probability, or, last of all, the confidence."""
    model, cube = surveyed.roles.models[counter.index], counts.cubes[k]
    alone = as_yes_no(surveyed, ModelColumn(column=(*model.members, model.column)[k]))
    exact = kept if kept is not None and _exact(surveyed, model, request) else None
    view = None if exact is None else counter.asked(exact, k)
    measured = finish_cube(alone, _inner(surveyed, request), cube, counter.families, view)
    if kept is None or cube.spec.losses:
        return measured
    return replace(
        measured, moments=LazySums(measured.moments, partial(_losses, counter, kept, k, surveyed.roles.groups))
    )


def _losses(counter: ClassCounter, kept: Batch, k: int, groups: tuple[str, ...]) -> dict[str, np.ndarray]:
    """All moments of the k-th cube: few ask for the losses of single classes, so they are counted then."""
    assert counter.spec is not None
    cube = count(replace(counter.spec, losses=True), counter.asked(kept, k))
    return marginals(cube, counter.families, groups).moments
