"""Shares of rows that no count of confusion cells holds, for everyone and for every family of groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.core.evidence import TooSmall
from sterling.core.rates import MetricInfo
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.engine.rows import slice_codes
from sterling.fairness.compare import Family
from sterling.stats.arrays import Interval, divide
from sterling.stats.proportion import exact_value, wilson_value
from sterling.stats.weights import kish_n, weighted_n

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def families_of(
    measured: Measured, batch: Batch, info: MetricInfo, hits: Bools, eligible: Bools, *,
    groups: tuple[str, ...] | None = None,
) -> Iterator[Family]:  # fmt: skip
    """Everyone, unless `groups` names columns, and every family of groups, with the share of `hits` among `eligible`.

    Both have shape (rows,). Shares have Wilson intervals, and Clopper-Pearson ones where groups are compared, at the
    effective number of people of weights; of clusters each counts as one person, the cautious end.
    """
    wanted = [f for f in measured.families if groups is None or set(f) <= set(groups)]
    for family in [*([()] if groups is None else []), *wanted]:
        codes, rows = slice_codes(measured, batch, family)
        whole = share_of(info, hits, eligible, codes, len(rows), batch.weight, batch.cluster)
        enough = (whole.n_eligible >= measured.min_n) & ~np.isnan(whole.value)
        small = tuple(
            TooSmall(slice=measured.slices[r], n=int(measured.n[r]), n_eligible=int(e), n_needed=measured.min_n)
            for r, e in zip(rows[~enough], whole.n_eligible[~enough], strict=True)
        )
        kept = share_of(info, hits, eligible, codes, len(rows), batch.weight, batch.cluster, only=enough)
        yield Family(columns=family, rows=rows[enough], quantity=kept, measured=measured, too_small=small)


def share_of(
    info: MetricInfo, hits: Bools, eligible: Bools, codes: Ints, size: int, weight: Floats | None,
    cluster: Ints | None, *, only: Bools | None = None,
) -> Quantity:  # fmt: skip
    """The share of hits among the eligible of each code, arrays of shape (size,), or of those codes in `only`."""
    keep = np.ones(size, dtype=bool) if only is None else only
    w = np.ones(len(codes)) if weight is None else weight
    count, elig, hit, elig_squares, hit_squares = (
        np.bincount(codes[among], weights=values[among], minlength=size)[keep]
        for among, values in (
            (eligible, np.ones(len(codes))), (eligible, w), (eligible & hits, w), (eligible, w * w),
            (eligible & hits, w * w),
        )
    )  # fmt: skip
    value, n = divide(hit, elig), count.astype(np.float64)
    if weight is not None:
        n = weighted_n(elig, elig_squares, hit, hit_squares)
    if cluster is not None:
        n = np.fmin(n, _clusters(codes, cluster, np.where(eligible, w, 0.0), size)[keep])
    return quantity_of(info, value, n, count.astype(np.int64))


def quantity_of(info: MetricInfo, value: Floats, n: Floats, count: Ints) -> Quantity:
    """Shares of shape (slices,) that are worth `n` independent people each, from `count` rows."""
    return Quantity(
        info=info, value=value, interval_at=partial(_wilson, value, n), decide_at=partial(_exact, value, n),
        n_eligible=count, n_effective=n, method="Wilson score interval",
    )  # fmt: skip


def _clusters(codes: Ints, cluster: Ints, weight: Floats, size: int) -> Floats:
    """Kish's n over clusters of each code."""
    count = int(cluster.max(initial=0)) + 1
    pairs, place = np.unique(codes * count + cluster, return_inverse=True)
    totals = np.bincount(place, weights=weight, minlength=len(pairs))
    owner = pairs // count
    return kish_n(
        np.bincount(owner, weights=totals, minlength=size), np.bincount(owner, weights=totals**2, minlength=size)
    )


def _wilson(value: Floats, n: Floats, critical: ArrayLike) -> Interval:
    return wilson_value(value, n, critical)


def _exact(value: Floats, n: Floats, critical: ArrayLike) -> Interval:
    return exact_value(value, n, critical)
