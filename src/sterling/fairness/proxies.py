"""Which features tell the group: how strongly each one goes with a group column, feature by feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.slices import GroupValue
from sterling.stats.association import contingency, corrected_v

if TYPE_CHECKING:
    import polars as pl

BINS = 10
"""Numbers are cut into so many ranges of equally many rows; missing is one more."""


class Proxy(NamedTuple):
    """A feature and how strongly it goes with the group: 0 not at all, 1 it tells the group exactly."""

    feature: str
    strength: float


def proxies(frame: pl.DataFrame, features: Sequence[str], group: Sequence[GroupValue]) -> tuple[Proxy, ...]:
    """Every feature with its strength as a proxy, strongest first, equal ones by name.

    The strength is Cramér's V, corrected for the V that chance alone gives to columns of many values. It sees one
    column at a time: columns that tell the group only together are missed. Source: Bergsma 2013, Journal of the Korean
    Statistical Society 42:323.
    """
    import polars as pl

    known = pl.Series("group", list(group), dtype=pl.String)
    codes = _codes(known)
    found = [Proxy(f, cramers_v(_codes(_ranges(frame[f])), codes)) for f in features]
    return tuple(sorted(found, key=lambda p: (-p.strength, p.feature)))


def cramers_v(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Bias-corrected Cramér's V of two codings 0, 1, …, each of shape (n,). 0 when either has one value only."""
    return corrected_v(contingency(first, second))


def _ranges(column: pl.Series) -> pl.Series:
    """Numbers with many values cut into ranges; all else as it is."""
    import polars as pl

    if not column.dtype.is_numeric() or column.n_unique() <= BINS:
        return column.cast(pl.String)
    numbers = column.cast(pl.Float64).fill_nan(None)
    cuts = np.unique(np.nanquantile(numbers.drop_nulls().to_numpy(), np.arange(1, BINS) / BINS))
    place = np.searchsorted(cuts, numbers.fill_null(0).to_numpy(), side="right")
    return pl.select(pl.when(numbers.is_null()).then(None).otherwise(pl.Series(place))).to_series().cast(pl.String)


def _codes(column: pl.Series) -> NDArray[np.int64]:
    """A number per value, missing being a value."""
    return column.rank("dense").cast(int).fill_null(0).to_numpy() - int(column.null_count() == 0)
