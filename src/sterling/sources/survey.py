"""One pass over the bytes of a delimited text file: its hash, its rows, and whether it is well formed.

The CSV reader underneath fills short lines with missing values, and notices long ones only when it happens to parse
their last column. Both would quietly move people between groups, so the shape of every line is checked here first.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from dataclasses import field
from pathlib import Path

from sterling.core.errors import InputError, shown, shown_path
from sterling.core.frozen import dataclass
from sterling.sources.reading import LATIN_HINT, no_patterns

CHUNK = 1 << 22
SPOT = 1 << 16
SPOTS_EVERY = 16
NEWLINE, QUOTE = 10, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one pass over a file found. `blank` holds the data-row numbers (from 0) that are empty lines."""

    path: Path
    name: str
    sha256: str
    size: int
    rows: int
    names: tuple[str, ...]
    separator: str
    blank: tuple[int, ...] = ()
    trailing_blank: bool = False
    spots: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Pass:
    """The state of the pass between two chunks."""

    name: str
    separator: bytes = b","
    columns: int = 0
    lines: int = 0
    records: int = 0
    phase: int = 0
    quoted: bool = False
    regular: bool = True
    pending: bytes = b""
    decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")())

    @property
    def drop(self) -> bytes:
        return bytes(set(range(256)) - {NEWLINE, QUOTE, self.separator[0]})

    def check_text(self, chunk: bytes, last: bool) -> None:
        at = chunk.find(b"\0")
        if at >= 0:
            raise InputError(
                f"line {self.lines + chunk.count(NEWLINE, 0, at) + 1} has a NUL byte: this is not plain text",
                where=self.name, hint="export the table again as UTF-8 text",
            )  # fmt: skip
        if chunk.isascii() and not self.decoder.getstate()[0]:
            return
        try:
            self.decoder.decode(chunk, last)
        except UnicodeDecodeError as error:
            line = self.lines + chunk.count(b"\n", 0, max(error.start, 0)) + 1
            raise InputError(
                f"line {line} is not UTF-8 text; it looks like Latin-1 (Windows-1252)", where=self.name, hint=LATIN_HINT
            ) from None

    def check_shape(self, marks: bytes) -> None:
        """Between quotes nothing counts; outside them every record must be columns - 1 separators, then a newline."""
        import numpy as np

        stream = np.frombuffer(marks, np.uint8)
        if self.quoted or QUOTE in marks:
            quotes = stream == QUOTE
            inside = np.logical_xor.accumulate(quotes) ^ self.quoted
            if stream.size:
                self.quoted = bool(inside[-1])
            stream = stream[~inside & ~quotes]
        ends = np.flatnonzero(stream == NEWLINE)
        self.records += ends.size
        if self.regular:
            expected = np.arange(self.columns - 1 - self.phase, stream.size, self.columns)
            self.regular = np.array_equal(ends, expected)
            self.phase = (self.phase + stream.size) % self.columns


def survey(path: Path, *, separator: str | None) -> Survey:
    """Read `path` once. `separator` None means: the one its header uses, out of comma, semicolon, tab and bar.

    Raises InputError naming the line of the first NUL byte, wrong encoding, unclosed quote or line of wrong length.
    """
    name = shown_path(path)
    state = _Pass(name=name)
    digest = hashlib.sha256()
    spots: list[bytes] = []
    size = index = 0
    names: tuple[str, ...] = ()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if index == 0:
                names = _header(chunk, state, separator, end=len(chunk) < CHUNK)
                chunk = _without_mark(chunk)
            elif index % SPOTS_EVERY == 0 and not state.quoted:
                spots.append(_spot(chunk))
            state.check_text(chunk, last=False)
            state.lines += chunk.count(b"\n")
            body = state.pending + chunk
            kept = body.rstrip(b"\r\n")
            state.pending = body[len(kept) :]
            state.check_shape(kept.translate(None, state.drop))
            index += 1
    if not size:
        raise InputError("the file is empty", where=name, hint="export the table again")
    state.check_text(b"", last=True)
    blanks = state.pending.count(b"\n")
    if state.pending or not state.quoted:
        state.check_shape(b"\n")
    blank: tuple[int, ...] = ()
    if state.quoted or not state.regular:
        blank = _irregular(path, state)
    return Survey(
        path=path, name=name, sha256=digest.hexdigest(), size=size, rows=state.records - 1 - len(blank), names=names,
        separator=state.separator.decode(), blank=blank, trailing_blank=blanks > 1, spots=tuple(s for s in spots if s),
    )  # fmt: skip


