"""A validator for as much of JSON Schema as docs/schema uses; any other keyword is an error, not a pass."""

from __future__ import annotations

import re
from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "integer": (int,),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_NOTES = {"$schema", "title", "description", "$defs"}


def problems(value: object, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> list[str]:
    """Every place where `value` is not as `schema` says, as a path and what is wrong there."""
    found: list[str] = []
    for keyword, rule in schema.items():
        if keyword in _NOTES or (keyword == "additionalProperties" and "properties" not in schema and rule is True):
            continue
        found += _KEYWORDS[keyword](value, rule, schema, root, at)
    return found


def _ref(value: object, rule: str, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    return problems(value, root["$defs"][rule.removeprefix("#/$defs/")], root, at)


def _type(value: object, rule: str | list[str], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    kinds = [rule] if isinstance(rule, str) else rule
    fits = any(isinstance(value, _KINDS[k]) and (k == "boolean" or not isinstance(value, bool)) for k in kinds)
    return [] if fits else [f"{at}: {value!r:.60} is not {kinds}"]


def _properties(
    value: object, rule: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str
) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [p for key, part in rule.items() if key in value for p in problems(value[key], part, root, f"{at}.{key}")]


def _required(value: object, rule: list[str], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    return [f"{at}: {key} is missing" for key in rule if isinstance(value, dict) and key not in value]


def _additional(value: object, rule: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    rest = [k for k in value if k not in schema.get("properties", {})] if isinstance(value, dict) else []
    if rule is False:
        return [f"{at}: {key} is unknown" for key in rest]
    if rule is True or not isinstance(value, dict):
        return []
    return [p for key in rest for p in problems(value[key], rule, root, f"{at}.{key}")]


def _items(value: object, rule: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    found = value if isinstance(value, list) else []
    return [p for i, item in enumerate(found) for p in problems(item, rule, root, f"{at}[{i}]")]


def _any(value: object, rule: list[dict[str, Any]], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    tried = [problems(value, part, root, at) for part in rule]
    return [] if any(not t for t in tried) else tried[0]


def _enum(value: object, rule: list[object], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    return [] if value in rule else [f"{at}: {value!r:.60} is none of {rule}"]


def _const(value: object, rule: object, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    return [] if value == rule else [f"{at}: {value!r:.60} is not {rule!r}"]


def _minimum(value: object, rule: float, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    return [f"{at}: {value} is below {rule}"] if isinstance(value, int | float) and value < rule else []


def _pattern(value: object, rule: str, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    return [f"{at}: {value:.60} does not match"] if isinstance(value, str) and not re.search(rule, value) else []


_KEYWORDS: dict[str, Any] = {
    "$ref": _ref, "type": _type, "properties": _properties, "required": _required, "additionalProperties": _additional,
    "items": _items, "anyOf": _any, "enum": _enum, "const": _const, "minimum": _minimum, "pattern": _pattern,
}  # fmt: skip
