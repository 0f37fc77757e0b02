"""Spark as a place: every part of a table is counted by a worker, the counts come here and are merged.

Files are shared out by pieces of rows, which the workers read as Sterling reads them here, so that a value means the
same; they must see the files under the same path. Data frames of Spark are counted in their own partitions.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import polars as pl

from sterling.core.errors import InputError, SterlingError
from sterling.core.extras import require
from sterling.core.frozen import dataclass
from sterling.engine.elsewhere import Errand, Remembered, Rows, columns_read, parts_of, stand_in
from sterling.engine.pieces import Piece

T = TypeVar("T")
_RESULT = "result binary"
_CONFIGURED = ("MASTER", "SPARK_HOME", "SPARK_CONF_DIR", "SPARK_REMOTE", "PYSPARK_SUBMIT_ARGS")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparkPlace:
    """Rows of a Spark data frame, or pieces of files that Spark's workers read."""

    session: Any
    rows: str
    schema: pl.Schema
    frame: Any = None
    pieces: tuple[Piece, ...] = ()

    @property
    def name(self) -> str:
        return "Spark"

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
            if self.frame is None:
                given = self.session.range(0, len(self.pieces), 1, numPartitions=max(len(self.pieces), 1))
                work = given.mapInArrow(_reading(errand, self.pieces), _RESULT)
            else:
                columns = columns_read(self.rows, table, self.schema)
                work = _selected(self.frame, columns).mapInArrow(_counting(errand), _RESULT)
            return errand.gathered((bytes(row.result) for row in work.collect()), progress)


def spark_frame(frame: Any) -> tuple[pl.LazyFrame, SparkPlace]:
    """A Spark data frame as a lazy table and the place of its rows."""
    with _spoken():
        schema = pl.Schema(pl.from_arrow(_selected(frame.limit(0), frame.columns).toArrow()).schema)  # type: ignore[union-attr]

    def batches(columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        with _spoken():
            written = _selected(frame, columns).mapInArrow(_written, _RESULT)
            for row in written.toLocalIterator(prefetchPartitions=True):
                yield pl.read_ipc_stream(bytes(row.result))

    rows, table = stand_in(schema, Remembered(batches))
    return table, SparkPlace(session=frame.sparkSession, rows=rows, schema=schema, frame=frame)


def spark_files(table: pl.LazyFrame, pieces: tuple[Piece, ...]) -> tuple[pl.LazyFrame, SparkPlace]:
    """Files as a lazy table whose rows Spark's workers read. `table` is the same files as they are read here."""
    schema = table.collect_schema()
    rows, plan = stand_in(schema, lambda columns: table.select(columns).collect_batches(maintain_order=False))
    return plan, SparkPlace(session=session(), rows=rows, schema=schema, pieces=pieces)


def session() -> Any:
    """The active session, or a new one as Spark's own configuration says: by default on all cores of this machine.

    Raises MissingExtra without pyspark, InputError when Spark does not start.
    """
    sql = require("pyspark.sql", extra="spark", why="--engine spark")
    active = sql.SparkSession.getActiveSession()
    if active is not None:
        return active
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if not any(name in os.environ for name in _CONFIGURED):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # without a cluster nobody else has to reach it
    with _spoken():
        builder = sql.SparkSession.builder.appName("sterling").config("spark.ui.enabled", "false")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        return builder.config("spark.log.level", "ERROR").getOrCreate()


def _selected(frame: Any, columns: Sequence[str]) -> Any:
    """Some columns, whatever stands in their names."""
    return frame.select(*("`" + name.replace("`", "``") + "`" for name in columns))


def _reading(errand: Errand[Any], pieces: tuple[Piece, ...]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def work(batches: Iterable[Any]) -> Iterator[Any]:
        wanted = [i for batch in batches for i in batch.column("id").to_pylist()]
        yield from _results(errand.done(pieces[i].frames for i in wanted))

    return work


def _counting(errand: Errand[Any]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def work(batches: Iterable[Any]) -> Iterator[Any]:
        parts: Iterable[Rows] = parts_of(batches)
        yield from _results(errand.done(parts))

    return work


def _written(batches: Iterable[Any]) -> Iterator[Any]:
    import io

    for batch in batches:
        frame, out = pl.from_arrow(batch), io.BytesIO()
        assert isinstance(frame, pl.DataFrame)
        frame.write_ipc_stream(out)
        yield from _results([out.getvalue()])


def _results(results: Iterable[bytes]) -> Iterator[Any]:
    import pyarrow as pa

    for written in results:
        yield pa.record_batch([pa.array([written], pa.binary())], ["result"])


@contextmanager
def _spoken() -> Iterator[None]:
    """Faults of Spark as faults of the input: what it says first, without the stack of two languages."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of the pandas beside it, which is not used here
            yield
    except SterlingError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("pyspark", "py4j"):
            raise
        said = str(error).strip().splitlines()
        raise InputError(
            f"Spark stopped: {said[0][:200] if said else type(error).__name__}",
            where="--engine spark",
            hint="its log tells more; the same files without --engine are counted on this machine",
        ) from error
