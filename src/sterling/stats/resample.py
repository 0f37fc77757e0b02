"""Joint resampling of count cells, for what has no closed form and for what depends on several slices at once.

Not for plain shares: at n = 30 and a share of 5 % the percentile interval covers 78 %.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sterling.stats.arrays import Array, Interval, check_level
from sterling.stats.draws import stream


def resample_cells(
    cells: ArrayLike, *, resamples: int = 1000, seed: int, keys: Sequence[str] | None = None
) -> NDArray[np.int64]:
    """Multinomial draws around observed counts: `cells` of shape (..., K) gives (resamples, ..., K).

    Each slice (leading index) keeps its total and has a random stream of its own, named by `keys` (one per slice, in C
    order; by default its position). With keys the draws of a slice do not depend on which other slices are there or in
    which order. Slices that share people must be resampled as one slice whose K cells are their joint cells.
    Raises ValueError for negative or fractional counts.
    """
    counts = np.asarray(cells)
    whole = counts.astype(np.int64)
    if np.any(whole != counts) or np.any(whole < 0):
        raise ValueError("cells: expected whole counts of 0 or more\nhint: weighted cells have closed forms in `cells`")
    flat = whole.reshape(-1, whole.shape[-1])
    names = [str(i) for i in range(len(flat))] if keys is None else list(keys)
    if len(names) != len(flat):
        raise ValueError(f"keys: expected one per slice ({len(flat)}), got {len(names)}")
    out = np.empty((resamples, *flat.shape), dtype=np.int64)
    for i, row in enumerate(flat):
        out[:, i, :] = _draw(row, resamples, seed, names[i])
    return out.reshape((resamples, *whole.shape))


def _draw(row: NDArray[np.int64], resamples: int, seed: int, name: str) -> NDArray[np.int64]:
    rng = stream(seed, name)
    total = int(row.sum())
    drawn = np.zeros((resamples, row.size), dtype=np.int64)
    some = np.flatnonzero(row)
    if total:
        # Empty cells stay empty and need no draw; most bins of a small slice are empty.
        drawn[:, some] = rng.multinomial(total, row[some] / total, size=resamples)
    return drawn


def percentile_interval(samples: ArrayLike, *, level: float = 0.95, axis: int = 0) -> Interval:
    """The middle `level` of the samples. NaN samples are left out; where they are half or more the bounds are NaN.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, 13.3.
    """
    tail = (1.0 - check_level(level)) / 2.0
    ordered = np.sort(np.moveaxis(np.asarray(samples, dtype=np.float64), axis, 0), axis=0)
    known = np.count_nonzero(~np.isnan(ordered), axis=0)
    enough = 2 * known > ordered.shape[0]
    return Interval(_quantile(ordered, known, tail, enough), _quantile(ordered, known, 1.0 - tail, enough))


def _quantile(ordered: Array, known: NDArray[np.intp], share: float, enough: NDArray[np.bool_]) -> Array:
    """Linear interpolation among the first `known` of each sorted column (NaN sorts last)."""
    place = share * np.maximum(known - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    low = np.take_along_axis(ordered, below[None], axis=0)[0]
    high = np.take_along_axis(ordered, above[None], axis=0)[0]
    return np.asarray(np.where(enough, low + (place - below) * (high - low), np.nan))
