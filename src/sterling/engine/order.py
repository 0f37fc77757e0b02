"""The k-th smallest values of a column, exactly, in bounded memory: values are told apart 16 bits at a time.

Numbers become unsigned 64-bit keys that ascend as they do. While more rows may be wanted than are held at once, a pass
counts the next 16 bits of those in question, and only rows that share them with a wanted value stay: a radix selection
(Knuth, The Art of Computer Programming 3, 5.2.5). No order of rows or batches changes the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Keys = NDArray[np.uint64]
HELD = 1 << 22
"""So many values are held at once: 32 MB."""
_STEP, _BITS, _SIGN = 16, 64, np.uint64(1 << 63)


@dataclass(frozen=True, slots=True)
class _Lot:
    """The `n` rows whose keys begin with `prefix`; `below` rows have smaller keys. `places` are wanted among them."""

    prefix: int
    below: int
    n: int
    places: tuple[int, ...]


def order_statistics(
    batches: Callable[[], Iterable[pl.Series]], size: int, places: Sequence[int], *, dtype: pl.DataType,
    held: int = HELD,
) -> list[int | float]:  # fmt: skip
    """The values at `places` (from 0) of an ascending column of `size` values, which each call of `batches` gives anew.

    `dtype`: whole numbers of up to 64 bits, or Float64. There are no missing values and no NaN.
    """
    lots = [_Lot(0, 0, size, tuple(sorted(set(places))))]
    known = 0
    while known < _BITS and sum(lot.n for lot in lots) > held:
        lots = _closer(lots, known, map(_keys, batches()))
        known += _STEP
    if known == _BITS:
        found = {place: lot.prefix for lot in lots for place in lot.places}
    else:
        found = _picked(lots, known, map(_keys, batches()))
    return [_value(found[place], dtype) for place in places]


def _split(keys: Keys, lots: list[_Lot], known: int) -> Iterator[Keys]:
    """The keys of each lot in turn."""
    if known == 0:
        yield keys
        return
    begin = keys >> np.uint64(_BITS - known)
    for lot in lots:
        yield keys[begin == np.uint64(lot.prefix)]


def _closer(lots: list[_Lot], known: int, batches: Iterable[Keys]) -> list[_Lot]:
    """Lots that know 16 bits more: one pass."""
    tallies = [np.zeros(1 << _STEP, dtype=np.int64) for _ in lots]
    shift, mask = np.uint64(_BITS - known - _STEP), np.uint64((1 << _STEP) - 1)
    for keys in batches:
        for tally, mine in zip(tallies, _split(keys, lots, known), strict=True):
            tally += np.bincount(((mine >> shift) & mask).astype(np.intp), minlength=1 << _STEP)
    out: list[_Lot] = []
    for lot, tally in zip(lots, tallies, strict=True):
        ends = np.cumsum(tally)
        digits = np.searchsorted(ends, np.array(lot.places) - lot.below, side="right")
        for digit in np.unique(digits).tolist():
            n = int(tally[digit])
            places = tuple(p for p, d in zip(lot.places, digits, strict=True) if d == digit)
            out.append(_Lot((lot.prefix << _STEP) | digit, lot.below + int(ends[digit]) - n, n, places))
    return out


def _picked(lots: list[_Lot], known: int, batches: Iterable[Keys]) -> dict[int, int]:
    """The key at each place, out of the few rows that are left in question: one pass."""
    kept: list[list[Keys]] = [[] for _ in lots]
    for keys in batches:
        for part, mine in zip(kept, _split(keys, lots, known), strict=True):
            part.append(mine)
    found: dict[int, int] = {}
    for lot, parts in zip(lots, kept, strict=True):
        ordered = np.sort(np.concatenate(parts))
        found |= {place: int(ordered[place - lot.below]) for place in lot.places}
    return found


def _keys(batch: pl.Series) -> Keys:
    if batch.dtype.is_float():
        bits = (batch.cast(pl.Float64).to_numpy() + 0.0).view(np.uint64)  # + 0.0: there is one zero
        return np.where(bits >= _SIGN, ~bits, bits | _SIGN)
    if batch.dtype == pl.UInt64:
        return batch.to_numpy()
    return batch.cast(pl.Int64).to_numpy().view(np.uint64) ^ _SIGN


def _value(key: int, dtype: pl.DataType) -> int | float:
    if dtype.is_float():
        bits = np.uint64(key) ^ _SIGN if key >= int(_SIGN) else ~np.uint64(key)
        return float(bits.view(np.float64))
    return key if dtype == pl.UInt64 else key - int(_SIGN)
