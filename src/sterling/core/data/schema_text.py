"""Writes `schema.toml`: readable, keys in a fixed order; and edits one that people wrote."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from sterling.core.data.schema import ColumnSchema, Rule, Schema
from sterling.core.data.schema_keys import COLUMN_KEYS, ROOT_KEYS, TABLE_KEYS
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.toml_lines import places

WIDE = 110
_BARE = re.compile(r"[A-Za-z0-9_-]+")
HEAD = """\
# What this table promises. Sterling holds every table of its kind against it:
#   sterling schema check FILE --schema {name}
# Change what you know better, here or with: sterling schema edit COLUMN KEY VALUE
# What you write stays when the schema is inferred again.
# Guide: docs/guide/schema.md
"""
INFERRED = """\
# What inference wrote, as digests: what people wrote is told apart by them, and stays. Leave this as it is.
"""


def flat(column: ColumnSchema) -> dict[str, Any]:
    """What a column promises under dotted keys, without what is so anyway."""
    found: dict[str, Any] = {}
    for key in COLUMN_KEYS:
        value = _at(column, key)
        if value is not None:
            found[key] = value
    return found


def _at(column: ColumnSchema, key: str) -> Any:
    """The value under a key; None when nothing is promised, or just what is promised without words."""
    group, dot, rest = key.partition(".")
    if group == "severity":
        return column.severity.get(rest)
    if group == "allow":
        return getattr(column, f"allow_{rest}") or None
    name = {"in": "environments", "not_in": "not_environments"}.get(group, group)
    value = getattr(column, name)
    if dot:
        value = getattr(value, rest) if value is not None else None
        if key == "presence.required":
            return None if value else False
        return (
            None if rest.endswith("_share") and rest.startswith("max_") and group != "limits" and not value else value
        )
    return None if value in ("", (), False) or (key, value) == ("sensitivity", "unknown") else value


def digest_of(value: Any) -> str:
    """Eight hex digits that tell whether a value is still what inference wrote."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:8]


def write_schema(schema: Schema, *, name: str = "schema.toml") -> str:
    """The text of a schema's file; reading it gives the schema back."""
    out = [HEAD.format(name=name), "\n", "format = 1\n"]
    root = {k: getattr(schema, k) for k in ROOT_KEYS if k != "format"}
    out += [f"{k} = {toml(v)}\n" for k, v in root.items() if v not in ("", ())]
    sizes = {k: getattr(schema, k) for k in TABLE_KEYS if getattr(schema, k) is not None}
    for title, values in (("table", sizes), ("severity", schema.severity)):
        if values:
            out += [f"\n[{title}]\n", *(f"{k} = {toml(v)}\n" for k, v in values.items())]
    out += [column_text(column) for column in schema.columns]
    for rule in schema.rules:
        out += ["\n[[rule]]\n", *(f"{k} = {toml(v)}\n" for k, v in _rule(rule).items())]
    return "".join([*out, inferred_text(schema)])


def column_text(column: ColumnSchema) -> str:
    """One column's table, with a blank line before it."""
    keys = "".join(f"{k} = {toml(v)}\n" for k, v in flat(column).items())
    return f"\n[column.{toml_key(column.name)}]\n{keys}"


def inferred_text(schema: Schema) -> str:
    """The table of digests, with a blank line before it; nothing when nothing was inferred."""
    lines = [f"{toml_key(name)} = {_digests(keys)}\n" for name, keys in schema.inferred.items()]
    return "".join(["\n", INFERRED, "[inferred]\n", *lines]) if lines else ""


def _rule(rule: Rule) -> dict[str, Any]:
    said = {
        "name": rule.name, "holds": rule.text, "severity": rule.severity, "max_share": rule.max_share,
        "description": rule.description, "in": rule.environments,
    }  # fmt: skip
    return {k: v for k, v in said.items() if v not in ("", (), 0.0) and (k, v) != ("severity", "error")}


def _digests(keys: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{toml_key(k)} = {toml(v)}" for k, v in keys.items()) + " }" if keys else "{}"


