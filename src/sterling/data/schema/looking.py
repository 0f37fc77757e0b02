"""What inference needs to know of a table, in one pass: a mergeable summary that nobody but inference sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

import polars as pl

from sterling.core.data.profile import ColumnKind
from sterling.core.frozen import dataclass
from sterling.data.schema.counting import LONG, Values, added, fewest, values_of
from sterling.data.schema.types import kind_of, numbers_in
from sterling.data.statistics.wide import is_exact
from sterling.engine.table import TableAccess

T = TypeVar("T", float, int, dt.date)
Ends = tuple[T | None, T | None]
_FIRST, _LAST = -719_162, 2_932_896
"""Days from 1970 to the first and the last that Python's calendar has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedColumn:
    """One column. The ends are a row's own values: what is written down is rounded away from them."""

    kind: ColumnKind
    n: int
    missing: int
    nan: int = 0
    infinite: int = 0
    numeric: int = 0
    numbers: tuple[Any, Any] = (None, None)
    """Floats; of whole numbers int, of decimals Decimal: none is rounded."""
    days: Ends[dt.date] = (None, None)
    sizes: Ends[int] = (None, None)
    frequent: Mapping[str, int] | None = None
    """Values of texts and whole numbers with their rows, at most `counting.MOST_NEW` of them."""
    values: Values | None = None
    """All values by their hashes, of columns that may be unique."""

    def merged(self, other: LookedColumn) -> LookedColumn:
        both = self.frequent is not None and other.frequent is not None
        return LookedColumn(
            kind=self.kind, n=self.n + other.n, missing=self.missing + other.missing, nan=self.nan + other.nan,
            infinite=self.infinite + other.infinite, numeric=self.numeric + other.numeric,
            numbers=_wider(self.numbers, other.numbers), days=_wider(self.days, other.days),
            sizes=_wider(self.sizes, other.sizes),
            frequent=fewest(added(self.frequent or {}, other.frequent or {})) if both else None,
            values=self.values.merged(other.values) if self.values and other.values else None,
        )  # fmt: skip


Looked = Mapping[str, LookedColumn]


def look(access: TableAccess, *, unique: tuple[str, ...] = ()) -> Looked:
    """One pass over all columns; of those in `unique` all values are told apart."""
    return access.fold(_Job(unique), _merge)


def _merge(a: Looked, b: Looked) -> Looked:
    return {name: column.merged(b[name]) for name, column in a.items()}


@dataclass(frozen=True, slots=True)
class _Job:
    unique: tuple[str, ...]

    def __call__(self, frame: pl.DataFrame) -> Looked:
        return {name: _look(frame[name], whole=name in self.unique) for name in frame.columns}


def _look(column: pl.Series, *, whole: bool) -> LookedColumn:
    kind = kind_of(column.dtype)
    if kind == "text":
        column = column.cast(pl.String)
    is_float = column.dtype.is_float()
    nan = int(column.is_nan().sum()) if is_float else 0
    held = column.drop_nulls()
    finite = held.filter(held.is_finite()) if is_float else held
    text, listed = kind == "text", kind == "list"
    return LookedColumn(
        kind=kind, n=len(column), missing=column.null_count() + nan, nan=nan,
        infinite=int(column.is_infinite().sum()) if is_float else 0,
        numeric=int(_each(held, numbers_in(pl.col("x")).is_not_null()).sum()) if text and len(held) else 0,
        numbers=_numbers(finite) if column.dtype.is_numeric() else (None, None),
        days=_days(held) if kind in ("date", "datetime") else (None, None),
        sizes=_ends(_each(held, pl.col("x").str.len_chars())) if text
        else _ends(held.list.len() if isinstance(held.dtype, pl.List) else held.arr.to_list().list.len()) if listed
        else (None, None),
        frequent=_frequent(held) if kind in ("text", "integer", "boolean") else None,
        values=values_of(held, most=None) if whole and kind in ("text", "integer") else None,
    )  # fmt: skip


def _each(column: pl.Series, expression: pl.Expr) -> pl.Series:
    return column.alias("x").to_frame().select(expression).to_series()


def _frequent(column: pl.Series) -> dict[str, int]:
    counted = column.alias("x").value_counts(name="rows")
    text = pl.col("x").cast(pl.String)
    short = pl.when(text.str.len_chars() <= LONG).then(text).otherwise(pl.lit("\0") + text.hash().cast(pl.String))
    counted = counted.select(short.alias("x"), "rows")
    return fewest(dict(zip(counted["x"].to_list(), counted["rows"].to_list(), strict=True)))


def _ends(column: pl.Series) -> Any:
    return column.min(), column.max()


def _numbers(column: pl.Series) -> Any:
    return _ends(column if is_exact(column.dtype) else column.cast(pl.Float64))


def _days(column: pl.Series) -> Any:
    """The first and the last day; the ends of Python's calendar for days beyond them, which files can hold."""
    return _ends(column.cast(pl.Date, strict=False).to_physical().clip(_FIRST, _LAST).cast(pl.Date))


def _wider(a: Ends[T], b: Ends[T]) -> Ends[T]:
    lows, highs = [x for x in (a[0], b[0]) if x is not None], [x for x in (a[1], b[1]) if x is not None]
    return (min(lows) if lows else None, max(highs) if highs else None)
