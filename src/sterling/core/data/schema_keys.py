"""Every key of `schema.toml`, once: the reader, `schema edit`, the schema for editors and the guide all follow this."""

from __future__ import annotations

from typing import Any

from sterling.core.data.kinds import KINDS
from sterling.core.data.schema import SENSITIVITIES, SETTINGS, TYPES
from sterling.core.project_keys import Key, Keys


def _key(kind: Any, words: str, default: str = "", **more: Any) -> Key:
    return Key(kind=kind, words=words, default=default, **more)


def _share(words: str, default: str = "") -> Key:
    return _key("number", words, default, low=0, high=1)


def _whole(words: str, default: str = "") -> Key:
    return _key("whole", words, default, low=0)


ROOT_KEYS: Keys = {
    "format": _key("whole", "version of this format", low=1, high=1, required=True),
    "name": _key("text", "what the table is called"),
    "version": _key("whole", "edition of the schema; `schema infer` raises it when a promise changes", "1", low=1),
    "description": _key("text", "what the table holds, in a sentence"),
    "environments": _key("texts", 'where tables of this kind occur: ["training", "serving"]', "[]"),
}
TABLE_KEYS: Keys = {
    "min_rows": _whole("fewest rows"),
    "max_rows": _whole("most rows"),
}
RULE_KEYS: Keys = {
    "name": _key("text", "what the rule is called", required=True),
    "holds": _key("text", 'the condition that rows keep: "started <= ended and hours >= 0"', required=True),
    "severity": _key("text", "how a broken rule is taken", "error", choices=("error", "warning", "note")),
    "max_share": _share("share of the rows that may break it", "0"),
    "description": _key("text", "why, in a sentence"),
    "in": _key("texts", "environments in which it is held against a table", "all"),
}
BOUNDS = ("range.min", "range.max")
"""Keys whose value is a number, or a day or moment."""
VALUES = "domain.values"
"""The key whose value is a list of texts, numbers or truths."""

COLUMN_KEYS: Keys = {
    "type": _key("text", "what the values are", choices=TYPES),
    "description": _key("text", "what the column holds, in a sentence"),
    "units": _key("text", "unit of the values: years, EUR"),
    "sensitivity": _key("text", "what the column says of people", "unknown", choices=SENSITIVITIES),
    "in": _key("texts", "environments that have the column", "all"),
    "not_in": _key("texts", "environments that have it not: a label is not known when a model serves", "[]"),
    "presence.required": _key("flag", "the column must be there", "true"),
    "presence.min_share": _share("share of the rows that have a value, at least"),
    "presence.min_count": _whole("rows that have a value, at least"),
    "unique": _key("flag", "no value occurs twice", "false"),
    "domain.values": _key("texts", "the values that are known"),
    "domain.max_new_values": _whole("how many other values may come", "any number, within max_unseen_share"),
    "domain.max_unseen_share": _share("share of the rows with other values, at most", "0"),
    "range.min": _key("scalar", "least value, or first day"),
    "range.max": _key("scalar", "greatest value, or last day"),
    "range.max_outside_share": _share("share of the rows beyond, at most", "0"),
    "length.min": _whole("characters of a text, at least"),
    "length.max": _whole("characters of a text, at most"),
    "length.max_outside_share": _share("share of the rows with other lengths, at most", "0"),
    "valency.min": _whole("members of a list, at least"),
    "valency.max": _whole("members of a list, at most"),
    "valency.max_outside_share": _share("share of the rows with other lists, at most", "0"),
    "pattern.regex": _key("text", "regular expression that the whole of each text matches"),
    "pattern.max_unmatched_share": _share("share of the rows that do not match, at most", "0"),
    "limits.min_distinct": _whole("different values, at least; 2: not constant"),
    "limits.max_distinct": _whole("different values, at most"),
    "limits.max_value_share": _share("share of the most frequent value, at most"),
    "limits.max_zero_share": _share("share of zeros, at most"),
    "limits.max_numeric_share": _share("of texts: share of those that read as numbers, at most"),
    "limits.min_mean": _key("number", "least mean"),
    "limits.max_mean": _key("number", "greatest mean"),
    "allow.nan": _key("flag", "NaN may occur", "false"),
    "allow.infinite": _key("flag", "infinite values may occur", "false"),
    **{f"severity.{kind}": _key("text", f"how this is taken: {about.title}", about.severity, choices=SETTINGS)
       for kind, about in KINDS.items()},
}  # fmt: skip
SEVERITY_KEYS: Keys = {kind: COLUMN_KEYS[f"severity.{kind}"] for kind in KINDS}

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(key.partition(".")[0] for key in COLUMN_KEYS if "." in key))
"""First halves of dotted keys: `presence`, `range`."""
