"""Parquet and Arrow files that lie in an object store or behind a web address, read in pieces as they are needed.

Credentials come from where each store's own tools look for them: the environment, their configuration files, the
machine they run on. None is an option here, and none is ever shown.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sterling.core.addresses import bare, is_url, scheme_of, shown_url
from sterling.core.errors import InputError, shown
from sterling.core.run import DataFile
from sterling.sources.paths import SUFFIXES
from sterling.sources.reading import no_rows, reading

if TYPE_CHECKING:
    import polars as pl

STORES = ("s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "http", "https")
EXPECTED = "an address such as s3://bucket/folder/*.parquet, gs://…, az://… or https://…"
DATABASES = (
    "postgres",
    "mysql",
    "mssql",
    "oracle",
    "sqlite",
    "duckdb",
    "redshift",
    "snowflake",
    "bigquery",
    "clickhouse",
)


def open_remote(given: Sequence[str]) -> tuple[pl.LazyFrame, tuple[DataFile, ...], str]:
    """One lazy table over addresses of files of one kind; folders and globs where the store can list.

    The files have no SHA-256: nobody reads them whole. Raises InputError when an address cannot be read, in words that
    hold neither credentials nor the query of the address.
    """
    import polars as pl

    kinds = {_kind(url) for url in given}
    if len(kinds) > 1:
        raise InputError(
            "the files are of different kinds", where=shown_url(given[0]), expected="files of one kind",
            got=", ".join(sorted(kinds)),
        )  # fmt: skip
    scan = _parquet if kinds == {"parquet"} else pl.scan_ipc
    tables, files = [], []
    for url in given:
        with reading(shown_url(url)), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*region.* not set")  # it is found out by asking
            table = scan(url)
            rows = int(table.select(pl.len()).collect().item())
        tables.append(table)
        files.append(DataFile(name=shown(PurePosixPath(bare(url)).name), sha256=None, rows=rows))
    name = shown_url(given[0]) if len(given) == 1 else f"{shown_url(given[0])} and {len(given) - 1} more"
    if not any(f.rows for f in files):
        raise no_rows(name)
    return (tables[0] if len(tables) == 1 else pl.concat(tables)), tuple(files), name


def _parquet(url: str) -> pl.LazyFrame:
    """Columns come from the files alone, as for files of this machine, and not from the names of folders."""
    import polars as pl

    return pl.scan_parquet(url, hive_partitioning=False)


def _kind(url: str) -> str:
    """`parquet` or `arrow`, by the end of the address; Parquet for folders."""
    where, scheme = shown_url(url), scheme_of(url)
    if not is_url(url):
        raise InputError("a path of this machine stands among addresses", where=where, hint="give one or the other")
    if scheme.startswith(DATABASES):
        raise InputError(
            "a database is not opened by its address", where=f"{scheme}://…", expected=EXPECTED,
            hint="in Python: st.evaluate(polars.read_database(QUERY, CONNECTION), …); or export the rows as Parquet",
        )  # fmt: skip
    if scheme not in STORES:
        raise InputError(f"addresses that begin with {shown(scheme)}:// are not read", where=where, expected=EXPECTED)
    kind = SUFFIXES.get(PurePosixPath(bare(url)).suffix.lower(), "parquet")
    if kind not in ("parquet", "arrow"):
        raise InputError(
            "text is read from this machine only", where=where, expected="Parquet or Arrow files",
            hint="download it first, or write it as Parquet",
        )  # fmt: skip
    return kind
