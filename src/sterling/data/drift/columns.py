"""Which columns of two tables are compared, and how: by what their values are, not by how they are stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.grouping import made_from
from sterling.engine.table import TableAccess

How = Literal["number", "category", "length", "presence", "changed"]
"""Numbers and dates by order, categories by shares, lists and bytes by length, anything else by whether it is there."""
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A column of both tables. `unit` is what differences of its numbers are in; `text`: its lengths count as well.

    `origin`: what its numbers are counted from (`origins.py`).
    """

    name: str
    how: How
    unit: str = ""
    text: bool = False
    note: str = ""
    origin: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is compared, and what is not."""

    columns: tuple[Compared, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    left_out: tuple[str, ...]


def plan_of(here: TableAccess, there: TableAccess, wanted: tuple[str, ...] = ()) -> Plan:
    """Every column of both tables but ids, weights and what other columns make; only the wanted ones if any are named.

    Raises ConfigError for a wanted column that neither table has.
    """
    mine, theirs = here.schema, there.schema
    missing = [c for c in wanted if c not in mine and c not in theirs]
    if missing:
        here.known(missing, where="columns")
    known = list(dict.fromkeys([*mine.names(), *theirs.names()]))
    aside = {*_aside(here), *_aside(there)} - set(wanted)
    asked = [c for c in known if (c in wanted if wanted else c not in aside)]
    both = [c for c in asked if c in mine and c in theirs]
    return Plan(
        columns=tuple(_compared(c, mine[c], theirs[c]) for c in both),
        only_here=tuple(c for c in asked if c not in theirs),
        only_there=tuple(c for c in asked if c not in mine),
        left_out=() if wanted else tuple(c for c in known if c in aside),
    )


def _aside(access: TableAccess) -> tuple[str, ...]:
    roles = access.roles
    made = [g for g in roles.groups if made_from(g) is not None] + [s.name for s in roles.slices]
    return tuple(c for c in (roles.id, roles.weight, *made) if c is not None)


def _compared(name: str, mine: pl.DataType, theirs: pl.DataType) -> Compared:
    (a, unit_a), (b, unit_b) = _kind(mine), _kind(theirs)
    if "presence" in (a, b) and (a == b or pl.Null in (mine, theirs)):
        return Compared(name=name, how="presence", note="" if a == b else "no value in one of the tables")
    if (a, unit_a) != (b, unit_b):
        return Compared(name=name, how="changed", note=f"{_word(mine)} here, {_word(theirs)} in the other table")
    odd = a == "number" and mine.is_integer() != theirs.is_integer()
    note = "whole numbers in one table, others in the other" if odd else ""
    return Compared(name=name, how=a, unit=unit_a, text=mine == pl.String and theirs == pl.String, note=note)


def _kind(dtype: pl.DataType) -> tuple[How, str]:
    if dtype.is_numeric():
        return "number", ""
    if dtype in (pl.Date, pl.Datetime):
        return "number", "days"
    if dtype in (pl.Time, pl.Duration):
        return "number", "hours"
    if dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum):
        return "category", "truth" if dtype == pl.Boolean else ""
    if dtype in (pl.List, pl.Array, pl.Binary):
        return "length", ""
    return "presence", ""


def _word(dtype: pl.DataType) -> str:
    words = {pl.Boolean: "yes or no", pl.String: "text", pl.Categorical: "text", pl.Enum: "text", pl.Null: "nothing"}
    kind, unit = _kind(dtype)
    if kind == "number":
        return {"": "a number", "days": "a date", "hours": "a time"}[unit]
    found = next((word for t, word in words.items() if dtype == t), None)
    return found or {"length": "a list or bytes"}.get(kind, "another type")


def numbers(column: Compared, dtype: pl.DataType) -> pl.Expr:
    """The values as Float64 in the column's unit, from its origin on; NaN counts as missing. Lists and bytes give their
    lengths.
    """
    values = pl.col(column.name)
    if dtype == pl.Date:
        return values.to_physical().cast(pl.Float64)
    if dtype == pl.Datetime:
        return values.dt.cast_time_unit("us").to_physical().cast(pl.Float64) / _DAY
    if dtype == pl.Duration:
        return values.dt.cast_time_unit("us").to_physical().cast(pl.Float64) / (_DAY / 24)
    if dtype == pl.Time:
        return values.to_physical().cast(pl.Float64) / (_DAY / 24 * 1000)
    if dtype == pl.Binary:
        return values.bin.size().cast(pl.Float64)
    if dtype == pl.List:
        return values.list.len().cast(pl.Float64)
    if dtype == pl.Array:
        return values.arr.len().cast(pl.Float64)
    if column.origin:
        origin = column.origin if isinstance(dtype, pl.Decimal) else int(column.origin)
        values = values - pl.lit(origin, dtype=dtype)
    number = values.cast(pl.Float64)
    return number.fill_nan(None) if dtype.is_float() else number


def categories(column: Compared, dtype: pl.DataType) -> pl.Expr:
    """The values as texts."""
    values = pl.col(column.name)
    return values if dtype == pl.String else values.cast(pl.String)


def known(column: Compared, dtype: pl.DataType) -> pl.Expr:
    """Whether there is a value; NaN is none."""
    values = pl.col(column.name)
    return values.is_not_null() & values.is_not_nan() if dtype.is_float() else values.is_not_null()
