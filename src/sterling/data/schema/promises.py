"""The promises that single rows keep or break, each as a condition on a row: counted and shown by the same words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from sterling.core.data.schema import Between, ColumnSchema, Range, Rule, Schema
from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.predicate import Beside, Join, Not, Predicate, columns_of, to_polars
from sterling.data.schema.ends import outside
from sterling.data.schema.types import Reading, kind_of, numbers_in, read_as
from sterling.data.statistics.wide import is_exact

NUMERIC, ZERO = "numeric", "zero"
"""Counts that no anomaly is named for; they are what several are judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPromise:
    """`broken` is true for a row that breaks it, and null or false for any other. `said`: rows it says anything of."""

    column: str | None
    kind: str
    broken: pl.Expr
    said: pl.Expr | None = None
    rule: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.rule or self.column or "", self.kind)


def readings(schema: Schema, types: Mapping[str, pl.DataType]) -> dict[str, Reading]:
    """Every promised column that is there, read as what it promises to be."""
    return {c.name: read_as(c.name, types[c.name], c.type) for c in schema.columns if c.name in types}


def row_promises(schema: Schema, types: Mapping[str, pl.DataType]) -> list[RowPromise]:
    """All of them, for a table with these columns. Rules are held against columns as they are read.

    Raises ConfigError for a rule that compares columns which have no order between them.
    """
    read = readings(schema, types)
    out: list[RowPromise] = []
    for column in schema.columns:
        if column.name in types:
            out += _of_column(column, types[column.name], read[column.name])
    return [*out, *(p for rule in schema.rules for p in _of_rule(rule, schema, types, read))]


def _of_column(column: ColumnSchema, dtype: pl.DataType, reading: Reading) -> Iterator[RowPromise]:
    def broken(kind: str, condition: pl.Expr) -> RowPromise:
        return RowPromise(column=column.name, kind=kind, broken=condition)

    raw = pl.col(column.name)
    missing = raw.is_null() | raw.is_nan() if dtype.is_float() else raw.is_null()
    yield broken("missing_values", missing)
    if reading.astray is not None:
        yield broken("type_mismatch", reading.astray)
    if dtype.is_float():
        yield broken("nan_values", raw.is_nan())
        yield broken("infinite_values", raw.is_infinite())
    value = reading.value
    if value is None or dtype == pl.Null:
        return
    if column.domain is not None and is_listed(dtype):
        yield broken("out_of_domain", outside_domain(value, column, dtype))
    if column.range is not None and not dtype.is_nested() and dtype not in (pl.Binary, pl.Object):
        yield broken("out_of_range", _outside(value, column.range, column, dtype))
    if column.length is not None and kind_of(dtype) == "text":
        yield broken("length_outside", _other_than(value.str.len_chars(), column.length))
    if column.valency is not None and kind_of(dtype) == "list":
        members = value.list.len() if isinstance(dtype, pl.List) else value.arr.len()
        yield broken("valency_outside", _other_than(members, column.valency))
    if column.pattern is not None and kind_of(dtype) == "text":
        yield broken("pattern_broken", ~value.str.contains(rf"\A(?:{column.pattern.regex})\z"))
    if column.limits.max_numeric_share is not None and kind_of(dtype) == "text":
        yield broken(NUMERIC, numbers_in(value).is_not_null())
    if column.limits.max_zero_share is not None and dtype.is_numeric():
        yield broken(ZERO, raw == 0)


def is_listed(dtype: pl.DataType) -> bool:
    """Whether values of this type can be in a list of known ones: those that have a text of their own."""
    return kind_of(dtype) in ("text", "integer", "number", "boolean", "date")


def outside_domain(value: pl.Expr, column: ColumnSchema, dtype: pl.DataType) -> pl.Expr:
    """Whether a value of a column of this type is none of those that are known."""
    assert column.domain is not None
    return ~as_text(value, column, dtype).is_in(list(column.domain.values))


def as_text(value: pl.Expr, column: ColumnSchema, dtype: pl.DataType) -> pl.Expr:
    """Values of a column of this type in the form that domains hold them in; whole numbers without a point."""
    if column.type == "integer" and not dtype.is_integer():
        value = value.cast(pl.Int128, strict=False)
    return value.cast(pl.String)


def _outside(value: pl.Expr, ends: Range, column: ColumnSchema, dtype: pl.DataType) -> pl.Expr:
    number = column.type in (None, "number", "integer")
    if column.type == "datetime":  # ends are written without a time zone, and mean the zone of the column
        value = value.dt.replace_time_zone(None)
    if number and is_exact(dtype):
        return outside(value, ends, dtype)
    value = value.cast(pl.Float64, strict=False).fill_nan(None) if number else value
    conditions = []
    if ends.min is not None:
        conditions.append(value < _end(ends.min, column))
    if ends.max is not None:
        conditions.append(value > _end(ends.max, column))
    return pl.any_horizontal(conditions) if conditions else pl.lit(False)


def _end(end: int | float | str, column: ColumnSchema) -> pl.Expr:
    match column.type:
        case "date":
            return pl.lit(dt.date.fromisoformat(str(end)))
        case "datetime":
            return pl.lit(dt.datetime.fromisoformat(str(end)).replace(tzinfo=None))
        case "time":
            return pl.lit(dt.time.fromisoformat(str(end)))
        case _:
            return pl.lit(float(end))


def _other_than(size: pl.Expr, ends: Between) -> pl.Expr:
    low = size < ends.min if ends.min is not None else pl.lit(False)
    return low | (size > ends.max) if ends.max is not None else low


def _of_rule(
    rule: Rule, schema: Schema, types: Mapping[str, pl.DataType], read: Mapping[str, Reading]
) -> Iterator[RowPromise]:
    """The rule, when the columns that it names are there and are what they promise to be."""
    named = columns_of(rule.holds)
    if any(c not in read or read[c].foreign for c in named):
        return
    _comparable(rule, schema, types)
    holds = to_polars(rule.holds, tuple(types), unknown=True)
    dates = isinstance(rule.holds, Beside) and all(_kind(c, schema, types) in ("date", "datetime") for c in named)
    kind = "date_order" if dates else "rule_broken"
    yield RowPromise(column=None, kind=kind, broken=~holds, said=holds.is_not_null(), rule=rule.name)


def _kind(name: str, schema: Schema, types: Mapping[str, pl.DataType]) -> str:
    column = schema.column(name)
    return (column.type if column is not None else None) or kind_of(types[name])


_ALIKE = {"integer": "number", "datetime": "date"}


def _comparable(rule: Rule, schema: Schema, types: Mapping[str, pl.DataType]) -> None:
    for pair in _pairs(rule.holds):
        kinds = [_kind(c, schema, types) for c in (pair.column, pair.other)]
        if len({_ALIKE.get(k, k) for k in kinds}) > 1:
            raise ConfigError(
                f"the rule {shown(rule.name)!r} compares columns of different types",
                where=f"{schema.origin}:{rule.line}",
                got=f"{shown(pair.column)} is {kinds[0]}, {shown(pair.other)} is {kinds[1]}",
                hint="a text beside a column stands in quotes: race = 'white'",
            )  # fmt: skip


def _pairs(predicate: Predicate) -> Sequence[Beside]:
    match predicate:
        case Beside():
            return [predicate]
        case Join():
            return [*_pairs(predicate.left), *_pairs(predicate.right)]
        case Not():
            return _pairs(predicate.inner)
        case _:
            return []
