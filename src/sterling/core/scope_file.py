"""Reads `scope.toml` and `cards/*.md`: what people say of a project. What nobody answered is listed, never made up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sterling.core.confine import locate
from sterling.core.errors import ConfigError, near_miss, shown, shown_path
from sterling.core.needs import BY_ID, QUESTIONS, assess
from sterling.core.project_keys import Key, Keys, read_keys
from sterling.core.scope import GroupColumn, Harm, Scope
from sterling.core.toml import Document, Table

FILE = "scope.toml"
MAX_PROSE = 200_000
"""Longest Markdown file of a card's section, in bytes."""
MAX_SECTIONS = 100
_SECTION = re.compile(r"[a-z0-9][a-z0-9._-]*")


def _key(kind: Any, words: str, **more: Any) -> Key:
    return Key(kind=kind, words=words, **more)


SCOPE_KEYS: Keys = {
    "purpose": _key("text", "what the model is for, at length; the sentence stands in sterling.toml"),
    "users": _key("texts", "who will use the output, and for what"),
    "affected": _key("texts", "who is affected by it, also those who never chose it"),
    "out_of_scope": _key("texts", "uses that it must not be put to"),
    "limitations": _key("texts", "what it is known not to do well"),
    "tradeoffs": _key("texts", "what was given up for what"),
    "label_provenance": _key("text", "who made the label, when, by which rules"),
}
HARM_KEYS: Keys = {
    "kind": _key("text", "what kind of harm", required=True,
                 choices=("allocation", "quality_of_service", "representation")),
    "who": _key("text", "who is harmed", required=True),
    "what": _key("text", "what happens to them", required=True),
    "mitigation": _key("text", "what is done about it"),
}  # fmt: skip
GROUP_KEYS: Keys = {
    "column": _key("text", "a group column of sterling.toml", required=True),
    "source": _key("text", "how the values were learnt", required=True,
                   choices=("asked", "observed", "inferred", "unavailable")),
    "may_be_used": _key("flag", "whether it may be used to measure"),
    "note": _key("text", "anything else about it"),
}  # fmt: skip
TABLES = ("harm", "group", "answers")

_OPEN = {
    "users": "Who will use the output, and for what?",
    "affected": "Who is affected by it?",
    "out_of_scope": "Which uses is it not made for?",
    "limitations": "What is it known not to do well?",
    "tradeoffs": "What was given up for what?",
    "label_provenance": "Who made the label, when and by which rules?",
}
_PURPOSE = "What is the model for?"
_HARMS = "What may happen to whom when it errs?"


def read_scope(path: Path, *, cards: Path | None = None, groups: Sequence[str] = (), purpose: str = "") -> Scope:
    """Read the answers, the needs that follow from them, and the Markdown of the cards.

    Without the file every question is open. `groups`: the group columns that need an answer each; `purpose`: the
    sentence of `sterling.toml`. Raises ConfigError naming file, line and key.
    """
    there = path.is_file()
    document = Document.load(path, what="the scope", hint="check [scope] file") if there else _nothing(path)
    root = document.root
    answers = _answers(root.table("answers"))
    harms = tuple(Harm(**read_keys(e, HARM_KEYS)) for e in root.entries("harm", "harms", "a harm"))
    told = _groups(root, groups)
    words = read_keys(_without_tables(root), SCOPE_KEYS)
    words["purpose"] = words.get("purpose") or purpose
    return Scope(
        harms=harms,
        groups=told,
        answers=answers,
        needs=assess(answers),
        missing=_missing(words, harms, told, answers, groups),
        prose=read_prose(cards) if cards is not None else {},
        **words,
    )


def question_of(key: str) -> str:
    """The question that a key at the top of `scope.toml` answers."""
    return _PURPOSE if key == "purpose" else _OPEN[key]


def place_of(question: str) -> str:
    """Where the answer to a question of `Scope.missing` is written: `scope.toml: users`."""
    if question == _PURPOSE:
        return "sterling.toml: [project] purpose"
    if question == _HARMS:
        return f"{FILE}: [[harm]]"
    key = next((key for key, text in _OPEN.items() if text == question), None)
    if key is not None:
        return f"{FILE}: {key}"
    asked = next((q.id for q in QUESTIONS if q.text == question), None)
    return f"{FILE}: [[group]]" if asked is None else f"{FILE}: [answers] {asked}"


