"""Models that give each row any of several labels, as the engine runs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.algebra import CELLS
from sterling.core.roles import ModelColumn
from sterling.core.subject import Subject
from sterling.engine.binary.against import as_yes_no, asked, shares
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.survey import BinarySurveyed
from sterling.engine.binary.task import families_of, finish_cube, gram_of, spec_of
from sterling.engine.clusters import Gram
from sterling.engine.encode import Batch, Codes
from sterling.engine.kernels import prepare
from sterling.engine.measured import Measured
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.sums import Sums
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.quality.multilabel import metrics as _metrics
from sterling.quality.multilabel.counting import MEANS, Counts, LabelCounter
from sterling.quality.multilabel.measured import MultilabelMeasured, Whole
from sterling.quality.multilabel.rows import PAIRS, look_at
from sterling.quality.multilabel.survey import MultilabelSurveyed, survey
from sterling.stats.arrays import divide
from sterling.stats.weights import kish_n

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
        whole=_whole(first, counter, counts, found, clustered, unit),
        by_row=clustered is None,
    )


def _pooled(
    alone: list[BinaryMeasured], counter: LabelCounter, counts: Counts, found: Slicing, kept: Batch | None, unit: float
) -> BinaryMeasured:
    """All labels as one yes/no model; rows, or the clusters that they come in, are its clusters."""
    first = alone[0]
    gram = _by_row(counts.sums, found, unit) if kept is None else _by_cluster(counter, found, kept, unit)
    weights = [[b.w for b in alone if b.w is not None], [b.q for b in alone if b.q is not None]]
    w, q = (np.sum(part, axis=0) if part else None for part in weights)
    return replace(first, cells=np.sum([b.cells for b in alone], axis=0), w=w, q=q, gram=gram, moments={}, auc=None)


def _by_row(sums: tuple[Sums, ...], found: Slicing, unit: float) -> Gram:
    size = len(CELLS)
    products = np.zeros((len(found.slices), len(sums), size, size))
    for t, of in enumerate(sums):
        for i, j in PAIRS:
            products[:, t, i, j] = products[:, t, j, i] = found.values(of.of(f"product{i}{j}"))
    patterns = np.stack([found.gather(of.counts("patterns")) for of in sums], axis=1)
    return Gram(products * unit**2, patterns)


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


def _whole(
    of: Measured, counter: LabelCounter, counts: Counts, found: Slicing, kept: Batch | None, unit: float
) -> Whole:
    weighted = "wrows" in counts.sums[0].totals[0]
    exact, worth, sizes, sums = [], [], [], {name: ([], []) for name in MEANS}  # type: ignore[var-annotated]
    for t, threshold in enumerate(counter.thresholds):
        one = counts.sums[t]
        rows = found.gather(one.counts("rows")).astype(np.float64)
        w = found.values(one.of("wrows")) * unit if weighted else None
        q = found.values(one.of("qrows")) * unit**2 if weighted else None
        exact.append(_right(of, rows, w, q, _rows_gram(counter, found, kept, threshold, unit), unit))
        known = rows[:, :2].sum(axis=1)
        n = known if w is None or q is None else kish_n(w[:, :2].sum(axis=1), q[:, :2].sum(axis=1))
        size = n if kept is None else np.fmin(n, _people(exact[-1], w, known))
        for name in MEANS:
            total, squares = _sums(one, found, name, n, w, q, unit)
            sums[name][0].append(total * divide(size, n))
            sums[name][1].append(squares * divide(size, n))
        worth.append(size)
        sizes.append(known)
    return Whole(
        exact=tuple(exact),
        sums={name: (np.stack(a, axis=1), np.stack(b, axis=1)) for name, (a, b) in sums.items()},
        n=np.stack(worth, axis=1),
        rows=np.stack(sizes, axis=1).astype(np.int64),
    )


def _right(
    of: Measured, rows: Floats, w: Floats | None, q: Floats | None, gram: Gram | None, unit: float
) -> BinaryMeasured:
    """Every label right, as the answer yes among the rows that lack none."""

    def cells(part: Floats) -> Floats:
        nobody = np.zeros(len(part))
        return np.stack([part[:, 0], nobody, part[:, 1], nobody, nobody, part[:, 2]], axis=1)

    return shares(of, cells(rows), None if w is None else cells(w), None if q is None else cells(q), gram, unit=unit)


def _rows_gram(counter: LabelCounter, found: Slicing, kept: Batch | None, threshold: float, unit: float) -> Gram | None:
    if kept is None:
        return None
    rows = look_at(kept.label, kept.scores[counter.index], threshold)
    view = asked(kept, np.where(rows.whole, 1, 2).astype(np.uint8), (rows.exact == 0).astype(np.float64))
    return gram_of(found, counter.families, view, 0, np.array([0.5]), unit)


def _people(right: BinaryMeasured, w: Floats | None, known: Floats) -> Floats:
    """Kish's n over clusters."""
    assert right.gram is not None
    labelled = right.gram.products[:, 0][:, [0, 2]][:, :, [0, 2]].sum(axis=(1, 2))
    return kish_n(known if w is None else w[:, :2].sum(axis=1), labelled)


def _sums(
    one: Sums, found: Slicing, name: str, n: Floats, w: Floats | None, q: Floats | None, unit: float
) -> tuple[Floats, Floats]:
    """Σ and Σ² of a mean over whole rows, as of `n` equally weighted ones."""
    total, squares = (found.values(one.of(f"w{name}{power}")) for power in ("", "2"))
    if w is None or q is None:
        return total, squares
    mean = divide(total * unit, w[:, :2].sum(axis=1))
    on_q, on_q2 = (found.values(one.of(f"q{name}{power}")) * unit**2 for power in ("", "2"))
    spread = on_q2 - 2 * mean * on_q + mean**2 * q[:, :2].sum(axis=1)
    variance = divide(spread, w[:, :2].sum(axis=1) ** 2) * n
    return mean * n, (variance + mean**2) * n
