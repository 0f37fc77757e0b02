"""JSON Schemas of `sterling.toml` and `scope.toml` for editors, made from the keys that the readers know."""

from __future__ import annotations

from typing import Any

from sterling.core.needs import QUESTIONS
from sterling.core.policy import STATEMENTS
from sterling.core.project_keys import ENTRIES, KEYS, Key, Keys
from sterling.core.scope_file import GROUP_KEYS, HARM_KEYS, SCOPE_KEYS

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
ANY = "…"
"""Stands in the keys for those that a check brings itself."""

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "uniqueItems": True}]}
_KINDS: dict[str, Schema] = {
    "text": _TEXT,
    "texts": _TEXTS,
    "lists": {"type": "array", "items": _TEXTS},
    "scalar": {"type": ["string", "number", "boolean"]},
    "number": _NUMBER,
    "numbers": {"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}]},
    "weights": {"type": "object", "additionalProperties": _NUMBER | {"minimum": 0}},
    "chances": {
        "type": "object",
        "additionalProperties": {"type": "object", "minProperties": 2, "additionalProperties": _TEXT},
    },
    "cuts": {"anyOf": [_TEXT, _NUMBER, {"type": "array", "items": _NUMBER}]},
    "whole": {"type": "integer"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "json": {"type": "object"},
}


def project_schema() -> Schema:
    """The schema of `sterling.toml`. What must fit between keys, `sterling check` says."""
    tables: Schema = {}
    for name, keys in KEYS.items():
        table = keys_schema(keys)
        tables[name] = {"type": "array", "items": table} if name in ENTRIES else table
    tables["limit"]["items"]["oneOf"] = [{"required": [s]} for s in STATEMENTS]
    for key in ("slice", "baseline"):
        tables["limit"]["items"]["properties"][key] = {"type": ["object", "string"]}
    return whole_schema("sterling.toml, version 1", "A project of Sterling. Guide: docs/guide/project.md.", tables) | {
        "required": ["project", "data"],
        "oneOf": [{"required": ["train"]}, {"required": ["model"]}],
    }


def scope_schema() -> Schema:
    """The schema of `scope.toml`. An answer is true, false, or "" for a question that nobody has answered."""
    words = keys_schema(SCOPE_KEYS)["properties"]
    answers = {q.id: {"enum": [True, False, ""], "description": q.text} for q in QUESTIONS}
    tables = {
        "harm": {"type": "array", "items": keys_schema(HARM_KEYS)},
        "group": {"type": "array", "items": keys_schema(GROUP_KEYS)},
        "answers": {"type": "object", "additionalProperties": False, "properties": answers},
    }
    return whole_schema(
        "scope.toml, version 1", "What people say of a project. Guide: docs/guide/scope.md.", {**words, **tables}
    )


def whole_schema(title: str, description: str, properties: Schema) -> Schema:
    """The schema of a file."""
    return {
        "$schema": DRAFT, "title": title, "description": description, "type": "object",
        "additionalProperties": False, "properties": properties,
    }  # fmt: skip


def keys_schema(keys: Keys) -> Schema:
    """The schema of a table with these keys."""
    required = [name for name, key in keys.items() if key.required]
    table: Schema = {
        "type": "object", "additionalProperties": ANY in keys,
        "properties": {name: value_schema(key) for name, key in keys.items() if name != ANY},
    }  # fmt: skip
    return table | ({"required": required} if required else {})


def value_schema(key: Key) -> Schema:
    """The schema of a key's value."""
    schema = dict(_KINDS[key.kind])
    if key.choices:
        schema["enum"] = list(key.choices)
    if key.low is not None:
        schema["minimum"] = key.low
    if key.high is not None:
        schema["maximum"] = key.high
    if key.kind == "numbers":  # the bounds belong to each number
        schema = dict(_KINDS[key.kind])
    return schema | {"description": key.words + (f" (default: {key.default})" if key.default else "")}
