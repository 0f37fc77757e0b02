"""Features beside the group columns: numbers in bands of about equally many rows, texts by their common values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from sterling.core.errors import ConfigError, shown
from sterling.core.grouping import Parts, write_grouping
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.data.people.looking import FEW
from sterling.data.people.tally import ROWS, tally
from sterling.engine.grouping import with_groups
from sterling.engine.table import TableAccess

MOST_VALUES = 50
RARE = "(rare)"


def with_bands(
    access: TableAccess, features: Sequence[str], *, taken: Sequence[str], bins: int, where: str
) -> tuple[TableAccess, tuple[str, ...]]:
    """The table with a group column for each feature, and their names. Values of fewer than ten rows become one.

    Raises ConfigError for a column that does not exist, has another role, or has too many values or none to compare.
    """
    if not features:
        return access, ()
    access.known(features, where=where)
    plain = {access.roles.label, access.roles.id, access.roles.weight}
    names: list[str] = []
    for name in dict.fromkeys(f for f in features if f not in taken):
        kind = access.schema[name]
        if name in plain - {access.roles.label} or kind.is_nested() or kind in (pl.Binary, pl.Object):
            raise ConfigError(
                f"{shown(name)!r} cannot be looked at in combination", where=where,
                expected="a column of numbers, truth values or text without another role",
            )  # fmt: skip
        if kind.is_numeric() and _distinct(access, name, bins) > bins:
            names.append(write_grouping(Parts(kind="quantiles", column=name, count=bins)))
        else:
            access = _common(access, name, where=where)
            names.append(name)
    subject = Subject(table=access.table, roles=Roles(groups=tuple(names)), place=access.place, name=access.name)
    made = with_groups(subject, guard=access.guard)
    return replace(access, table=made.table, _held=[]), tuple(names)


def _distinct(access: TableAccess, column: str, most: int) -> int:
    """How many values a column has, as far as that matters: one more than `most` at most."""
    values = access.fold(partial(_values, column=column, most=most), partial(_both, most=most), [column])
    return len(values)


def _values(frame: pl.DataFrame, *, column: str, most: int) -> pl.Series:
    return frame[column].drop_nulls().unique().sort().head(most + 1)


def _both(a: pl.Series, b: pl.Series, *, most: int) -> pl.Series:
    return pl.concat([a, b]).unique().sort().head(most + 1)


def _common(access: TableAccess, column: str, *, where: str) -> TableAccess:
    counts = tally(access, (column,)).groups((column,))
    if len(counts.slices) > MOST_VALUES:
        raise ConfigError(
            f"{shown(column)!r} has {len(counts.slices):,} values", where=where, expected=f"at most {MOST_VALUES}",
            hint="name a coarser column, or make ranges of it: cut(age, 25, 40, 65)",
        )  # fmt: skip
    rare = [s.items[0][1] for s, n in zip(counts.slices, counts.n[ROWS], strict=True) if n < FEW]
    known = [v for v in rare if v is not None]
    if not known or access.schema[column] not in (pl.String, pl.Categorical, pl.Enum):
        return access
    text = pl.col(column).cast(pl.String)
    pooled = pl.when(text.is_in(known)).then(pl.lit(RARE)).otherwise(text).alias(column)
    return replace(access, table=access.table.with_columns(pooled), _held=[])
