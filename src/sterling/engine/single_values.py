"""Columns that hold one value in each row: lists make no groups, name no row and are not compared with a value."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from sterling.core.errors import InputError, near_miss, shown
from sterling.core.predicate import Predicate, columns_compared, columns_of
from sterling.core.roles import LISTED, WRITTEN, Roles

_COUNT = "a list's length is one number: --sql 'select *, len(\"{}\") as how_many from …'"
_FIELD = "compare a field of it: --sql 'select *, \"{}\".age as age from …'"
_NAME = "name a column with one text or number for each row"


def is_list(kind: pl.DataType) -> bool:
    return isinstance(kind, pl.List | pl.Array)


def roles_of_single_values(roles: Roles, schema: pl.Schema, name: str) -> None:
    """Raises InputError for a column of lists in a role that needs one value of each row.

    Labels and predictions of some tasks are lists; weights have a check of their own.
    """
    several = roles.label if roles.task in WRITTEN and not _boxes(schema.get(roles.label or "")) else None
    outputs = (roles.label, *roles.label_members, *(m.column for m in roles.models if m.kind == "prediction"))
    if roles.task not in LISTED:  # of a text there may be several references
        _refuse("column", (c for c in outputs if c != several), schema, name)
    groups_of_single_values(roles.groups, schema, name)
    for role, column in (("id", roles.id), ("cluster", roles.cluster), ("query", roles.query)):
        _refuse(f"{role} column", (column,), schema, name, hint=_NAME)


def groups_of_single_values(groups: Iterable[str], schema: pl.Schema, name: str) -> None:
    """Raises InputError for a group column of lists."""
    _refuse("group column", groups, schema, name, hint=_COUNT)


def _refuse(what: str, columns: Iterable[str | None], schema: pl.Schema, name: str, *, hint: str = "") -> None:
    column = next((c for c in columns if c is not None and c in schema and is_list(schema[c])), None)
    if column is None:
        return
    raise InputError(
        f"the {what} {shown(column)!r} holds lists, not single values", where=name, expected="one value in every row",
        hint=hint.format(shown(column)) or _other_task(schema[column]),
    )  # fmt: skip


def _other_task(kind: pl.DataType) -> str:
    if _boxes(kind):
        return "a model that finds boxes in images is of --task detection"
    return "a model that gives each row a set of items is of --task sets"


def _boxes(kind: pl.DataType | None) -> bool:
    return isinstance(getattr(kind, "inner", None), pl.Struct)


def check_condition(condition: Predicate, schema: pl.Schema, *, who: str, where: str) -> None:
    """Raises InputError where a condition reads a column that is not there, or compares lists or structs."""
    for column in columns_of(condition):
        if column not in schema:
            raise InputError(
                f"{who} reads {shown(column)!r}, which is not a column", where=where,
                hint=near_miss(column, schema.names()),
            )  # fmt: skip
    for column in columns_compared(condition):
        if schema[column].is_nested():
            kind, hint = ("lists", _COUNT) if is_list(schema[column]) else ("structs", _FIELD)
            raise InputError(
                f"{who} compares {shown(column)!r}, which holds {kind}", where=where,
                expected="a column with one value in every row", hint=hint.format(shown(column)),
            )  # fmt: skip
