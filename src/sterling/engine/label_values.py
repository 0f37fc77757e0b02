"""The values of a label in messages: by name only those that so many rows have that a value is nobody's own.

A column of texts, ids or amounts may be given as the label by mistake: what single people wrote or earn is no class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import polars as pl

from sterling.core.defaults import SHARED
from sterling.core.errors import SterlingError, counted, shown
from sterling.core.place import Place
from sterling.core.slices import group_text

Rows = Callable[[str], Mapping[str, int]]
"""How many rows have each value of a column, as text; empty where that cannot be counted."""

LISTED = 6
RARE = 0.01
"""A value that less of the rows have, beside two that more have, is likelier a slip than a class."""
MOST_CLASSES = 50
"""Of a column with more values than these, none is named: they are no classes."""
FEW, LONG = 4, 40
"""Of more values than these few, one with so many letters is a text that somebody wrote, and no name of a class."""


def rows_of(table: pl.LazyFrame, column: str, *, place: Place | None = None) -> Mapping[str, int]:
    """How many rows have each value, as text; those without one are not counted."""
    count = partial(_counts, column=column)
    try:
        return count(table) if place is None else place.fold(table.select(column), count, _both)
    except (SterlingError, pl.exceptions.PolarsError):
        return {}


def _counts(table: pl.LazyFrame | pl.DataFrame, column: str) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for value, n in table.lazy().select(value=column).group_by("value").len("n").collect().iter_rows():
        if (text := group_text(value)) is not None:
            found[text] += n
    return found


def _both(a: Mapping[str, int], b: Mapping[str, int]) -> Mapping[str, int]:
    return Counter(a) + Counter(b)


def texts(values: Sequence[str]) -> bool:
    """Whether they are what people wrote, and no names of classes."""
    return len(values) > FEW and any(len(v) > LONG for v in values)


def named(rows: Mapping[str, int]) -> list[str]:
    """The values that may be named, those of most rows first."""
    if len(rows) > MOST_CLASSES or texts(list(rows)):
        return []
    return sorted((v for v, n in rows.items() if n >= SHARED), key=lambda v: (-rows[v], v))


def told(rows: Mapping[str, int], *, most: int = LISTED) -> str:
    """`0 in 600 rows, 1 in 400 rows and 2 more values in 3 rows`; empty where nothing could be counted."""
    first = named(rows)[:most]
    rest = [n for v, n in rows.items() if v not in first]
    some = ", ".join(f"{shown(v)} in {_in_rows(rows[v])}" for v in first)
    if not rest:
        return some
    more = "more " if first else ""
    many = f"{counted(len(rest), f'{more}value', f'{more}values')} in {_in_rows(sum(rest))}"
    return f"{some} and {many}" if first else many


def mend(rows: Mapping[str, int], odd: Sequence[str]) -> str:
    """What to do with the rows of values that are likelier slips; empty when there are none."""
    if not odd:
        return ""
    known = [v for v in named(rows) if v in odd]
    few = len(odd) - len(known)
    what = [*map(shown, known[:LISTED]), *([counted(few, "other value", "other values")] if few else [])]
    return f"mend or leave out the {_in_rows(sum(rows[v] for v in odd))} with {', '.join(what)}; or "


def _in_rows(n: int) -> str:
    return counted(n, "row", "rows")
