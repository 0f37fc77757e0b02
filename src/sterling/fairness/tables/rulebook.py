"""Reads the rules that come with the package, and what people state for them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

from sterling.core.errors import shown_path
from sterling.core.outcomes import Answers, Asked, PersonalFinding, Rule, RuleName
from sterling.core.toml import Document, Table

FINDING_KEYS = ("text", "severity", "owner", "due")


def load_rule(name: RuleName) -> Rule:
    """The rule of that name as it is in this version of the package."""
    source = resources.files("sterling.fairness.tables.rules") / f"{name}.toml"
    root = Document.parse(source.read_text(encoding="utf-8"), origin=f"{name}.toml").root
    numbers = root.table("numbers")
    return Rule(
        name=name,
        title=root.words("title"),
        version=root.words("version"),
        as_of=root.date("as_of"),
        about=root.words("about"),
        status=root.words("status"),
        sources=root.texts("sources"),
        notes=root.texts("notes"),
        asked=tuple(_asked(t) for t in root.entries("asked", "questions", "a question")),
        numbers={key: numbers.number(key) for key in numbers.values},
    )


def _asked(table: Table) -> Asked:
    kind: Literal["text", "date"] = (
        "date" if "kind" in table and table.choice("kind", ("text", "date")) == "date" else "text"
    )
    return Asked(
        key=table.words("key"),
        question=table.words("question"),
        kind=kind,
        optional="optional" in table and table.flag("optional"),
    )


def read_answers(path: Path | None, rule: Rule) -> Answers:
    """What people state for a rule, from a TOML file; nothing without a file.

    Raises ConfigError naming the line of an unknown key, a text where a date belongs, or a file that cannot be read.
    """
    if path is None:
        return Answers(given={})
    document = Document.load(path, what="the facts", hint="give the TOML file that answers the rule's questions")
    root = document.root
    keys = [a.key for a in rule.asked]
    root.only([*keys, "finding"] if rule.name == "model-risk" else keys)
    given = {a.key: root.date(a.key) if a.kind == "date" else root.words(a.key) for a in rule.asked if a.key in root}
    found = root.entries("finding", "findings", "a finding")
    return Answers(given=given, findings=tuple(_finding(t) for t in found), file=shown_path(path.name))


def _finding(table: Table) -> PersonalFinding:
    table.only(FINDING_KEYS)
    if "text" not in table:
        raise table.fail("a finding has no text", expected='text = "what was found"')
    return PersonalFinding(
        text=table.words("text"),
        severity=table.words("severity") if "severity" in table else "",
        owner=table.words("owner") if "owner" in table else "",
        due=table.date("due") if "due" in table else None,
    )
