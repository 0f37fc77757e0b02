"""Models that give each row any of several labels, as the engine runs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.class_weights import weights_of
from sterling.core.roles import ModelColumn
from sterling.core.subject import Subject
from sterling.engine.binary.against import as_yes_no, asked
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.survey import BinarySurveyed
from sterling.engine.binary.task import families_of, finish_cube, gram_of, spec_of
from sterling.engine.clusters import Gram
from sterling.engine.encode import Batch, Codes
from sterling.engine.kernels import prepare
from sterling.engine.measured import Measured
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.multilabel import metrics as _metrics
from sterling.quality.multilabel.counting import Counts, LabelCounter
from sterling.quality.multilabel.measured import MultilabelMeasured
from sterling.quality.multilabel.rows import look_at
from sterling.quality.multilabel.survey import MultilabelSurveyed, survey
from sterling.quality.multilabel.whole import gram_by_row, right_by_cluster, whole_of

REGISTERED = _metrics
Floats = NDArray[np.float64]


class MultilabelTask:
    """The task of models that give each row any of several labels."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> MultilabelSurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(
        self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool
    ) -> Sequence[LabelCounter]:
        known, inner = cast(MultilabelSurveyed, surveyed), replace(request, grid=False)
        prepare(surveyed.rows * len(known.labels))
        families = families_of(surveyed, batch, inner, streaming)
        out = []
        for i in range(len(surveyed.roles.models)):
            binned = streaming or not _exact(known, request)
            out.append(
                LabelCounter(
                    index=i, labels=len(known.labels), thresholds=_thresholds(known, i, request), families=families,
                    spec=spec_of(_alone(known, i, 0), 0, families, inner, binned),
                )
            )  # fmt: skip
        return out

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> Measured:
        known, mine = cast(MultilabelSurveyed, surveyed), cast(LabelCounter, counter)
        return _finish(known, replace(request, grid=False), mine, cast(Counts, summary), kept)


register_task("multilabel", MultilabelTask())


def _alone(surveyed: MultilabelSurveyed, index: int, k: int) -> BinarySurveyed:
    """The k-th label as a yes/no subject."""
    model = surveyed.roles.models[index]
    return as_yes_no(surveyed, ModelColumn(column=model.members[k], kind=model.kind))


def _exact(surveyed: MultilabelSurveyed, request: Request) -> bool:
    """Whether scores are few enough to be sorted label by label. Clusters are never binned."""
    return surveyed.roles.cluster is not None or surveyed.rows * len(surveyed.labels) <= request.exact_rows


def _thresholds(surveyed: MultilabelSurveyed, index: int, request: Request) -> tuple[float, ...]:
    """Where rows are looked at as a whole: those asked for and the one in force; decisions are cut at one half."""
    if surveyed.roles.models[index].kind == "prediction":
        return (0.5,)
    operating = set() if request.operating is None else {request.operating}
    return tuple(sorted({*request.thresholds, *operating})) or (0.5,)


def _finish(
    surveyed: MultilabelSurveyed, request: Request, counter: LabelCounter, counts: Counts, kept: Batch | None
) -> MultilabelMeasured:
    roles, index = surveyed.roles, counter.index
    exact = kept if _exact(surveyed, request) else None
    alone: dict[str, BinaryMeasured] = {}
    for k, label in enumerate(surveyed.labels):
        view = None if exact is None else asked(exact, exact.label[:, k], exact.scores[index][:, k])
        alone[label] = finish_cube(_alone(surveyed, index, k), request, counts.cubes[k], counter.families, view)
    first = next(iter(alone.values()))
    unit = math.ldexp(1.0, surveyed.weight_exponent) if roles.weight is not None else 1.0
    found = slicing(
        counter.families, counts.sums[0].values, roles.groups, [c.sum(axis=-1) for c in counts.sums[0].counts("rows")]
    )
    clustered = kept if kept is not None and kept.cluster is not None else None
    return MultilabelMeasured(
        model=roles.models[index],
        slices=first.slices,
        n=first.n,
        thresholds=first.thresholds,
        operating=first.operating,
        has_label=roles.label is not None,
        level=request.level,
        min_n=request.min_n,
        groups=roles.groups,
        classes=surveyed.labels,
        alone=alone,
        pooled=_pooled(list(alone.values()), counter, counts, found, clustered, unit),
        whole=whole_of(first, counts.sums, found, unit, _right(counter, found, clustered, unit)),
        by_row=clustered is None,
        class_weights=weights_of(roles.class_weights, surveyed.labels),
    )


def _pooled(
    alone: list[BinaryMeasured], counter: LabelCounter, counts: Counts, found: Slicing, kept: Batch | None, unit: float
) -> BinaryMeasured:
    """All labels as one yes/no model; rows, or the clusters that they come in, are its clusters."""
    first = alone[0]
    gram = gram_by_row(counts.sums, found, unit) if kept is None else _by_cluster(counter, found, kept, unit)
    weights = [[b.w for b in alone if b.w is not None], [b.q for b in alone if b.q is not None]]
    w, q = (np.sum(part, axis=0) if part else None for part in weights)
    return replace(first, cells=np.sum([b.cells for b in alone], axis=0), w=w, q=q, gram=gram, moments={}, auc=None)


def _by_cluster(counter: LabelCounter, found: Slicing, kept: Batch, unit: float) -> Gram:
    """Every label of every row as a row of its own, in the clusters that the rows come in."""
    times = counter.labels
    long = Batch(
        height=kept.height * times,
        groups=tuple(Codes(np.tile(g.codes, times), g.values) for g in kept.groups),
        label=kept.label.ravel(order="F"),
        scores=(kept.scores[counter.index].ravel(order="F"),),
        weight=None if kept.weight is None else np.tile(kept.weight, times),
        cluster=None if kept.cluster is None else np.tile(kept.cluster, times),
    )
    gram = gram_of(found, counter.families, long, 0, np.array(counter.thresholds), unit)
    assert gram is not None
    return gram


def _right(counter: LabelCounter, found: Slicing, kept: Batch | None, unit: float) -> list[Gram | None]:
    """Products of cluster totals of the rows with every label right, at each threshold; None without clusters."""
    if kept is None:
        return [None] * len(counter.thresholds)
    looked = (look_at(kept.label, kept.scores[counter.index], t) for t in counter.thresholds)
    return [right_by_cluster(rows, kept, found, unit) for rows in looked]
