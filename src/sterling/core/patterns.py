"""One name for many columns: `p_{class}` stands for `p_setosa`, `p_versicolor` and whatever else the table has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.roles import PER_CLASS, ModelColumn, Roles

if TYPE_CHECKING:
    from sterling.core.subject import Subject

_HOLE = re.compile(r"\{\s*(?:class|label)\s*\}")


def is_pattern(column: str) -> bool:
    """Whether a column's name has a place for a class or a label."""
    return _HOLE.search(column) is not None


def fill(pattern: str, name: str) -> str:
    """The column of one class."""
    return _HOLE.sub(lambda _: name, pattern)


def matches(pattern: str, names: Iterable[str]) -> dict[str, str]:
    """The classes that the names hold, in their order, and the column of each.

    Raises ConfigError for a pattern with more than one hole, or with nothing around it.
    """
    parts = _HOLE.split(pattern)
    if len(parts) != 2 or not any(parts):
        raise ConfigError(
            f"the pattern {shown(pattern)!r} cannot be read",
            expected="a name with one {class} in it, such as p_{class}",
            hint="name the columns alike but for the class, with something before or after it",
        )
    before, after = map(re.escape, parts)
    read = re.compile(f"{before}(.+){after}", re.DOTALL)
    found = {m[1]: name for name in names if (m := read.fullmatch(name)) is not None}
    return {c: found[c] for c in in_order(found)}


def columns_of(columns: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Columns, with all that a pattern among them stands for in its place."""
    return tuple(dict.fromkeys(n for c in columns for n in (matches(c, names).values() if is_pattern(c) else (c,))))


def in_order(classes: Iterable[str]) -> list[str]:
    """Classes in the order in which they are listed everywhere: numbers by size, else as text."""
    every = list(dict.fromkeys(classes))
    try:
        return sorted(every, key=lambda c: (float(c), c))
    except ValueError:
        return sorted(every)


def with_members(subject: Subject) -> Subject:
    """The subject with the columns that its patterns stand for. Raises InputError when there are none."""
    roles = subject.roles
    if roles.task not in PER_CLASS:
        _check_no_pattern(subject)
        return subject
    names = subject.table.collect_schema().names()
    label_members: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    if roles.task == "multilabel" and roles.label is not None:
        found = _found(roles.label, "label", names, roles, subject.name)
        labels, label_members = tuple(found), tuple(found.values())
    models = tuple(_filled(m, names, labels, roles, subject.name) for m in roles.models)
    return replace(subject, roles=replace(roles, models=models, label_members=label_members))


def _check_no_pattern(subject: Subject) -> None:
    """A pattern that is no column's name is meant for models of several classes or labels."""
    roles = subject.roles
    patterns = [c for c in (roles.label, *(m.column for m in roles.models)) if c is not None and is_pattern(c)]
    known = subject.table.collect_schema().names() if patterns else []
    wrong = next((c for c in patterns if c not in known), None)
    if wrong is not None:
        raise ConfigError(
            f"{shown(wrong)!r} stands for several columns", where=subject.name,
            expected=f"one column for the task {roles.task}", hint="say --task multiclass or --task multilabel",
        )  # fmt: skip


def _filled(model: ModelColumn, names: Sequence[str], labels: tuple[str, ...], roles: Roles, where: str) -> ModelColumn:
    several = roles.task == "multilabel"
    if model.kind == "raw":
        raise ConfigError(
            f"scores of {roles.task} models are probabilities: raw ones cannot be read", where=shown(model.column),
            hint="turn them into probabilities first (softmax, or the logistic function), or give --prediction",
        )  # fmt: skip
    if model.kind == "prediction" and not several:
        return model
    found = _found(model.column, "score" if model.kind == "probability" else "prediction", names, roles, where)
    missing = [c for c in labels if c not in found]
    if missing:
        raise InputError(
            f"there is no column {shown(fill(model.column, missing[0]))!r} for the label {shown(missing[0])!r}",
            where=where, expected="a column for each of the labels " + listed(labels),
            hint="add the column, or leave the label's own column out of the table",
        )  # fmt: skip
    kept = labels or tuple(found)
    return replace(model, classes=kept, members=tuple(found[c] for c in kept))


def _found(pattern: str, role: str, names: Sequence[str], roles: Roles, where: str) -> dict[str, str]:
    word = "label" if roles.task == "multilabel" else "class"
    start = {"label": "is", "score": "p", "prediction": "says"}[role]
    if not is_pattern(pattern):
        raise ConfigError(
            f"the {role} {shown(pattern)!r} of a {roles.task} model names one column",
            expected=f"a pattern with one column for each {word}, such as {start}_{{{word}}}",
            hint="a column that names one class is given with --prediction"
            if word == "class"
            else "a model of one label is --task binary, one that names one of several classes --task multiclass",
        )
    found = matches(pattern, names)
    if not found:
        raise InputError(
            f"no column is named like {shown(pattern)!r}", where=where, hint=near_miss(pattern, names),
            expected=f"one column for each {word}",
        )  # fmt: skip
    return found


def listed(classes: Sequence[str], most: int = 8) -> str:
    """Classes inside a message, the first few of them."""
    return ", ".join(shown(c) for c in classes[:most]) + (", …" if len(classes) > most else "")
