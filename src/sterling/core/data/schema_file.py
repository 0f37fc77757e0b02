"""Reads `schema.toml`: every slip is named with its file, line and the nearest right word."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sterling.core.data.schema import (
    Between,
    ColumnSchema,
    Distribution,
    Domain,
    Ordered,
    Pattern,
    Presence,
    Range,
    Rule,
    Schema,
)
from sterling.core.data.schema_keys import (
    BOUNDS,
    COLUMN_KEYS,
    GROUPS,
    ROOT_KEYS,
    RULE_KEYS,
    SEVERITY_KEYS,
    TABLE_KEYS,
    VALUES,
)
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.predicate import columns_of, parse_predicate
from sterling.core.project_keys import Keys, read_keys
from sterling.core.toml import Document, Table

FILE = "schema.toml"
MOST_COLUMNS = 10_000
MOST_VALUES = 10_000
_RANGED = ("number", "integer", "date", "datetime", "time")
_LISTED = ("text", "integer", "boolean")
_DAYS: Mapping[str, Any] = {
    "date": dt.date.fromisoformat, "datetime": dt.datetime.fromisoformat, "time": dt.time.fromisoformat,
}  # fmt: skip
_FITS = {"domain": _LISTED, "range": _RANGED, "length": ("text",), "pattern": ("text",), "valency": ("list",)}
_WRITTEN = {"in": "environments", "not_in": "not_environments"}


def read_schema(path: Path | str) -> Schema:
    """Read a schema's file. Raises ConfigError naming file, line and key."""
    file = Path(path)
    return schema_of(Document.load(file, what="the schema", hint="make one: sterling schema infer FILE"))


def parse_schema(text: str, *, origin: str = FILE) -> Schema:
    """The schema in a text. Raises as `read_schema` does."""
    return schema_of(Document.parse(text, origin=origin))


def schema_of(document: Document) -> Schema:
    """The schema in a document. Raises ConfigError."""
    root = document.root
    root.only([*ROOT_KEYS, "table", "severity", "column", "rule", "inferred"])
    words = read_keys(_part(root, ROOT_KEYS), ROOT_KEYS)
    words.pop("format")
    environments = words.pop("environments", ())
    sizes = _keys(root.table("table"), TABLE_KEYS)
    if sizes.get("min_rows", 0) > sizes.get("max_rows", math.inf):
        raise root.table("table").fail("min_rows is greater than max_rows", "min_rows")
    tables = root.table("column")
    if len(tables.values) > MOST_COLUMNS:
        raise tables.fail("there are too many columns", expected=f"at most {MOST_COLUMNS:,}")
    columns = tuple(_column(tables, name, environments) for name in tables.values)
    rules = tuple(_rule(t, columns, environments) for t in root.entries("rule", "rules", "a rule"))
    names = [rule.name for rule in rules]
    twice = next((r for i, r in enumerate(rules) if r.name in names[:i]), None)
    if twice is not None:
        raise document.fail(
            f"two rules are named {shown(twice.name)!r}", twice.line, hint="give each a name of its own"
        )
    return Schema(
        columns=columns, environments=environments, rules=rules, inferred=_inferred(root.table("inferred")),
        severity=_keys(root.table("severity"), SEVERITY_KEYS), origin=document.origin,
        lines={key: document.line("table", key) for key in TABLE_KEYS}, **sizes, **words,
    )  # fmt: skip


def _part(table: Table, keys: Keys) -> Table:
    """The table with these keys alone: others were looked at already."""
    return Table(
        document=table.document, where=table.where, name=table.name,
        values={k: v for k, v in table.values.items() if k in keys},
    )  # fmt: skip


def _keys(table: Table, keys: Keys) -> dict[str, Any]:
    table.only(keys)
    return read_keys(table, keys)


def flat_keys(table: Table) -> dict[str, Any]:
    """The values of one column's table under their dotted keys, each checked alone. Raises ConfigError."""
    leaves = [key for key in COLUMN_KEYS if "." not in key]
    found: dict[str, Any] = {}
    for key in table.values:
        if key in GROUPS:
            inner = table.table(key)
            _only_below(inner, key)
            found |= {f"{key}.{name}": _value(inner, name, f"{key}.{name}") for name in inner.values}
        elif key in leaves:
            found[key] = _value(table, key, key)
        else:
            raise _unknown(table, key, [*leaves, *GROUPS])
    return found


