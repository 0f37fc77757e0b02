"""Reads which columns stand together as quasi-identifiers, and which are sensitive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from sterling.core.errors import ConfigError, shown

if TYPE_CHECKING:
    from sterling.engine.table import TableAccess

WHERE = "DA020"
MOST_SETS = 100


def quasi_sets(given: Sequence[str] | None, access: TableAccess) -> tuple[tuple[str, ...], ...]:
    """The sets in a list of texts; none when nothing was given.

    Plain names make one set. A `;` begins another, alone or inside a text; a text with commas, which is the name of no
    column, is a set of its own. So `("age", "zip", ";", "age", "sex")`, `("age,zip", "age,sex")` and
    `("age,zip;age,sex",)` say the same.
    Raises ConfigError for an unknown column, or one that rows cannot be equal in.
    """
    sets: list[list[str]] = [[]]
    for text in given or ():
        if text in access.columns:
            sets[-1].append(text)
            continue
        parts = [p.strip() for p in text.split(";")]
        for place, part in enumerate(parts):
            columns = [c.strip() for c in part.split(",") if c.strip()]
            if place or len(columns) > 1:
                sets.append([])
            sets[-1] += columns
            if len(columns) > 1:
                sets.append([])
    found = tuple(dict.fromkeys(tuple(dict.fromkeys(s)) for s in sets if s))
    if given is not None and not found:
        raise ConfigError("quasi names no column", where=WHERE, hint='quasi = ["age", "zip"]')
    if len(found) > MOST_SETS:
        raise ConfigError(f"quasi names {len(found)} sets", where=WHERE, expected=f"at most {MOST_SETS}")
    for one in found:
        comparable(one, access, what="quasi")
    return found


def sensitive_columns(given: Sequence[str] | None, access: TableAccess) -> tuple[str, ...]:
    """Those that were named; else the label and the group columns, which say of people what they may not want told."""
    if given is not None:
        return comparable(given, access, what="sensitive")
    usual = (access.roles.label, *access.roles.groups)
    return tuple(dict.fromkeys(c for c in usual if c is not None and c in access.columns))


def comparable(columns: Sequence[str], access: TableAccess, *, what: str) -> tuple[str, ...]:
    """These columns, known to exist and to hold single values. Raises ConfigError."""
    schema = access.schema
    for column in access.known(columns, where=f"{WHERE}: {what}"):
        if schema[column].is_nested() or schema[column] in (pl.Object, pl.Binary):
            raise ConfigError(
                f"{shown(column)!r} holds {schema[column].base_type()} values, which are not compared", where=WHERE,
                expected="numbers, texts, dates or truth", hint=f"leave it out of {what}",
            )  # fmt: skip
    return tuple(columns)
