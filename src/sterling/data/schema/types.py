"""What the values of a column are, and how to read them as what a schema says they are."""

from __future__ import annotations

import polars as pl

from sterling.core.data.profile import ColumnKind
from sterling.core.frozen import dataclass

_NESTED = ("image", "other")
_MOMENTS = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")


def kind_of(dtype: pl.DataType) -> ColumnKind:
    """The kind of values that a column of this type holds."""
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return "text"
    if dtype == pl.Date:
        return "date"
    if dtype == pl.Datetime:
        return "datetime"
    if dtype == pl.Time:
        return "time"
    return "list" if isinstance(dtype, pl.List | pl.Array) else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A column read as its promised type.

    `value` None: it is of another type altogether. `astray`: true for values that cannot be read so; None where all
    can. `told`: the kind of anomaly when all values can be read, but only after a detour.
    """

    value: pl.Expr | None
    astray: pl.Expr | None = None
    told: str | None = None

    @property
    def foreign(self) -> bool:
        return self.value is None


def read_as(column: str, dtype: pl.DataType, promised: ColumnKind | None) -> Reading:
    """How to read a column of this type as what the schema promises."""
    raw, found = pl.col(column), kind_of(dtype)
    if found == "text":
        raw = raw.cast(pl.String)
    if dtype == pl.Null or promised is None or promised in _NESTED or promised == found:
        return Reading(value=raw)
    match (promised, found):
        case ("number", "integer") | ("datetime", "date"):
            return Reading(value=raw.cast(pl.Datetime("us")) if promised == "datetime" else raw)
        case ("integer", "number") if isinstance(dtype, pl.Decimal):
            return Reading(value=raw, astray=raw != raw.floor(), told="integer_as_float")
        case ("integer", "number"):
            # Comparing NaN with anything tells nothing of whether it was a whole number.
            number = raw.cast(pl.Float64)
            return Reading(
                value=number, astray=number.is_finite() & (number != number.floor()), told="integer_as_float"
            )
        case ("number" | "integer", "text"):
            value = numbers_in(raw)
            astray = raw.is_not_null() & value.is_null()
            if promised == "integer":
                astray = astray | (value.is_finite() & (value != value.floor()))
            return Reading(value=value, astray=astray, told="numbers_as_text")
        case ("date" | "datetime" | "time", "text"):
            value = _moments_in(raw, promised)
            return Reading(value=value, astray=raw.is_not_null() & value.is_null(), told="dates_as_text")
        case _:
            return Reading(value=None)


def numbers_in(text: pl.Expr) -> pl.Expr:
    """The numbers that texts hold; null for any other text."""
    return text.str.strip_chars().cast(pl.Float64, strict=False)


def _moments_in(text: pl.Expr, promised: str) -> pl.Expr:
    if promised == "date":
        return text.str.to_date("%Y-%m-%d", strict=False)
    if promised == "time":
        return text.str.to_time("%H:%M:%S%.f", strict=False)
    return pl.coalesce(text.str.to_datetime(f, strict=False, time_unit="us") for f in _MOMENTS)
