"""The groups of a family shuffled: how often rows dealt out at random show as much of a gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core import algebra
from sterling.core.metrics import Metric
from sterling.core.rates import Rate
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.ranks import auc_from_bins
from sterling.fairness.compare import Family
from sterling.fairness.inequality import Bounded
from sterling.stats.adjust import holm
from sterling.stats.draws import stream
from sterling.stats.exact import Permutation
from sterling.stats.shuffles import furthest_apart, shuffle_test

Floats = NDArray[np.float64]
LEVELS = 50
"""An AUC is shuffled over at most so many levels of the score, alike in size."""


def shuffle_family(
    family: Family, metric: Metric, threshold: float | None, *, shuffles: int, studentised: bool
) -> Permutation | None:
    """The permutation test of a rate, or of the AUC, between the groups of a family; None with fewer than two groups.

    Only rows that a rate counts are dealt out, so that of a share the hypothesis is that it is equal in all groups. For
    an AUC rows are dealt out among those of the same label.
    """
    measured = cast("BinaryMeasured", family.measured)
    if len(family.rows) < 2:
        return None
    rng = stream(measured.seed, f"shuffles of {metric.canonical()} by {family.columns}")
    if not isinstance(metric, Rate):
        counts = _by_level(measured, family).reshape(len(family.rows), -1)
        strata = [slice(None, counts.shape[1] // 2), slice(counts.shape[1] // 2, None)]
        return shuffle_test(counts, auc_apart(studentised), shuffles=shuffles, rng=rng, strata=strata)
    rate = metric
    counted = np.isin(np.arange(len(algebra.CELLS)), rate.proportion[1] if rate.proportion else rate.cells_read)
    counts = np.where(counted, measured.cells[family.rows, measured.column(threshold)], 0.0)
    return shuffle_test(counts, apart(rate, studentised), shuffles=shuffles, rng=rng)


def apart(rate: Rate, studentised: bool) -> Callable[[Floats], Floats]:
    """How far apart groups are: from cells of shape (..., groups, 6) to (...)."""

    def of(cells: Floats) -> Floats:
        value, _ = algebra.evaluate(rate.node, cells)
        if not studentised:
            return furthest_apart(value)
        # Half a row more in every cell: a group without hits is no sure thing.
        smoothed = cells + 0.5
        _, slope = algebra.evaluate(rate.node, smoothed)
        return furthest_apart(value, (slope**2 * smoothed).sum(axis=-1))

    return of


def _by_level(measured: BinaryMeasured, family: Family) -> NDArray[np.int64]:
    """Labelled rows of each group by label and level of the score, shape (groups, 2, levels)."""
    assert measured.levels is not None
    of = [measured.levels.of(int(row)) for row in family.rows]
    scores, place = np.unique(np.concatenate([x.score for x in of]), return_inverse=True)
    rows = np.concatenate([x.rows for x in of])
    level = np.arange(len(scores))
    if len(scores) > LEVELS:
        below = np.cumsum(np.bincount(place, weights=rows.sum(axis=1))) - 1
        level = (below * LEVELS // rows.sum()).astype(np.int64)
    group = np.repeat(np.arange(len(of)), [len(x.score) for x in of])
    out = np.zeros((len(of), 2, int(level[-1]) + 1), dtype=np.int64)
    for label in (0, 1):
        np.add.at(out[:, label], (group, level[place]), rows[:, label])
    return out


def auc_apart(studentised: bool) -> Callable[[Floats], Floats]:
    """How far apart AUCs of groups are: from rows by label and level, shape (..., groups, 2 * levels), to (...)."""

    def of(cells: Floats) -> Floats:
        rows = cells.reshape(-1, 2, cells.shape[-1] // 2).swapaxes(1, 2)
        found = auc_from_bins(cast("NDArray[np.int64]", rows))
        value, variance = (part.reshape(cells.shape[:-1]) for part in (found.value, found.variance))
        return furthest_apart(value, variance if studentised else None)

    return of


def adjusted(tests: Sequence[Permutation | None], level: float) -> list[Bounded]:
    """The p-value of each test adjusted by Holm, with bounds that hold for all of them together; NaN without a test."""
    several = max(sum(t is not None for t in tests), 1)
    each = 1 - (1 - level) / several
    ends = [(t.p_value, *t.bounds(each)) if t is not None else (np.nan,) * 3 for t in tests]
    return [Bounded(*map(float, of)) for of in zip(*(holm(end) for end in zip(*ends, strict=True)), strict=True)]
