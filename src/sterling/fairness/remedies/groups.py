"""Groups of rows as remedies see them: one code per combination of values, missing being a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.roles import Roles
from sterling.core.slices import Slice, group_order, group_text


class Coded(NamedTuple):
    """`code` per row, shape (rows,), from 0; -1 for a combination that is not among `slices`."""

    code: NDArray[np.int64]
    slices: tuple[Slice, ...]


def groups_asked(roles: Roles, by: tuple[str, ...] | None, frame: pl.DataFrame, *, where: str) -> tuple[str, ...]:
    """The group columns named, or those of the roles. Raises ConfigError when there are none, or one is not there."""
    groups = by if by is not None else roles.groups
    if not groups:
        raise ConfigError("no group column is named", where=where, expected="at least one", hint='by = ["race"]')
    for column in groups:
        if column not in frame.columns:
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=where, hint=near_miss(column, frame.columns)
            )  # fmt: skip
    return groups


def coded(frame: pl.DataFrame, groups: Sequence[str], known: tuple[Slice, ...] | None = None) -> Coded:
    """The crossed groups of each row; with `known`, in those places."""
    texts = frame.select(_as_text(frame[g]) for g in groups)
    distinct = texts.unique()
    slices = known
    if slices is None:
        found = [Slice(tuple(zip(groups, row, strict=True))) for row in distinct.rows()]
        slices = tuple(sorted(found, key=lambda s: [group_order(v) for _, v in s.items]))
    place = {s: i for i, s in enumerate(slices)}
    codes = [place.get(Slice(tuple(zip(groups, row, strict=True))), -1) for row in distinct.rows()]
    table = distinct.with_columns(pl.Series("\0code", codes, dtype=pl.Int64))
    joined = texts.join(table, on=list(groups), how="left", nulls_equal=True, maintain_order="left")
    return Coded(joined["\0code"].to_numpy().astype(np.int64), slices)


def _as_text(values: pl.Series) -> pl.Series:
    distinct = values.unique()
    written = pl.Series([group_text(v) for v in distinct.to_list()], dtype=pl.String)
    return values.replace_strict(distinct, written, return_dtype=pl.String).alias(values.name)


def numbers_asked(
    frame: pl.DataFrame, columns: tuple[str, ...] | None, taken: Sequence[str | None], *, where: str
) -> tuple[str, ...]:  # fmt: skip
    """The columns of numbers named, or all that have no role and more than two values.

    Raises ConfigError for one that is not there or holds no numbers, InputError for infinite ones.
    """
    asked = columns
    if asked is None:
        free = [c for c, d in frame.schema.items() if d.is_numeric() and c not in taken]
        asked = tuple(c for c in free if frame[c].drop_nulls().n_unique() > 2)
    for column in asked:
        if column not in frame.columns:
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=where, hint=near_miss(column, frame.columns)
            )  # fmt: skip
        if not frame.schema[column].is_numeric() or column in taken:
            raise ConfigError(f"{shown(column)!r} has a role or holds no numbers", where=where,
                              got=str(frame.schema[column]),
                              hint="name columns of numbers that are not label, id, weight or group")  # fmt: skip
        if frame.schema[column].is_float() and frame[column].is_infinite().any():
            raise InputError(
                f"{shown(column)!r} holds infinite values",
                where=where,
                expected="finite, or missing",
                hint="make them missing first, or leave the column out",
            )
    if not asked:
        raise ConfigError("there is no column of numbers to change", where=where, hint='columns = ["income"]')
    return asked


def as_floats(values: pl.Series) -> NDArray[np.float64]:
    """Numbers with NaN for missing."""
    return values.cast(pl.Float64).to_numpy().astype(np.float64)
