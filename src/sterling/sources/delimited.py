"""CSV and TSV.

What counts as missing: an empty field, quoted or not. In a column whose every other value is a number, `NA`, `N/A`,
`NaN`, `null`, `None` and the like are missing too; in a column of text they are text, for NA may be Namibia. Empty
lines are skipped (in a file of one column they are missing values, those at the end apart). Dates stay text.

Types are settled over the whole file up to 256 MB; larger files are read lazily, their types settled on the head and on
samples from all over the file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sterling.core.errors import InputError, shown
from sterling.core.run import DataFile
from sterling.sources.reading import reading
from sterling.sources.survey import Survey, survey

if TYPE_CHECKING:
    import polars as pl

    Types = dict[str, pl.DataType]

EAGER_LIMIT = 256 << 20
"""Bytes, all files together, up to which text is read into memory at once rather than again at every pass."""
HEAD = 1 << 22
INFER_ROWS = 10_000
RETRIES = 4
MISSING = ("NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "Null", "None", "none", "#N/A", "<NA>")
_COLUMN = re.compile(r"could not parse .* as dtype `[a-z0-9]+` at column '([^\n]*)' \(column number (\d+)\)", re.DOTALL)


def open_delimited(
    paths: Sequence[Path], *, separator: str | None, eager_limit: int = EAGER_LIMIT
) -> tuple[pl.LazyFrame, tuple[DataFile, ...]]:
    """One lazy table over delimited text files with equal column names.

    Raises InputError naming the file and, where it can be known, line and column.
    """
    import polars as pl

    surveys = [survey(path, separator=separator) for path in paths]
    _same_names(surveys)
    if sum(s.size for s in surveys) <= eager_limit:
        frames = [_read(s) for s in surveys]
        types = _settle([dict(f.schema) for f in frames], [_all_missing(f) for f in frames])
        parts = [_as_types(f.lazy(), f.schema, types) for f in frames]
    else:
        parts = _scan_all(surveys)
    files = tuple(DataFile(name=s.path.name, sha256=s.sha256, rows=s.rows) for s in surveys)
    return (parts[0] if len(parts) == 1 else pl.concat(parts)), files


def _same_names(surveys: Sequence[Survey]) -> None:
    first = surveys[0]
    for other in surveys[1:]:
        odd = set(first.names) ^ set(other.names)
        if odd:
            column = sorted(odd)[0]
            holder, lacking = (first, other) if column in first.names else (other, first)
            raise InputError(
                "the files have different columns", where=lacking.name,
                expected=f"the columns of {shown(first.path.name)}" if lacking is other else "the same columns in all",
                got=f"{shown(column)!r} is in {shown(holder.path.name)} only", hint="give the files of one table",
            )  # fmt: skip


def _options(found: Survey) -> dict[str, Any]:
    return {"separator": found.separator, "null_values": [""], "glob": False}


def _read(found: Survey) -> pl.DataFrame:
    """The whole file as a typed frame."""
    with reading(found.name):
        frame = _typed(found.path, found)
        if found.blank or found.trailing_blank:
            frame = _without_blank(frame.lazy(), found).collect()
    return frame


def _typed(source: Path | bytes, found: Survey) -> pl.DataFrame:
    """Parse with types guessed from the head; a column whose guess fails later is read as text, then settled."""
    import polars as pl

    overrides: dict[str, Any] = {}
    options = {k: v for k, v in _options(found).items() if not (isinstance(source, bytes) and k == "glob")}
    frame: pl.DataFrame | None = None
    while frame is None:
        try:
            # A stream rather than a path for bytes: the reader takes both.
            given = io.BytesIO(source) if isinstance(source, bytes) else source
            frame = pl.read_csv(
                given, infer_schema_length=INFER_ROWS, schema_overrides=overrides,
                infer_schema=len(overrides) <= RETRIES, **options,
            )  # fmt: skip
        except pl.exceptions.ComputeError as error:
            match = _COLUMN.search(str(error))
            if match is None or len(overrides) > RETRIES or match[1] in overrides:
                raise
            overrides[match[1]] = pl.String
    return frame.with_columns([_settled(frame[name]) for name in frame.columns])


def _settled(column: pl.Series) -> pl.Series:
    """A text column of numbers and words for *missing* as numbers; NaN as missing; anything else as it is."""
    import polars as pl

    if column.dtype.is_float():
        return column.fill_nan(None)
    if column.dtype != pl.String:
        return column
    if not _numeric(column.drop_nulls().head(1000)):
        return column
    bare = column.set(column.is_in(MISSING), None)
    if bare.null_count() == len(bare):
        return column
    for kind in (pl.Int64, pl.Float64):
        cast = bare.cast(kind, strict=False)
        if cast.null_count() == bare.null_count():
            return cast
    return column


def _numeric(column: pl.Series) -> bool:
    import polars as pl

    rest = column.filter(~column.is_in(MISSING))
    return rest.cast(pl.Float64, strict=False).null_count() == 0


def _all_missing(frame: pl.DataFrame) -> set[str]:
    return {c.name for c in frame.iter_columns() if c.null_count() == len(c)}


def _settle(schemas: Sequence[Types], unknown: Sequence[set[str]]) -> Types:
    """One type per column for all files: numbers widen, numbers beside text become text."""
    import polars as pl

    settled: Types = {}
    for name, fallback in schemas[0].items():
        kinds = [s[name] for s, skip in zip(schemas, unknown, strict=True) if name not in skip] or [fallback]
        if all(k == kinds[0] for k in kinds):
            settled[name] = kinds[0]
        else:
            settled[name] = pl.Float64() if all(k.is_numeric() for k in kinds) else pl.String()
    return settled


def _as_types(table: pl.LazyFrame, has: Any, wanted: Types) -> pl.LazyFrame:
    import polars as pl

    if list(has) == list(wanted) and all(has[n] == t for n, t in wanted.items()):
        return table
    return table.select([pl.col(n) if has[n] == t else pl.col(n).cast(t) for n, t in wanted.items()])


def _without_blank(table: pl.LazyFrame, found: Survey) -> pl.LazyFrame:
    import polars as pl

    row = "\0row"
    if found.blank:
        table = table.with_row_index(row).filter(~pl.col(row).is_in(list(found.blank))).drop(row)
    return table.head(found.rows)


def _scan_all(surveys: Sequence[Survey]) -> list[pl.LazyFrame]:
    samples = []
    for found in surveys:
        with reading(found.name):
            samples.append(_typed(_sample(found), found))
    types = _settle([dict(s.schema) for s in samples], [_all_missing(s) for s in samples])
    words = {n for s in samples for n in s.columns if _has_words(s[n], types[n])}
    return [_scan(found, types, words) for found in surveys]


def _sample(found: Survey) -> bytes:
    """The head of the file up to its last sure line end, and whole lines from further in."""
    with found.path.open("rb") as file:
        head = file.read(HEAD)
    cut = head.rfind(b"\n")
    while cut > 0 and head.count(b'"', 0, cut) % 2:
        cut = head.rfind(b"\n", 0, cut)
    return head[: cut + 1] + b"".join(found.spots)


def _has_words(column: pl.Series, kind: pl.DataType) -> bool:
    """Whether missing values may be spelled out in this numeric column: then it is scanned as text and cast."""
    return kind.is_numeric() and column.null_count() > 0


def _scan(found: Survey, types: Types, words: set[str]) -> pl.LazyFrame:
    import polars as pl

    schema = {n: pl.String() if n in words else types[n] for n in found.names}
    with reading(found.name):
        table = pl.scan_csv(found.path, schema=schema, **_options(found))
    if found.blank or found.trailing_blank:
        table = _without_blank(table, found)
    bare = [
        pl.when(~pl.col(n).is_in(MISSING)).then(pl.col(n)).cast(types[n]).alias(n) if n in words else
        pl.col(n).fill_nan(None) if types[n].is_float() else pl.col(n)
        for n in types
    ]  # fmt: skip
    return table.select(bare)
