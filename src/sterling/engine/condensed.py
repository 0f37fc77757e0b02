"""Rows that are large, such as images: each is condensed to what is counted of it, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import row_hashes
from sterling.core.frozen import dataclass
from sterling.core.subject import Subject
from sterling.engine.batches import batches
from sterling.engine.encode import Batch, encode_cluster, encode_group
from sterling.engine.survey import Guard, Look, Surveyed

Job = Callable[[pl.DataFrame], pl.DataFrame]
"""Makes of some rows as many small ones. It is sent to where the rows are, so it can be pickled."""


def condensed(
    subject: Subject, seen: Look, columns: Sequence[str], job: Job, *, rows_at_once: int, guard: Guard
) -> pl.DataFrame:
    """What `job` makes of all rows of a surveyed subject, in an order that depends on their values alone.

    Equal tables give equal frames whatever the order of their rows, their files or the machines that they lie on.
    Columns that `job` makes may be lists of structs, whose entries it puts in an order of their own.
    """
    with guard(subject.name):
        if subject.place is not None:
            work = _Pieces(job=job, rows=rows_at_once)
            found = subject.place.fold(subject.table.select(columns), work, _joined)
        else:
            found = reduce(_joined, (job(piece) for piece in _pieces(subject, seen, columns, rows_at_once)))
    return found[np.lexsort([row_hashes(found, lane=lane) for lane in (1, 0)])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """The job on the rows of one part of a table, some at a time."""

    job: Job
    rows: int

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        pieces = frame.iter_slices(self.rows) if frame.height else iter([frame])
        return reduce(_joined, map(self.job, pieces))


def _pieces(subject: Subject, seen: Look, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
    if seen.frame is not None:
        return seen.frame.select(columns).iter_slices(rows)
    return batches(subject.table.select(columns), size=rows)


def _joined(a: pl.DataFrame, b: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([a, b], how="vertical_relaxed")


def encoded(surveyed: Surveyed, frame: pl.DataFrame, label: NDArray[Any], scores: tuple[Any, ...]) -> Batch:
    """The rows of a condensed frame, ready for counting, with what the task counts of their large columns."""
    roles, weight = surveyed.roles, None
    if roles.weight is not None:
        weight = np.ldexp(frame[roles.weight].cast(pl.Float64).to_numpy(), -surveyed.weight_exponent)
    return Batch(
        height=frame.height,
        groups=tuple(encode_group(frame[g]) for g in roles.groups),
        label=label,
        scores=scores,
        weight=weight,
        cluster=None if roles.cluster is None else encode_cluster(frame[roles.cluster]),
    )
