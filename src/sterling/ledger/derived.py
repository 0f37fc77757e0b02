"""From a record to its row in the table that finds it: written by `put`, compared by `verify`."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from sterling.core.errors import InputError
from sterling.ledger import schema

TABLES: dict[str, Table] = {
    "artifact": schema.artifacts,
    "execution": schema.executions,
    "event": schema.events,
    "context": schema.contexts,
    "membership": schema.memberships,
    "evidence": schema.evidence,
    "prediction": schema.predictions,
    "opening": schema.openings,
    "decision": schema.decisions,
    "risk": schema.risks,
}
STATEFUL = frozenset(kind for kind, table in TABLES.items() if "newer" in table.c)
"""Kinds of which a later record with the same id is a new state."""


def _field(kind: str, column: str) -> str:
    return "digest" if (kind, column) == ("artifact", "id") else column


_PLACES = ("seq", "first", "newer")
_SAID = {kind: tuple(c.name for c in table.c if c.name not in _PLACES) for kind, table in TABLES.items()}
_FIELDS = {kind: [_field(kind, name) for name in names] for kind, names in _SAID.items()}
_GET = {kind: itemgetter(*names) for kind, names in _FIELDS.items()}


def said(kind: str) -> tuple[str, ...]:
    """The columns of a kind's table that its record alone decides."""
    return _SAID[kind]


def row_of(kind: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Those columns for one record, given as its fields.

    Raises InputError when one of them is something else than a column can hold unchanged.
    """
    row = dict(zip(_SAID[kind], values_of(kind, plain), strict=True))
    for name, value in row.items():
        if not isinstance(value, str | bool) and (value is not None or name == "id"):
            raise InputError(
                f"a record of kind {kind} has a {_field(kind, name)} of type {type(value).__name__}", where="ledger",
                expected="text", hint="turn it into text first",
            )  # fmt: skip
    return row


def values_of(kind: str, plain: Mapping[str, Any]) -> tuple[Any, ...]:
    """As `row_of`, the values alone and unchecked, in the order of `said`; for a decoded body as well."""
    found = _GET[kind](plain)
    return found if len(_SAID[kind]) > 1 else (found,)
