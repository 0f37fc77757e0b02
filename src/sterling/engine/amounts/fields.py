"""Columns that hold several numbers a row, as columns of their own: `shap.age` of a struct, `shap[0]` of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace

import polars as pl

from sterling.core.errors import InputError, shown
from sterling.core.subject import Subject
from sterling.engine.survey import Guard


def with_fields(subject: Subject, patterns: Sequence[str], *, guard: Guard = nullcontext) -> Subject:
    """The subject with a column for each number that patterns such as `shap.*` or `shap[*]` look for.

    They stay lazy, so they stream. Raises InputError for lists that are not all as long.
    """
    with guard(subject.name):
        schema = subject.table.collect_schema()
        made: dict[str, pl.Expr] = {}
        for column, kind in schema.items():
            if any(p.startswith((f"{column}.", f"{column}[")) for p in patterns):
                made |= {name: part for name, part in _parts(subject, column, kind) if name not in schema}
        if not made:
            return subject
        table = subject.table.with_columns(part.alias(name) for name, part in made.items())
    return replace(subject, table=table, made=(*subject.made, *made))


def _parts(subject: Subject, column: str, kind: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    held = pl.col(column)
    if isinstance(kind, pl.Struct):
        yield from ((f"{column}.{field.name}", held.struct.field(field.name)) for field in kind.fields)
    elif isinstance(kind, pl.Array):
        yield from ((f"{column}[{i}]", held.arr.get(i)) for i in range(kind.size))
    elif isinstance(kind, pl.List):
        size = held.list.len()
        least, most = subject.table.select(size.min().alias("a"), size.max().alias("b")).collect().row(0)
        if least != most:
            raise InputError(
                f"the lists in column {shown(column)!r} have {least:,} to {most:,} entries", where=subject.name,
                expected="as many in every row, one for each feature", hint="write a struct, or a column for each",
            )  # fmt: skip
        yield from ((f"{column}[{i}]", held.list.get(i, null_on_oob=True)) for i in range(most or 0))
