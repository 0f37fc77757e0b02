"""Yes/no models: a cube of counts, exact AUC when the rows are in memory, and what they become."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.core.roles import ModelColumn
from sterling.core.subject import Subject
from sterling.engine.binary.levels import BinLevels, LevelSource, RowLevels
from sterling.engine.binary.measured import BinaryMeasured, Sliced, coarse_rows, marginals, threshold_cells
from sterling.engine.binary.survey import BinarySurveyed, survey
from sterling.engine.binning import Cuts, decimal_grid
from sterling.engine.clusters import PATTERNS, Gram, gram
from sterling.engine.cube import COARSE, Cube, CubeSpec, count, joint_codes
from sterling.engine.encode import Batch
from sterling.engine.families import Families, families_in
from sterling.engine.measured import Measured
from sterling.engine.ranks import Auc, auc_by_group, auc_from_bins, rank_rows, weighted_auc
from sterling.engine.slicing import Slicing
from sterling.engine.survey import Guard, Surveyed
from sterling.engine.task import Counter, Request, register_task
from sterling.engine.threads import spread
from sterling.stats.arrays import distinct

Floats = NDArray[np.float64]
FINE_BINS = 4000
"""Thresholds of up to three decimals are among the edges of these bins, so that few cut points lie close together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeCounter:
    """Counts the cube of one model. `families`: the slices it will be summed down to."""

    spec: CubeSpec
    families: Families

    def count(self, batch: Batch) -> Cube:
        return count(self.spec, batch)


class BinaryTask:
    """The task of yes/no models, as the engine runs it."""

    def survey(self, subject: Subject, *, guard: Guard, also: Sequence[str]) -> BinarySurveyed:
        return survey(subject, guard=guard, also=also)

    def counters(self, surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool) -> Sequence[CubeCounter]:
        known = cast(BinarySurveyed, surveyed)
        families = families_of(surveyed, batch, request, streaming)
        specs = [spec_of(known, i, families, request, streaming) for i in range(len(surveyed.roles.models))]
        return [CubeCounter(spec=spec, families=families) for spec in specs]

    def finish(
        self, surveyed: Surveyed, request: Request, counter: Counter, summary: Any, kept: Batch | None
    ) -> Measured:
        families = cast(CubeCounter, counter).families
        return finish_cube(cast(BinarySurveyed, surveyed), request, summary, families, kept)


register_task("binary", BinaryTask())


def families_of(
    surveyed: Surveyed, batch: Batch, request: Request, streaming: bool, *, cells_per_slice: int = 0
) -> Families:
    """Which slices there will be, and which columns are counted jointly; `cells_per_slice` of another count beside."""
    points = 99 + len(request.thresholds) + COARSE
    cells = max(3 * (points + 1), cells_per_slice)
    return families_in(batch, surveyed.roles, cross=request.cross, cells_per_slice=cells, streaming=streaming)


def spec_of(surveyed: BinarySurveyed, index: int, families: Families, request: Request, streaming: bool) -> CubeSpec:
    """What to count for one model."""
    model = surveyed.roles.models[index]
    thresholds = report_thresholds(model, surveyed, index, request)
    coarse = _coarse(model, surveyed, index)
    points = [np.array(thresholds or (0.5,)), coarse]
    if streaming and model.kind == "probability":
        points.append(decimal_grid(FINE_BINS))
    return CubeSpec(
        model=index, cuts=Cuts(distinct(np.concatenate(points))), coarse=Cuts(coarse), blocks=families.blocks,
        probability=model.kind == "probability", moments=model.kind != "prediction",
        weighted=surveyed.roles.weight is not None, scale=surveyed.score_exponent(index),
    )  # fmt: skip


def report_thresholds(model: ModelColumn, surveyed: BinarySurveyed, index: int, request: Request) -> tuple[float, ...]:
    """Thresholds asked for, and a grid for the pictures. Empty for decisions."""
    if model.kind == "prediction":
        return ()
    asked = set(request.thresholds) | _operating(model, request)
    if not request.grid:
        return tuple(sorted(asked))
    if model.kind == "probability":
        grid = decimal_grid(100 if surveyed.roles.cluster is None else 20)
    else:
        grid = surveyed.raw_grid(index)
    return tuple(sorted(asked | set(grid.tolist())))


def _operating(model: ModelColumn, request: Request) -> set[float]:
    """The threshold in force: raw scores have none unless it was asked for."""
    if request.operating is None or (model.kind == "raw" and request.operating not in request.thresholds):
        return set()
    return {request.operating}


def _coarse(model: ModelColumn, surveyed: BinarySurveyed, index: int) -> Floats:
    if model.kind == "probability":
        return decimal_grid(COARSE)
    if model.kind == "prediction":
        return np.array([0.5])
    low, high = surveyed.score_range(index)
    return np.unique(np.linspace(low, high, COARSE + 1)[1:-1]) if high > low else np.array([low])


