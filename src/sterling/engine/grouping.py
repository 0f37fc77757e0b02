"""Columns made from others: ranges of numbers and days, and slices with a condition. They stay lazy, so they stream."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.grouping import (
    Cut,
    Grouping,
    Parts,
    call_hint,
    edge_value,
    made_from,
    parse_grouping,
    range_words,
)
from sterling.core.named_slices import NO, YES, NamedSlice, columns_behind
from sterling.core.predicate import to_polars
from sterling.core.subject import Subject
from sterling.engine.single_values import check_condition, groups_of_single_values
from sterling.engine.survey import Guard, streams

ANY = "any value"
"""The one group of a column whose values are all equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A new column, and what to know of it."""

    column: pl.Expr
    notices: tuple[str, ...] = ()


def with_groups(subject: Subject, *, guard: Guard = nullcontext) -> Subject:
    """The subject with a column for each of its groups that the table lacks and that others make.

    A column that is there already is taken as it is. Quantiles and equal bins look at the column a few times; its
    rows may be in any order. Raises ConfigError for what cannot be understood, InputError for a column that is
    missing or holds no numbers.
    """
    with guard(subject.name):
        slices = {s.name: s for s in subject.roles.slices}
        wanted = [g for g in subject.roles.groups if g not in subject.made]
        schema = subject.table.collect_schema()
        groups_of_single_values(wanted, schema, subject.name)
        ranges = [g for g in wanted if g not in slices and g not in schema]
        looked_at = any(isinstance(made_from(g), Parts) for g in ranges)
        rows = _rows(subject, columns_behind(ranges)) if looked_at else subject.table
        ranged = _with(subject, {g: _ranges(rows, g, schema, subject.name) for g in ranges})
        schema = ranged.table.collect_schema()  # conditions may speak of ranges
        return _with(ranged, {g: _condition(slices[g], schema, subject.name) for g in wanted if g in slices})


def _rows(subject: Subject, columns: Sequence[str]) -> pl.LazyFrame:
    """The rows to look at a few times: held, where reading them again would be parsing them again."""
    if subject.place is not None or streams(subject.table):
        return subject.table
    known = subject.table.collect_schema()
    return subject.table.select(c for c in columns if c in known).collect().lazy()


def _with(subject: Subject, made: dict[str, _Made]) -> Subject:
    if not made:
        return subject
    return replace(
        subject,
        table=subject.table.with_columns(m.column.alias(name) for name, m in made.items()),
        made=(*subject.made, *made),
        notices=(*subject.notices, *(n for m in made.values() for n in m.notices)),
    )


def _condition(slice_: NamedSlice, schema: pl.Schema, where: str) -> _Made:
    if slice_.name in schema:
        raise ConfigError(
            f"the slice {shown(slice_.name)!r} has the name of a column", where=where, hint="give it another name"
        )
    check_condition(slice_.condition, schema, who=f"the slice {shown(slice_.name)!r}", where=where)
    holds = to_polars(slice_.condition, tuple(schema.names()), unknown=True)
    words = pl.Enum([NO, YES])
    unknown = pl.when(holds.is_null()).then(pl.lit(None, words))
    return _Made(column=unknown.when(holds).then(pl.lit(YES, words)).otherwise(pl.lit(NO, words)))


def _ranges(table: pl.LazyFrame, name: str, schema: pl.Schema, where: str) -> _Made:
    grouping = parse_grouping(name)
    if grouping is None:
        raise InputError(f"there is no column {shown(name)!r}", where=where, hint=call_hint(name, schema.names()))
    if grouping.column not in schema:
        raise InputError(
            f"{shown(name)} needs a column {shown(grouping.column)!r}, which is not there", where=where,
            hint=near_miss(grouping.column, schema.names()),
        )  # fmt: skip
    if isinstance(grouping, Cut) and grouping.dates:
        return _Made(column=_days(table, grouping, name, schema[grouping.column], where))
    numbers, dtype = _numbers(grouping, name, schema[grouping.column], where)
    if isinstance(grouping, Cut):
        return _Made(column=_labelled(numbers, dtype, grouping.edges, short=schema[grouping.column] == pl.Float32))
    return _parts(table, grouping, name, numbers, dtype)


def _numbers(grouping: Grouping, name: str, dtype: pl.DataType, where: str) -> tuple[pl.Expr, pl.DataType]:
    """The column as whole numbers of its own type or as Float64; NaN is missing."""
    column = pl.col(grouping.column)
    if dtype.is_integer() and dtype not in (pl.Int128, pl.UInt128):
        return column, dtype
    if dtype.is_numeric() or dtype == pl.Null:
        return column.cast(pl.Float64).fill_nan(None), pl.Float64()
    kind = "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else f"values of type {dtype}"
    temporal = dtype.is_temporal() and isinstance(grouping, Cut)
    raise InputError(
        f"{shown(name)}: the column {shown(grouping.column)!r} holds {kind}, not numbers", where=where,
        expected="a column of numbers",
        hint="write days in quotes: cut(day, '2026-01-31')" if temporal else "name the column itself as a group column",
    )  # fmt: skip


def _labelled(numbers: pl.Expr, dtype: pl.DataType, edges: Sequence[str], *, short: bool = False) -> pl.Expr:
    """The name of the range of each number, as a dictionary column whose words are in order.

    `short`: the numbers were stored in 32 bits, so that 0.7 is what 0.7 is in 32 bits.
    """
    words = range_words(tuple(edges))
    if not dtype.is_integer():
        near = np.float32 if short else float
        return _worded(numbers, [float(near(e)) for e in edges], words, dtype)
    low, high = _limits(dtype)
    whole = [math.ceil(Decimal(e)) for e in edges]  # a whole number reaches 24.5 when it reaches 25
    first, last = sum(e <= low for e in whole), sum(e <= high for e in whole)  # of those in between the type knows
    return _worded(numbers, whole[first:last], words[first : last + 1], dtype, all_words=words)


def _worded(
    values: pl.Expr, edges: Sequence[object], words: Sequence[str], dtype: pl.DataType, *,
    all_words: Sequence[str] | None = None,
) -> pl.Expr:  # fmt: skip
    """The word for the range between two edges, of which there is one more than edges; null where the value is."""
    dictionary = pl.Enum(all_words or words)
    chain: pl.expr.whenthen.Then | pl.expr.whenthen.ChainedThen = pl.when(values.is_null()).then(
        pl.lit(None, dictionary)
    )
    for edge, word in zip(edges, words[:-1], strict=True):
        chain = chain.when(values < pl.lit(edge, dtype)).then(pl.lit(word, dictionary))
    return chain.otherwise(pl.lit(words[-1], dictionary))


def _limits(dtype: pl.DataType) -> tuple[int, int]:
    ends = pl.select(low=dtype.min(), high=dtype.max()).row(0)  # type: ignore[attr-defined]
    return int(ends[0]), int(ends[1])


def _parts(table: pl.LazyFrame, parts: Parts, name: str, numbers: pl.Expr, dtype: pl.DataType) -> _Made:
    from sterling.engine.edges import Spread, edges_of  # few runs divide a column

    finite = numbers if dtype.is_integer() else pl.when(numbers.is_finite()).then(numbers)
    facts: tuple[Any, ...] = table.select(
        finite.count().alias("n"), finite.min().alias("low"), finite.max().alias("high")
    ).collect().row(0)  # fmt: skip
    spread = Spread(n=int(facts[0]), low=facts[1], high=facts[2])
    edges, filled = edges_of(table, finite, dtype, parts, spread)
    if not edges:
        same = "most rows share the least value" if spread.low != spread.high else "every recorded number is the same"
        same = same if spread.n else "no row has a number"
        return _Made(column=_worded(numbers, [], [ANY], dtype), notices=(f"{name} divides nobody: {same}",))
    why = "many rows share a value" if parts.kind == "quantiles" else "the others have no rows"
    told = (f"{name} has {filled} groups, not {parts.count}: {why}",) if filled < parts.count else ()
    return _Made(column=_labelled(numbers, dtype, edges), notices=told)


def _days(table: pl.LazyFrame, cut: Cut, name: str, dtype: pl.DataType, where: str) -> pl.Expr:
    """Ranges of days. Moments count by their own clock; text must be days as in 2026-01-31."""
    column = pl.col(cut.column)
    if dtype == pl.String:
        day = column.str.to_date("%Y-%m-%d", strict=False)
        lost = int(table.select((column.is_not_null() & day.is_null()).sum()).collect().item())
        if lost:
            raise InputError(
                f"{shown(name)}: {lost:,} texts in {shown(cut.column)!r} are no days", where=where,
                expected="days as in 2026-01-31 in every row that has one",
                hint="write the days in this order, or leave odd ones empty",
            )  # fmt: skip
    elif dtype == pl.Date or isinstance(dtype, pl.Datetime):
        day = column.cast(pl.Date) if dtype == pl.Date else column.dt.date()
    else:
        raise InputError(
            f"{shown(name)}: the column {shown(cut.column)!r} holds values of type {dtype}, not days", where=where,
            expected="a column of days or moments", hint="write numbers without quotes: cut(age, 25, 40)",
        )  # fmt: skip
    edges = [edge_value(e, dates=True) for e in cut.edges]
    return _worded(day, edges, range_words(cut.edges, dates=True), pl.Date())
