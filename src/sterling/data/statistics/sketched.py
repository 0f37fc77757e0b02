"""What is kept of a column that has too many different values to be held: sketches whose sums no order of rows changes.

Every sketch is made from the distinct values and their counts, and `sketch(a with b) == sketch(a) + sketch(b)`. So it
does not matter which part of the rows was too much to hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.data.statistics.counted import Counted, Whole
from sterling.data.statistics.smallest import Hashes, Smallest, mixed, smallest
from sterling.data.statistics.texts import Texts
from sterling.data.statistics.words import TextTotals, totals_of

BUCKETS = 1 << 14
"""Values are counted by this many lots of their hashes, to find the common ones in a second look (count-min, one row).
Source: Cormode and Muthukrishnan 2005, Journal of Algorithms 55:58."""
_SIGN = np.uint64(1 << 63)
_SHIFT = np.uint64(64 - 14)
"""Numbers are first told apart by sign, exponent and two bits more of a float64: 16,384 ranges, each at most a quarter
as wide as its ends are large."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberSketch:
    """Numbers of `rows` rows: exact ends and how many rows have them, and how many rows are in each range and lot."""

    distinct: Smallest
    lots: Whole
    ranges: Whole
    low: float
    high: float
    low_rows: int
    high_rows: int
    zeros: int
    negative: int
    rows: int

    def __add__(self, other: NumberSketch) -> NumberSketch:
        low, high = min(self.low, other.low), max(self.high, other.high)
        both = (self, other)
        return NumberSketch(
            self.distinct + other.distinct, self.lots + other.lots, self.ranges + other.ranges, low, high,
            sum(s.low_rows for s in both if s.low == low), sum(s.high_rows for s in both if s.high == high),
            self.zeros + other.zeros, self.negative + other.negative, self.rows + other.rows,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class TextSketch:
    """Texts of some rows."""

    distinct: Smallest
    lots: Whole
    totals: TextTotals

    def __add__(self, other: TextSketch) -> TextSketch:
        return TextSketch(self.distinct + other.distinct, self.lots + other.lots, self.totals + other.totals)


def sketch_numbers(held: Counted) -> NumberSketch:
    """The sketch of numbers, of which there is at least one."""
    exact = held.exact
    hashes, rows = (hashed(held.values), held.rows) if exact is None else (exact.hashes, exact.rows)
    values = held.values.astype(np.float64)
    ranges = np.zeros(1 << 14, dtype=np.int64)
    at = ranges_of(values)
    starts = np.flatnonzero(np.concatenate([[True], at[1:] != at[:-1]]))
    ranges[at[starts]] = np.add.reduceat(held.rows, starts)
    return NumberSketch(
        smallest(hashes), lots_of(hashes, rows), ranges, held.values[0].item(), held.values[-1].item(),
        int(held.rows[0]), int(held.rows[-1]), held.rows_of(0), held.negative, held.total,
    )  # fmt: skip


def sketch_texts(held: Texts) -> TextSketch:
    """The sketch of texts."""
    hashes = held.frame["value"].hash().to_numpy()
    rows = held.frame["rows"]
    return TextSketch(smallest(hashes), lots_of(hashes, rows.to_numpy()), totals_of(held.frame["value"], rows))


def hashed(values: NDArray[Any]) -> Hashes:
    """Hashes of numbers of any width: equal numbers of one column have equal hashes."""
    wide = values if values.dtype.itemsize == 8 else values.astype(np.int64)
    return mixed(wide)


def lot_of(hashes: Hashes) -> NDArray[np.intp]:
    """The lot of each hash: by its lower bits, since `Smallest` goes by the upper ones."""
    return np.asarray(hashes & np.uint64(BUCKETS - 1), dtype=np.intp)


def lots_of(hashes: Hashes, rows: Whole) -> Whole:
    """How many rows are in each lot. Counts are exact: a lot's rows are far below 2^53."""
    return np.bincount(lot_of(hashes), weights=rows, minlength=BUCKETS).astype(np.int64)


def ranges_of(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The range of each number: ascending as the numbers do."""
    bits = (values + 0.0).view(np.uint64)
    return np.asarray(np.where(bits >= _SIGN, ~bits, bits | _SIGN) >> _SHIFT, dtype=np.intp)


def range_start(at: NDArray[np.intp]) -> NDArray[np.float64]:
    """The least number of each range; not finite at the far ends."""
    key = np.asarray(at, dtype=np.uint64) << _SHIFT
    bits = np.where(key >= _SIGN, key ^ _SIGN, ~key)
    return np.asarray(bits.view(np.float64))
