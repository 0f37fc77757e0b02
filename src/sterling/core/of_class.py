"""Metrics of one class: `true_positive_rate of setosa`, `selection_rate of 'second class' where age < 30`.

A class is set against all others (one versus rest), so every rate of a yes/no model is a rate of each class, and of
each label of a model that gives several.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sterling.core.tokens import Cursor

if TYPE_CHECKING:
    from sterling.core.rates import MetricInfo
    from sterling.core.roles import Task

CLASSED: tuple[Task, ...] = ("multiclass", "multilabel", "segmentation")
"""Tasks in which rates are of one class against all others."""
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+\.?\d*")
_KEPT = ("where", "of")
_WORDS = (
    (re.compile(r"\b(whose|a) label is positive\b"), r"\1 label is {}"),
    (re.compile(r"\b(whose|a) label is negative\b"), r"\1 label is not {}"),
    (re.compile(r"\blabel is positive\b"), "label is {}"),
    (re.compile(r"\blabel is negative\b"), "label is not {}"),
    (re.compile(r"\ba positive label\b"), "the label {}"),
    (re.compile(r"\ba negative label\b"), "another label than {}"),
    (re.compile(r"\bthe model selects\b"), "the model predicts to be {}"),
    (re.compile(r"\bthe model does not select\b"), "the model does not predict to be {}"),
    (re.compile(r"\bselected\b"), "predicted {}"),
    (re.compile(r"\bof a class\b"), "of {}"),
)


def accept_class(cursor: Cursor) -> str | None:
    """The class after `of`, when there is one. Raises ConfigError when `of` names none."""
    if not cursor.accept("of"):
        return None
    token = cursor.take()
    if token.kind not in ("name", "text", "number"):
        cursor.fail(token.at, "needs a class here", "write names with spaces in quotes: recall of 'second class'")
    return token.text


def write_class(name: str) -> str:
    """A class as the grammar reads it: bare when it can be, else in the first quotes that it does not hold."""
    if _BARE.fullmatch(name) and name.lower() not in _KEPT:
        return name
    quote = next((q for q in ("'", '"', "`") if q not in name), "'")
    return f"{quote}{name}{quote}"


def of_class(info: MetricInfo, name: str) -> MetricInfo:
    """What a reader needs to know of a yes/no model's metric when it is taken of one class."""
    return replace(
        info,
        name=f"{info.name} of {write_class(name)}",
        label=f"{info.label} of {name}",
        plain=_in_words(info.plain, name),
        eligible=_in_words(info.eligible, name),
        formula=f"{info.formula}, of {write_class(name)} against the rest",
        of=name,
        tasks=CLASSED if "binary" in info.tasks else info.tasks,
    )


def _in_words(text: str, name: str) -> str:
    for pattern, words in _WORDS:
        text = pattern.sub(words.replace("{}", "\0"), text)
    return text.replace("\0", name)
