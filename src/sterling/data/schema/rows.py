"""The rows that break a promise: their numbers, and their values when somebody asks for them."""

from __future__ import annotations

from typing import Any

import polars as pl

from sterling.core.data.anomalies import Anomaly
from sterling.core.data.schema import Schema
from sterling.core.errors import shown
from sterling.core.frozen import dataclass
from sterling.core.predicate import columns_of
from sterling.data.schema.promises import RowPromise, readings, row_promises
from sterling.data.schema.types import read_as
from sterling.engine.table import TableAccess

MOST = 10
_ROW = "\0row"
_BY_VALUE = ("not_unique", "misspelt_values", "new_values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offending:
    """The first rows that break a promise, counted from 1 in the order of the table.

    `values`: what each holds in the columns concerned, by column; empty unless asked for.
    """

    anomaly: Anomaly
    rows: tuple[int, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...] = ()


def offending(
    schema: Schema, access: TableAccess, anomaly: Anomaly, *, most: int = MOST, with_values: bool = False
) -> Offending | None:
    """The rows behind an anomaly; None for one that no single row causes, or where rows lie elsewhere."""
    found = None if access.place is not None else _condition(schema, access, anomaly)
    if found is None:
        return None
    condition, columns = found
    read = {n: r.value for n, r in readings(schema, dict(access.schema)).items() if r.value is not None}
    numbered = access.table.with_row_index(_ROW, offset=1)
    if anomaly.rule is not None:  # a rule speaks of columns as they are read
        kept = [pl.col(c).alias(f"\0{c}") for c in columns]
        numbered = numbered.with_columns(*kept, *(read[c].alias(c) for c in columns))
    names = [f"\0{c}" if anomaly.rule is not None else c for c in columns]
    with access.guard(access.name):
        rows = numbered.filter(condition).select(_ROW, *(names if with_values else [])).head(most).collect()
    values = tuple(tuple(_shown(v) for v in row) for row in rows.drop(_ROW).iter_rows()) if with_values else ()
    return Offending(anomaly=anomaly, rows=tuple(rows[_ROW].to_list()), columns=columns, values=values)


def _shown(value: Any) -> str:
    return "" if value is None else shown(value if isinstance(value, str) else str(value))


def _condition(schema: Schema, access: TableAccess, anomaly: Anomaly) -> tuple[pl.Expr, tuple[str, ...]] | None:
    types = dict(access.schema)
    if anomaly.rule is not None:
        promise = _promise(schema, types, anomaly.rule, anomaly.kind)
        rule = next((r for r in schema.rules if r.name == anomaly.rule), None)
        return (promise.broken, columns_of(rule.holds)) if promise and rule else None
    column = schema.column(anomaly.column or "")
    if column is None or column.name not in types or anomaly.rows is None:
        return None
    if anomaly.kind == "not_unique":
        return pl.col(column.name).is_duplicated() & pl.col(column.name).is_not_null(), (column.name,)
    kind = "out_of_domain" if anomaly.kind in _BY_VALUE else anomaly.kind
    promise = _promise(schema, types, column.name, kind)
    foreign = read_as(column.name, types[column.name], column.type).foreign
    if promise is None or (foreign and kind != "missing_values"):
        return None
    return promise.broken, (column.name,)


def _promise(schema: Schema, types: dict[str, pl.DataType], name: str, kind: str) -> RowPromise | None:
    return next((p for p in row_promises(schema, types) if p.key == (name, kind)), None)
