"""Content hashes of tables: a multiset of row hashes, so row order and chunking do not matter."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]


def table_digest(frame: pl.DataFrame, *, key: bytes = b"") -> str:
    """Hex digest of the rows of `frame` (two 64-bit lanes and the row count).

    Equal for any order of rows and columns. Numbers hash by value (1, 1.0 and True are equal), text by UTF-8 bytes.
    A secret `key` keeps the digest from being matched against guessed rows.
    """
    return _digest([row_hashes(frame, lane=lane, key=key) for lane in range(2)])


def _digest(lanes: Sequence[Hashes]) -> str:
    import numpy as np

    first, second = (int(hashes.sum(dtype=np.uint64)) for hashes in lanes)
    return f"{first:016x}{second:016x}-{len(lanes[0])}"


def row_hashes(frame: pl.DataFrame, *, lane: int = 0, key: bytes = b"") -> Hashes:
    """A 64-bit hash of each row's values, shape (rows,); lanes are independent of one another.

    Not a cryptographic hash: it spreads rows evenly, and does not keep them secret.
    """
    return _summed([frame[name] for name in sorted(frame.columns)], frame.height, key + bytes([lane]))


def _summed(columns: Sequence[pl.Series], rows: int, key: bytes) -> Hashes:
    """A hash of the values of each row in columns of different names, whose order does not matter."""
    import numpy as np

    total = np.zeros(rows, dtype=np.uint64)
    for column in columns:
        total += mix(_column_hash(column, key) ^ np.uint64(_text_hash(column.name, key)))
    return mix(total)


def value_digests(column: pl.Series) -> pl.Series:
    """32 hex digits for each value, equal for equal values: of a list or a struct, to be known by in few bytes."""
    import polars as pl

    lanes = [_column_hash(column, bytes([lane])) for lane in range(2)]
    return pl.Series(
        column.name, [f"{a:016x}{b:016x}" for a, b in zip(*map(list, lanes), strict=True)], dtype=pl.String
    )


def in_canonical_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in an order that depends on nothing but their values, so that any layout of a file trains alike."""
    return ordered_with_digest(frame)[0]


def ordered_with_digest(frame: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The rows in canonical order, and their `table_digest`, which rests on the same hashes."""
    import numpy as np

    lanes = [row_hashes(frame, lane=lane) for lane in range(2)]
    return frame[np.lexsort((lanes[1], lanes[0]))], _digest(lanes)


def _column_hash(column: pl.Series, key: bytes) -> Hashes:
    import numpy as np
    import polars as pl

    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        numbers = column.cast(pl.Float64).to_numpy(allow_copy=True).astype(np.float64)
        clean = np.where(np.isnan(numbers), np.nan, numbers + 0.0)
        hashes = clean.view(np.uint64).copy()
        if column.dtype in (pl.Int64, pl.UInt64):
            hashes = _with_large(column, hashes)
    elif isinstance(column.dtype, pl.List | pl.Array):
        hashes = _lists_hash(column.cast(pl.List(column.dtype.inner)), key)
    elif isinstance(column.dtype, pl.Struct):
        fields = [column.struct.field(field.name) for field in column.dtype.fields]
        hashes = _summed(fields, len(column), key)
    else:
        text = as_texts(column)
        values = text.unique()
        mapped = pl.DataFrame(
            {"value": values, "hash": pl.Series([_text_hash(v, key) for v in values], dtype=pl.UInt64)}
        )
        hashes = (
            text.to_frame("value")
            .join(mapped, on="value", how="left", nulls_equal=True, maintain_order="left")["hash"]
            .to_numpy()
        )
    missing = column.is_null().to_numpy()
    return np.where(missing, np.uint64(_text_hash(None, key)), hashes)


def _lists_hash(column: pl.Series, key: bytes) -> Hashes:
    """Of each list, its values in their places. Long ones, such as images, are taken a few rows at a time."""
    import numpy as np

    sizes = column.list.len().fill_null(0).cast(int).to_numpy()
    total = np.zeros(len(column), dtype=np.uint64)
    for begin, end in _spans(sizes):
        rows = column.slice(begin, end - begin)
        full = np.flatnonzero(sizes[begin:end])
        if not full.size:
            continue
        starts = np.cumsum(sizes[begin:end][full]) - sizes[begin:end][full]
        values = rows.filter(rows.list.len() > 0).explode()
        place = np.arange(len(values)) - np.repeat(starts, sizes[begin:end][full])
        salted = _column_hash(values, key) ^ np.uint64(_text_hash("[]", key))
        total[begin + full] = np.add.reduceat(mix(salted + place.astype(np.uint64) * np.uint64(_STRIDE)), starts)
    return mix(total + sizes.astype(np.uint64))


def _spans(sizes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Rows from and to, which hold about so many values together; a longer one alone."""
    import numpy as np

    block = np.cumsum(sizes) // _AT_ONCE
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(sizes)]
    return ((a, b) for a, b in itertools.pairwise(edges) if b > a)


def as_texts(column: pl.Series) -> pl.Series:
    """Each value as a text of its own. Bytes need not be text, and files hold days that no calendar has."""
    import polars as pl

    if column.dtype == pl.Binary:
        return column.bin.encode("hex")
    if column.dtype.is_nested():
        return column.to_frame("").select(pl.struct("").struct.json_encode()).to_series()
    if column.dtype == pl.Duration:
        return column.to_physical().cast(pl.String)
    if column.dtype in (pl.Date, pl.Datetime):
        moments = column.cast(pl.Datetime("ms"), strict=False).to_physical()
        if moments.null_count() > column.null_count() or not moments.is_between(-_CALENDAR, _CALENDAR).all():
            return column.to_physical().cast(pl.String)
    return column.cast(pl.String)


def _with_large(column: pl.Series, hashes: Hashes) -> Hashes:
    """The hashes of whole numbers, told apart also where floats have no place for all of their digits."""
    import numpy as np

    whole = column.fill_null(0).to_numpy()
    size = np.where(whole < 0, -whole, whole).astype(np.uint64)
    lowest = size & (~size + np.uint64(1))
    rounded = (lowest < np.uint64(1 << 11)) & (size >= lowest << np.uint64(53)) & (size > 0)
    return np.where(rounded, mix(whole.astype(np.uint64) ^ np.uint64(0x9E3779B97F4A7C15)), hashes)


def _text_hash(text: str | None, key: bytes) -> int:
    body = b"\x00" if text is None else b"\x01" + text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(body, digest_size=8, key=key[:64]).digest(), "little")


_AT_ONCE = 1 << 16
"""So many values of lists are hashed at a time."""
_STRIDE = 0x9E3779B97F4A7C15
"""An odd number, so that all places in a list are told apart."""
_CALENDAR = 8 * 10**15
"""Milliseconds from 1970 that a calendar has: more than 250,000 years either way."""


def mix(value: Hashes) -> Hashes:
    """SplitMix64's finaliser (Steele, Lea, Flood 2014)."""
    import numpy as np

    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
