"""The numbers that the page draws: every estimate packed as base64 Float32, small cells left out."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sterling.core.rates import MetricInfo
from sterling.core.run import Drawing, Run
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import Block, EstimateTable
from sterling.report.sentences import meaning
from sterling.report.small_cells import withheld_counts, withheld_groups
from sterling.report.text import FEW

Json = dict[str, object]
Array = NDArray[np.float64]
MOST_NUMBERS = 3_000_000
"""A page of more numbers than this (some 16 MB) keeps fewer thresholds: those asked for and some of the rest."""
MOST_DRAWN = 2_000
"""With more slices than this, curves and bars are kept for everyone and for single columns only."""


def board(run: Run) -> Json:
    """`Board` of the page's contract: slices, thresholds, metrics, and per model one packed grid per metric.

    Slices of fewer than 10 people have no n and no numbers; a metric with fewer eligible rows than the minimum has
    NaN, and an eligible count of 1 to 9 is NaN too. A group whose counts would give away a smaller one (`withheld`) has
    no n, no eligible counts and no pictures. All models share one list of slices and one of thresholds; what a
    model lacks is NaN.
    """
    slices = _slices(run)
    infos = _metrics(run)
    thresholds = _thresholds(run, len(slices) * sum(i.by_threshold for i in infos))
    sizes = _sizes(run, slices)
    held = withheld_groups(run)
    closed = np.array([s in held for s in slices])
    grids = [[_grid(table, info, slices, thresholds, sizes, closed) for info in infos] for table in run.tables]
    return {
        "slices": [_slice(s, int(n), run.plan.min_n, s in held) for s, n in zip(slices, sizes, strict=True)],
        "thresholds": thresholds,
        "metrics": [
            _metric(info, [of_model[i] for of_model in grids], run.roles.people) for i, info in enumerate(infos)
        ],
        "estimates": [[_packed(grid) for grid in of_model] for of_model in grids],
        "level": run.plan.level,
        "min_n": run.plan.min_n,
        "calibration": [_calibration(_drawing(run, t), slices, t, sizes, closed) for t in run.tables],
        "distribution": [
            _distribution(_drawing(run, t), slices, t, sizes, closed, exact=run.rows is not None) for t in run.tables
        ],
    }


def pack(values: Array) -> str:
    """Base64 of little-endian Float32, row-major; infinities become NaN."""
    clean = np.where(np.isfinite(values), values, np.nan)
    return base64.b64encode(np.ascontiguousarray(clean, dtype="<f4").tobytes()).decode("ascii")


def _slices(run: Run) -> list[Slice]:
    found = list(dict.fromkeys(s for table in run.tables for s in table.slices))
    return [EVERYONE, *(s for s in found if s != EVERYONE)]


def _sizes(run: Run, slices: list[Slice]) -> NDArray[np.int64]:
    """Rows of every slice, by the first model that has it (models are of the same rows)."""
    known: dict[Slice, int] = {EVERYONE: run.n}
    for table in reversed(run.tables):
        known |= dict(zip(table.slices, table.n.tolist(), strict=True))
    return np.array([known[s] for s in slices], dtype=np.int64)


def _thresholds(run: Run, numbers: int) -> list[float]:
    """The thresholds of all models; when `numbers` estimates at each would make the page too large, fewer of them."""
    every = sorted({t for table in run.tables for t in table.thresholds})
    most = max(MOST_NUMBERS // max(4 * numbers * len(run.tables), 1), 1)
    if len(every) <= most:
        return every
    asked = {run.plan.threshold, *run.plan.thresholds, *run.plan.extra}
    even = {every[i] for i in np.linspace(0, len(every) - 1, most).round().astype(int)}
    return sorted(even | {t for t in every if t in asked})


def _drawn(slices: list[Slice], sizes: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
    """Which slices have pictures: those of at least `least` people, and when there are very many, no crosses."""
    crosses = np.array([len(s.items) > 1 for s in slices])
    return (sizes >= least) & ~(crosses & (len(slices) > MOST_DRAWN))


def _slice(slice_: Slice, n: int, min_n: int, held: bool) -> Json:
    enough = n >= min_n
    return {
        "key": slice_.as_dict(),
        "family": list(slice_.family),
        "n": n if n >= FEW and not held else None,
        "withheld": held,
        "status": "ok" if enough else "insufficient",
        "n_needed": None if enough else min_n,
    }


def _metrics(run: Run) -> list[MetricInfo]:
    """Every metric of any model; one that a threshold changes for some model is listed as such."""
    known: dict[str, MetricInfo] = {}
    for info in (block.info for table in run.tables for block in table.blocks):
        if info.name not in known or info.by_threshold:
            known[info.name] = info
    return list(known.values())


def _metric(info: MetricInfo, grids: list[list[Array]], people: str) -> Json:
    return {
        "name": info.name, "label": info.label, "plain": meaning(info, people), "eligible": info.eligible,
        "formula": info.formula, "scale": info.scale, "direction": info.direction,
        "signed": info.low is None or info.low < 0,
        "range": [info.low if info.low is not None else _least(grids), info.high],
        "needs_label": info.needs_label, "by_threshold": info.by_threshold, "fooled_by": info.fooled_by,
        "source": info.source, "divided": info.divided,
    }  # fmt: skip


def _least(grids: list[list[Array]]) -> float:
    """Where the axis of a metric without a lower end begins: its lowest lower bound, at most 0."""
    lows = [float(np.nanmin(low)) for _, low, _, _ in grids if np.isfinite(low).any()]
    return min([0.0, *lows])


def _grid(
    table: EstimateTable, info: MetricInfo, slices: list[Slice], thresholds: list[float], sizes: NDArray[np.int64],
    closed: NDArray[np.bool_],
) -> list[Array]:  # fmt: skip
    """value, low, high, n_eligible of shape (slices, thresholds) or (slices, 1), suppressed."""
    block = next((b for b in table.blocks if b.info.name == info.name), None)
    if block is None:
        return [np.full((len(slices), 1), np.nan)] * 4
    rows = _positions(slices, table.slices)
    columns = _columns(table, block, thresholds)
    eligible = _picked(block.n_eligible.astype(np.float64), rows, columns)
    given = [_picked(a, rows, columns) for a in (block.value, block.low, block.high)]
    hidden = (sizes < FEW)[:, None] | (eligible < table.min_n) | np.isnan(given).any(axis=0)
    numbers = [np.where(hidden, np.nan, a) for a in given]
    few = (eligible > 0) & (eligible < FEW)
    return [*numbers, np.where(((sizes < FEW) | closed)[:, None] | few, np.nan, eligible)]


def _positions(wanted: Sequence[object], have: Sequence[object]) -> NDArray[np.int64]:
    """Where each wanted thing stands among those there are; -1 where it does not."""
    index = {item: i for i, item in enumerate(have)}
    return np.array([index.get(item, -1) for item in wanted], dtype=np.int64)


def _columns(table: EstimateTable, block: Block, thresholds: list[float]) -> NDArray[np.int64]:
    if not block.info.by_threshold or block.value.shape[1] == 1 or not table.thresholds:
        return np.zeros(1, dtype=np.int64)
    return _positions(thresholds, table.thresholds)


def _picked(array: Array, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Array:
    taken: Array = np.asarray(array, dtype=np.float64)[np.ix_(rows, columns)]
    return np.where((rows < 0)[:, None] | (columns < 0)[None, :], np.nan, taken)


def _packed(grid: list[Array]) -> Json:
    value, low, high, eligible = grid
    return {"value": pack(value), "low": pack(low), "high": pack(high), "n_eligible": pack(eligible)}


def _drawing(run: Run, table: EstimateTable) -> Drawing | None:
    return next((d for d in run.drawings if d.model == table.model), None)


def _calibration(
    drawing: Drawing | None, slices: list[Slice], table: EstimateTable, sizes: NDArray[np.int64],
    closed: NDArray[np.bool_],
) -> list[list[Json]]:  # fmt: skip
    """Per slice the bins that hold at least 10 people with a label; none for slices below the minimum."""
    if drawing is None or not drawing.mean_score:
        return [[] for _ in slices]
    rows = _positions(slices, table.slices)
    drawn = _drawn(slices, sizes, max(FEW, table.min_n)) & ~closed
    return [_bins(drawing, i) if i >= 0 and shown else [] for i, shown in zip(rows.tolist(), drawn, strict=True)]


def _bins(drawing: Drawing, i: int) -> list[Json]:
    counts = [p + n for p, n in zip(drawing.positive[i], drawing.negative[i], strict=True)]
    columns = zip(drawing.mean_score[i], drawing.observed[i], drawing.low[i], drawing.high[i], counts, strict=False)
    names = ("mean_score", "observed", "low", "high", "n")
    return [dict(zip(names, bin_, strict=True)) for bin_ in columns if bin_[4] >= FEW and np.isfinite(bin_[:4]).all()]


def _distribution(
    drawing: Drawing | None, slices: list[Slice], table: EstimateTable, sizes: NDArray[np.int64],
    closed: NDArray[np.bool_], *, exact: bool,
) -> Json:  # fmt: skip
    """Per slice and label how many people each bin holds: none below 10, unless rows are on the page anyway."""
    if drawing is None or len(drawing.edges) < 2:
        return {"edges": [], "counts": [{"positive": [], "negative": []} for _ in slices]}
    rows = _positions(slices, table.slices)
    shown = (rows >= 0) & (_drawn(slices, sizes, 0) if exact else _drawn(slices, sizes, FEW) & ~closed)
    positive, negative = (_counts(c, rows, shown, exact=exact) for c in (drawing.positive, drawing.negative))
    return {
        "edges": _edges(drawing.edges),
        "counts": [
            {"positive": p, "negative": n} if kept else {"positive": [], "negative": []}
            for p, n, kept in zip(positive, negative, _drawn(slices, sizes, 0), strict=True)
        ],
    }


def _edges(edges: Sequence[float]) -> list[float]:
    """Bin edges with open ends closed: one more bin as wide as its neighbour."""
    out = [float(e) for e in edges]
    inner = [e for e in out if np.isfinite(e)] or [0.0]
    width = (inner[-1] - inner[0]) / (len(inner) - 1) if len(inner) > 1 else 1.0
    out[0] = out[0] if np.isfinite(out[0]) else inner[0] - width
    out[-1] = out[-1] if np.isfinite(out[-1]) else inner[-1] + width
    return out


def _counts(
    counts: Sequence[Sequence[int]], rows: NDArray[np.int64], shown: NDArray[np.bool_], *, exact: bool
) -> list[list[int | None]]:
    taken = np.asarray(counts, dtype=np.int64).reshape(len(counts), -1)[rows]
    hidden = ~shown[:, None] | (withheld_counts(taken) & (not exact))
    shaded = taken.astype(object)
    shaded[hidden] = None
    out: list[list[int | None]] = shaded.tolist()
    return out