def toml_key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(text)


def toml(value: Any) -> str:
    """A value as TOML writes it; long lists on several lines."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _quoted(value)
    items = [_quoted(v) if isinstance(v, str) else toml(v) for v in value]
    line = "[" + ", ".join(items) + "]"
    return line if len(line) <= WIDE - 20 else _on_lines(items)


def _on_lines(items: list[str]) -> str:
    lines, line = ["["], "   "
    for item in items:
        if len(line) > 3 and len(line) + len(item) + 2 > WIDE:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join([*lines, line, "]"])


def _quoted(text: str) -> str:
    """A basic string; whatever cannot be seen is escaped."""
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF:
            out.append(c)
        else:
            out.append(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}")
    return '"' + "".join(out) + '"'


def edited(text: str, column: str, key: str, value: Any) -> str:
    """A schema's text with one key of a column set, or taken out when `value` is None; all else stays as it is.

    Raises ConfigError for an unknown column or key, and for a place that is written in a way that lines do not show.
    """
    document = tomllib.loads(text)
    columns = document.get("column", {})
    if column not in columns:
        raise ConfigError(f"the schema has no column {shown(column)!r}", hint=near_miss(column, columns))
    if key not in COLUMN_KEYS:
        raise ConfigError(f"there is no key {shown(key)!r}", hint=near_miss(key, COLUMN_KEYS))
    lines = text.split("\n")
    at = dict(places(text))
    where = ("column", column, *key.split("."))
    line = None if value is None else f"{key} = {toml(value)}"
    if where in at:
        first = at[where] - 1
        end = _end(lines, first)
        kept = _written_key(lines[first], key)
        lines[first:end] = [] if line is None else [f"{kept} = {toml(value)}{_comment(lines[end - 1])}"]
    elif line is not None and ("column", column) in at:
        lines.insert(_behind(lines, at, column), line)
    made = "\n".join(lines)
    if not _just(document, made, where, value):
        raise ConfigError(
            f"{shown(key)} of {shown(column)} cannot be changed where it is written",
            hint="write it on a line of its own, or change the file by hand",
        )
    return made


def _written_key(line: str, key: str) -> str:
    """The key as it stands in the line: in full, or below a header of its own."""
    found = re.match(r"""\s*((?:[A-Za-z0-9_.-]|\s*\.\s*|"[^"]*"|'[^']*')+?)\s*=""", line)
    return found[1] if found else key


def _comment(line: str) -> str:
    """The comment behind a value, kept."""
    found = re.search(r"""(\s+#[^"'\]]*)$""", line)
    return found[1] if found else ""


def _end(lines: list[str], first: int) -> int:
    """The line after the statement that begins here: as few lines as TOML can read."""
    for end in range(first + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[first:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return first + 1


def _behind(lines: list[str], at: Mapping[Any, int], column: str) -> int:
    """Where a new key of a column goes: behind the last of its keys that stand right below its header."""
    header = at["column", column] - 1
    end = header + 1
    while end < len(lines) and not lines[end].lstrip().startswith("["):
        end = max(end + 1, _end(lines, end)) if lines[end].strip() else end + 1
    while end > header + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _just(before: dict[str, Any], made: str, where: tuple[str, ...], value: Any) -> bool:
    """Whether the new text says what the old one said, with this one change."""
    try:
        after = tomllib.loads(made)
        wanted = tomllib.loads(f"x = {toml(value)}")["x"] if value is not None else None
    except tomllib.TOMLDecodeError:
        return False
    for document in (before, after):
        inner: Any = document
        for part in where[:-1]:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else {}
        if document is after and inner.get(where[-1]) != wanted:
            return False
        inner.pop(where[-1], None)
    return bool(_pruned(before) == _pruned(after))


def _pruned(value: Any) -> Any:
    """Without tables that are empty."""
    if not isinstance(value, dict):
        return value
    inner = {k: _pruned(v) for k, v in value.items()}
    return {k: v for k, v in inner.items() if v != {}}
