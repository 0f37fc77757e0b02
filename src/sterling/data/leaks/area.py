"""Areas under curves with DeLong's interval, for scores that were made on other rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.estimate import Estimate
from sterling.core.evidence import Finding, Side
from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.ranks import auc_by_group, rank_rows
from sterling.stats.arrays import Interval
from sterling.stats.auc import delong_z
from sterling.stats.multiple import largest_from
from sterling.stats.normal import sidak, z

METHOD = "DeLong on rows held out, fold by fold, variance doubled"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An AUC, its variance, and how many rows of either kind are behind it. NaN without both kinds."""

    value: float
    variance: float
    positives: int
    negatives: int

    @property
    def n(self) -> int:
        return self.positives + self.negatives


def area(scores: Floats, positive: NDArray[np.bool_]) -> Area:
    """The AUC of `scores` for telling the positive rows, each of shape (n,)."""
    ranked = rank_rows(
        np.asarray(scores, dtype=np.float64), positive.astype(np.uint8), [np.zeros(len(scores), np.uint8)]
    )
    found = auc_by_group(ranked, None, 1)
    return Area(
        value=float(found.value[0]), variance=float(found.variance[0]), positives=int(found.positives[0]),
        negatives=int(found.negatives[0]),
    )  # fmt: skip


def estimate(found: Area, *, level: float, method: str = METHOD) -> Estimate:
    low, high = _bounds([found], z(level))
    known = bool(np.isfinite([found.value, low[0], high[0]]).all())
    return Estimate(
        value=found.value if known else None, low=float(low[0]) if known else None,
        high=float(high[0]) if known else None, level=level, n=found.n, n_eligible=found.n, method=method,
        status="ok" if known else "undefined",
    )  # fmt: skip


def lowest(found: Sequence[Area], *, level: float) -> Floats:
    """The low end of each, when all of them hold together. Shape (areas,)."""
    return _bounds(found, sidak(level, max(1, len(found)), 1))[0]


def highest(
    info: MetricInfo, found: Sequence[Area], *, level: float,
    columns: tuple[str, ...] = (), slices: Sequence[Slice] = (), at: Sequence[str] = (),
) -> Finding | None:  # fmt: skip
    """The highest of these areas as a finding; its low end holds for all of them together. None when none is known.

    `at`: the column of each area, of which the finding says the highest.
    """
    everyone, unsaid = [EVERYONE] * len(found), [""] * len(found)
    held = zip(found, slices or everyone, at or unsaid, strict=True)
    known = [(a, s, c) for a, s, c in held if np.isfinite(a.value)]
    if not known:
        return None
    areas = [a for a, _, _ in known]
    values = np.array([a.value for a in areas])
    top = largest_from(values, lambda c: _interval(areas, c), level=level)
    best, slice_, column = known[int(top.group)]
    side = Side(slice=slice_, value=best.value, n=best.n, n_eligible=best.n, n_effective=float(best.n))
    return Finding(
        metric=info, kind="highest", family=(), threshold=None, first=side, second=None, value=float(top.value),
        low=float(top.at_least), high=float(top.at_most), level=level, groups_compared=len(areas), method=METHOD,
        columns=columns, at=(column,) if at else (),
    )  # fmt: skip


def _interval(found: Sequence[Area], critical: ArrayLike) -> Interval:
    value, spread, pos, neg = np.array([(a.value, a.variance, a.positives, a.negatives) for a in found], float).T
    return delong_z(value, spread, pos, neg, critical)


def _bounds(found: Sequence[Area], critical: float) -> tuple[Floats, Floats]:
    bounds = _interval(found, critical)
    return np.atleast_1d(bounds.low), np.atleast_1d(bounds.high)
