"""Which rows: comparisons of columns with values or with one another, joined by and, or, not.

income > 50000 and race = "white"
region not in ["north", "south"] or `job title` is missing
started <= ended
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sterling.core.errors import near_miss
from sterling.core.frozen import dataclass
from sterling.core.tokens import Cursor

if TYPE_CHECKING:
    import polars as pl

Value = str | float
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "missing"]
Ordering = Literal["=", "!=", "<", "<=", ">", ">="]
EXPECTED = "columns compared with values, joined by and, or, not: sex = 'female' and age < 30"
BETWEEN = "columns compared with values or with one another: started <= ended and (age >= 16 or age is missing)"


@dataclass(frozen=True, slots=True)
class Compare:
    column: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Two columns of the same row compared with each other."""

    column: str
    operator: Ordering
    other: str


@dataclass(frozen=True, slots=True)
class Join:
    word: Literal["and", "or"]
    left: Predicate
    right: Predicate


@dataclass(frozen=True, slots=True)
class Not:
    inner: Predicate


Predicate = Compare | Beside | Join | Not


def parse_predicate(text: str, *, between: bool = False) -> Predicate:
    """The predicate written in `text`. Raises ConfigError naming the place that cannot be read.

    `between`: columns may be compared with one another. Elsewhere a bare name is a text without its quotes.
    """
    cursor = Cursor(text, expected=BETWEEN if between else EXPECTED, between=between)
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


def _read_compare(cursor: Cursor) -> Compare | Beside | Not:
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
    if cursor.between and cursor.current.kind == "name":
        return Beside(column.text, word, cursor.take().text)  # type: ignore[arg-type]
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
        case Beside():
            return tuple(dict.fromkeys((predicate.column, predicate.other)))
        case Join():
            return tuple(dict.fromkeys(columns_of(predicate.left) + columns_of(predicate.right)))
        case Not():
            return columns_of(predicate.inner)


def columns_compared(predicate: Predicate) -> tuple[str, ...]:
    """Every column whose values the predicate compares, once: whether one is missing can be asked of any column."""
    match predicate:
        case Compare(column, operator):
            return () if operator == "missing" else (column,)
        case Beside():
            return columns_of(predicate)
        case Join():
            return tuple(dict.fromkeys(columns_compared(predicate.left) + columns_compared(predicate.right)))
        case Not():
            return columns_compared(predicate.inner)


def numbers_beside(predicate: Predicate) -> tuple[str, ...]:
    """Every column that the predicate compares with a number, once."""
    match predicate:
        case Compare(column, _, values):
            return (column,) if any(isinstance(v, float) for v in values) else ()
        case Beside():
            return ()
        case Join():
            return tuple(dict.fromkeys(numbers_beside(predicate.left) + numbers_beside(predicate.right)))
        case Not():
            return numbers_beside(predicate.inner)


def write_predicate(predicate: Predicate) -> str:
    """The canonical text of a predicate; parsing it gives the predicate back."""
    match predicate:
        case Compare(column, "missing"):
            return f"`{column}` is missing"
        case Compare(column, "in", values):
            return f"`{column}` in [{', '.join(map(_write_value, values))}]"
        case Compare(column, operator, values):
            return f"`{column}` {operator} {_write_value(values[0])}"
        case Beside(column, operator, other):
            return f"`{column}` {operator} `{other}`"
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

    match predicate:
        case Join(word, left, right):
            a, b = to_polars(left, known, unknown=unknown), to_polars(right, known, unknown=unknown)
            return a & b if word == "and" else a | b
        case Not(inner):
            return ~to_polars(inner, known, unknown=unknown)
        case Beside(column, operator, other):
            _known(column, known)
            _known(other, known)
            either = pl.any_horizontal(_missing(column), _missing(other))
            both = pl.when(~either).then(_compared(pl.col(column), operator, pl.col(other)))
            return both if unknown else both.fill_null(False)
        case Compare(column, operator, values):
            _known(column, known)
            if operator == "missing":
                return _missing(column)
            held = pl.any_horizontal([_compare(column, operator, value) for value in values])
            return held if unknown else held.fill_null(False)


def _known(column: str, known: tuple[str, ...]) -> None:
    if column not in known:
        from sterling.core.errors import ConfigError

        raise ConfigError(f"the where-clause names an unknown column {column!r}", hint=near_miss(column, known))


def _missing(column: str) -> pl.Expr:
    import polars as pl
    import polars.selectors as cs

    return pl.any_horizontal(pl.col(column).is_null(), (cs.by_name(column) & cs.float()).is_nan())


def _compare(column: str, operator: Operator, value: Value) -> pl.Expr:
    import polars as pl

    if isinstance(value, str):
        left, right = pl.col(column).cast(pl.String), pl.lit(value)
    else:
        left, right = pl.col(column).cast(pl.Float64, strict=False).fill_nan(None), pl.lit(value)
    return _compared(left, operator, right)


def _compared(left: pl.Expr, operator: Operator, right: pl.Expr) -> pl.Expr:
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
