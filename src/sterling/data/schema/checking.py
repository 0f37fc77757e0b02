"""Reads a schema, holds a table against it, and finds the rows behind what it says: all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.schema import Schema
from sterling.core.data.schema_file import read_schema
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.predicate import columns_of
from sterling.data.schema.counting import count
from sterling.data.schema.judging import judge
from sterling.data.schema.known import known_of
from sterling.data.schema.rows import Offending, offending
from sterling.engine.table import TableAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A table held against a schema: what is broken, and by which rows."""

    anomalies: Anomalies
    rows: tuple[Offending, ...] = ()


def schema_at(path: Path, environment: str | None = None, *, ignore: Sequence[str] = ()) -> Schema:
    """The schema in a file, called by the file's name wherever it lies; without columns that are left out.

    Raises ConfigError for one that cannot be read, and for an environment that it does not name.
    """
    schema = replace(read_schema(path), origin=path.name)
    if environment is not None and environment not in schema.environments:
        raise ConfigError(
            f"there is no environment {shown(environment)!r}", where=schema.origin,
            hint=near_miss(environment, schema.environments) or 'list them: environments = ["training", "serving"]',
        )  # fmt: skip
    if not ignore:
        return schema
    rules = tuple(r for r in schema.rules if not set(columns_of(r.holds)) & set(ignore))
    return replace(schema, columns=tuple(c for c in schema.columns if c.name not in ignore), rules=rules)


def hold(schema: Schema, access: TableAccess, environment: str | None = None) -> Anomalies:
    """Every promise that the table breaks, in one pass over its rows."""
    return judge(schema, known_of(count(schema, access)), environment)


def hold_with_rows(
    schema: Schema, access: TableAccess, environment: str | None = None, *, with_values: bool = False
) -> Held:
    """As `hold`, with the first rows behind each anomaly that single rows cause."""
    found = hold(schema, access, environment)
    rows = (offending(schema, access, a, with_values=with_values) for a in found.found)
    return Held(anomalies=found, rows=tuple(r for r in rows if r is not None))
