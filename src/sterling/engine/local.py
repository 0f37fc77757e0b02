"""The local runner: one pass over the rows, in memory or streamed, on this machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import polars as pl

from sterling.engine.kernels import prepare
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed
from sterling.engine.task import Counter, Request, task_of
from sterling.engine.threads import WORKERS, pool

Progress = Callable[[int], None]


def measure(surveyed: Surveyed, request: Request, *, progress: Progress | None = None) -> tuple[Measured, ...]:
    """Measure every model of a surveyed subject in one pass over its rows."""
    prepare(surveyed.rows)
    task = task_of(surveyed.roles.task)
    # Rows of a cluster may lie anywhere in a file, so clustered tables are held whole.
    if surveyed.frame is not None or surveyed.rows <= request.exact_rows or surveyed.roles.cluster is not None:
        (frame,) = surveyed.frames(whole=True)
        batch = surveyed.encode(frame)
        counters = task.counters(surveyed, request, batch, streaming=False)
        summaries = [counter.count(batch) for counter in counters]
        if progress is not None:
            progress(batch.height)
        pairs = zip(counters, summaries, strict=True)
        return tuple(task.finish(surveyed, request, c, summary, batch) for c, summary in pairs)
    counters, summaries = _stream(surveyed, request, progress)
    return tuple(
        task.finish(surveyed, request, c, summary, None) for c, summary in zip(counters, summaries, strict=True)
    )


def _stream(surveyed: Surveyed, request: Request, progress: Progress | None) -> tuple[Sequence[Counter], list[Any]]:
    """Count batches on a few threads while the next ones are read; merging is exact, so their order is free."""
    frames = surveyed.frames(whole=False)
    first = surveyed.encode(next(frames))
    counters = task_of(surveyed.roles.task).counters(surveyed, request, first, streaming=True)
    total = [counter.count(first) for counter in counters]

    def one(frame: pl.DataFrame) -> tuple[int, list[Any]]:
        batch = surveyed.encode(frame)
        return batch.height, [counter.count(batch) for counter in counters]

    if progress is not None:
        progress(first.height)
    for height, summaries in _ahead(one, frames):
        total = [a.merge(b) for a, b in zip(total, summaries, strict=True)]
        if progress is not None:
            progress(height)
    return counters, total


def _ahead(
    work: Callable[[pl.DataFrame], tuple[int, list[Any]]], frames: Iterator[pl.DataFrame]
) -> Iterator[tuple[int, list[Any]]]:
    """Results in order, with a bounded number of frames in flight, so that memory is bounded too."""
    waiting: deque[Future[tuple[int, list[Any]]]] = deque()
    for frame in frames:
        waiting.append(pool().submit(work, frame))
        if len(waiting) > WORKERS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
