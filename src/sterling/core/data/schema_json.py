"""The JSON Schema of `schema.toml` for editors, made from the keys that the reader knows."""

from __future__ import annotations

from typing import Any

from sterling.core.data.kinds import KINDS
from sterling.core.data.schema import SETTINGS
from sterling.core.data.schema_keys import BOUNDS, COLUMN_KEYS, ROOT_KEYS, RULE_KEYS, TABLE_KEYS, VALUES
from sterling.core.project_schema import Schema, keys_schema, value_schema, whole_schema

_BOUND: Schema = {"type": ["number", "string"]}
_VALUES: Schema = {"type": "array", "minItems": 1, "uniqueItems": True,
                   "items": {"type": ["string", "number", "boolean"]}}  # fmt: skip


def data_schema() -> Schema:
    """The schema of `schema.toml`. What must fit between keys, `sterling schema check` says."""
    taken = {kind: {"enum": list(SETTINGS), "description": about.title} for kind, about in KINDS.items()}
    severity: Schema = {"type": "object", "additionalProperties": False, "properties": taken}
    tables: Schema = {
        "table": keys_schema(TABLE_KEYS),
        "severity": severity,
        "column": {"type": "object", "additionalProperties": _column()},
        "rule": {"type": "array", "items": keys_schema(RULE_KEYS)},
        "inferred": {"type": "object", "description": "what inference wrote, as digests"},
    }
    root = keys_schema(ROOT_KEYS)["properties"]
    whole = whole_schema("schema.toml, version 1", "What a table promises. Guide: docs/guide/schema.md.", root | tables)
    return whole | {"required": ["format"]}


def _column() -> Schema:
    properties: dict[str, Any] = {}
    for key, about in COLUMN_KEYS.items():
        value = value_schema(about)
        if key in BOUNDS:
            value = _BOUND | {"description": about.words}
        elif key == VALUES:
            value = _VALUES | {"description": about.words}
        group, dot, rest = key.partition(".")
        if dot:
            inner = properties.setdefault(group, {"type": "object", "additionalProperties": False, "properties": {}})
            inner["properties"][rest] = value
        else:
            properties[key] = value
    return {"type": "object", "additionalProperties": False, "properties": properties}
