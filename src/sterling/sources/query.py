"""The answer of a database to a query: a DuckDB or SQLite file, or table files that DuckDB is shown as tables.

A query reads and never writes: it is one SELECT, over a connection that is read-only. DuckDB runs without loading
extensions and without its access to files and the network, unless it is given no file and the query names what is read.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sterling.core.errors import InputError, SterlingError, shown, shown_path
from sterling.core.extras import require
from sterling.core.run import DataFile
from sterling.sources.frames import unique_names
from sterling.sources.paths import database_of, find_files
from sterling.sources.reading import no_rows

if TYPE_CHECKING:
    import polars as pl

Answer = tuple["pl.LazyFrame", tuple[Path, ...], tuple[DataFile, ...], str]
"""Rows, the files they came from, what is known of these, and what to call the rows in messages."""

LOGS = ("-wal", ".wal")
"""Endings of the files beside a database that hold what was written last."""

_READS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
_NO_EXTENSIONS = dict.fromkeys(
    ("autoinstall_known_extensions", "autoload_known_extensions", "allow_community_extensions"), "false"
)
_SAID = re.compile(r"^(?:[A-Z][A-Za-z ]* Error: )?(?P<what>[^\n]+)")
_NEAR = re.compile(r"(?:Did you mean|Candidate bindings:|Candidate tables:) ?(?P<names>[^\n]+)")


def files_of_query(given: str) -> tuple[Path, ...]:
    """The files behind a query: a database with the log that lies beside it, or the table files that a path means.

    Raises InputError as `find_files` does.
    """
    path = _database_path(given)
    if path is None:
        return tuple(find_files(given)[0])
    logs = (path.with_name(path.name + ending) for ending in LOGS)
    return (path, *(log for log in logs if log.is_file()))


def answer_of(sql: str, given: Sequence[str]) -> Answer:
    """The rows that a query gives, held in memory.

    `given`: a DuckDB or SQLite file; or paths, folders and globs of table files, each a table named like the file or
    folder without its ending; or nothing, when the query names files itself.

    Raises InputError naming what in the query is wrong, or why the database cannot be read; MissingExtra without
    DuckDB.
    """
    if not sql.strip():
        raise InputError("the query is empty", where="sql", hint='--sql "select * from TABLE"')
    databases = [path for path in map(_database_path, given) if path is not None]
    if databases and len(given) > 1:
        raise InputError(
            "a database is read alone", where=shown_path(databases[0]), expected="one database, or files of tables",
            hint="write what you need of the others into it, or into Parquet files",
        )  # fmt: skip
    name = f"a query of {shown_path(given[0])}" if given else "the query"
    if databases and database_of(databases[0]) == "sqlite":
        frame = _sqlite(databases[0], sql, name)
    else:
        frame = _duckdb(databases[0] if databases else None, given if not databases else (), sql, name)
    if frame.height == 0:
        raise no_rows(name)
    files = tuple(path for text in given for path in files_of_query(text))
    return frame.lazy(), files, tuple(DataFile(name=f.name, sha256=None) for f in files), name


def _database_path(given: str) -> Path | None:
    """The path, when it is a file that is a database."""
    try:
        path = Path(given).expanduser()
        return path if path.is_file() and database_of(path) is not None else None
    except (OSError, ValueError, RuntimeError):
        return None  # `find_files` says what is wrong with it


def _sqlite(path: Path, sql: str, name: str) -> pl.DataFrame:
    import polars as pl

    log = path.with_name(path.name + LOGS[0])
    still = "" if log.exists() or os.access(path.absolute().parent, os.W_OK) else "&immutable=1"
    uri = f"file:{quote(str(path.absolute()))}?mode=ro{still}"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY)
            cursor = connection.execute(sql)
            columns = [str(c[0]) for c in cursor.description or ()]
            unique_names(columns, name)
            rows = cursor.fetchall()
    except sqlite3.DatabaseError as error:
        raise _sqlite_says(error, name, path) from error
    except sqlite3.Warning as error:  # more than one statement
        raise _no_select(name) from error
    try:
        return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError, OverflowError) as error:
        raise InputError(
            "a column of the query's answer holds values of several kinds", where=name,
            hint="make it one kind in the query: cast(COLUMN as text)",
        ) from error  # fmt: skip


def _sqlite_says(error: sqlite3.DatabaseError, name: str, path: Path) -> InputError:
    """What SQLite complains about. Its words about a query repeat the query and names of columns, never a value."""
    text = str(error)
    if isinstance(error, sqlite3.ProgrammingError) or "not authorized" in text or "prohibited" in text:
        return _no_select(name)
    if "locked" in text or "busy" in text:
        return _in_use(name)
    if text.startswith("Could not decode"):  # it goes on with the value
        return InputError(
            "a text in the query's answer is not UTF-8", where=name, hint="leave its column out: cast(COLUMN as blob)"
        )
    if isinstance(error, sqlite3.OperationalError) and "unable to open" not in text and "disk" not in text:
        return _unclear(text, name, "" if "no such" not in text else _listed(_tables_of_sqlite(path)))
    return InputError("the database cannot be read, or is damaged", where=name, hint="open it with the sqlite3 shell")


def _tables_of_sqlite(path: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as connection:
            found = connection.execute("select name from sqlite_master where type in ('table', 'view') order by name")
            return [str(row[0]) for row in found]
    except sqlite3.Error:
        return []


def _duckdb(path: Path | None, given: Sequence[str], sql: str, name: str) -> pl.DataFrame:
    import polars as pl

    duckdb = require("duckdb", extra="duckdb", why="a query")
    require("pyarrow", extra="duckdb", why="a query")
    tables = {_table_name(text): _opened(text) for text in given}
    if len({table.lower() for table in tables}) < len(given):  # names in SQL are alike in any case
        raise InputError(
            "two of the files would be one table of the query", where=name, expected="a name of its own for each",
            got=", ".join(shown(_table_name(text)) for text in given), hint="rename a file, or give a glob for all",
        )  # fmt: skip
    with _saying(duckdb, name, tables):
        place = ":memory:" if path is None else str(path)
        with closing(duckdb.connect(place, read_only=path is not None, config=_NO_EXTENSIONS)) as connection:
            for table, rows in tables.items():
                connection.register(table, rows)
            if path is not None or given:
                connection.execute("set enable_external_access = false")
            connection.execute("set python_enable_replacements = false")  # no table is a variable of ours
            connection.execute("set lock_configuration = true")
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise _no_select(name)
            found = connection.sql(sql)
            unique_names(found.columns, name)
            frame = pl.DataFrame(found.arrow())
    return frame.with_columns(_whole(column) for column in frame.iter_columns())


def _whole(column: pl.Series) -> pl.Series:
    """Sums of whole numbers, which DuckDB makes wider than 64 bits, as whole numbers again where they fit."""
    import polars as pl

    if not isinstance(column.dtype, pl.Decimal) or column.dtype.scale != 0:
        return column
    narrow = column.cast(pl.Int64, strict=False)
    return narrow if narrow.null_count() == column.null_count() else column


def _opened(text: str) -> pl.LazyFrame:
    from sterling.sources.open import open_table

    return open_table(text).table


def _table_name(text: str) -> str:
    """What a file or folder is called in a query: its name without the ending; a glob, the folder it looks in."""
    path = Path(text)
    while any(mark in path.name for mark in "*?["):
        path = path.parent
    return path.stem or path.absolute().name or "data"


@contextmanager
def _saying(duckdb: Any, name: str, tables: Iterable[str]) -> Iterator[None]:
    """Within: what DuckDB raises becomes InputError. Only complaints about the query itself are repeated."""
    import polars as pl

    try:
        yield
    except SterlingError:
        raise
    except (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException) as error:
        near = _NEAR.search(str(error))
        hint = f"did you mean {shown(near['names'].rstrip('?'))}?" if near else _listed(list(tables))
        what = _SAID.search(str(error))
        raise _unclear(what["what"] if what else "", name, hint) from error
    except duckdb.PermissionException as error:
        raise InputError(
            "the query may read nothing but what it is given", where=name, expected="tables of the database or files",
            hint="give the files as arguments; each is then a table named like it",
        ) from error  # fmt: skip
    except duckdb.IOException as error:
        raise (_in_use(name) if "lock" in str(error).lower() else _unreadable(error, name)) from error
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        raise _unreadable(error, name) from error


def _unclear(words: str, name: str, hint: str) -> InputError:
    return InputError(f"the query cannot be understood: {shown(words.rstrip('!'))}", where=name, hint=hint)


def _unreadable(error: Exception, name: str) -> InputError:
    return InputError(
        f"the query cannot be answered ({type(error).__name__})", where=name,
        hint="try it in the database's own shell, which shows the values that are in the way",
    )  # fmt: skip


def _in_use(name: str) -> InputError:
    return InputError(
        "another program has the database open for writing", where=name, hint="close it there, or copy the file"
    )


def _no_select(name: str) -> InputError:
    return InputError(
        "the query is not one SELECT that reads", where=name, expected='such as "select * from TABLE where …"',
        hint="make other statements beforehand, in the database's own shell",
    )  # fmt: skip


def _listed(tables: Sequence[str]) -> str:
    return "tables: " + ", ".join(shown(t) for t in tables[:8]) if tables else ""
