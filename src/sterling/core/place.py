"""Where rows are when they are not here: a cluster that runs a job on each part of a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")


class Place(Protocol):
    """Runs passes over a table where its rows are."""

    @property
    def name(self) -> str:
        """Its name in words: Spark, Ray."""
        ...

    def fold(
        self,
        table: pl.LazyFrame,
        job: Callable[[pl.DataFrame], T],
        merge: Callable[[T, T], T],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> T:
        """The job's result for all rows of `table`, which is a plan over this place's rows.

        `job` and the plan are sent to where the rows are; `merge` must not care about order or grouping. `progress` is
        told how many rows each finished part had. Raises what the job raises when that is a SterlingError, and
        InputError when the place fails.
        """
        ...
