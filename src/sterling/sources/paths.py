"""Which files a path means, and what kind of table each one holds."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sterling.core.errors import InputError, shown, shown_path
from sterling.sources.content import (
    HEAD,
    Database,
    Held,
    Kind,
    begins_json,
    database_in,
    held_in,
    is_json,
    json_hint,
    text_in,
)
from sterling.sources.reading import translate

if TYPE_CHECKING:
    from sterling.core.run import DataFile

SUFFIXES: dict[str, Kind] = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".parquet": "parquet", ".pq": "parquet",
    ".arrow": "arrow", ".ipc": "arrow", ".feather": "arrow", ".arrows": "arrow",
}  # fmt: skip
EXPECTED = "a CSV, TSV, Parquet or Arrow file, a folder of one kind of them, or a glob"
_JSON = (".json", ".jsonl", ".ndjson", ".geojson")


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
    once: dict[object, Path] = {}
    again: dict[object, Path] = {}
    for path in (path for files, _ in found for path in files):
        place = _place(path)
        (again if place in once else once).setdefault(place, path)
    paths = list(once.values())
    kind = found[0][1] if len(found) == 1 else _one_kind(paths, shown_path(given[0]))[1]
    return Found(paths, kind, tuple(again.values()))


def _place(path: Path) -> object:
    """What two names of one file share: `a.csv`, `./a.csv` and links to it, soft or hard."""
    try:
        about = path.stat()
    except OSError as error:
        raise translate(error, shown_path(path)) from error
    linked = about.st_nlink > 1 and about.st_ino  # not every file system numbers its files, or each differently
    return (about.st_dev, about.st_ino) if linked else path.resolve()


def told_again(names: Sequence[str]) -> tuple[str, ...]:
    """What to know of files that were given more than once; empty when there are none."""
    if not names:
        return ()
    listed = ", ".join(names[:4]) + (f" and {len(names) - 4:,} more" if len(names) > 4 else "")
    return (f"given more than once, and read once: {listed}",)


def told_copies(files: Sequence[DataFile]) -> tuple[str, ...]:
    """What to know of files with the same bytes under several names: all of their rows count."""
    alike: dict[str, list[str]] = {}
    for file in files:
        if file.sha256 is not None and file.rows != 0:
            alike.setdefault(file.sha256, []).append(shown(file.name))
    return tuple(_copied(names) for names in alike.values() if len(names) > 1)


def _copied(names: Sequence[str]) -> str:
    other = list(dict.fromkeys(names))
    listed = ", ".join(other[:4]) + (f" and {len(other) - 4:,} more" if len(other) > 4 else "")
    which = f"{listed} hold" if len(other) > 1 else f"{len(names):,} files named {listed} hold"
    often = "twice" if len(names) == 2 else f"{len(names):,} times"
    return f"{which} the same bytes, so that each of their rows counts {often}: give one of them"


def database_of(path: Path) -> Database | None:
    """Which database a file is, by its first bytes; None for any other file. Raises InputError as `kind_of` does."""
    return database_in(_head(path))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise translate(error, shown_path(path)) from error


def kind_of(path: Path) -> Kind:
    """The kind of one file: by its suffix, held against its first bytes; without a known suffix by those alone."""
    name, head = shown_path(path), _head(path)
    if not head:
        raise InputError("the file is empty", where=name, hint="export the table again")
    if database_in(head) is not None:
        raise InputError(
            "a database holds many tables", where=name, expected="a query that says which rows are meant",
            hint='--sql "select * from TABLE"',
        )  # fmt: skip
    suffix = path.suffix.lower()
    claimed, held = SUFFIXES.get(suffix), held_in(head)
    if held is not None and (held.kind is None or held.kind != (claimed or held.kind) or suffix in _JSON):
        raise _another(held, path, claimed or ("json" if suffix in _JSON else None))
    if held is not None and held.kind is not None:
        return held.kind
    if is_json(head) or (claimed is None and (suffix in _JSON or begins_json(head))):
        raise _json(head, name, claimed)
    found = text_in(head)
    if claimed in ("parquet", "arrow") or (claimed is None and found is None):
        got = "what looks like text" if found else ""
        raise InputError(_is_not(claimed), where=name, expected=EXPECTED, got=got, hint=_RENAME)
    return claimed or found or "csv"


_RENAME = "give the file the suffix of what it holds, or export it again"
_NAMES = {
    "csv": "delimited text",
    "tsv": "delimited text",
    "parquet": "a Parquet file",
    "arrow": "an Arrow file",
    "json": "JSON",
}


def _is_not(claimed: str | None) -> str:
    """What is wrong with a file that is not what its suffix says, or no table."""
    if claimed is None:
        return "the file is not a table that can be read"
    return f"the file is not {_NAMES[claimed]}, whatever its name says"


def _another(held: Held, path: Path, claimed: str | None) -> InputError:
    rename = f"give it the suffix of what it holds: {shown(path.stem)}.{held.kind}"
    return InputError(
        _is_not(claimed), where=shown_path(path), expected=EXPECTED, got=held.what, hint=held.hint or rename
    )


def _json(head: bytes, name: str, claimed: Kind | None) -> InputError:
    from sterling.core.data.profile_file import says_what_it_is

    if says_what_it_is(head):
        return InputError(
            "this is what Sterling wrote about a table, and not a table", where=name, expected=EXPECTED,
            hint="give the table itself",
        )  # fmt: skip
    what = "JSON is not read as a table" if claimed in (None, "csv", "tsv") else _is_not(claimed)
    if text_in(head) is not None and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return InputError(what, where=name, expected=EXPECTED, got="what looks like text", hint=_RENAME)
    return InputError(what, where=name, expected=EXPECTED, got="JSON", hint=json_hint(head))


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
