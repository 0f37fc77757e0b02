"""Counts classes: sets of rows that are equal in some columns. Mergeable, so a table of any size can be counted.

A class is known by a 64-bit hash of its values, never by the values: of 10 million classes, two share a hash in fewer
than 3 of a million tables. What is kept is one hash and one count for each class.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

if TYPE_CHECKING:
    from sterling.engine.table import TableAccess

Ints = NDArray[np.int64]

HELD_CLASSES = 20_000_000
"""More rows than this are counted in several passes, each over the classes whose hash falls into its part."""
COMPACT_AT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sizes:
    """How many classes there are of each size: `size` ascending, `count` of the same shape."""

    size: Ints
    count: Ints

    @property
    def rows(self) -> int:
        return int(self.size @ self.count)

    @property
    def classes(self) -> int:
        return int(self.count.sum())

    @property
    def smallest(self) -> int:
        """k: the size of the smallest class; 0 when there are no rows."""
        return int(self.size[0]) if self.size.size else 0

    def of(self, size: int) -> int:
        """How many classes have this size."""
        return int(self.count[self.size == size].sum())

    def rows_below(self, k: int) -> int:
        """Rows in classes of fewer than k."""
        small = self.size < k
        return int(self.size[small] @ self.count[small])


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts by key, in frames with the column `n`; they are added up when enough of them wait."""

    frames: tuple[pl.DataFrame, ...]

    def plus(self, other: Tally) -> Tally:
        """Both together. Neither order nor grouping of additions matters."""
        both = Tally((*self.frames, *other.frames))
        waiting = sum(f.height for f in both.frames[1:])
        return Tally((both.whole(),)) if waiting > max(both.frames[0].height, COMPACT_AT) else both

    def whole(self) -> pl.DataFrame:
        """One row for each key."""
        if len(self.frames) == 1:
            return self.frames[0]
        frame = pl.concat(self.frames)
        return frame.group_by([c for c in frame.columns if c != "n"]).agg(pl.col("n").sum())


def _merge(a: tuple[Tally, ...], b: tuple[Tally, ...]) -> tuple[Tally, ...]:
    return tuple(x.plus(y) for x, y in zip(a, b, strict=True))


def plain(schema: pl.Schema, column: str) -> pl.Expr:
    """A column in a form whose hash depends on its values alone, not on the batch it came in."""
    kind = schema[column]
    if kind in (pl.Categorical, pl.Enum):
        return pl.col(column).cast(pl.String)
    return pl.col(column)


def class_of(schema: pl.Schema, columns: Sequence[str]) -> pl.Expr:
    """The hash of a row's values in these columns. Missing is a value; NaN is one, and -0 is 0."""
    return pl.struct(plain(schema, c) for c in columns).hash(0)


def count_classes(access: TableAccess, sets: Sequence[tuple[str, ...]]) -> tuple[Sizes, ...]:
    """The sizes of the classes of each set of columns, over all rows."""
    if not sets:
        return ()
    parts = max(1, -(-access.rows // HELD_CLASSES))
    if access.rows * len(sets) <= HELD_CLASSES:
        return _sizes(access, tuple(sets), 1)
    return tuple(_sizes(access, (columns,), parts)[0] for columns in sets)


def _sizes(access: TableAccess, sets: tuple[tuple[str, ...], ...], parts: int) -> tuple[Sizes, ...]:
    columns = tuple(dict.fromkeys(c for s in sets for c in s))
    found: list[list[pl.Series]] = [[] for _ in sets]
    for part in range(parts):
        job = partial(count_batch, sets=sets, part=part, parts=parts)
        tallies: tuple[Tally, ...] = access.fold(job, _merge, columns)
        for sizes, tally in zip(found, tallies, strict=True):
            sizes.append(tally.whole()["n"])
    return tuple(sizes_of(pl.concat(s)) for s in found)


def count_batch(
    frame: pl.DataFrame, *, sets: tuple[tuple[str, ...], ...], part: int = 0, parts: int = 1
) -> tuple[Tally, ...]:
    """One tally for each set: hash of the class, and how many of these rows are in it."""
    return tuple(_tally(frame, columns, (), part, parts) for columns in sets)


def _tally(
    frame: pl.DataFrame, columns: tuple[str, ...], more: Sequence[pl.Expr], part: int, parts: int
) -> Tally:  # fmt: skip
    keyed = frame.select(class_of(frame.schema, columns).alias("class"), *more)
    if parts > 1:
        keyed = keyed.filter(pl.col("class") % parts == part)
    return Tally((keyed.group_by(keyed.columns).agg(pl.len().cast(pl.Int64).alias("n")),))


def count_values(
    frame: pl.DataFrame, *, columns: tuple[str, ...], sensitive: tuple[str, ...], part: int = 0, parts: int = 1
) -> tuple[Tally, ...]:
    """One tally for each sensitive column: hash of the class, value, and how many of these rows have both."""
    schema = frame.schema
    return tuple(_tally(frame, columns, [plain(schema, s).alias("value")], part, parts) for s in sensitive)


def classes_with_values(
    access: TableAccess, columns: tuple[str, ...], sensitive: tuple[str, ...]
) -> list[tuple[Tally, ...]]:
    """For each part of the classes, one tally for each sensitive column. Together the parts hold every class once."""
    parts = max(1, -(-access.rows * len(sensitive) // HELD_CLASSES))
    wanted = tuple(dict.fromkeys((*columns, *sensitive)))
    return [
        access.fold(partial(count_values, columns=columns, sensitive=sensitive, part=i, parts=parts), _merge, wanted)
        for i in range(parts)
    ]


def sizes_of(counts: pl.Series) -> Sizes:
    """The sizes in a column of counts, one for each class."""
    size, count = np.unique(counts.to_numpy().astype(np.int64), return_counts=True)
    return Sizes(size=size, count=count.astype(np.int64))
