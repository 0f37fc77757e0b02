"""A schema inferred again, joined with the one that is there: what people wrote stays, what the data say is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from sterling.core.data.schema import ColumnSchema, Schema
from sterling.core.data.schema_file import column_of
from sterling.core.data.schema_text import (
    INFERRED,
    column_text,
    digest_of,
    edited,
    flat,
    inferred_text,
)
from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.toml_lines import places

PEOPLE = "people"
"""Stands where a digest would: the value, or that there is none, is somebody's own."""
Word = Literal["new", "gone", "added", "changed", "dropped", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a column (`new`, `gone`) or of a key of it. `kept`: people say `before`, the data say `after`."""

    column: str
    word: Word
    key: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    schema: Schema
    changes: tuple[Change, ...]

    @property
    def promises_changed(self) -> bool:
        return any(c.word in ("new", "added", "changed", "dropped") for c in self.changes)


def merge(old: Schema, new: Schema) -> Merged:
    """The old schema brought up to date by a new inference. Columns that are no longer there stay, and are told."""
    changes: list[Change] = []
    columns: list[ColumnSchema] = []
    inferred: dict[str, Mapping[str, str]] = {}
    for column in old.columns:
        fresh = new.column(column.name)
        known = old.inferred.get(column.name, {})
        if fresh is None:
            changes.append(Change(column=column.name, word="gone"))
            columns.append(column)
            inferred[column.name] = known
            continue
        keys, owners, told = _merged(column, _fitting(column, fresh, known, old.environments), known)
        columns.append(column_of(column.name, keys))
        inferred[column.name] = owners
        changes += told
    for column in new.columns:
        if old.column(column.name) is None:
            changes.append(Change(column=column.name, word="new"))
            columns.append(column)
            inferred[column.name] = {k: digest_of(v) for k, v in flat(column).items()}
    merged = Merged(schema=replace(old, columns=tuple(columns), inferred=inferred), changes=tuple(changes))
    if merged.promises_changed:
        merged = replace(merged, schema=replace(merged.schema, version=old.version + 1))
    return merged


def _merged(
    old: ColumnSchema, fresh: Mapping[str, Any], known: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str], list[Change]]:
    """The keys of one column, who each is from, and what is to be told."""
    there = flat(old)
    keys, owners, told = dict(there), dict[str, str](), list[Change]()
    for key in dict.fromkeys([*there, *fresh, *known]):
        before, after = there.get(key), fresh.get(key)
        machines = known.get(key) not in (None, PEOPLE) and (before is None or known[key] == digest_of(before))
        removed = key in known and before is None
        if removed or (before is not None and not machines):
            owners[key] = PEOPLE
            if after is not None and after != before:
                told.append(Change(column=old.name, word="kept", key=key, before=before, after=after))
        elif after is None:
            keys.pop(key, None)
            told.append(Change(column=old.name, word="dropped", key=key, before=before))
        else:
            keys[key] = after
            owners[key] = digest_of(after)
            if before is None:
                told.append(Change(column=old.name, word="added", key=key, after=after))
            elif before != after:
                told.append(Change(column=old.name, word="changed", key=key, before=before, after=after))
    return keys, owners, told


def _fitting(
    old: ColumnSchema, new: ColumnSchema, known: Mapping[str, str], environments: tuple[str, ...]
) -> dict[str, Any]:
    """What inference says of a column that fits what people said: their type, and the environments there are."""
    fresh = {k: v for k, v in flat(new).items() if k not in ("in", "not_in") or set(v) <= set(environments)}
    own = old.type is not None and known.get("type") != digest_of(old.type)
    if not own or old.type == new.type:
        return fresh
    there = flat(old)
    fits = {k: v for k, v in fresh.items() if k == "type" or k.startswith("presence.")}
    return {**{k: v for k, v in there.items() if k in known}, **fits}


def merged_text(text: str, merged: Merged) -> str:
    """The old file's text with the changes written into it: comments, order and rules stay as they are.

    Raises ConfigError for a change at a place that lines do not show.
    """
    for change in merged.changes:
        if change.word in ("added", "changed", "dropped"):
            text = edited(text, change.column, change.key, change.after)
    if merged.promises_changed:
        text = _with_version(text, merged.schema.version)
    body = _without_inferred(text)
    new = [c for c in merged.schema.columns if any(x.column == c.name and x.word == "new" for x in merged.changes)]
    blocks = "".join(column_text(column) for column in new)
    return body.rstrip("\n") + "\n" + blocks + inferred_text(merged.schema)


def _with_version(text: str, version: int) -> str:
    line = dict(places(text)).get(("version",))
    lines = text.split("\n")
    if line is None:
        first = dict(places(text))["format",]
        lines.insert(first, f"version = {version}")
    else:
        lines[line - 1] = re.sub(r"=\s*\d[\d_]*", f"= {version}", lines[line - 1], count=1)
    return "\n".join(lines)


def _without_inferred(text: str) -> str:
    """The text without its table of digests, and without the remark above it."""
    lines, at = text.split("\n"), dict(places(text))
    if ("inferred",) not in at:
        return text
    if not lines[at["inferred",] - 1].lstrip().startswith("["):
        raise ConfigError("[inferred] is written in another way", hint="take it out: all then counts as yours")
    first = at["inferred",] - 1
    inside = [line for where, line in at.items() if where[0] == "inferred"]
    behind = [line for where, line in at.items() if where[0] != "inferred" and line > max(inside)]
    end = min(behind) - 1 if behind else len(lines)
    remark = INFERRED.rstrip("\n").split("\n")
    if lines[max(first - len(remark), 0) : first] == remark:
        first -= len(remark)
    return "\n".join([*lines[:first], *lines[end:]])


def told(changes: tuple[Change, ...]) -> Iterator[str]:
    """Each change in words."""
    for c in changes:
        match c.word:
            case "new":
                yield f"{c.column}: a new column"
            case "gone":
                yield f"{c.column}: no longer in the table; its promises stay"
            case "kept":
                said = "it was taken out" if c.before is None else f"you say {words(c.before)}"
                yield f"{c.column}: {c.key} stays as it is: {said}, these data say {words(c.after)}"
            case "added":
                yield f"{c.column}: {c.key} is now {words(c.after)}"
            case "dropped":
                yield f"{c.column}: {c.key} is no longer promised: it was {words(c.before)}"
            case "changed":
                yield f"{c.column}: {c.key} was {words(c.before)}, is now {words(c.after)}"


def words(value: Any) -> str:
    """A value of a schema for one line of text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"{len(value):,} values" if len(value) > 5 else ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