def _without_mark(chunk: bytes) -> bytes:
    """Without a byte order mark and without the empty lines that may stand before the header."""
    return chunk.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")


def _header(chunk: bytes, state: _Pass, separator: str | None, *, end: bool) -> tuple[str, ...]:
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(
            "the text is UTF-16", where=state.name, expected="UTF-8",
            hint="save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8 old.csv > new.csv",
        )  # fmt: skip
    body = _without_mark(chunk)
    if not body.strip():
        raise InputError("the file is empty", where=state.name, hint="export the table again")
    if b"\r" in body and b"\n" not in body and end:
        raise InputError(
            "lines end with a lone carriage return", where=state.name, hint="save it with Unix or Windows line ends"
        )
    record = _first_record(body)
    state.check_text(record, last=False)
    state.decoder.reset()
    text = record.decode("utf-8", "replace")
    used = separator or max(",;\t|", key=lambda mark: (_outside(text, mark) > 0, mark == ",", _outside(text, mark)))
    state.separator = used.encode()
    try:
        names = tuple(next(csv.reader(io.StringIO(text), delimiter=used)))
    except (csv.Error, StopIteration):
        raise InputError("the header cannot be read", where=state.name, expected="column names",
                         hint="export the table again, with column names in its first line") from None  # fmt: skip
    state.columns = len(names)
    _unique(names, state.name)
    no_patterns(names, state.name)
    return names


def _first_record(body: bytes) -> bytes:
    at = -1
    while (at := body.find(b"\n", at + 1)) >= 0:
        if body.count(b'"', 0, at) % 2 == 0:
            return body[:at].rstrip(b"\r")
    return body.rstrip(b"\r")


def _outside(text: str, mark: str) -> int:
    return sum(part.count(mark) for part in text.split('"')[::2])


def _unique(names: tuple[str, ...], name: str) -> None:
    seen: set[str] = set()
    for column in names:
        if column in seen:
            what = f"two columns are named {shown(column)!r}" if column else "two columns have no name"
            raise InputError(what, where=name, expected="a name of its own for every column",
                             hint="rename one of them in the file")  # fmt: skip
        seen.add(column)


def _spot(chunk: bytes) -> bytes:
    """Some whole lines from the inside of a chunk that starts outside quotes; empty when quotes make that unsure."""
    piece = chunk[:SPOT]
    first, last = piece.find(b"\n"), piece.rfind(b"\n")
    return b"" if b'"' in piece or last <= first else piece[first + 1 : last + 1]


def _irregular(path: Path, state: _Pass) -> tuple[int, ...]:
    """Walk the lines to name the first bad one; the data-row numbers of the empty lines when none is bad."""
    blank: list[int] = []
    record = fields = quotes = 0
    start = 1
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not quotes % 2:
                start, fields, quotes = number, 0, 0
            plain = quotes % 2 == 0 and b'"' not in line
            if plain and not line.strip(b"\r\n"):
                if record:
                    blank.append(record - 1)
                    record += 1
                continue
            if plain:
                fields = line.count(state.separator)
            else:
                parts = line.split(b'"')
                fields += sum(p.count(state.separator) for p in parts[quotes % 2 :: 2])
                quotes += len(parts) - 1
                if quotes % 2:
                    continue
            if fields + 1 != state.columns:
                raise _ragged(state, start, fields + 1)
            record += 1
    if quotes % 2:
        raise InputError(
            f"a quote that opens in line {start} is never closed", where=state.name,
            hint='write a quote inside a field twice: "5"" pipe"',
        )  # fmt: skip
    # Empty lines at the very end were never counted as records.
    while blank and blank[-1] == record - 2:
        blank.pop()
        record -= 1
    return tuple(blank)


def _ragged(state: _Pass, line: int, fields: int) -> InputError:
    return InputError(
        f"line {line} has {fields} field{'s' if fields != 1 else ''}", where=state.name,
        expected=f"{state.columns}, as in the header",
        hint="put fields that hold the separator in double quotes, or export the table again",
    )  # fmt: skip
