"""The one way in: anything that is a table becomes a lazy Polars table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from sterling.core.addresses import is_url, shown_url
from sterling.core.errors import InputError, shown_path
from sterling.core.frozen import dataclass
from sterling.core.run import DataFile
from sterling.sources.hashing import Hashing
from sterling.sources.reading import no_patterns, no_rows, reading, translate

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Opened", "no_rows", "open_table", "reading", "translate"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """A lazy table, the files it came from (none for a table in memory), and a short name for messages.

    `notices`: what to know of how it was read.

    Collect `table` inside `reading(name)`: some faults of a file only show when its rows are read.
    """

    table: pl.LazyFrame
    name: str
    hashing: Hashing = field(repr=False)
    notices: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[DataFile, ...]:
        """The files with their SHA-256, waiting for the hashes when they are still being computed."""
        return self.hashing.result()

    @property
    def rows(self) -> int | None:
        """Rows of the files, where they tell it without being read."""
        return self.hashing.rows


def open_table(data: object, *, sql: str | None = None) -> Opened:
    """Open a path, a folder of files of one kind, a glob, a URL, a list of these, or a table in memory.

    Files: CSV, TSV, Parquet, Arrow, known by suffix and otherwise by their first bytes. URLs (`s3://`, `gs://`, `az://`,
    `https://`): Parquet and Arrow. Tables: Polars (eager or lazy), pandas, Arrow, DuckDB relations, Hugging Face data
    sets, whatever narwhals reads. Parquet, Arrow and CSV above 256 MB stay lazy.

    `sql`: the rows are what this query gives, of a database file, of table files that it sees as tables named like
    them, or, where `data` is None, of files that the query names. They are held in memory.

    What is open already stays as it is.

    Raises InputError naming the file and the fault, MissingExtra when a library is needed to convert a table.
    """
    if isinstance(data, Opened) and sql is None:
        return data
    if isinstance(data, bytes):
        raise InputError("bytes are not a path", where="data", expected="a path as text")
    opened = _opened(data, sql)
    with reading(opened.name):
        no_patterns(opened.table.collect_schema(), opened.name)
    return opened


def _opened(data: object, sql: str | None) -> Opened:
    given = _given(data)
    if sql is not None:
        return _open_query(sql, given if given is not None or data is not None else [])
    if given is not None:
        return _open_remote(given) if any(is_url(text) for text in given) else _open_paths(given)
    from sterling.sources.frames import open_frame

    table, name = open_frame(data)
    return Opened(table=table, name=name, hashing=Hashing((), ()))


def _given(data: object) -> list[str] | None:
    """Paths and URLs as text; None when `data` is something else."""
    if isinstance(data, str | os.PathLike):
        return [os.fsdecode(data)]
    if isinstance(data, list | tuple) and data and all(isinstance(d, str | os.PathLike) for d in data):
        return [os.fsdecode(d) for d in data]
    return None


def _open_query(sql: str, given: Sequence[str] | None) -> Opened:
    from sterling.sources.query import answer_of

    if given is None:
        raise InputError(
            "a query goes with a database or files", where="sql",
            expected="a path, or no data when the query names files",
            hint="filter a table in memory with its own library, and give what comes out",
        )  # fmt: skip
    table, paths, files, name = answer_of(sql, given)
    return Opened(table=table, name=name, hashing=Hashing(paths, files))


def _open_remote(given: Sequence[str]) -> Opened:
    from sterling.sources.paths import told_again
    from sterling.sources.remote import open_remote

    once = list(dict.fromkeys(given))
    again = told_again([shown_url(url) for url in once if given.count(url) > 1])
    table, files, name = open_remote(once)
    return Opened(table=table, name=name, hashing=Hashing((), files), notices=again)


def _open_paths(texts: Sequence[str]) -> Opened:
    from sterling.sources.paths import find_all, told_again

    paths, kind, again = find_all(texts)
    if kind in ("csv", "tsv"):
        from sterling.sources.delimited import open_delimited

        table, files = open_delimited(paths, separator="\t" if kind == "tsv" else None)
    else:
        from sterling.sources.columnar import open_columnar

        table, files = open_columnar(paths, kind)
    name = (
        shown_path(texts[0])
        if len(texts) == 1 or len(paths) == 1
        else f"{shown_path(texts[0])} and {len(texts) - 1} more"
    )
    if not any(f.rows for f in files):
        raise no_rows(name)
    notices = told_again([shown_path(path) for path in again])
    return Opened(table=table, name=name, hashing=Hashing(paths, files), notices=notices)
