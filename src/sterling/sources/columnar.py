"""Parquet and Arrow files: always lazy, except Arrow streams, which have no footer to scan by."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.errors import InputError, shown, shown_path
from sterling.core.run import DataFile
from sterling.sources.content import STREAM_MAGIC, Kind
from sterling.sources.paths import find_all
from sterling.sources.reading import reading

if TYPE_CHECKING:
    import polars as pl


def open_columnar(paths: Sequence[Path], kind: Kind) -> tuple[pl.LazyFrame, tuple[DataFile, ...]]:
    """One lazy table over Parquet or Arrow files of equal schema. The files' hashes are left to the caller.

    Raises InputError naming the file that is damaged or has another schema.
    """
    import polars as pl

    tables: list[pl.LazyFrame] = []
    files: list[DataFile] = []
    first: pl.Schema | None = None
    for path in paths:
        with reading(shown_path(path)):
            table = scan(path, kind)
            schema = table.collect_schema()
            rows = int(table.select(pl.len()).collect().item())
        if first is None:
            first = schema
        elif schema != first:
            _same_schema(first, schema, paths[0], path)
            table = table.select(first.names())
        tables.append(table)
        files.append(DataFile(name=path.name, sha256=None, rows=rows))
    if kind == "parquet":  # one scan of all files knows where rows lie, so that they can be read as they are wanted
        return pl.scan_parquet(list(paths), glob=False, hive_partitioning=False), tuple(files)
    return (tables[0] if len(tables) == 1 else pl.concat(tables)), tuple(files)


def scan(path: Path, kind: Kind) -> pl.LazyFrame:
    """One file as a lazy table; an Arrow stream is read at once."""
    import polars as pl

    if kind == "parquet":
        return pl.scan_parquet(path, glob=False)
    with path.open("rb") as file:
        is_stream = file.read(4) == STREAM_MAGIC
    return pl.read_ipc_stream(path).lazy() if is_stream else pl.scan_ipc(path, glob=False)


def damaged_of(name: str) -> str:
    """The first file that cannot be read to its end, of the folder or pattern `name`; nothing where none is found.

    Of files that are read as one table the reading library does not say which it stumbled over.
    """
    import polars as pl

    try:
        paths, kind, _ = find_all([name])
    except InputError:  # a table in memory, an address, a name that was shortened
        return ""
    for path in paths if kind in ("parquet", "arrow") and len(paths) > 1 else ():
        try:
            deque(scan(path, kind).collect_batches(maintain_order=False), maxlen=0)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
            return shown_path(path)
    return ""


def _same_schema(first: pl.Schema, other: pl.Schema, origin: Path, path: Path) -> None:
    """Columns may stand in another order; names and types must be the same."""
    for column in [*first, *other]:
        if column not in first or column not in other:
            holder = origin if column in first else path
            raise InputError(
                "the files have different columns", where=shown_path(path),
                got=f"{shown(column)!r} is in {shown(holder.name)} only", hint="give the files of one table",
            )  # fmt: skip
        if first[column] != other[column]:
            raise InputError(
                f"column {shown(column)!r} is of another type than in {shown(origin.name)}", where=shown_path(path),
                expected=str(first[column]), got=str(other[column]), hint="write all files with one schema",
            )  # fmt: skip
