"""Reads `datasheet.toml`: on which terms data may be used. What nobody answered is listed, never made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sterling.core.data.terms import BASES, Terms
from sterling.core.project_keys import Key, Keys, read_keys
from sterling.core.toml import Document

FILE = "datasheet.toml"


def _key(kind: Any, words: str, **more: Any) -> Key:
    return Key(kind=kind, words=words, **more)


TERMS_KEYS: Keys = {
    "source": _key("text", "where the data come from: a system, a publisher, a survey"),
    "collected_by": _key("text", "who collected them"),
    "collected_from": _key("date", "first day on which something in them was collected"),
    "collected_until": _key("date", "last day on which something in them was collected"),
    "licence": _key("text", 'licence, by its SPDX name, or "none" for data that may not be passed on'),
    "purposes": _key("texts", "what they may be used for, as the people concerned were told"),
    "basis": _key("text", "legal ground for using data about people", choices=BASES),
    "consent_column": _key("text", "column that says of each row whether somebody agreed"),
    "consent_values": _key("texts", "values of that column that mean yes"),
    "geography": _key("texts", "where the people live: ISO 3166 codes, or words"),
    "stored_in": _key("texts", "where the data lie: ISO 3166 codes, or words"),
    "retain_until": _key("date", "last day on which they may be kept"),
    "contact": _key("text", "who answers questions, and hears of people who want to be left out"),
    "restrictions": _key("texts", "uses that are not allowed"),
}
QUESTIONS: dict[str, str] = {
    "source": "Where do the data come from?",
    "collected_by": "Who collected them?",
    "collected_until": "Until when were they collected?",
    "licence": "Under which licence may they be used?",
    "purposes": "For which purposes may they be used?",
    "basis": "On which ground may data about these people be used?",
    "geography": "Where do the people live?",
    "stored_in": "Where do the data lie?",
    "retain_until": "Until when may they be kept?",
    "contact": "Who answers questions about them?",
}
"""The questions that every datasheet should answer, by the key of the answer."""
NO_PEOPLE = ("geography",)
"""Questions that do not arise when the data are about nobody."""


def read_terms(path: Path) -> Terms:
    """Read a datasheet. Raises ConfigError naming file, line and key, also when there is no such file."""
    return terms_of(Document.load(path, what="the datasheet", hint="docs/guide/terms.md says what stands in one"))


def parse_terms(text: str, *, origin: str = FILE) -> Terms:
    """A datasheet from its text; an empty one leaves every question open. Raises ConfigError as `read_terms` does."""
    return terms_of(Document.parse(text, origin=origin))


def terms_of(document: Document) -> Terms:
    """The terms in a document. Raises ConfigError for unknown keys, wrong kinds, and days in the wrong order."""
    root = document.root
    words = read_keys(root, TERMS_KEYS)
    first, last, kept = (words.get(k) for k in ("collected_from", "collected_until", "retain_until"))
    if first is not None and last is not None and last < first:
        raise root.fail("the last day of collection lies before the first", "collected_until", got=last.isoformat(),
                        expected=f"{first.isoformat()} or later")  # fmt: skip
    if first is not None and kept is not None and kept < first:
        raise root.fail("the data had to be erased before they were collected", "retain_until", got=kept.isoformat(),
                        expected=f"{first.isoformat()} or later")  # fmt: skip
    if "consent_values" in words and "consent_column" not in words:
        raise root.fail("consent_values are values of no column", "consent_values", hint='consent_column = "agreed"')
    plain: dict[str, Any] = {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in words.items()}
    return Terms(**plain, missing=_missing(plain))


def _missing(words: dict[str, Any]) -> tuple[str, ...]:
    about_nobody = words.get("basis") == "no_people"
    asked = (key for key in QUESTIONS if not (about_nobody and key in NO_PEOPLE))
    return tuple(QUESTIONS[key] for key in asked if not words.get(key))


def place_of(question: str) -> str:
    """Where the answer to a question of `Terms.missing` is written: `datasheet.toml: licence`."""
    return f"{FILE}: {next(key for key, text in QUESTIONS.items() if text == question)}"