def read_prose(folder: Path) -> dict[str, str]:
    """`cards/<section>.md` by section, empty ones left out. Raises ConfigError for one too long or not UTF-8."""
    if not folder.is_dir():
        return {}
    files = sorted(p for p in folder.iterdir() if p.suffix == ".md" and not p.name.startswith("."))
    if len(files) > MAX_SECTIONS:
        raise ConfigError("too many sections", where=shown_path(folder), expected=f"at most {MAX_SECTIONS} files",
                          hint="move files that are no sections of a card elsewhere")  # fmt: skip
    prose = {file.stem: _prose(file, folder) for file in files}
    return {section: text for section, text in prose.items() if text}


def _prose(file: Path, folder: Path) -> str:
    if not _SECTION.fullmatch(file.stem):
        raise ConfigError(
            "the name is no section", where=shown_path(file), expected="lower-case letters, digits, -, _ and ."
        )
    locate(file.name, folder=folder, allowed=(folder.parent,), where=shown_path(file))
    try:
        raw = file.read_bytes() if file.stat().st_size <= MAX_PROSE else None
    except OSError as error:
        raise ConfigError(
            f"cannot read the section: {error.strerror}", where=shown_path(file), hint="check its permissions"
        ) from error
    if raw is None:
        raise ConfigError("the section is too long", where=shown_path(file), expected=f"at most {MAX_PROSE:,} bytes",
                          hint="keep the long text in a document of its own, and say where it is")  # fmt: skip
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ConfigError("the section is not UTF-8 text", where=shown_path(file), hint="save it as UTF-8") from None


def _nothing(path: Path) -> Document:
    return Document.parse("", origin=shown_path(path))


def _without_tables(root: Table) -> Table:
    known = (*SCOPE_KEYS, *TABLES)
    root.only(known)
    plain = {key: value for key, value in root.values.items() if key not in TABLES}
    return Table(document=root.document, where=root.where, values=plain, name=root.name)


def _answers(table: Table) -> dict[str, bool | None]:
    """Yes or no by question; `""` is a question that was seen and left open."""
    for key in table.values:
        if key not in BY_ID:
            raise table.fail(f"there is no question {shown(key)!r}", key, hint=near_miss(key, BY_ID))
    given = {key: None if value == "" else table.flag(key) for key, value in table.values.items()}
    return {question.id: given.get(question.id) for question in QUESTIONS}


def _groups(root: Table, groups: Sequence[str]) -> tuple[GroupColumn, ...]:
    entries = root.entries("group", "groups", "a group")
    told = tuple(GroupColumn(**read_keys(entry, GROUP_KEYS)) for entry in entries)
    seen: set[str] = set()
    for entry, group in zip(entries, told, strict=True):
        if group.column in seen:
            raise entry.fail(f"{shown(group.column)} is described twice", "column")
        if groups and group.column not in groups and group.source != "unavailable":
            raise entry.fail(
                f"{shown(group.column)} is not a group column", "column",
                expected="one of " + ", ".join(map(shown, groups)),
                hint='for a group that the table does not record: source = "unavailable"',
            )  # fmt: skip
        seen.add(group.column)
    return told


def _missing(
    words: Mapping[str, Any], harms: Sequence[Harm], told: Sequence[GroupColumn],
    answers: Mapping[str, bool | None], groups: Sequence[str],
) -> tuple[str, ...]:  # fmt: skip
    missing = [] if words["purpose"] else [_PURPOSE]
    missing += [question for key, question in _OPEN.items() if not words.get(key)]
    missing += [] if harms else [_HARMS]
    known = {group.column: group for group in told}
    missing += [f"How was {shown(c)} learnt, and may it be used?" for c in groups if c not in known]
    missing += [
        f"May {shown(c)} be used to measure?" for c in groups if c in known and known[c].may_be_used is None
    ]  # fmt: skip
    return (*missing, *(q.text for q in QUESTIONS if answers[q.id] is None))
