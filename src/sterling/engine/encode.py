"""Columns to codes: every text is looked at once, and never again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, shown
from sterling.core.frozen import dataclass
from sterling.core.slices import GroupValue, group_order, group_text
from sterling.engine.kernels import ready
from sterling.engine.viewed import codes_by_views
from sterling.stats.arrays import distinct

MAX_GROUPS = 2_000
"""More distinct values than this in a group column is a mistake, not a grouping."""

_SLOTS = 1 << 16
_HEAD = 4096
_HANDFUL = 16
_SLAB = 1 << 16


@dataclass(frozen=True, slots=True)
class Codes:
    """One value's index per row, and the values in their order (`group_order`): None, for missing, comes last."""

    codes: NDArray[np.integer]
    values: tuple[GroupValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows ready for counting. `weight` is at most 1.

    The task decides what `label` and `scores` hold: arrays with an entry per row, or `Columns`. Yes/no models have 0
    negative, 1 positive, 2 missing, and float64. `numbers` are columns that are added up, NaN where they have none.
    """

    height: int
    groups: tuple[Codes, ...]
    label: NDArray[Any]
    scores: tuple[Any, ...]
    weight: NDArray[np.float64] | None = None
    cluster: NDArray[np.int64] | None = None
    numbers: tuple[NDArray[np.float64], ...] = ()

    def piece(self, start: int, stop: int) -> Batch:
        """Some consecutive rows, without copying; clusters stay behind."""
        return Batch(
            height=min(stop, self.height) - start,
            groups=tuple(Codes(g.codes[start:stop], g.values) for g in self.groups),
            label=self.label[start:stop],
            scores=tuple(s[start:stop] for s in self.scores),
            weight=None if self.weight is None else self.weight[start:stop],
            numbers=tuple(column[start:stop] for column in self.numbers),
        )


def encode_group(column: pl.Series) -> Codes:
    """Codes of a group column of any type; NaN counts as missing.

    Raises InputError when the column has more than MAX_GROUPS values.
    """
    if column.dtype.is_float():
        column = column.fill_nan(None)
    if column.dtype == pl.Boolean or column.dtype.is_integer():
        coded = _small_integers(column)
        if coded is not None:
            return coded
    if isinstance(column.dtype, pl.Enum):
        return _dictionary(column, column.dtype.categories.to_list())
    if column.dtype == pl.String:
        coded = _viewed(column) or _hashed(column)
        if coded is not None:
            return coded
    return _general(column)


def _small_integers(column: pl.Series) -> Codes | None:
    if column.dtype in (pl.UInt64, pl.Int128) and int(column.max() or 0) >= 1 << 63:  # type: ignore[arg-type]
        return None
    whole = column.cast(pl.Int64)  # differences of narrow integers may not fit their own type
    lowest, highest = whole.min(), whole.max()
    if lowest is None or int(highest) - int(lowest) >= MAX_GROUPS:  # type: ignore[arg-type]
        return None
    span = int(highest) - int(lowest) + 1  # type: ignore[arg-type]
    some = whole.null_count() > 0  # without, two copies of the column are spared
    codes = (whole - lowest).fill_null(span).to_numpy() if some else whole.to_numpy() - int(lowest)  # type: ignore[arg-type]
    present = np.bincount(codes, minlength=span + 1) > 0
    numbers = np.arange(span) + int(lowest)  # type: ignore[arg-type]
    texts: list[GroupValue] = [str(bool(v)).lower() if column.dtype == pl.Boolean else str(v) for v in numbers]
    return _ordered(codes, [*texts, None], present)


def _dictionary(column: pl.Series, words: list[str]) -> Codes:
    """A column of a fixed list of words is coded already."""
    codes = column.to_physical().cast(pl.UInt32).fill_null(len(words)).to_numpy()
    present = np.bincount(codes, minlength=len(words) + 1) > 0
    if int(present.sum()) > MAX_GROUPS:
        return _general(column)
    return _ordered(codes, [*words, None], present)


def _viewed(column: pl.Series) -> Codes | None:
    """Few distinct texts: told apart by how they lie in memory. None without compiled loops or when it tells little."""
    fast = ready()
    found = codes_by_views(column, fast.look_up) if fast is not None else None
    if found is None:
        return None
    codes, texts = found
    values, places = _order(list(texts))
    return Codes(codes if values == tuple(texts) else places.take(codes), values)


def _hashed(column: pl.Series) -> Codes | None:
    """Few distinct texts: told apart by a 64-bit hash per row. None when they are too many, or two share a slot."""
    hashes = column.hash().to_numpy()
    return _handful(column, hashes) or _slotted(column, hashes)


def _handful(column: pl.Series, hashes: NDArray[np.uint64]) -> Codes | None:
    """A handful of values, all among the first rows, told apart by one byte of the hash. None when there are others.

    The whole hash is compared as well: a value that the first rows lack may share that byte.
    """
    found, first = np.unique(hashes[:_HEAD], return_index=True)
    if not 0 < len(found) <= _HANDFUL:
        return None
    bytes_of = hashes.view(np.uint8).reshape(-1, 8)
    telling = (b for b in range(8) if len(distinct(bytes_of[first, b])) == len(found))
    byte = next(telling, None)
    if byte is None:
        return None
    values, places = _order(column.gather(first.tolist()).to_list())  # an array would load NumPy's masked ones
    slots = bytes_of[first, byte]
    table, known = np.zeros(256, dtype=np.uint8), np.full(256, found[0])  # found[0] is at home in its own slot only
    table[slots], known[slots] = places, found
    codes = np.empty(len(hashes), dtype=np.uint8)
    fast = ready() if sys.byteorder == "little" else None
    if fast is not None:
        whole = np.require(hashes, np.uint64, ["C", "A"]).view(np.int64)
        every = fast.match(whole, known.view(np.int64), table, codes, len(codes), 8 * byte)
        return Codes(codes, values) if every else None
    for start in range(0, len(hashes), _SLAB):
        rows = slice(start, start + _SLAB)
        slot = bytes_of[rows, byte].astype(np.intp)
        if not np.array_equal(known.take(slot), hashes[rows]):
            return None
        codes[rows] = table.take(slot)
    return Codes(codes, values)


def _slotted(column: pl.Series, hashes: NDArray[np.uint64]) -> Codes | None:
    """More values: a table of the hashes' upper bits. None when there are too many, or two share a slot."""
    slots = (hashes >> np.uint64(48)).astype(np.intp)
    held = np.zeros(_SLOTS, dtype=np.uint64)
    held[slots] = hashes
    if not np.array_equal(held[slots], hashes):
        return None
    seen = np.zeros(_SLOTS, dtype=bool)
    seen[slots] = True
    used = np.flatnonzero(seen)
    if len(used) > MAX_GROUPS:
        return None
    first = _first_rows(slots, used)
    names = column.gather(first[used].tolist()).to_list()
    values, table = _order(names)
    codes = np.zeros(_SLOTS, dtype=table.dtype)
    codes[used] = table
    return Codes(codes[slots], values)


def _first_rows(slots: NDArray[np.intp], used: NDArray[np.int64]) -> NDArray[np.int64]:
    """Some row of each used slot: nearly always among the first few thousand."""
    first = np.full(_SLOTS, -1, dtype=np.int64)
    head = slots[:_HEAD]
    first[head] = np.arange(len(head))
    if (first[used] < 0).any():
        first[slots] = np.arange(len(slots))
    return first


def _general(column: pl.Series) -> Codes:
    distinct = column.unique()
    if distinct.len() > MAX_GROUPS:
        raise InputError(
            f"the group column {shown(column.name)!r} has {distinct.len():,} different values",
            expected=f"at most {MAX_GROUPS:,}",
            hint="bin a number into ranges first, or group by a coarser column",
        )
    texts = [group_text(v) for v in distinct.to_list()]
    mapped = pl.DataFrame({"value": distinct, "code": np.arange(distinct.len())})
    joined = column.to_frame("value").join(mapped, on="value", how="left", nulls_equal=True, maintain_order="left")
    return _ordered(joined["code"].to_numpy(), texts, np.ones(len(texts), dtype=bool))


def _ordered(codes: NDArray[np.integer], texts: list[GroupValue], present: NDArray[np.bool_]) -> Codes:
    """Drop absent values, join equal texts, put values in ascending order with missing last."""
    kept = [t for t, p in zip(texts, present, strict=True) if p]
    values, places = _order(kept)
    table = np.zeros(len(texts), dtype=places.dtype)
    table[present] = places
    return Codes(table[codes], values)


def _order(texts: list[GroupValue]) -> tuple[tuple[GroupValue, ...], NDArray[np.unsignedinteger]]:
    """The distinct texts in their order, missing last, and the place of each given text among them."""
    values = sorted(set(texts), key=group_order)
    place = {t: i for i, t in enumerate(values)}
    return tuple(values), np.array([place[t] for t in texts], dtype=np.uint8 if len(values) <= 256 else np.uint16)


def encode_cluster(column: pl.Series, rest: Sequence[NDArray[np.generic]] = ()) -> NDArray[np.int64]:
    """Cluster ids as 0 … m-1 in the order of their values; a missing id is a cluster of one row each.

    Missing ids are numbered after all others, in the order of the columns `rest`: sums over clusters must not depend on
    the order of the rows.
    """
    if column.dtype.is_float():
        column = column.fill_nan(None)
    ranks = column.rank("dense").to_numpy().astype(np.float64)
    missing = np.isnan(ranks)
    highest = int(ranks[~missing].max()) if (~missing).any() else 0
    alone = np.flatnonzero(missing)
    order = np.lexsort([part[alone] for part in rest]) if rest else np.arange(len(alone))
    ranks[alone[order]] = highest + 1 + np.arange(len(alone))
    return ranks.astype(np.int64) - 1
