"""A few threads for work that NumPy and Polars do without Python's lock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

WORKERS = 2
_WORTH_IT = 200_000
_NAME = "sterling-count"
T = TypeVar("T")
R = TypeVar("R")


@cache
def pool() -> ThreadPoolExecutor:
    """The shared threads, started when first needed."""
    return ThreadPoolExecutor(WORKERS, thread_name_prefix=_NAME)


def on_worker() -> bool:
    """Whether this is one of the threads already, which others wait for: it does its work by itself."""
    return threading.current_thread().name.startswith(_NAME)


def spread(work: Callable[[T], R], items: Iterable[T], *, rows: int) -> Iterator[R]:
    """`work` on every item, results in order; on threads when the rows are many enough to repay them.

    On one of these threads already, the work is done there: waiting for the others could wait for ever.
    """
    return map(work, items) if rows < _WORTH_IT or on_worker() else pool().map(work, items)


def ahead(work: Callable[[T], R], items: Iterable[T], *, workers: int = WORKERS) -> Iterator[R]:
    """`work` on every item, results in order, with a bounded number of items in flight, so that memory is bounded."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(pool().submit(work, item))
        if len(waiting) > workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
