"""Algebra over confusion cells: parsed, checked, and evaluated on arrays together with its gradient.

    tp / (tp + fn)      true_positive_rate - false_positive_rate      sqrt(precision * recall)

The same tree drives a check, a limit and, later, a training constraint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from sterling.core.errors import ConfigError, near_miss
from sterling.core.frozen import dataclass
from sterling.core.tokens import Cursor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CELLS = ("tp", "fp", "fn", "tn", "selected_unlabelled", "rejected_unlabelled")
"""Predicted positive or not × labelled positive, negative, or not labelled at all. The order of every cell array."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Cell:
    index: int


@dataclass(frozen=True, slots=True)
class Binary:
    operator: Literal["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Root:
    """The square root of a node; unknown below zero."""

    inner: Node


Node = Number | Cell | Binary | Root


def read_algebra(cursor: Cursor, names: Mapping[str, Node]) -> Node:
    """Read a sum from the cursor; `names` are the rates that may be named."""
    left = _read_product(cursor, names)
    while token := cursor.accept("+", "-"):
        left = Binary("+" if token.text == "+" else "-", left, _read_product(cursor, names))
    return left


def _read_product(cursor: Cursor, names: Mapping[str, Node]) -> Node:
    left = _read_factor(cursor, names)
    while token := cursor.accept("*", "/"):
        left = Binary("*" if token.text == "*" else "/", left, _read_factor(cursor, names))
    return left


def _read_factor(cursor: Cursor, names: Mapping[str, Node]) -> Node:
    cursor.deeper()
    try:
        if cursor.accept("-"):
            inner = _read_factor(cursor, names)
            return Number(-inner.value) if isinstance(inner, Number) else Binary("*", Number(-1.0), inner)
        if cursor.accept("("):
            inner = read_algebra(cursor, names)
            cursor.expect(")")
            return inner
        token = cursor.take()
        if token.kind == "number":
            return Number(cursor.number(token))
        name = token.text.lower()
        if token.kind == "name" and name == "sqrt":
            cursor.expect("(")
            inner = read_algebra(cursor, names)
            cursor.expect(")")
            return Root(inner)
        if token.kind == "name" and name in CELLS:
            return Cell(CELLS.index(name))
        if token.kind == "name" and name in names:
            return names[name]
        if token.kind == "name":
            cursor.fail(token.at, f"names an unknown rate {token.text!r}", near_miss(name, [*names, *CELLS, "sqrt"]))
        cursor.fail(token.at, "stops where a rate, a cell or a number should stand")
    finally:
        cursor.shallower()


def degree(node: Node) -> float | None:
    """0 for a number or a rate, 1 for a count, ½ for its root, and so on; None for a plain zero, which fits any degree.

    Raises ConfigError where a count is added to a rate.
    """
    match node:
        case Number(value):
            return None if value == 0 else 0
        case Cell():
            return 1
        case Root(inner):
            under = degree(inner)
            return None if under is None else under / 2
        case Binary(operator, left, right):
            a, b = degree(left), degree(right)
            if operator in ("+", "-"):
                if a is None or b is None:
                    return b if a is None else a
                if a != b:
                    raise ConfigError(
                        "the expression adds a count to a rate or number",
                        expected="counts with counts, rates with rates",
                        hint="divide the count first, for example tp / (tp + fn) + 1",
                    )
                return a
            return (a or 0) + (b or 0) if operator == "*" else (a or 0) - (b or 0)


def linear(node: Node) -> tuple[float, ...] | None:
    """The coefficients over the cells when the node is a weighted sum of cells, else None."""
    match node:
        case Cell(index):
            return tuple(1.0 if i == index else 0.0 for i in range(len(CELLS)))
        case Binary("+" | "-" as operator, left, right):
            a, b = linear(left), linear(right)
            if a is None or b is None:
                return None
            sign = 1.0 if operator == "+" else -1.0
            return tuple(x + sign * y for x, y in zip(a, b, strict=True))
        case Binary("*", Number(value), other) | Binary("*", other, Number(value)):
            inner = linear(other)
            return None if inner is None else tuple(value * x for x in inner)
        case _:
            return None


def evaluate(node: Node, cells: Array) -> tuple[Array, Array]:
    """Value and gradient of the node at `cells`.

    `cells` has shape (…, 6); returns arrays of shape (…,) and (…, 6). Division by zero gives NaN. The gradient alone is
    NaN where a root of zero makes it infinite.
    """
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        value, slope = _evaluate(node, cells)
    bad = ~np.isfinite(value)
    steep = bad | ~np.isfinite(slope).all(axis=-1)
    return np.where(bad, np.nan, value), np.where(steep[..., None], np.nan, slope)


def cells_of(node: Node) -> set[int]:
    """Indices of the cells that the node depends on."""
    match node:
        case Number():
            return set()
        case Cell(index):
            return {index}
        case Root(inner):
            return cells_of(inner)
        case Binary(_, left, right):
            return cells_of(left) | cells_of(right)


def _evaluate(node: Node, cells: Array) -> tuple[Array, Array]:
    import numpy as np

    match node:
        case Number(number):
            return np.full(cells.shape[:-1], number), np.zeros(cells.shape)
        case Cell(index):
            slope = np.zeros(cells.shape)
            slope[..., index] = 1.0
            return cells[..., index], slope
        case Root(inner):
            under, by_cell = _evaluate(inner, cells)
            value = np.sqrt(under)
            return value, by_cell / (2.0 * value[..., None])
        case Binary(operator, left, right):
            a, da = _evaluate(left, cells)
            b, db = _evaluate(right, cells)
            if operator == "+":
                return a + b, da + db
            if operator == "-":
                return a - b, da - db
            if operator == "*":
                return a * b, da * b[..., None] + db * a[..., None]
            value = a / b
            return value, (da - value[..., None] * db) / b[..., None]


def write(node: Node) -> str:
    """The canonical text of an expression; parsing it gives an equal value."""
    match node:
        case Number(value):
            text = repr(value).removesuffix(".0")
            return text if value >= 0 else f"({text})"
        case Cell(index):
            return CELLS[index]
        case Root(inner):
            return f"sqrt({write(inner)})"
        case Binary(operator, left, right):
            return f"({write(left)} {operator} {write(right)})"
