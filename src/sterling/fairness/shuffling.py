"""The groups of a family shuffled: how often rows dealt out at random show as much of a gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sterling.core import algebra
from sterling.core.rates import Rate
from sterling.engine.binary.measured import BinaryMeasured
from sterling.fairness.compare import Family
from sterling.fairness.inequality import Bounded
from sterling.stats.adjust import holm
from sterling.stats.draws import stream
from sterling.stats.exact import Permutation
from sterling.stats.shuffles import furthest_apart, shuffle_test

Floats = NDArray[np.float64]


def shuffle_family(
    family: Family, rate: Rate, threshold: float | None, *, shuffles: int, studentised: bool
) -> Permutation | None:
    """The permutation test of one rate between the groups of a family; None with fewer than two groups.

    Only rows that the rate counts are dealt out, so that of a share the hypothesis is that it is equal in all groups.
    """
    measured = cast("BinaryMeasured", family.measured)
    if len(family.rows) < 2:
        return None
    counted = np.isin(np.arange(len(algebra.CELLS)), rate.proportion[1] if rate.proportion else rate.cells_read)
    counts = np.where(counted, measured.cells[family.rows, measured.column(threshold)], 0.0)
    rng = stream(measured.seed, f"shuffles of {rate.canonical()} by {family.columns}")
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


def adjusted(tests: Sequence[Permutation | None], level: float) -> list[Bounded]:
    """The p-value of each test adjusted by Holm, with bounds that hold for all of them together; NaN without a test."""
    several = max(sum(t is not None for t in tests), 1)
    each = 1 - (1 - level) / several
    ends = [(t.p_value, *t.bounds(each)) if t is not None else (np.nan,) * 3 for t in tests]
    return [Bounded(*map(float, of)) for of in zip(*(holm(end) for end in zip(*ends, strict=True)), strict=True)]
