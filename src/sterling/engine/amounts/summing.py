"""Which columns are added up, in which units, and whether they hold numbers at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.engine.commas import text_hint
from sterling.engine.scales import LARGEST, centre_of, exponent_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A column that is added up.

    Its numbers are summed less `centre` over 2^`exponent`, their sizes (without the sign) less `size_centre` over
    2^`size_exponent`. `largest` is the largest size; `missing` counts rows without a number. `share`: all numbers are 0
    or 1, so that their mean is a share of rows.
    """

    column: str
    centre: float
    exponent: int
    size_centre: float
    size_exponent: int
    largest: float
    missing: int
    share: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summing:
    """All columns that are added up, and sets of them, by place, of whose sizes each has a share."""

    amounts: tuple[Amount, ...] = ()
    together: tuple[tuple[int, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(amount.column for amount in self.amounts)

    def place(self, column: str) -> int:
        return self.columns.index(column)

    def values(self, frame: pl.DataFrame) -> tuple[Floats, ...]:
        """The numbers of each column, NaN where there is none."""
        return tuple(frame[c].cast(pl.Float64).fill_null(float("nan")).to_numpy() for c in self.columns)

    def exponent(self, together: Sequence[int]) -> int:
        """e such that the sizes of a set's columns add up to at most 2^e in every row."""
        return exponent_of(math.fsum(self.amounts[k].largest for k in together))


def columns_in(sets: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Every column of some sets, once."""
    return tuple(dict.fromkeys(column for columns in sets for column in columns))


def facts_of(sets: Sequence[Sequence[str]], schema: pl.Schema, name: str) -> list[pl.Expr]:
    """What must be known of the columns before they are added up. Raises InputError for one without numbers."""
    out: list[pl.Expr] = []
    for i, column in enumerate(columns_in(sets)):
        if not schema[column].is_numeric() and schema[column] != pl.Boolean:
            kind = schema[column]
            held = "text" if kind == pl.String else "several values a row" if kind.is_nested() else str(kind)
            fields = kind.fields if isinstance(kind, pl.Struct) else []
            first = f"{column}.{fields[0].name}" if fields else f"{column}[0]"
            name_it = f"name a number in it, such as {shown(first)!r}" if kind.is_nested() else "name another column"
            raise InputError(
                f"the column {shown(column)!r} holds {held}, not numbers: it has no mean", where=name,
                expected="a column of numbers", hint=text_hint(kind, name_it),
            )  # fmt: skip
        value = pl.col(column).cast(pl.Float64).fill_nan(None)
        out += [value.null_count().alias(f"amount missing {i}"), value.is_infinite().sum().alias(f"amount odd {i}")]
        out.append(((value != 0) & (value != 1)).sum().alias(f"amount other {i}"))
        for what, part in (("amount", value), ("size", value.abs())):
            ends = (part.min().alias(f"min {what} {i}"), part.max().alias(f"max {what} {i}"))
            out += [*ends, part.sum().alias(f"{what} total {i}")]
    return out


def summing_of(sets: Sequence[Sequence[str]], facts: Mapping[str, Any], rows: int, name: str) -> Summing:
    """The columns with their units. Raises InputError for infinite numbers and those too large to be squared."""
    columns = columns_in(sets)
    amounts = tuple(_amount(column, i, facts, rows, name) for i, column in enumerate(columns))
    together = dict.fromkeys(tuple(columns.index(c) for c in some) for some in sets if len(some) > 1)
    return Summing(amounts=amounts, together=tuple(together))


def _amount(column: str, i: int, facts: Mapping[str, Any], rows: int, name: str) -> Amount:
    odd, missing = int(facts[f"amount odd {i}"] or 0), int(facts[f"amount missing {i}"])
    if odd:
        written = repr(shown(column))
        raise InputError(
            counted(odd, f"number in column {written} is", f"numbers in column {written} are") + " infinite",
            where=name, expected="finite numbers, or nothing where there is none",
            hint="leave those cells empty, or find out how they came to be",
        )  # fmt: skip
    low, high, least, most = (
        float(facts[f"{end} {i}"] or 0.0) for end in ("min amount", "max amount", "min size", "max size")
    )
    if most > LARGEST:
        raise InputError(
            f"a number in column {shown(column)!r} lies beyond {LARGEST:g}", where=name, expected="smaller numbers",
            hint="give it in larger units: thousands in place of ones",
        )  # fmt: skip
    known = max(rows - missing, 1)
    centre = centre_of(low, high, float(facts[f"amount total {i}"] or 0.0) / known)
    size_centre = centre_of(least, most, float(facts[f"size total {i}"] or 0.0) / known)
    return Amount(
        column=column, centre=centre, exponent=exponent_of(max(high - centre, centre - low)),
        size_centre=size_centre, size_exponent=exponent_of(max(most - size_centre, size_centre - least)),
        largest=most, missing=missing, share=not facts[f"amount other {i}"],
    )  # fmt: skip
