"""Which rows: comparisons of columns with values, joined by and, or, not.

income > 50000 and race = "white"
region not in ["north", "south"] or `job title` is missing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sterling.core.errors import near_miss
from sterling.core.tokens import Cursor

if TYPE_CHECKING:
    import polars as pl

Value = str | float
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "missing"]
EXPECTED = "columns compared with values, joined by and, or, not: sex = 'female' and age < 30"


@dataclass(frozen=True, slots=True)
class Compare:
    column: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Join:
    word: Literal["and", "or"]
    left: Predicate
    right: Predicate


@dataclass(frozen=True, slots=True)
class Not:
    inner: Predicate


Predicate = Compare | Join | Not


def parse_predicate(text: str) -> Predicate:
    """The predicate written in `text`. Raises ConfigError naming the place that cannot be read."""
    cursor = Cursor(text, expected=EXPECTED)
    predicate = read_predicate(cursor)
    if cursor.current.kind != "end":
        cursor.fail(cursor.current.at, f"has {cursor.current.text!r} left over")
    return predicate


def read_predicate(cursor: Cursor) -> Predicate:
    left = _read_and(cursor)
    while cursor.accept("or"):
        left = Join("or", left, _read_and(cursor))
    return left


def _read_and(cursor: Cursor) -> Predicate:
    left = _read_not(cursor)
    while cursor.accept("and"):
        left = Join("and", left, _read_not(cursor))
    return left


def _read_not(cursor: Cursor) -> Predicate:
    cursor.deeper()
    try:
        if cursor.accept("not"):
            return Not(_read_not(cursor))
        if cursor.accept("("):
            inner = read_predicate(cursor)
            cursor.expect(")")
            return inner
        return _read_compare(cursor)
    finally:
        cursor.shallower()


def _read_compare(cursor: Cursor) -> Compare | Not:
    column = cursor.take()
    if column.kind != "name":
        cursor.fail(column.at, "needs a column name here", "write columns with spaces in `backticks`")
    if cursor.accept("is"):
        negated = cursor.accept("not")
        cursor.expect("missing")
        missing = Compare(column.text, "missing", ())
        return Not(missing) if negated else missing
    if cursor.accept("not"):
        cursor.expect("in")
        return Not(Compare(column.text, "in", _read_list(cursor)))
    if cursor.accept("in"):
        return Compare(column.text, "in", _read_list(cursor))
    operator = cursor.accept("=", "==", "!=", "<", "<=", ">", ">=")
    if operator is None:
        cursor.fail(cursor.current.at, "needs a comparison here", "one of = != < <= > >= in, not in, or `is missing`")
    word = "=" if operator.text == "==" else operator.text
    return Compare(column.text, word, (_read_value(cursor),))  # type: ignore[arg-type]


def _read_list(cursor: Cursor) -> tuple[Value, ...]:
    cursor.expect("[")
    values = [_read_value(cursor)]
    while cursor.accept(","):
        values.append(_read_value(cursor))
    cursor.expect("]")
    return tuple(values)


def _read_value(cursor: Cursor) -> Value:
    sign = -1.0 if cursor.accept("-") else 1.0
    token = cursor.take()
    if token.kind == "number":
        return sign * cursor.number(token)
    if token.kind == "text" and sign > 0:
        return token.text
    return cursor.fail(token.at, "needs a number or a quoted text here", 'put text in quotes: race = "white"')


def columns_of(predicate: Predicate) -> tuple[str, ...]:
    """Every column the predicate reads, once."""
    match predicate:
        case Compare():
            return (predicate.column,)
        case Join():
            return tuple(dict.fromkeys(columns_of(predicate.left) + columns_of(predicate.right)))
        case Not():
            return columns_of(predicate.inner)


def write_predicate(predicate: Predicate) -> str:
    """The canonical text of a predicate; parsing it gives the predicate back."""
    match predicate:
        case Compare(column, "missing"):
            return f"`{column}` is missing"
        case Compare(column, "in", values):
            return f"`{column}` in [{', '.join(map(_write_value, values))}]"
        case Compare(column, operator, values):
            return f"`{column}` {operator} {_write_value(values[0])}"
        case Join(word, left, right):
            return f"({write_predicate(left)} {word} {write_predicate(right)})"
        case Not(inner):
            return f"not ({write_predicate(inner)})"


def _write_value(value: Value) -> str:
    if isinstance(value, float):
        return repr(value)
    return f"'{value}'" if '"' in value else f'"{value}"'


def to_polars(predicate: Predicate, known: tuple[str, ...], *, unknown: bool = False) -> pl.Expr:
    """The predicate as a Polars expression; a comparison with a value that is missing or NaN does not hold.

    With `unknown` it is neither true nor false, and so is whatever depends on it (Kleene's logic): null. Raises
    ConfigError when a column is not among `known`.
    """
    import polars as pl
    import polars.selectors as cs

    match predicate:
        case Join(word, left, right):
            a, b = to_polars(left, known, unknown=unknown), to_polars(right, known, unknown=unknown)
            return a & b if word == "and" else a | b
        case Not(inner):
            return ~to_polars(inner, known, unknown=unknown)
        case Compare(column, operator, values):
            if column not in known:
                from sterling.core.errors import ConfigError

                raise ConfigError(f"the where-clause names an unknown column {column!r}", hint=near_miss(column, known))
            if operator == "missing":
                return pl.any_horizontal(pl.col(column).is_null(), (cs.by_name(column) & cs.float()).is_nan())
            held = pl.any_horizontal([_compare(column, operator, value) for value in values])
            return held if unknown else held.fill_null(False)


def _compare(column: str, operator: Operator, value: Value) -> pl.Expr:
    import polars as pl

    if isinstance(value, str):
        left, right = pl.col(column).cast(pl.String), pl.lit(value)
    else:
        left, right = pl.col(column).cast(pl.Float64, strict=False).fill_nan(None), pl.lit(value)
    match operator:
        case "=" | "in":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right
