"""What a file holds, told from its first bytes, whatever its name says."""

from __future__ import annotations

import json
import re
from typing import Literal, NamedTuple

Kind = Literal["csv", "tsv", "parquet", "arrow"]
Database = Literal["sqlite", "duckdb"]
HEAD = 4096
"""So many bytes are looked at."""
STREAM_MAGIC = b"\xff\xff\xff\xff"
_OFFICE = (b"xl/", b"docProps/", b"[Content_Types].xml")
_SHEET = "save the sheet as CSV"
_CONVERT = "convert it to Parquet"
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*[\"}]|(?:\xef\xbb\xbf)?\s*\[\s*\[\s*[-\d\"\[\]tfn]")
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|\?xml)(?=[\s>])[^>]*>?", re.IGNORECASE)
_TAG = re.compile(rb"<[/!?a-z]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Held(NamedTuple):
    """Something other than text: what it is in words, what to do with it, and its kind if it is a table as it is."""

    what: str
    hint: str = ""
    kind: Kind | None = None


_PARQUET, _ARROW = Held("a Parquet file", kind="parquet"), Held("an Arrow file", kind="arrow")
_BINARY: dict[bytes, Held] = {
    STREAM_MAGIC: _ARROW,
    b"ARROW1\0": _ARROW,
    b"\x1f\x8b": Held("a gzip archive", "unpack it first: gunzip FILE"),
    b"\x28\xb5\x2f\xfd": Held("a Zstandard archive", "unpack it first: unzstd FILE"),
    b"\xfd7zXZ\0": Held("an xz archive", "unpack it first: unxz FILE"),
    b"PK\x03\x04": Held("a ZIP archive", "unpack it first: unzip FILE"),
    b"\xd0\xcf\x11\xe0": Held("an old Excel workbook", _SHEET),
    b"Obj\x01": Held("an Avro file", _CONVERT),
    b"\x89HDF\r\n": Held("an HDF5 file", _CONVERT),
}
_LETTERS: dict[bytes, Held] = {
    b"PAR1": _PARQUET,
    b"PARE": _PARQUET,
    b"ARROW1": _ARROW,
    b"ORC": Held("an ORC file", _CONVERT),
    b"FEA1": Held("a Feather file of version 1", "write it again as version 2 (pyarrow.feather.write_feather)"),
    b"BZh": Held("a bzip2 archive", "unpack it first: bunzip2 FILE"),
    b"%PDF-": Held("a PDF document", "export the table itself as CSV"),
    b"<stata_dta>": Held("a Stata file", _CONVERT),
    b"$FL2": Held("an SPSS file", _CONVERT),
}
"""First letters that the names of columns may have as well: only before bytes that no text has."""


def held_in(head: bytes) -> Held | None:
    """What the bytes at the beginning of a file say that it is; None for text, and for bytes that nobody knows."""
    found = next((held for magic, held in _BINARY.items() if head.startswith(magic)), None)
    if found is None and _CONTROL.search(head):
        found = next((held for magic, held in _LETTERS.items() if head.startswith(magic)), None)
    if head.startswith(b"PK\x03\x04") and any(name in head for name in _OFFICE):
        return Held("an Excel workbook", _SHEET)
    if found is None and _is_page(head):
        return Held("a web page or XML", "export the table itself as CSV; a download may need you to sign in")
    return found


def _is_page(head: bytes) -> bool:
    """Whether it is a web page or XML: a first tag, and more of them. A column of a table may be called `<html>`."""
    first = _HTML.match(head)
    if first is None:
        return False
    rest = head[first.end() :].lstrip(b" ")
    return not rest.strip() or (rest[:1] not in b",;\t|" and _TAG.search(rest) is not None)


def database_in(head: bytes) -> Database | None:
    """Which database these are the first bytes of."""
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else None


def text_in(head: bytes) -> Kind | None:
    """What kind of delimited text the file holds; None when it is no text."""
    if b"\0" in head:
        return None
    first = head.split(b"\n", 1)[0]
    return "tsv" if b"\t" in first and b"," not in first else "csv"


def begins_json(head: bytes) -> bool:
    """Whether the file begins as JSON with records does."""
    return _JSON.match(head) is not None


def is_json(head: bytes) -> bool:
    """Whether it is JSON indeed: a whole value and the end of its line, or one that goes on beyond these bytes.

    A header of delimited text may begin like JSON.
    """
    if not begins_json(head):
        return False
    text = head.decode("utf-8-sig", "ignore").lstrip()
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError:
        alone = text.split("\n", 1)[0].strip() in ("{", "[", "[{", "[[")
        return alone or len(head) == HEAD
    except RecursionError:
        return True
    return text[end:].lstrip(" \t\r")[:1] in ("", "\n")


def json_hint(head: bytes) -> str:
    """How to make a table of it."""
    lines = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    reader = "read_ndjson" if lines else "read_json"
    return f"write it as Parquet first: polars.{reader}(FILE).write_parquet(NEW)"
