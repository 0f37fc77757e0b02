"""Records as canonical JSON, and back. What the hash chain seals is exactly this text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sterling.core.errors import InputError, LedgerError
from sterling.core.records import (
    Artifact,
    Context,
    Decision,
    Event,
    EvidenceNote,
    Execution,
    Membership,
    Opening,
    PredictionBatch,
    Record,
    Risk,
)

KINDS: dict[str, type[Any]] = {
    "artifact": Artifact,
    "execution": Execution,
    "event": Event,
    "context": Context,
    "membership": Membership,
    "evidence": EvidenceNote,
    "prediction": PredictionBatch,
    "opening": Opening,
    "decision": Decision,
    "risk": Risk,
}
"""The word that stands in the ledger for each kind of record. Never renamed: old ledgers hold it."""

_KIND_OF = {cls: kind for kind, cls in KINDS.items()}
_FIELDS = {kind: tuple(f.name for f in dataclasses.fields(cls)) for kind, cls in KINDS.items()}
_TIMES = {
    kind: tuple(f.name for f in dataclasses.fields(cls) if str(f.type).startswith("dt.datetime"))
    for kind, cls in KINDS.items()
}


def kind_of(record: Record) -> str:
    """The word for a record's kind. Raises InputError when it is no record."""
    kind = _KIND_OF.get(type(record))
    if kind is None:
        raise InputError(
            f"an object of type {type(record).__name__} is not a record",
            where="ledger",
            hint="records are those of sterling.core.records",
        )
    return kind


def encode(record: Record) -> str:
    """One line of ASCII: sorted keys, no spaces, times in UTC. Equal records have equal text.

    Raises InputError for what JSON cannot hold (NaN, an object) and for a time without a zone.
    """
    kind = kind_of(record)
    return written(kind, plain_of(kind, record))


def written(kind: str, plain: dict[str, Any]) -> str:
    """As `encode`, given the kind and the fields."""
    try:
        return _WRITER.encode(plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"a record of kind {kind} holds what cannot be written as JSON", where="ledger", got=str(error)[:200],
            expected="text, whole numbers, finite numbers, booleans, None, lists and mappings with text as keys",
            hint="turn it into text first",
        ) from error  # fmt: skip


def plain_of(kind: str, record: Record) -> dict[str, Any]:
    """The fields of a record, by name."""
    return {name: getattr(record, name) for name in _FIELDS[kind]}


def decode(kind: str, body: str) -> Any:
    """The record that `encode` wrote. Sequences inside properties come back as lists, mappings as dicts.

    Raises LedgerError when the text is not a record.
    """
    try:
        plain = json.loads(body)
        for name in _TIMES[kind]:
            if plain.get(name) is not None:
                plain[name] = dt.datetime.fromisoformat(plain[name])
        return KINDS[kind](**plain)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LedgerError(
            f"a record of kind {kind} is not as sterling wrote it", where="ledger",
            hint="`sterling verify` names the first record that was changed",
        ) from error  # fmt: skip


def stamp(time: dt.datetime) -> str:
    """A time as the ledger writes it: UTC, to the microsecond, always the same width."""
    if time.tzinfo is None:
        raise ValueError("a time without a time zone")
    return time.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a value of type {type(value).__name__}")


_WRITER = json.JSONEncoder(default=_plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