def finish_cube(
    surveyed: BinarySurveyed, request: Request, cube: Cube, families: Families, kept: Batch | None
) -> BinaryMeasured:
    """From a model's cube to what was measured of it."""
    roles = surveyed.roles
    index = cube.spec.model
    model = roles.models[index]
    sliced = marginals(cube, families, roles.groups)
    thresholds = report_thresholds(model, surveyed, index, request)
    marks = np.array(thresholds or (0.5,))
    decided = _operating(model, request)
    operating = thresholds.index(decided.pop()) if decided and thresholds else -1 if thresholds else 0
    unit = math.ldexp(1.0, surveyed.weight_exponent)
    return BinaryMeasured(
        model=model,
        slices=sliced.slices,
        n=sliced.rows.sum(axis=(1, 2)),
        thresholds=thresholds,
        operating=operating,
        cells=threshold_cells(sliced.rows, cube, marks),
        w=None if sliced.w is None else threshold_cells(sliced.w, cube, marks) * unit,
        q=None if sliced.q is None else threshold_cells(sliced.q, cube, marks) * unit * unit,
        gram=gram_of(sliced, families, kept, index, marks, unit),
        moments=sliced.moments,
        coarse_rows=coarse_rows(sliced, cube),
        coarse_edges=cube.spec.coarse.points,
        scale=cube.spec.scale,
        auc=_auc(sliced, families, kept, index) if model.kind != "prediction" and roles.label else None,
        has_label=roles.label is not None,
        level=request.level,
        min_n=request.min_n,
        groups=roles.groups,
        weight_unit=unit if roles.weight is not None else 1.0,
        levels=_levels(surveyed, sliced, families, kept, cube) if model.kind != "prediction" else None,
        seed=request.seed,
    )


def _levels(
    surveyed: BinarySurveyed, sliced: Sliced, families: Families, kept: Batch | None, cube: Cube
) -> LevelSource:
    """The rows of each slice by score: as they are when they are held in memory, else by fine bins."""
    index = cube.spec.model
    if kept is not None:
        return RowLevels(kept, index, families.families, sliced.family, sliced.code)
    low, high = surveyed.score_range(index)
    edges = np.concatenate([[min(low, cube.spec.cuts.points[0])], cube.spec.cuts.points])
    return BinLevels(np.append(edges, max(high, edges[-1])), sliced.rows, *_weights(sliced))


def _weights(sliced: Sliced) -> tuple[Floats | None, Floats | None]:
    """Σw and Σw² of each slice, bin and label."""
    return None if sliced.w is None else sliced.w.value, None if sliced.q is None else sliced.q.value


def _rows_of(sliced: Sliced | Slicing, family: int) -> Iterator[tuple[int, int]]:
    return ((row, code) for row, (f, code) in enumerate(zip(sliced.family, sliced.code, strict=True)) if f == family)


def gram_of(
    sliced: Sliced | Slicing, families: Families, kept: Batch | None, index: int, marks: Floats, unit: float
) -> Gram | None:
    """Products of cluster totals for every slice; None when the rows do not come in clusters."""
    if kept is None or kept.cluster is None:
        return None
    products = np.zeros((len(sliced.slices), len(marks), 6, 6))
    patterns = np.zeros((len(sliced.slices), len(marks), PATTERNS), dtype=np.int64)
    for f, family in enumerate(families.families):
        size = _size(kept, family)
        part = gram(kept.cluster, joint_codes(kept, family), size, kept.scores[index], kept.label, kept.weight, marks)
        for row, code in _rows_of(sliced, f):
            products[row], patterns[row] = part.products[code], part.patterns[code]
    return Gram(products * (unit * unit if kept.weight is not None else 1.0), patterns)


def _auc(sliced: Sliced, families: Families, kept: Batch | None, index: int) -> Auc:
    if kept is None:
        return auc_from_bins(sliced.rows, *_weights(sliced))
    if kept.weight is not None or kept.cluster is not None:
        return _linearised_auc(sliced, families, kept, index)
    labelled = kept.label < 2
    every = bool(labelled.all())
    scores, label = kept.scores[index], kept.label
    joint = [joint_codes(kept, b).astype(_narrow(_size(kept, b))) for b in families.blocks]
    if not every:
        scores, label, joint = scores[labelled], label[labelled], [codes[labelled] for codes in joint]
    ranked = rank_rows(scores, label, joint)

    def one(f: int) -> Auc:
        family, owner = families.families[f], families.owner[f]
        if not family:
            return auc_by_group(ranked, None, 1)
        size, codes = _size(kept, family), ranked.codes[owner]
        if family != families.blocks[owner]:
            codes = _code_table(kept, families.blocks[owner], family).astype(_narrow(size)).take(codes)
        return auc_by_group(ranked, codes, size)

    parts = list(spread(one, range(len(families.families)), rows=kept.height))
    return _gather(sliced, parts)


def _size(kept: Batch, family: tuple[int, ...]) -> int:
    return math.prod(len(kept.groups[i].values) for i in family)


def _narrow(size: int) -> type[np.unsignedinteger]:
    return np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32


def _code_table(kept: Batch, block: tuple[int, ...], family: tuple[int, ...]) -> NDArray[np.int64]:
    """The family's code of each joint code of its block."""
    table = np.zeros(1, dtype=np.int64)
    for i in block:
        width = len(kept.groups[i].values)
        step = np.arange(width) if i in family else np.zeros(width, dtype=np.int64)
        table = (table[:, None] * (width if i in family else 1) + step).ravel()
    return table


def _linearised_auc(sliced: Sliced, families: Families, kept: Batch, index: int) -> Auc:
    labelled = kept.label < 2
    weight = kept.weight if kept.weight is not None else np.ones(kept.height)
    parts = []
    for family in families.families:
        size = _size(kept, family)
        codes = joint_codes(kept, family)
        rows = []
        for g in range(size):
            mine = labelled & (codes == g)
            cluster = None if kept.cluster is None else kept.cluster[mine]
            rows.append(weighted_auc(kept.scores[index][mine], kept.label[mine], weight[mine], cluster))
        value, variance, positives, negatives, n_pos, n_neg = (np.array(c) for c in zip(*rows, strict=True))
        parts.append(Auc(value, variance, positives, negatives, np.zeros(size), n_pos, n_neg))
    return _gather(sliced, parts)


def _gather(sliced: Sliced, parts: list[Auc]) -> Auc:
    stacked = [
        np.array([parts[f][k][c] for f, c in zip(sliced.family, sliced.code, strict=True)])
        for k in range(len(Auc._fields))
    ]
    return Auc(*stacked)
