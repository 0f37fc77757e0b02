"""Tables and schemas for the tests of the schema shelf."""

from __future__ import annotations

import polars as pl

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.schema import Schema
from sterling.core.data.schema_file import parse_schema
from sterling.core.roles import Roles
from sterling.data.schema.checking import hold
from sterling.engine.table import TableAccess


def access(frame: pl.DataFrame, **roles: object) -> TableAccess:
    return TableAccess(name="people.csv", table=frame.lazy(), roles=Roles(**roles), rows=frame.height)  # type: ignore[arg-type]


def schema(body: str) -> Schema:
    return parse_schema(f"format = 1\n{body}")


def held(body: str, frame: pl.DataFrame, environment: str | None = None) -> Anomalies:
    return hold(schema(body), access(frame), environment)


def kinds(found: Anomalies) -> list[str]:
    return [a.kind for a in found.found]
