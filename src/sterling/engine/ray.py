"""Ray as a place: every block of a data set is counted by a worker, the counts come here and are merged."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import polars as pl

from sterling.core.errors import InputError, SterlingError
from sterling.core.extras import require
from sterling.core.frozen import dataclass
from sterling.engine.elsewhere import PART_ROWS, Errand, Remembered, columns_read, parts_of, stand_in
from sterling.engine.pieces import Piece

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RayPlace:
    """Rows of a Ray data set, or pieces of files that Ray's workers read."""

    rows: str
    schema: pl.Schema
    dataset: Any = None
    pieces: tuple[Piece, ...] = ()

    @property
    def name(self) -> str:
        return "Ray"

    def fold(
        self,
        table: pl.LazyFrame,
        job: Callable[[pl.DataFrame], T],
        merge: Callable[[T, T], T],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> T:
        """See `core.place.Place`."""
        errand = Errand(self.rows, table, job, merge)
        with _spoken():
            if self.dataset is None:
                data = require("ray.data", extra="ray", why="--engine ray")
                given = data.from_items([{"piece": i} for i in range(len(self.pieces))])
                work = given.map_batches(_reading(errand, self.pieces), batch_size=1, batch_format="pyarrow")
            else:
                columns = list(columns_read(self.rows, table, self.schema))
                given = self.dataset.select_columns(columns)
                work = given.map_batches(_counting(errand), batch_size=PART_ROWS, batch_format="pyarrow")
            return errand.gathered((bytes(row["result"]) for row in work.iter_rows()), progress)


def ray_dataset(dataset: Any) -> tuple[pl.LazyFrame, RayPlace]:
    """A Ray data set as a lazy table and the place of its rows."""
    with _spoken():
        arrow = dataset.schema().base_schema
        schema = pl.Schema(pl.from_arrow(arrow.empty_table()).schema)  # type: ignore[union-attr]

    def batches(columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        with _spoken():
            chosen = dataset.select_columns(list(columns))
            for batch in chosen.iter_batches(batch_size=PART_ROWS, batch_format="pyarrow"):
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                yield frame.select(columns)

    rows, table = stand_in(schema, Remembered(batches))
    return table, RayPlace(rows=rows, schema=schema, dataset=dataset)


def ray_files(table: pl.LazyFrame, pieces: tuple[Piece, ...]) -> tuple[pl.LazyFrame, RayPlace]:
    """Files as a lazy table whose rows Ray's workers read. `table` is the same files as they are read here."""
    start()
    schema = table.collect_schema()
    rows, plan = stand_in(schema, lambda columns: table.select(columns).collect_batches(maintain_order=False))
    return plan, RayPlace(rows=rows, schema=schema, pieces=pieces)


def start() -> None:
    """Join the cluster that Ray's own configuration names, or start one on this machine.

    Raises MissingExtra without ray, InputError when it does not start.
    """
    ray = require("ray", extra="ray", why="--engine ray")
    if ray.is_initialized():
        return
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    with _spoken():
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False


def _reading(errand: Errand[Any], pieces: tuple[Piece, ...]) -> Callable[[Any], Any]:
    def work(batch: Any) -> Any:
        return _results(errand.done(pieces[i].frames for i in batch.column("piece").to_pylist()))

    return work


def _counting(errand: Errand[Any]) -> Callable[[Any], Any]:
    def work(batch: Any) -> Any:
        return _results(errand.done(parts_of([batch])))

    return work


def _results(results: Iterator[bytes]) -> Any:
    import pyarrow as pa

    return pa.table({"result": pa.array(list(results), pa.binary())})


@contextmanager
def _spoken() -> Iterator[None]:
    """Faults of Ray as faults of the input, without the stacks of its workers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of its own settings
            warnings.simplefilter("ignore", FutureWarning)
            yield
    except SterlingError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "ray":
            raise
        said = str(error).strip().splitlines()
        raise InputError(
            f"Ray stopped: {said[-1][:200] if said else type(error).__name__}",
            where="--engine ray",
            hint="its log tells more; the same files without --engine are counted on this machine",
        ) from error