def _only_below(table: Table, group: str) -> None:
    known = [key.partition(".")[2] for key in COLUMN_KEYS if key.startswith(f"{group}.")]
    for key in table.values:
        if key not in known:
            raise table.fail(f"{group} has no key {shown(key)!r}", key, hint=near_miss(key, known))


def _unknown(table: Table, key: str, known: list[str]) -> ConfigError:
    """No such key here; it may be one that stands below another."""
    below = [k for k in COLUMN_KEYS if k.partition(".")[2] == key]
    hint = "write " + " or ".join(below[:4]) if below else near_miss(key, known)
    return table.fail(f"{table.name} has no key {shown(key)!r}", key, hint=hint)


def _value(table: Table, name: str, key: str) -> Any:
    if key in BOUNDS:
        return _bound(table, name)
    if key == VALUES:
        return _values(table, name)
    return read_keys(_part(table, {name: COLUMN_KEYS[key]}), {name: COLUMN_KEYS[key]})[name]


def _bound(table: Table, name: str) -> Ordered:
    """A number, or a day or moment: with quotes or without."""
    value = table.values[name]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return table.words(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise table.wrong(name, "a number, or a day such as 2026-01-31")
    table.number(name)  # of the right size for a float, too
    return value


def _values(table: Table, name: str) -> tuple[str, ...]:
    """Known values, in the form that they are compared in: text."""
    value = table.values[name]
    if not isinstance(value, list) or not value:
        raise table.wrong(name, 'a list of values, such as ["north", "south"]')
    if len(value) > MOST_VALUES:
        raise table.fail(f"{shown(name)} lists {len(value):,} values", name, expected=f"at most {MOST_VALUES:,}")
    one = (Table(document=table.document, where=table.where, name=table.name, values={name: v}) for v in value)
    texts = [t.values[name] if isinstance(t.values[name], str) else t.scalar(name) for t in one]
    if len(set(texts)) < len(texts):
        seen: set[str] = set()
        twice = next(t for t in texts if t in seen or seen.add(t))  # type: ignore[func-returns-value]
        raise table.fail(f"{shown(name)} lists {shown(twice)!r} twice", name)
    return tuple(texts)


def _column(tables: Table, name: str, environments: tuple[str, ...]) -> ColumnSchema:
    table = tables.table(name)
    flat = flat_keys(table)
    column = column_of(name, flat, lines=_lines(table, flat))
    kind = column.type
    for part, fits in _FITS.items():
        if getattr(column, part) is not None and kind is not None and kind not in fits:
            raise table.fail(
                f"a {kind} column promises no {part}", part, expected=f"the type is one of {', '.join(fits)}"
            )  # fmt: skip
    _bounds_of_type(table, column)
    for part in ("range", "length", "valency"):
        _ordered(table, part, getattr(column, part))
    if column.pattern is not None:
        _compiled(table, column.pattern.regex)
    for key in ("in", "not_in"):
        _known_environments(table, key, flat.get(key, ()), environments)
    if column.environments and column.not_environments:
        raise table.fail("a column has in and not_in", "not_in", hint="say one of them")
    return column


def column_of(name: str, flat: Mapping[str, Any], *, lines: Mapping[str, int] | None = None) -> ColumnSchema:
    """A column from values under dotted keys."""
    groups: dict[str, dict[str, Any]] = {}
    leaves: dict[str, Any] = {}
    for key, value in flat.items():
        group, dot, rest = key.partition(".")
        if dot:
            groups.setdefault(group, {})[rest] = value
        else:
            leaves[_WRITTEN.get(key, key)] = value
    allow = groups.get("allow", {})
    domain, pattern = groups.get("domain"), groups.get("pattern")
    return ColumnSchema(
        name=name, **leaves, presence=Presence(**groups.get("presence", {})),
        domain=Domain(**domain) if domain and "values" in domain else None,
        range=Range(**groups["range"]) if _has_end(groups.get("range")) else None,
        length=Between(**groups["length"]) if _has_end(groups.get("length")) else None,
        valency=Between(**groups["valency"]) if _has_end(groups.get("valency")) else None,
        pattern=Pattern(**pattern) if pattern and "regex" in pattern else None,
        limits=Distribution(**groups.get("limits", {})), allow_nan=allow.get("nan", False),
        allow_infinite=allow.get("infinite", False),
        severity=groups.get("severity", {}), lines=lines or {},
    )  # fmt: skip


def _has_end(ends: Mapping[str, Any] | None) -> bool:
    return ends is not None and ("min" in ends or "max" in ends)


def _lines(table: Table, flat: Mapping[str, Any]) -> dict[str, int]:
    at = {key: table.document.line(*table.where, *key.split(".")) for key in flat}
    return {"": table.line(), **at}


def _ordered(table: Table, part: str, ends: Range | Between | None) -> None:
    if ends is None or ends.min is None or ends.max is None:
        return
    if isinstance(ends.min, str) != isinstance(ends.max, str):
        raise table.fail(f"{part}: one end is a number and the other is not", part)
    if ends.min > ends.max:  # type: ignore[operator]  # both are texts, or both numbers
        raise table.fail(f"{part}: min lies above max", part, got=f"{shown(ends.min)} and {shown(ends.max)}")


def _bounds_of_type(table: Table, column: ColumnSchema) -> None:
    """Ends of a range are of the column's type: numbers, or days written as ISO 8601 says."""
    if column.range is None:
        return
    for end in ("min", "max"):
        value = getattr(column.range, end)
        read = _DAYS.get(str(column.type))
        if value is None or (column.type is None and not isinstance(value, str)):
            continue
        if read is None and isinstance(value, str):
            raise table.fail(f"range.{end} is text", "range", expected="a number", hint='say type first: type = "date"')
        if read is not None:
            try:
                read(str(value))
            except ValueError:
                raise table.fail(
                    f"range.{end} is no {column.type}: {shown(value)}", "range",
                    expected="2026-01-31, or 2026-01-31T08:00:00",
                ) from None  # fmt: skip


def _compiled(table: Table, regex: str) -> None:
    """Raises ConfigError for what is no regular expression. Matching takes linear time: no text can make it stall."""
    import polars as pl

    try:
        pl.Series([""]).str.contains(rf"\A(?:{regex})\z")
    except pl.exceptions.PolarsError:
        raise table.fail(
            "the pattern cannot be read", "pattern", expected="a regular expression, as Rust writes them",
            got=shown(regex), hint="look-around and back-references are not known; write it in 'single quotes'",
        ) from None  # fmt: skip


def _known_environments(table: Table, key: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise table.fail(
                f"there is no environment {shown(name)!r}", key,
                hint=near_miss(name, known) or 'list them at the top: environments = ["training", "serving"]',
            )  # fmt: skip


def _rule(table: Table, columns: tuple[ColumnSchema, ...], environments: tuple[str, ...]) -> Rule:
    keys = _keys(table, RULE_KEYS)
    try:
        holds = parse_predicate(keys["holds"], between=True)
    except ConfigError as error:
        raise table.fail(f"{error.what} ({error.where})", "holds", expected=error.expected, hint=error.hint) from None
    known = [column.name for column in columns]
    for name in columns_of(holds):
        if name not in known:
            raise table.fail(f"the rule names an unknown column {shown(name)!r}", "holds", hint=near_miss(name, known))
    _known_environments(table, "in", keys.get("in", ()), environments)
    keys["environments"] = keys.pop("in", ())
    return Rule(text=keys.pop("holds"), holds=holds, line=table.line("holds"), **keys)


def _inferred(table: Table) -> dict[str, dict[str, str]]:
    """What inference wrote, by column and key."""
    found: dict[str, dict[str, str]] = {}
    for name, keys in table.values.items():
        if not isinstance(keys, dict) or not all(isinstance(v, str) for v in keys.values()):
            raise table.fail(
                "[inferred] holds what sterling schema infer wrote",
                name,
                hint="take [inferred] out: all then counts as yours",
            )
        found[name] = dict(keys)
    return found
