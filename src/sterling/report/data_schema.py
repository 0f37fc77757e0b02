"""The JSON Schema of `sterling.data` 1: the keys that are documented. Further ones may come in any release."""

from __future__ import annotations

from sterling.core.data.profile_file import FORMAT, VERSION
from sterling.report import words

Json = dict[str, object]
_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}
_NUMBER: Json = {"type": ["number", "null"]}
_COUNT: Json = {"type": "integer", "minimum": 0}
_FLAG: Json = {"type": ["boolean", "null"]}
_TEXTS: Json = {"type": "array", "items": _TEXT}
_SLICE: Json = {"type": "object", "additionalProperties": _TEXT_OR_NULL}
_INTERVAL: Json = {"value": _NUMBER, "low": _NUMBER, "high": _NUMBER}
RECORDS: dict[str, tuple[str, Json]] = {
    "columns": (
        "A record for each statistic of each column, of everyone and of each slice.",
        {
            "table": _TEXT, "slice": _SLICE, "column": _TEXT, "type": _TEXT, "kind": _TEXT, "role": _TEXT,
            "statistic": _TEXT, **_INTERVAL, "text": _TEXT_OR_NULL, "at": _NUMBER, "from": _NUMBER, "to": _NUMBER,
            "other": _TEXT_OR_NULL, "error": _NUMBER, "n": _COUNT, "weight": _NUMBER, "share": _NUMBER,
        },
    ),
    "anomalies": (
        "Promises of a schema that the table does not keep.",
        {
            "schema": _TEXT, "kind": _TEXT, "severity": {"enum": ["error", "warning", "note"]},
            "column": _TEXT_OR_NULL,
            "what": _TEXT, "expected": _TEXT, "got": _TEXT, "rows": {"type": ["integer", "null"]},
            "n": {"type": ["integer", "null"]}, "hint": _TEXT, "where": _TEXT,
        },
    ),
    "drift": (
        "A record for each statistic of each column between two tables.",
        {
            "table": _TEXT, "other": _TEXT, "column": _TEXT, "statistic": _TEXT, **_INTERVAL,
            "level": {"type": "number"},
            "n": _COUNT, "n_other": _COUNT, "p": _NUMBER, "adjusted_p": _NUMBER, "drifted": _FLAG,
        },
    ),
    "skew": (
        "How often a column differs between rows that share a key.",
        {
            "table": _TEXT, "other": _TEXT, "key": _TEXT_OR_NULL, "column": _TEXT, "n": _COUNT, "differing": _COUNT,
            "share": _NUMBER, "low": _NUMBER, "high": _NUMBER,
        },
    ),
    "people": ("Who is in the table; `question` says which record it is.", {"question": _TEXT}),
    "proxies": (
        "What features tell of a group column.",
        {"group": _TEXT, "measure": _TEXT, "together": {"type": "boolean"}, "features": _TEXTS, **_INTERVAL,
         "n": _COUNT,
         "null_high": _NUMBER, "p": _NUMBER, "carried": _FLAG},
    ),
    "duplicates": (
        "Rows that repeat another.",
        {"n": _COUNT, "rows": _COUNT, "sets": _COUNT, "columns": _TEXTS, "share": _NUMBER, "share_low": _NUMBER,
         "share_high": _NUMBER},
    ),
    "leaks": ("Leaks between parts and through columns; `question` says which record it is.", {"question": _TEXT}),
    "personal_data": (
        "A record for each kind of personal data in each column; never a value.",
        {
            "column": _TEXT, "kind": _TEXT, "count": _COUNT, "n": _COUNT, "share": _NUMBER, "share_low": _NUMBER,
            "share_high": _NUMBER, "where": {"enum": ["column", "text"]}, "by": _TEXT, "sensitivity": _TEXT,
            "precision": _NUMBER, "recall": _NUMBER,
        },
    ),
    "anonymity": (
        "A record for each set of quasi-identifiers, worst first.",
        {"quasi": _TEXTS, "n": _COUNT, "k": _COUNT, "classes": _COUNT, "unique_rows": _COUNT, "below": _COUNT,
         "wanted": _COUNT, "highest_risk": _NUMBER, "average_risk": _NUMBER, "given": {"type": "boolean"}},
    ),
    "terms": (
        "What a datasheet says of the terms of use: answers, open questions, requirements, consent.",
        {"term": _TEXT},
    ),
}  # fmt: skip
"""By kind of record: what it is, and its documented keys."""


def data_schema() -> Json:
    """The schema as plain values."""
    objects: Json = {"type": "array", "items": {"type": "object"}}
    known: Json = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "title": _TEXT,
        "subject": {
            "type": "object",
            "required": ["n", "people", "label", "groups", "tables"],
            "properties": {
                "n": _COUNT, "people": _TEXT, "label": _TEXT_OR_NULL, "groups": _TEXTS, "weight": _TEXT_OR_NULL,
                "id": _TEXT_OR_NULL, "ignored": _TEXTS, "tables": objects,
            },
        },
        "plan": {"type": "object", "required": ["hash"], "properties": {"hash": _TEXT}},
        **{kind: _records(said, keys) for kind, (said, keys) in RECORDS.items()},
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["ask", "check", "metric", "columns", "verdict", "value", "low", "high", "sentence"],
                "properties": {
                    "check": _TEXT_OR_NULL, "metric": _TEXT_OR_NULL, "columns": _TEXTS, "at": _TEXTS,
                    "sentence": _TEXT,
                    "verdict": {"enum": list(words.ORDER)}, "limit": _NUMBER, **_INTERVAL,
                },
            },
        },
        "counts": {"type": "object", "required": list(words.ORDER), "additionalProperties": _COUNT},
        "exit_code": {"enum": [0, 1, 3]},
        "policy": _TEXT_OR_NULL,
        "evidence": objects,
        "notices": _TEXTS,
        "evidence_hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "provenance": {"type": "object", "required": ["created", "sterling", "files"]},
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What sterling data profile and compare found in a table",
        "description": "Keys keep their names and meanings within a version; readers ignore those they do not know.",
        "type": "object",
        "required": list(known),
        "properties": known,
    }


def _records(said: str, keys: Json) -> Json:
    return {
        "type": "array",
        "description": said,
        "items": {"type": "object", "required": ["check", *keys], "properties": {"check": _TEXT, **keys}},
    }
