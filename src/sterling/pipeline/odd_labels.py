"""Says of a label that is not one of two values how many rows have each, and which of them look like slips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import polars as pl

from sterling.core.errors import InputError, SterlingError, counted, shown
from sterling.core.place import Place
from sterling.core.roles import Roles
from sterling.core.slices import group_text
from sterling.core.subject import Subject
from sterling.engine.labels import label_meaning

RARE = 0.01
"""A value that less of the rows have, beside two that more have, is likelier a slip than a class."""
LISTED = 6


@contextmanager
def labels_counted(subject: Subject) -> Iterator[None]:
    """Raises InputError as what runs within it does; of a label's values with the number of rows that have each."""
    with counted_in(subject.table, subject.roles, subject.name, place=subject.place):
        yield


@contextmanager
def counted_in(table: pl.LazyFrame, roles: Roles, name: str, *, place: Place | None = None) -> Iterator[None]:
    """As `labels_counted`, of a table that is no subject yet. The rows are counted when something is wrong only."""
    try:
        yield
    except InputError as error:
        label = roles.label
        if label is None or roles.positive is not None or not error.got:
            raise
        rows = _rows(table, label, place)
        if _refused(list(rows), label) != error.what:
            raise
        odd = _odd(rows)
        mend = f"mend or leave out the {_some(sum(rows[v] for v in odd))} with {_named(odd)}; or " if odd else ""
        raise InputError(
            error.what, where=error.where, expected=error.expected, got=_told(rows), hint=mend + error.hint
        ) from error


def _refused(values: Sequence[str], label: str = "label") -> str:
    """Why the values alone do not tell the positive one; empty when they do."""
    try:
        label_meaning(Roles(label=label), {label: pl.Series(values, dtype=pl.String)}, 0, "")
    except InputError as error:
        return error.what
    return ""


def _rows(table: pl.LazyFrame, label: str, place: Place | None) -> Counter[str]:
    """How many rows have each value; none where that cannot be counted either."""
    count = partial(_counts, label=label)
    try:
        return count(table) if place is None else place.fold(table.select(label), count, _both)
    except (SterlingError, pl.exceptions.PolarsError):
        return Counter()


def _counts(table: pl.LazyFrame | pl.DataFrame, label: str) -> Counter[str]:
    """How many rows have each value, as text; those without one are not counted."""
    found: Counter[str] = Counter()
    for value, n in table.lazy().select(value=label).group_by("value").len("n").collect().iter_rows():
        if (text := group_text(value)) is not None:
            found[text] += n
    return found


def _both(a: Counter[str], b: Counter[str]) -> Counter[str]:
    return a + b


def _odd(rows: Counter[str]) -> list[str]:
    """Values that are likelier slips: few rows have them, and what is left are two."""
    rare = [v for v, n in rows.items() if n < RARE * rows.total()]
    if len(rows) - len(rare) != 2:
        plain = [v for v in rows if not _refused([v])]  # 0, 1, yes, no
        pair = len(plain) == 2 and not _refused(plain)
        rare = [v for v in rows if v not in plain] if pair else []
    return sorted(rare, key=lambda v: (-rows[v], v))


def _told(rows: Counter[str]) -> str:
    """The values, most frequent first, with their rows. Where most rows have one of their own, only how many there are:
    they are ids or texts, and nobody's business."""
    if len(rows) > LISTED and rows.total() < 2 * len(rows):
        return f"{len(rows)} values in {_some(rows.total())}"
    held = sorted(rows, key=lambda v: (-rows[v], v))
    some = ", ".join(f"{shown(v)} in {_some(rows[v])}" for v in held[:LISTED])
    return some + (f" and {len(held) - LISTED} more values" if len(held) > LISTED else "")


def _some(n: int) -> str:
    return counted(n, "row", "rows")


def _named(values: Sequence[str]) -> str:
    return ", ".join(map(shown, values[:LISTED])) + (", …" if len(values) > LISTED else "")
