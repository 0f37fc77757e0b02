"""Columns of two tables in memory: every statistic from the rows themselves, each column sorted once."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.drift.columns import Compared, categories, known, numbers
from sterling.data.drift.facts import CategoryFacts, Facts, Missing, NumberFacts, Size
from sterling.data.statistics.kinds import ascending, missing_in
from sterling.stats.arrays import Array
from sterling.stats.kolmogorov import EXACT_ROWS, ks_exact_p, ks_statistic
from sterling.stats.slabs import summed
from sterling.stats.transport import Moments, noise, wasserstein

PARTS = 10
SOME = 1e-6
"""Fewer effective rows than this in a part are the rounding of none."""
GRID = 1_000
LONGEST = 4_096
"""Texts longer than this count as this long."""
MANY = 50
"""Texts with more different values than this are compared by their lengths as well."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One table's rows, and their weights as shares of the largest; None: they count one each."""

    frame: pl.DataFrame
    weight: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A sample in ascending order, with its weights."""

    values: Array
    weight: Array | None

    @property
    def size(self) -> Size:
        return Size(rows=len(self.values), effective=worth(len(self.values), self.weight))

    def upto(self, places: NDArray[np.intp]) -> Array:
        """The share of the sample before each place."""
        if self.weight is None:
            return places / max(len(self.values), 1)
        total = np.concatenate([[0.0], np.cumsum(self.weight)])
        return np.asarray(total[places] / total[-1], dtype=np.float64)

    def at_shares(self, shares: Array) -> Array:
        """The values at shares of the sample (the lower one between two)."""
        if self.weight is None:
            place = np.ceil(shares * len(self.values)).astype(np.intp) - 1
        else:
            total = np.cumsum(self.weight)
            place = np.searchsorted(total, shares * total[-1], side="left")
        return self.values[np.clip(place, 0, len(self.values) - 1)]

    def finite(self) -> Ordered:
        low, high = np.searchsorted(self.values, [-np.finfo(float).max, np.finfo(float).max], side="left")
        high += int(np.count_nonzero(self.values[high:] == np.finfo(float).max))
        return Ordered(self.values[low:high], None if self.weight is None else self.weight[low:high])

    def moments(self) -> Moments:
        n = self.size.effective
        with np.errstate(over="ignore"):  # of the largest numbers the spread is infinite, and said to be
            return self._moments(n)

    def _moments(self, n: float) -> Moments:
        if self.weight is None:
            size = len(self.values)
            mean = summed(lambda part: self.values[part], size) / size
            spread = float(np.sqrt(summed(lambda part: np.square(self.values[part] - mean), size) / size))
        else:
            mean = float(np.average(self.values, weights=self.weight))
            spread = float(np.sqrt(np.average((self.values - mean) ** 2, weights=self.weight)))
        return Moments(n=n, mean=mean, std=spread * (n / (n - 1)) ** 0.5 if n > 1 else spread)


def worth(rows: int, weight: Array | None) -> float:
    """Kish's effective size; sums in ascending order, so that no order of rows changes a bit."""
    if weight is None or not rows:
        return float(rows)
    ordered = np.sort(weight)
    squares = float((ordered**2).sum())
    return float(ordered.sum()) ** 2 / squares if squares > 0 else 0.0


def compare_held(column: Compared, here: Side, there: Side) -> Facts:
    """The facts of one column, from the rows of both tables."""
    sides = (there, here)
    missing = _missing(column, sides)
    if column.how in ("number", "length"):
        return Facts(missing=missing, numbers=number_facts(*(_ordered(column, s) for s in sides)))
    if column.how == "category":
        return Facts(missing=missing, categories=_categories(column, sides))
    return Facts(missing=missing)


def _missing(column: Compared, sides: tuple[Side, Side]) -> Missing:
    sizes, gone = [], []
    for side in sides:
        rows = side.frame.height
        effective = worth(rows, side.weight)
        if side.weight is None:
            share = float(missing_in(side.frame[column.name])) / max(rows, 1)
        else:
            there = side.frame.select(known(column, side.frame.schema[column.name])).to_series()
            lost = np.sort(side.weight[~there.to_numpy()])
            total = float(np.sort(side.weight).sum())
            share = float(lost.sum()) / total if total > 0 else 0.0
        sizes.append(Size(rows=rows, effective=effective))
        gone.append(share * effective)
    return Missing(sizes=(sizes[0], sizes[1]), missing=(gone[0], gone[1]))


def _ordered(column: Compared, side: Side) -> Ordered:
    dtype = side.frame.schema[column.name]
    if side.weight is None and dtype.is_float():
        return Ordered(ascending(side.frame[column.name])[0], None)
    values = side.frame.select(numbers(column, dtype)).to_series()
    if side.weight is None:
        return Ordered(ascending(values)[0], None)
    there = values.is_not_null().to_numpy() & (side.weight > 0)
    x, w = values.to_numpy()[there], side.weight[there]
    order = np.lexsort((w, x))
    return Ordered(x[order], w[order])


