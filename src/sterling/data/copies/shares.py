"""Shares of rows whose copies go together, as estimates and as findings that a limit can judge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.data.copies import ShareOf
from sterling.core.estimate import Estimate
from sterling.core.evidence import Finding, Side, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.core.slices import EVERYONE, Slice
from sterling.stats.multiple import largest_from
from sterling.stats.normal import z
from sterling.stats.proportion import exact_value
from sterling.stats.weights import cluster_n, cluster_variance

METHOD = "Clopper-Pearson, equal rows counting as one person"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A share of rows: `hits` among `n`, and the number of independent rows that say as much."""

    slice: Slice
    n: int
    hits: int
    n_effective: float

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else float("nan")


def share_of_sets(hits: ArrayLike, sizes: ArrayLike, *, slice: Slice = EVERYONE) -> Counted:
    """A share from sets of rows that stand or fall together: `hits` and `sizes` per set, shape (sets,).

    Sets are taken as drawn independently. Where all hit or none does, each set counts as one row.
    """
    hit, size = np.asarray(hits, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    order = np.lexsort((hit, size))  # sums have one order, whatever that of the sets
    hit, size = hit[order], size[order]
    total, found = float(size.sum()), float(hit.sum())
    if not total:
        return Counted(slice=slice, n=0, hits=0, n_effective=0.0)
    value = found / total
    variance = cluster_variance(hit, size, value) if size.size > 1 else np.nan
    effective = float(cluster_n(value, variance, float((size * size).sum()), total, total))
    return Counted(slice=slice, n=round(total), hits=round(found), n_effective=effective)


def estimate(share: Counted, *, level: float, min_n: int = 1, method: str = METHOD) -> Estimate:
    """The share with its exact interval; nothing below `min_n` rows."""
    if share.n < max(1, min_n):
        return Estimate(
            value=None, low=None, high=None, level=level, n=share.n, n_eligible=share.n, method=method,
            status="insufficient" if share.n else "undefined",
        )  # fmt: skip
    bounds = exact_value(share.value, share.n_effective, z(level))
    return Estimate(
        value=share.value, low=float(bounds.low), high=float(bounds.high), level=level, n=share.n,
        n_eligible=share.n, method=method,
    )  # fmt: skip


def shares_of(shares: Sequence[Counted], *, level: float, min_n: int) -> tuple[ShareOf, ...]:
    return tuple(ShareOf(slice=s.slice, share=estimate(s, level=level, min_n=min_n)) for s in shares)


def highest(
    info: MetricInfo, shares: Sequence[Counted], *, level: float, min_n: int = 1, family: tuple[str, ...] = (),
    columns: tuple[str, ...] = (), method: str = METHOD,
) -> Finding | None:  # fmt: skip
    """The highest of these shares: its low end holds for all of them together. None when none has `min_n` rows."""
    large = [s for s in shares if s.n >= max(1, min_n)]
    if not large:
        return None
    value = np.array([s.value for s in large])
    size = np.array([s.n_effective for s in large])
    found = largest_from(value, lambda critical: exact_value(value, size, critical), level=level)
    sides = [
        Side(slice=s.slice, value=s.value, n=s.n, n_eligible=s.n, n_effective=s.n_effective) for s in large
    ]  # fmt: skip
    return Finding(
        metric=info, kind="highest", family=family, threshold=None, first=sides[int(found.group)], second=None,
        value=float(found.value), low=float(found.at_least), high=float(found.at_most), level=level,
        groups_compared=len(large), method=method, columns=columns,
        others=tuple(side for i, side in enumerate(sides) if i != int(found.group)),
        outermost=(sides[int(found.at_most_group)],),
        too_small=tuple(
            TooSmall(slice=s.slice, n=s.n, n_eligible=s.n, n_needed=min_n) for s in shares if s.n < max(1, min_n)
        ),
    )  # fmt: skip
