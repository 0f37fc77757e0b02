"""Files cut into pieces of rows, so that many can be worked on at once where each can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from sterling.core.errors import InputError, shown_path
from sterling.core.frozen import dataclass
from sterling.sources.columnar import scan
from sterling.sources.content import Kind
from sterling.sources.paths import find_all
from sterling.sources.reading import reading

PIECE_ROWS = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Some consecutive rows of a Parquet or Arrow file."""

    path: str
    kind: Kind
    start: int
    rows: int

    def frames(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """These rows, with these columns."""
        with reading(shown_path(self.path)):
            rows = scan(Path(self.path), self.kind).select(columns).slice(self.start, self.rows).collect()
        yield rows


def pieces_of(texts: Sequence[str]) -> tuple[Piece, ...]:
    """The pieces of files, folders and globs. Raises InputError for files that are always read as a whole."""
    paths, kind, _ = find_all(texts)
    if kind not in ("parquet", "arrow"):
        raise InputError(
            "text files are read as a whole and cannot be shared out", where=shown_path(texts[0]),
            expected="Parquet or Arrow files", hint="write them as Parquet once, or leave --engine out",
        )  # fmt: skip
    out: list[Piece] = []
    for path in paths:
        height = int(scan(path, kind).select(pl.len()).collect().item())
        out += [Piece(str(path), kind, start, PIECE_ROWS) for start in range(0, height, PIECE_ROWS)]
    return tuple(out)
