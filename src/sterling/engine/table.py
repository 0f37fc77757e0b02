"""A table as the questions about data see it: its columns, its roles, and ways to read or count it at any size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import field
from functools import reduce
from operator import xor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.engine.batches import batches
from sterling.engine.survey import BATCH_ROWS, Guard, streams
from sterling.engine.threads import ahead

if TYPE_CHECKING:
    from sterling.core.place import Place

T = TypeVar("T")
Progress = Callable[[int], None]

SAMPLE_ROWS = 1_000_000
"""Questions that need rows side by side look at so many rows of a table that does not fit, drawn by their content."""
_APART = 0x9E3779B97F4A7C15
"""Between the seeds of two columns' hashes, so that equal columns do not cancel one another."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableAccess:
    """A table that is examined, with or without models.

    `rows` counts them; `others` are tables it is compared with, in the order given; `seed` and `level` are the plan's.
    `guard` turns a reader's faults into ours. `progress` is told how many more rows are counted. `folder`: where
    relative paths among a check's parameters are seen from; None: from where the command runs.
    """

    name: str
    table: pl.LazyFrame
    roles: Roles
    rows: int
    seed: int = 0
    level: float = 0.95
    min_n: int = 30
    place: Place | None = None
    others: tuple[TableAccess, ...] = ()
    guard: Guard = nullcontext
    progress: Progress | None = None
    folder: Path | None = None
    _held: list[pl.DataFrame] = field(default_factory=list, repr=False)

    @property
    def schema(self) -> pl.Schema:
        with self.guard(self.name):
            return self.table.collect_schema()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema.names())

    @property
    def streams(self) -> bool:
        """Whether the rows are counted batch by batch: they lie elsewhere, or in more column files than are held."""
        return self.place is not None or (self.rows > SAMPLE_ROWS and streams(self.table))

    def known(self, columns: Sequence[str], *, where: str = "") -> tuple[str, ...]:
        """These columns, known to exist. Raises ConfigError naming the nearest one."""
        for column in columns:
            if column not in self.columns:
                raise ConfigError(
                    f"there is no column {shown(column)!r}", where=where or self.name,
                    hint=near_miss(column, self.columns),
                )  # fmt: skip
        return tuple(columns)

    def located(self, path: str) -> Path:
        """A file that a parameter names."""
        return Path(path) if self.folder is None else self.folder / path

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """All rows in memory, in the order of the table; read once, however many questions are asked.

        Of a table that `streams`, ask for few columns only, or for a `sample`.
        """
        if self.streams:
            with self.guard(self.name):
                return self.table.select(columns if columns is not None else pl.all()).collect()
        if not self._held:
            with self.guard(self.name):
                self._held.append(self.table.collect())
        held = self._held[0]
        return held if columns is None else held.select(columns)

    def sample(self, columns: Sequence[str] | None = None, *, most: int = SAMPLE_ROWS) -> pl.DataFrame:
        """All rows, or about `most` of more, drawn by a hash of their content and the seed: the same in any order.

        `height < rows` tells that it is a sample: say so in the notes.
        """
        wanted = list(self.columns if columns is None else columns)
        if self.rows <= most:
            return self.frame(wanted)
        share = int(most / self.rows * 2**64)
        seeds = ((self.seed + place * _APART) % 2**64 for place in range(len(self.columns)))
        hashes = (pl.col(name).hash(seed) for name, seed in zip(self.columns, seeds, strict=True))
        drawn = reduce(xor, hashes) < share  # many times faster than the hash of a struct of them
        if not self.streams:
            return self.frame().filter(drawn).select(wanted)
        with self.guard(self.name):
            return self.table.filter(drawn).select(wanted).collect(engine="streaming")

    def fold(
        self, job: Callable[[pl.DataFrame], T], merge: Callable[[T, T], T], columns: Sequence[str] | None = None
    ) -> T:
        """The job's result for all rows: at once in memory, batch by batch on a few threads, or where the rows are.

        `merge` must not care about order or grouping. `job` is called with no rows when there are none, and is pickled
        where rows lie elsewhere. Raises what the job raises when that is a SterlingError.
        """
        wanted = list(self.columns if columns is None else columns)
        if self.place is not None:
            return self.place.fold(self.table.select(wanted), job, merge, progress=self.progress)
        if not self.streams:
            return self._counted(job(self.frame(wanted)), self.rows)
        total: list[T] = []
        with self.guard(self.name):
            frames = batches(self.table.select(wanted), size=BATCH_ROWS)
            for height, part in ahead(lambda frame: (frame.height, job(frame)), frames):
                total[:] = [merge(total[0], part)] if total else [part]
                self._counted(part, height)
            return total[0] if total else job(self.table.select(wanted).head(0).collect())

    def _counted(self, part: T, height: int) -> T:
        if self.progress is not None:
            self.progress(height)
        return part
