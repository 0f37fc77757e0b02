"""A few threads for work that NumPy and Polars do without Python's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

WORKERS = 2
_WORTH_IT = 200_000
T = TypeVar("T")
R = TypeVar("R")


@cache
def pool() -> ThreadPoolExecutor:
    """The shared threads, started when first needed."""
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="sterling-count")


def spread(work: Callable[[T], R], items: Iterable[T], *, rows: int) -> Iterator[R]:
    """`work` on every item, results in order; on threads when the rows are many enough to repay them."""
    return pool().map(work, items) if rows >= _WORTH_IT else map(work, items)