def number_facts(a: Ordered, b: Ordered) -> NumberFacts | None:
    """Statistics of two ascending samples; None where one is empty."""
    if not len(a.values) or not len(b.values):
        return None
    ks = ks_statistic(a.values, b.values, a.weight, b.weight)
    inner, outer = a.finite(), b.finite()
    left = len(a.values) + len(b.values) - len(inner.values) - len(outer.values)
    some = bool(len(inner.values) and len(outer.values))
    far = wasserstein(inner.values, outer.values, inner.weight, outer.weight) if some else float("nan")
    grid = _grid(a, b)
    return NumberFacts(
        sizes=(a.size, b.size), ks=ks, ks_most=ks, far=far, far_most=far,
        moments=(inner.moments(), outer.moments()) if some else (_NOTHING, _NOTHING),
        noise=_noise(inner, outer) if some else 0.0, scale=_scale(inner) if some else None,
        cells=tenths(a, b, grid), p=_exact(ks, a, b), infinite=left,
    )  # fmt: skip


_NOTHING = Moments(n=1.0, mean=0.0, std=0.0)


def _grid(a: Ordered, b: Ordered) -> Array:
    """Values of both samples at equal steps of their shares, ascending: each sample has the same say."""
    shares = (np.arange(GRID) + 0.5) / GRID
    return np.sort(np.concatenate([a.at_shares(shares), b.at_shares(shares)]))


def tenths(a: Ordered, b: Ordered, grid: Array) -> tuple[Array, Array]:
    """Effective counts of both samples in the parts of the values of both."""
    edges = np.unique(grid[[len(grid) * k // PARTS - 1 for k in range(1, PARTS)]])
    first, second = (
        np.diff(s.upto(np.searchsorted(s.values, edges, side="right")), prepend=0.0, append=1.0) * s.size.effective
        for s in (a, b)
    )
    some = first + second > SOME
    return np.maximum(first[some], 0.0), np.maximum(second[some], 0.0)


def _noise(a: Ordered, b: Ordered) -> float:
    ends = [s.values[i] for s in (a, b) for i in (0, -1)]
    x = np.unique(np.concatenate([_grid(a, b), ends]))
    f, g = (s.upto(np.searchsorted(s.values, x, side="right")) for s in (a, b))
    return noise(x, f, g, a.size.effective, b.size.effective)


def _scale(a: Ordered) -> float | None:
    low, high = a.at_shares(np.array([0.25, 0.75]))
    return float(high - low) or a.moments().std or None


def _exact(ks: float, a: Ordered, b: Ordered) -> float | None:
    if a.weight is not None or b.weight is not None or len(a.values) + len(b.values) > EXACT_ROWS:
        return None
    pooled = np.sort(np.concatenate([a.values, b.values]))
    return ks_exact_p(ks, len(a.values), len(b.values), pooled[1:] != pooled[:-1])


def _categories(column: Compared, sides: tuple[Side, Side]) -> CategoryFacts | None:
    counted = [_counted(column, s) for s in sides]
    rows = [int(c["rows"].sum()) for c in counted]
    if not all(rows):
        return None
    whole = sides[0].weight is None and sides[1].weight is None
    joined = counted[0].join(counted[1], on="value", how="full", suffix=" b", coalesce=True)
    first, second = (joined[c].fill_null(0).to_numpy().astype(np.float64) for c in ("worth", "worth b"))
    order = np.lexsort((second, first))  # cells that are alike in both may change places: nothing hangs on it
    first, second = first[order], second[order]
    worths = [_row_worth(column, s) for s in sides]
    cells = (first, second) if whole else (first / first.sum() * worths[0], second / second.sum() * worths[1])
    return CategoryFacts(
        sizes=(Size(rows=rows[0], effective=worths[0]), Size(rows=rows[1], effective=worths[1])), cells=cells,
        whole=whole, unlike=joined.height > MANY and 2 * joined.height > sum(rows),
        lengths=_lengths(counted) if column.text and joined.height > MANY else None,
    )  # fmt: skip


def _counted(column: Compared, side: Side) -> pl.DataFrame:
    values = side.frame.select(value=categories(column, side.frame.schema[column.name]))
    if side.weight is None:
        counts = values["value"].drop_nulls().value_counts(name="rows")
        return counts.with_columns(worth=pl.col("rows"))
    weighed = values.with_columns(weight=pl.Series(side.weight)).drop_nulls()
    return weighed.group_by("value").agg(rows=pl.len(), worth=pl.col("weight").sort().sum()).sort("value")


def _row_worth(column: Compared, side: Side) -> float:
    there = side.frame.select(pl.col(column.name).is_not_null()).to_series().to_numpy()
    weight = None if side.weight is None else side.weight[there]
    return worth(int(there.sum()), weight)


def _lengths(counted: list[pl.DataFrame]) -> tuple[Array, Array]:
    first, second = (
        np.bincount(
            np.minimum(c["value"].str.len_chars().to_numpy(), LONGEST), weights=c["worth"].to_numpy(),
            minlength=LONGEST + 1,
        ).astype(np.float64)
        for c in counted
    )  # fmt: skip
    return first, second
