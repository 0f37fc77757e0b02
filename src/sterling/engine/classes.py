"""Classes as the label and as a model write them: where none is the same, nothing a model says can be right."""

from __future__ import annotations

from collections.abc import Sequence

from sterling.core.errors import InputError, shown
from sterling.core.patterns import in_order, listed


def some_shared(labels: Sequence[str], given: Sequence[str], *, label: str | None, model: str, name: str) -> None:
    """Raises InputError when a model names classes, and none of them is a class of the label.

    Columns are `label` and `model` of the table called `name`.
    """
    if label is None or not labels or not given or set(labels) & set(given):
        return
    raise InputError(
        f"no class in column {shown(model)!r} is a class of the label {shown(label)!r}: none could be right",
        where=name, expected="classes written as the label writes them: " + listed(in_order(labels)),
        got=listed(in_order(given)), hint=_written_otherwise(labels, given),
    )  # fmt: skip


def _written_otherwise(labels: Sequence[str], given: Sequence[str]) -> str:
    """How the nearest of them differ, where it is by case or spaces; else what to do of names and numbers."""
    plain = {c.strip().casefold(): c for c in in_order(labels)}
    near = next((c for c in in_order(given) if c.strip().casefold() in plain), None)
    if near is not None:
        return f"{shown(repr(near))} is not {shown(repr(plain[near.strip().casefold()]))}: write both alike"
    return "where one side has numbers for the classes, write their names instead; is it the label of this model?"
