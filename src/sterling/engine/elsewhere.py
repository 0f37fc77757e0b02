"""Plans over rows that are somewhere else: built here as lazy tables, sent to a cluster, and carried out on its parts.

The lowest layer of such a plan is a stand-in for the rows. Here it reads them all, a batch at a time; where the plan
has been sent to, it reads the part at hand.
"""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import polars as pl

from sterling.core.errors import SterlingError
from sterling.core.frozen import dataclass
from sterling.sources.reading import reading

T = TypeVar("T")
Rows = Callable[[Sequence[str]], Iterable[pl.DataFrame]]
"""Gives rows, with these columns, in pieces."""

PART_ROWS = 1 << 19
"""Rows of a part that are worked on at once."""

FEW_ROWS = 4_000_000
"""Up to so many rows are kept once they have been fetched."""

_ROWS: dict[str, Rows] = {}
_NUMBERS = itertools.count()


def stand_in(schema: pl.Schema, rows: Rows) -> tuple[str, pl.LazyFrame]:
    """A lazy table of this schema whose rows `rows` gives, and the name by which a place knows it."""
    from polars.io.plugins import register_io_source

    name = f"rows {next(_NUMBERS)}"
    _ROWS[name] = rows
    return name, register_io_source(partial(_read, name, tuple(schema.names())), schema=schema, is_pure=True)


class Remembered:
    """Rows that are fetched once where they are few: each look at a cluster's table is a job of its own there."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept: dict[tuple[str, ...], list[pl.DataFrame]] = {}

    def __call__(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        known = next((kept for names, kept in self._kept.items() if set(columns) <= set(names)), None)
        if known is not None:
            yield from (frame.select(columns) for frame in known)
            return
        held: list[pl.DataFrame] | None = []
        for frame in self._rows(columns):
            if held is not None:
                held.append(frame)
                held = held if sum(f.height for f in held) <= FEW_ROWS else None
            yield frame
        if held is not None:
            self._kept[tuple(columns)] = held


def _read(
    name: str, columns: tuple[str, ...], wanted: list[str] | None, predicate: pl.Expr | None, limit: int | None,
    size: int | None,
) -> Iterator[pl.DataFrame]:  # fmt: skip
    asked = columns if wanted is None else tuple(wanted)
    read = asked if predicate is None else tuple(dict.fromkeys([*asked, *predicate.meta.root_names()]))
    left = limit
    for frame in _ROWS[name](read):
        part = frame if predicate is None else frame.filter(predicate)
        part = part.select(asked)
        if left is not None:
            part = part.head(left)
            left -= part.height
        yield part
        if left == 0:
            return


def columns_read(name: str, plan: pl.LazyFrame, schema: pl.Schema) -> tuple[str, ...]:
    """The columns of the stand-in that a plan needs."""
    seen: dict[str, None] = {}

    def none(columns: Sequence[str]) -> list[pl.DataFrame]:
        seen.update(dict.fromkeys(columns))
        return [schema.to_frame().select(columns)]

    kept, _ROWS[name] = _ROWS[name], none
    try:
        plan.collect()
    finally:
        _ROWS[name] = kept
    return tuple(seen)


@dataclass(frozen=True, slots=True)
class Errand(Generic[T]):
    """A job to be done where the rows are. It and its result travel as pickles between Sterling's own processes."""

    name: str
    plan: pl.LazyFrame
    job: Callable[[pl.DataFrame], T]
    merge: Callable[[T, T], T]

    def done(self, parts: Iterable[Rows]) -> Iterator[bytes]:
        """The result for these rows, written down; nothing when there are none."""
        counted, total = 0, None
        try:
            for rows in parts:
                _ROWS[self.name] = rows
                with reading("a part of the rows"):  # what a library says of a fault may hold values
                    frame = self.plan.collect()
                part = self.job(frame)
                total = part if total is None else self.merge(total, part)
                counted += frame.height
        except SterlingError as error:
            yield pickle.dumps(error)
            return
        if total is not None:
            yield pickle.dumps((counted, total))

    def gathered(self, results: Iterable[bytes], progress: Callable[[int], None] | None) -> T:
        """All results merged; without any, the job's result for no rows. Raises what the job raised."""
        total: T | None = None
        for written in results:
            result = pickle.loads(written)
            if isinstance(result, SterlingError):
                raise result
            counted, part = result
            total = part if total is None else self.merge(total, part)
            if progress is not None:
                progress(counted)
        return self.job(self.plan.head(0).collect()) if total is None else total


def parts_of(tables: Iterable[Any]) -> Iterator[Rows]:
    """Arrow tables or record batches as parts, joined until they are worth a plan each."""
    held: list[pl.DataFrame] = []
    for table in tables:
        frame = pl.from_arrow(table)
        held.append(frame if isinstance(frame, pl.DataFrame) else frame.to_frame())
        if sum(f.height for f in held) >= PART_ROWS:
            yield _held(pl.concat(held))
            held = []
    if any(f.height for f in held):
        yield _held(pl.concat(held))


def _held(frame: pl.DataFrame) -> Rows:
    return lambda columns: [frame.select(columns)]
