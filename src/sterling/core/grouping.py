"""Groups made from a column: cut(age, 25, 40, 65), quantiles(income, 4), bins(score, 5).

Such a text stands wherever a group column may stand, and is the name of the column that it makes. It is parsed, never
evaluated. `engine.grouping` makes the columns.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.tokens import Cursor, Token

MOST_PARTS = 100
"""So many parts a column may be divided into."""
FUNCTIONS = ("bins", "cut", "quantiles")
EXPECTED = "cut(age, 25, 40, 65), quantiles(income, 4) or bins(score, 5)"

_QUOTED = r"`[^`]*`|\"[^\"]*\"|'[^']*'"
CALL = rf"[A-Za-z_]\w*\s*\((?:{_QUOTED}|[^()`\"'])*\)"
"""A regular expression for what is written like a call, with commas inside."""
_OURS = re.compile(rf"\s*(?:{'|'.join(FUNCTIONS)})\s*\(")
_CALLED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*\(.*\)\s*", re.DOTALL)
_FIELD = re.compile(rf'\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*|(?P<plain>{CALL}\s*|[^,]*))(?:,|$)')
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Ranges of a column with the given edges: numbers as typed, or days as in 2026-01-31. Edges ascend."""

    column: str
    edges: tuple[str, ...]
    dates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A column in so many parts: `quantiles` of about as many rows each, `bins` of equal width."""

    kind: Literal["quantiles", "bins"]
    column: str
    count: int


Grouping = Cut | Parts


def parse_grouping(text: str) -> Grouping | None:
    """What a text makes of which column; None for the name of a column as it is.

    Raises ConfigError naming the place that cannot be read.
    """
    if not _OURS.match(text):
        return None
    cursor = Cursor(text, expected=EXPECTED)
    function = cursor.take().text
    cursor.expect("(")
    column = _column(cursor)
    grouping = _cut(cursor, column) if function == "cut" else _parts(cursor, function, column)
    cursor.expect(")")
    if cursor.current.kind != "end":
        cursor.fail(cursor.current.at, f"has {shown(cursor.current.text)!r} left over")
    return grouping


def _column(cursor: Cursor) -> str:
    token = cursor.take()
    if token.kind not in ("name", "text") or not token.text:
        cursor.fail(token.at, "needs a column here", "write columns with spaces in `backticks`")
    return token.text


def _parts(cursor: Cursor, function: str, column: str) -> Parts:
    cursor.expect(",")
    token = cursor.take()
    if token.kind != "number" or not token.text.isdigit() or not 2 <= int(token.text) <= MOST_PARTS:
        cursor.fail(token.at, f"needs a whole number from 2 to {MOST_PARTS} here", f"{function}({column}, 4)")
    return Parts(kind="bins" if function == "bins" else "quantiles", column=column, count=int(token.text))


def _cut(cursor: Cursor, column: str) -> Cut:
    edges: list[tuple[Token, str]] = []
    while cursor.accept(","):
        edges.append(_edge(cursor))
    if not edges:
        cursor.fail(cursor.current.at, "has no edges", "cut(age, 25, 40, 65)")
    if len(edges) >= MOST_PARTS:
        cursor.fail(edges[-1][0].at, f"has more than {MOST_PARTS - 1} edges")
    dates = edges[0][0].kind == "text"
    for token, _ in edges:
        if (token.kind == "text") != dates:
            cursor.fail(token.at, "mixes days and numbers")
    values = [edge_value(text, dates=dates) for _, text in edges]
    for (token, _), low, high in zip(edges[1:], values, values[1:], strict=False):
        if not low < high:  # type: ignore[operator]
            cursor.fail(token.at, "has edges that do not ascend", "write the edges from low to high, each once")
    return Cut(column=column, edges=tuple(text for _, text in edges), dates=dates)


def _edge(cursor: Cursor) -> tuple[Token, str]:
    sign = "-" if cursor.accept("-") else ""
    token = cursor.take()
    if token.kind == "number":
        cursor.number(token)
        if cursor.current.text == "-":
            cursor.fail(token.at, "has an unreadable edge", "write days in quotes: cut(decided, '2026-01-31')")
        return token, sign + token.text
    if token.kind == "text" and not sign and _is_day(token.text):
        return token, token.text
    return cursor.fail(token.at, "needs a number here, or a day in quotes", "cut(age, 25, 40), cut(day, '2026-01-31')")


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def edge_value(text: str, *, dates: bool = False) -> Decimal | dt.date:
    """The value of an edge, exactly as typed."""
    return dt.date.fromisoformat(text) if dates else Decimal(text)


def write_grouping(grouping: Grouping) -> str:
    """The text of a grouping, which is the name of its column; parsing it gives the grouping back."""
    column = write_column(grouping.column)
    if isinstance(grouping, Parts):
        return f"{grouping.kind}({column}, {grouping.count})"
    edges = (f"'{e}'" for e in grouping.edges) if grouping.dates else grouping.edges
    return f"cut({', '.join((column, *edges))})"


def write_column(column: str) -> str:
    """A column inside brackets, quoted where its name needs it. A name that holds every mark was written in none."""
    mark = "" if _PLAIN_NAME.fullmatch(column) else next((m for m in "`\"'" if m not in column), "`")
    return f"{mark}{column}{mark}"


def group_name(text: str) -> str:
    """The name of the group column that a text stands for: `cut(age,25)` is `cut(age, 25)`, `race` is `race`.

    A column whose own name looks like a grouping is written in `backticks`. Raises ConfigError as `parse_grouping`.
    """
    bare = text.strip()
    if len(bare) > 2 and bare[0] == bare[-1] == "`" and "`" not in bare[1:-1]:
        return bare[1:-1]
    grouping = parse_grouping(text)
    return text if grouping is None else write_grouping(grouping)


def made_from(name: str) -> Grouping | None:
    """The grouping behind the name of a group column; None for any other name, whatever it looks like."""
    try:
        return parse_grouping(name)
    except ConfigError:
        return None


def split_groups(text: str) -> list[str]:
    """`race,cut(age, 25)` as two; `"a,b",sex` keeps the comma of a quoted name. Raises ConfigError for an empty one."""
    found: list[str] = []
    at = 0
    while at <= len(text):
        match = _FIELD.match(text, at)
        if match is None:
            raise ConfigError("a quoted column name is not closed", where="--groups", got=shown(text),
                              hint="put a double quote behind the name: --groups '\"a, b\",sex'")  # fmt: skip
        quoted = match["quoted"]
        found.append(match["plain"].strip() if quoted is None else quoted.replace('""', '"').strip())
        at = match.end() + (match.end() == len(text) and not match.group().endswith(","))
    if "" in found:
        raise ConfigError("a column name is empty", where="--groups", got=shown(text), hint="--groups race,sex")
    return found


def call_hint(text: str, known: Iterable[str]) -> str:
    """What was meant by a name that is no column: a near column, or a near way to make groups."""
    call = _CALLED.fullmatch(text)
    hint = near_miss(call["name"].lower(), FUNCTIONS) if call else ""
    return f"{hint} groups are made by {EXPECTED}" if hint.startswith("did you mean") else near_miss(text, known)


def range_words(edges: tuple[str, ...], *, dates: bool = False) -> tuple[str, ...]:
    """The names of the ranges between edges, each from its lower edge on to below its upper one."""
    below, above = ("before", "later") if dates else ("under", "over")
    between = [f"{low} to {below} {high}" for low, high in pairwise(edges)]
    return (f"{below} {edges[0]}", *between, f"{edges[-1]} and {above}")
