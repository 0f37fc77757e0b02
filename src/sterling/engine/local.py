"""One pass over the rows: in memory, streamed, or shared out to where the rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.place import Place
from sterling.engine.encode import Batch
from sterling.engine.families import families_in
from sterling.engine.kernels import prepare
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed
from sterling.engine.task import Counter, Request, task_of
from sterling.engine.threads import ahead, pool

if TYPE_CHECKING:
    from sterling.engine.amounts.counting import AmountCounter

Progress = Callable[[int], None]


def measure(
    surveyed: Surveyed, request: Request, *, place: Place | None = None, progress: Progress | None = None
) -> tuple[Measured, ...]:
    """Measure every model of a surveyed subject in one pass over its rows.

    `place`: where the rows are, when they are not here. Few rows are fetched, so that what is exact stays exact.
    """
    prepare(surveyed.rows)
    # Rows of a cluster may lie anywhere in a file, so clustered tables are held whole.
    few = surveyed.rows <= request.exact_rows and not surveyed.streams_exactly
    if surveyed.frame is not None or few or surveyed.roles.cluster is not None:
        (frame,) = surveyed.frames(whole=True)
        batch = surveyed.encode(frame)
        counters = _counters(surveyed, request, batch, streaming=False)
        summaries = [counter.count(batch) for counter in counters]
        if progress is not None:
            progress(batch.height)
        return _finished(surveyed, request, counters, summaries, batch)
    counters, summaries = (
        _stream(surveyed, request, progress) if place is None else _elsewhere(surveyed, request, place, progress)
    )
    return _finished(surveyed, request, counters, summaries, None)


def _finished(
    surveyed: Surveyed, request: Request, counters: Sequence[Counter], summaries: list[Any], kept: Batch | None
) -> tuple[Measured, ...]:
    """What was measured of each model. Columns that were added up come last, and are the same for all."""
    task, models = task_of(surveyed.roles.task), len(surveyed.roles.models)
    pairs = [*zip(counters, summaries, strict=True)]
    measured = tuple(task.finish(surveyed, request, c, summary, kept) for c, summary in pairs[:models])
    if len(pairs) == models:
        return measured
    from sterling.engine.amounts.finishing import finish

    counter, summary = pairs[-1]
    amounts = finish(surveyed, cast("AmountCounter", counter), summary, kept)
    return tuple(replace(m, amounts=amounts.of_slices(m.slices)) for m in measured)


def _counters(surveyed: Surveyed, request: Request, batch: Batch, *, streaming: bool) -> Sequence[Counter]:
    """One for each model, and after them one for the columns that are added up, if there are any."""
    models = task_of(surveyed.roles.task).counters(surveyed, request, batch, streaming=streaming)
    if surveyed.summing is None:
        return models
    from sterling.engine.amounts.counting import NUMBERS, AmountCounter

    cells = NUMBERS * len(surveyed.summing.amounts)
    families = families_in(batch, surveyed.roles, cross=request.cross, cells_per_slice=cells, streaming=streaming)
    return (*models, AmountCounter(summing=surveyed.summing, families=families))


def _stream(surveyed: Surveyed, request: Request, progress: Progress | None) -> tuple[Sequence[Counter], list[Any]]:
    """Count batches on a few threads while the next ones are read; merging is exact, so their order is free."""
    frames = surveyed.frames(whole=False)
    encoding = pool().submit(surveyed.encode, next(frames))
    second = list(islice(frames, 1))  # read while the first rows are encoded
    first = encoding.result()
    counters = _counters(surveyed, request, first, streaming=True)

    def one(rows: Batch | pl.DataFrame) -> tuple[int, list[Any]]:
        batch = rows if isinstance(rows, Batch) else surveyed.encode(rows)
        return batch.height, [counter.count(batch) for counter in counters]

    total: list[Any] = []
    pieces: Iterator[Batch | pl.DataFrame] = chain([first], second, frames)
    for height, summaries in ahead(one, pieces):
        total = _merged(total, summaries) if total else summaries
        if progress is not None:
            progress(height)
    return counters, total


@dataclass(frozen=True, slots=True)
class Counting:
    """The work on one part of the rows, wherever it is done."""

    surveyed: Surveyed
    counters: Sequence[Counter]

    def __call__(self, frame: pl.DataFrame) -> list[Any]:
        batch = self.surveyed.encode(frame)
        return [counter.count(batch) for counter in self.counters]


def _elsewhere(
    surveyed: Surveyed, request: Request, place: Place, progress: Progress | None
) -> tuple[Sequence[Counter], list[Any]]:
    """The same counts, made where the rows are. A few rows are looked at here to plan what is counted jointly."""
    columns = surveyed.table.select(surveyed.columns)
    with surveyed.guard(surveyed.name):
        first = surveyed.encode(columns.head(surveyed.batch_rows).collect())
    counters = _counters(surveyed, request, first, streaming=True)
    job = Counting(surveyed.without_rows(), counters)
    return counters, place.fold(columns, job, _merged, progress=progress)


def _merged(a: list[Any], b: list[Any]) -> list[Any]:
    return [mine.merge(theirs) for mine, theirs in zip(a, b, strict=True)]
