"""From a record to its row in the table that finds it: written by `put`, compared by `verify`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table

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

_PLACES = ("seq", "first", "newer")
_SAID = {kind: tuple(c.name for c in table.c if c.name not in _PLACES) for kind, table in TABLES.items()}
_IDENTITY = {"artifact": "digest"}


def said(kind: str) -> tuple[str, ...]:
    """The columns of a kind's table that its record alone decides."""
    return _SAID[kind]


def row_of(kind: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Those columns for one record, given as attributes or as its decoded body."""
    identity = _IDENTITY.get(kind, "id")
    return {name: plain[identity if name == "id" else name] for name in _SAID[kind]}
