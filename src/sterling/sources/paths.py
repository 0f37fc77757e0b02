"""Which files a path means, and what kind of table each one holds."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from sterling.core.errors import InputError, shown, shown_path
from sterling.sources.reading import translate

Kind = Literal["csv", "tsv", "parquet", "arrow"]
Database = Literal["sqlite", "duckdb"]
SUFFIXES: dict[str, Kind] = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".parquet": "parquet", ".pq": "parquet",
    ".arrow": "arrow", ".ipc": "arrow", ".feather": "arrow", ".arrows": "arrow",
}  # fmt: skip
EXPECTED = "a CSV, TSV, Parquet or Arrow file, a folder of one kind of them, or a glob"
HEAD = 4096
STREAM_MAGIC = b"\xff\xff\xff\xff"
_FOREIGN = {
    b"\x1f\x8b": ("a gzip archive", "unpack it first: gunzip FILE"),
    b"\x28\xb5\x2f\xfd": ("a Zstandard archive", "unpack it first: unzstd FILE"),
    b"PK\x03\x04": ("a ZIP archive or an Excel workbook", "save the sheet as CSV, or unpack the archive"),
    b"FEA1": ("a Feather file of version 1", "write it again as version 2 (pyarrow.feather.write_feather)"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV"),
    b"Obj\x01": ("an Avro file", "convert it to Parquet"),
    b"ORC": ("an ORC file", "convert it to Parquet"),
}
_JSON = (".json", ".jsonl", ".ndjson", ".geojson")
_LIKE_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*[\"}]")


def find_files(given: str) -> tuple[list[Path], Kind]:
    """The files that a path, folder or glob means, in sorted order, and their one kind.

    Raises InputError when nothing is there, kinds are mixed or a file is not a table.
    """
    name = shown_path(given)
    if not given.strip():
        raise InputError("the path is empty", where="data", expected=EXPECTED)
    if "://" in given:
        raise InputError("this is no path of this machine", where=name, expected=EXPECTED, hint="download it first")
    try:
        path = Path(given).expanduser()
        if path.is_file():
            return [path], kind_of(path)
        if path.is_dir():
            return _one_kind(_in_folder(path, name), name)
        if glob.has_magic(given):
            found = [Path(p) for p in sorted(glob.glob(str(path), recursive=True))]
            files = [p for p in found if p.is_file() and not _hidden(p)]
            if not files:
                raise InputError("no file matches the pattern", where=name, hint="check the folder and the suffix")
            return _one_kind(files, name)
        if path.exists():
            raise InputError("this is neither a file nor a folder", where=name, expected=EXPECTED)
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OSError):
            raise translate(error, name) from error
        raise InputError("this is not a path", where=name, expected=EXPECTED) from error
    raise InputError("there is no such file or folder", where=name, hint=_nearby(path))


class Found(NamedTuple):
    """Files of one kind. `again`: those that were given more than once, and are among `paths` once."""

    paths: list[Path]
    kind: Kind
    again: tuple[Path, ...] = ()


def find_all(given: Sequence[str]) -> Found:
    """The files that several paths, folders or globs mean, each once and in the order given.

    Raises InputError as `find_files` does.
    """
    found = [find_files(text) for text in given]
    if len(found) == 1:
        return Found(*found[0])
    once: dict[Path, Path] = {}
    again: dict[Path, Path] = {}
    for path in (path for files, _ in found for path in files):
        place = path.resolve()  # `a.csv`, `./a.csv`, `/folder/a.csv` and a link to it may be one
        (again if place in once else once).setdefault(place, path)
    return Found(*_one_kind(list(once.values()), shown_path(given[0])), tuple(again.values()))


def told_again(names: Sequence[str]) -> tuple[str, ...]:
    """What to know of files that were given more than once; empty when there are none."""
    if not names:
        return ()
    listed = ", ".join(names[:4]) + (f" and {len(names) - 4:,} more" if len(names) > 4 else "")
    return (f"given more than once, and read once: {listed}",)


def database_of(path: Path) -> Database | None:
    """Which database a file is, by its first bytes; None for any other file. Raises InputError as `kind_of` does."""
    return _database(_head(path))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise translate(error, shown_path(path)) from error


def _database(head: bytes) -> Database | None:
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else None


def kind_of(path: Path) -> Kind:
    """The kind of one file: by its suffix, held against its first bytes; without a known suffix by those alone."""
    name, head = shown_path(path), _head(path)
    if not head:
        raise InputError("the file is empty", where=name, hint="export the table again")
    if _database(head) is not None:
        raise InputError(
            "a database holds many tables", where=name, expected="a query that says which rows are meant",
            hint='--sql "select * from TABLE"',
        )  # fmt: skip
    claimed, found = SUFFIXES.get(path.suffix.lower()), _by_content(head)
    if claimed is None and (path.suffix.lower() in _JSON or _LIKE_JSON.match(head)):
        raise _json(head, name)
    if claimed is None:
        if found is None:
            raise _foreign(head, name, "the file is not a table that can be read")
        return found
    if claimed in ("parquet", "arrow") and found != claimed:
        raise _foreign(head, name, f"the file is not a {claimed.capitalize()} file, whatever its name says")
    if claimed in ("csv", "tsv") and (found in ("parquet", "arrow") or _archive(head)):
        raise _foreign(head, name, "the file is not text, whatever its name says")
    return claimed


def _json(head: bytes, name: str) -> InputError:
    from sterling.core.data.profile_file import says_what_it_is

    if says_what_it_is(head):
        return InputError(
            "this is what Sterling wrote about a table, and not a table", where=name, expected=EXPECTED,
            hint="give the table itself",
        )  # fmt: skip
    return InputError(
        "JSON is not read as a table", where=name, expected=EXPECTED,
        hint="write it as Parquet first; with a record a line: polars.read_ndjson(FILE).write_parquet(NEW)",
    )  # fmt: skip


def _by_content(head: bytes) -> Kind | None:
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    if head.startswith((b"ARROW1", STREAM_MAGIC)):
        return "arrow"
    if b"\0" in head or _archive(head):
        return None
    first = head.split(b"\n", 1)[0]
    return "tsv" if b"\t" in first and b"," not in first else "csv"


def _archive(head: bytes) -> tuple[str, str] | None:
    return next((words for magic, words in _FOREIGN.items() if head.startswith(magic)), None)


def _foreign(head: bytes, name: str, what: str) -> InputError:
    known, hint = _archive(head) or ("", "")
    if not known:
        kind = _by_content(head)
        known = f"what looks like {'text' if kind in ('csv', 'tsv') else kind}" if kind else ""
        hint = "give the file the suffix of what it holds, or export it again"
    return InputError(what, where=name, expected=EXPECTED, got=known, hint=hint)


def _hidden(path: Path) -> bool:
    """Dot files, and the underscore files that writers of data sets leave behind."""
    return path.name.startswith((".", "_"))


def _in_folder(folder: Path, name: str) -> list[Path]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and not _hidden(p))
    tables = [p for p in files if p.suffix.lower() in SUFFIXES] or files
    if not tables:
        deeper = any(p.is_dir() and not _hidden(p) for p in folder.iterdir())
        hint = "for files in its folders, give a glob such as 'folder/**/*.parquet'" if deeper else "check the path"
        raise InputError("the folder holds no table", where=name, expected=EXPECTED, hint=hint)
    return tables


def _one_kind(files: list[Path], name: str) -> tuple[list[Path], Kind]:
    kinds = {path: kind_of(path) for path in files}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{shown(p.name)} ({k})" for p, k in list(kinds.items())[:6])
        raise InputError(
            "the files are of different kinds", where=name, expected="files of one kind", got=listed,
            hint="give a glob such as 'folder/*.parquet'",
        )  # fmt: skip
    return files, kinds[files[0]]


def _nearby(path: Path) -> str:
    """The nearest names beside a path that is not there."""
    from sterling.core.errors import near_miss

    try:
        names = [p.name for p in path.parent.iterdir() if not _hidden(p)]
    except OSError:
        return "check the path; its folder does not exist"
    guess = near_miss(path.name, names)
    return guess if guess.startswith("did you mean") else "check the path"
