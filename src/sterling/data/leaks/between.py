"""Rows of one part whose like is in another: the same row, the same entity, or a row from before the other's end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.copies import Leak
from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.data.copies.exact import HELD
from sterling.data.copies.hashing import Hashes, row_keys, value_keys
from sterling.data.copies.near import near_texts, text_columns
from sterling.data.copies.shares import Counted, estimate, share_of_sets
from sterling.data.leaks.parts import KEY, PART, ROWS, Parts, of_each, sample_of_each
from sterling.engine.table import TableAccess

TEXTS = 50_000
"""Texts of each part that are compared; of more, a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A leak and the count behind it."""

    leak: Leak
    counted: Counted


@dataclass(frozen=True, slots=True)
class _Contents:
    """Hash of the columns of each row, one in so many."""

    columns: tuple[str, ...]
    one_in: int

    def __call__(self, frame: pl.DataFrame) -> pl.Series:
        return _thinned(pl.Series(row_keys(frame, self.columns)), self.one_in)


@dataclass(frozen=True, slots=True)
class _Entities:
    """Hash of each row's entity where it is known, one in so many."""

    column: str
    one_in: int

    def __call__(self, frame: pl.DataFrame) -> pl.Series:
        entity = frame[self.column]
        keys = pl.Series(value_keys(entity)).set(entity.is_null(), None)
        return _thinned(keys, self.one_in)


@dataclass(frozen=True, slots=True)
class _Times:
    """The moment of each row."""

    column: str

    def __call__(self, frame: pl.DataFrame) -> pl.Series:
        return frame[self.column]


def _thinned(keys: pl.Series, one_in: int) -> pl.Series:
    """Keys, all but one in so many of them missing."""
    return keys if one_in == 1 else keys.set(keys % one_in != 0, None)


def same_rows(access: TableAccess, parts: Parts, *, level: float) -> Iterator[Found]:
    """Rows of the later part of each pair whose content is in the earlier one."""
    if parts.shared:
        job = _Contents(parts.shared, one_in(access))
        yield from _shared(of_each(access, parts, job, parts.shared), parts, "exact", "", level)


def same_entities(access: TableAccess, parts: Parts, column: str, *, level: float) -> Iterator[Found]:
    """Rows of the later part of each pair whose entity has rows in the earlier one."""
    table = of_each(access, parts, _Entities(column, one_in(access)), [column])
    yield from _shared(table, parts, "entity", column, level)


def one_in(access: TableAccess) -> int:
    """Of how many different rows one is counted, so that the hashes fit in memory."""
    tables = [access, *access.others]
    return max(1, -(-sum(t.rows for t in tables) // HELD)) if any(t.streams for t in tables) else 1


def rows_of(keys: Hashes, place: NDArray[np.integer], parts: Parts, *, level: float) -> Iterator[Found]:
    """As `same_rows`, of rows in memory: the hash of each, and the place of its part among the names, shape (rows,)."""
    of = {name: np.unique(keys[place == i], return_counts=True) for i, name in enumerate(parts.names)}
    yield from _between(of, parts, "exact", "", level)


def _shared(table: pl.DataFrame, parts: Parts, kind: str, by: str, level: float) -> Iterator[Found]:
    keys, rows, owner = table[KEY].to_numpy(), table[ROWS].to_numpy(), table[PART]
    of = {name: _summed(keys[mine], rows[mine]) for name in parts.names for mine in [(owner == name).to_numpy()]}
    yield from _between(of, parts, kind, by, level)


def _summed(keys: Hashes, rows: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64]]:
    """Each key once, and how many rows have it."""
    different, place = np.unique(keys, return_inverse=True)
    return different, np.bincount(place, weights=rows, minlength=len(different)).astype(np.int64)


def _between(
    of: Mapping[str, tuple[Hashes, NDArray[np.integer]]], parts: Parts, kind: str, by: str, level: float
) -> Iterator[Found]:
    """From the keys of each part, each once, and how many rows have it."""
    for first, second in parts.pairs:
        later, size = of[second]
        hit = np.isin(later, of[first][0], assume_unique=True)
        yield _found(
            kind, first, second, share_of_sets(np.where(hit, size, 0), size, slice=parts.slice(second)), by, level
        )


def too_early(access: TableAccess, parts: Parts, column: str, *, level: float) -> Iterator[Found]:
    """Rows of the later part that are from before the last row of the earlier part: it has seen what came after them.

    Rows of one moment go together. Raises ConfigError for a column whose values have no order in time.
    """
    dtype = access.schema[column]
    if not (dtype.is_temporal() or dtype.is_numeric()):
        raise ConfigError(
            f"{shown(column)!r} is no time", where="DA015 time", expected="a column of dates, times or numbers",
            got=str(dtype), hint="read texts as dates first",
        )  # fmt: skip
    table = of_each(access, parts, _Times(column), [column])
    moments = {n: table.filter(pl.col(PART) == n).group_by(KEY).agg(pl.col(ROWS).sum()).sort(KEY) for n in parts.names}
    for first, second in parts.pairs:
        last, later = moments[first][KEY].max(), moments[second]
        size = later[ROWS].to_numpy()
        hit = (later[KEY] < last).to_numpy() if last is not None else np.zeros(len(size), dtype=bool)
        yield _found(
            "time", first, second, share_of_sets(np.where(hit, size, 0), size, slice=parts.slice(second)), column, level
        )


def near_rows(
    access: TableAccess, parts: Parts, columns: tuple[str, ...] | None, *, similarity: float, length: int, level: float
) -> tuple[list[Found], list[str]]:
    """Rows of the later part whose text is nearly one of the earlier part, and what to know of how it was found."""
    held, sampled = sample_of_each(access, parts, parts.shared, most=TEXTS)
    everything = pl.concat([held[n].with_columns(pl.lit(n).alias(PART)) for n in parts.names], how="vertical_relaxed")
    texts = columns if columns is not None else text_columns(everything, without=(PART,))
    if not texts:
        return [], []
    near = near_texts(everything, texts, similarity=similarity, length=length, seed=access.seed)
    owner = everything[PART].to_numpy()
    found = []
    for first, second in parts.pairs:
        in_first = np.zeros(len(near.texts), dtype=bool)
        in_first[near.of[(owner == first) & (near.of >= 0)]] = True
        reached = in_first.copy()
        reached[near.first[in_first[near.second]]] = True
        reached[near.second[in_first[near.first]]] = True
        mine = near.of[(owner == second) & (near.of >= 0)]
        size = np.bincount(mine, minlength=len(near.texts))
        held_by = size > 0
        share = share_of_sets((size * reached)[held_by], size[held_by], slice=parts.slice(second))
        found.append(_found("near", first, second, share, ", ".join(texts), level))
    notes = [
        f"Texts of {', '.join(shown(t) for t in texts)} were compared by runs of {length} bytes: a pair just "
        f"{similarity:g} alike is found with a chance of {near.recall:.3f}."
    ]
    if sampled:
        notes.append(
            f"Texts were compared among about {TEXTS:,} rows of each part, drawn by content: of near copies whose "
            "partner was not drawn nothing is seen, so the share is at least this."
        )
    return found, notes


def _found(kind: str, first: str, second: str, share: Counted, by: str, level: float) -> Found:
    leak = Leak(
        kind=kind, first=first, second=second, n=share.n, rows=share.hits, share=estimate(share, level=level), by=by
    )
    return Found(leak=leak, counted=share)
