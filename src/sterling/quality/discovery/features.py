"""Columns as a handful of ranges or categories each, which is what conditions are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sterling.core.discovered import Skipped
from sterling.core.frozen import dataclass
from sterling.quality.discovery.edges import edges_of

if TYPE_CHECKING:
    import polars as pl

BINS = 16
"""Numbers are cut into at most so many ranges, and at most so many categories of a column have a place of their own."""
_ALIKE = 0.98
"""With more distinct values per row than this, a column of texts or whole numbers names rows."""
_TOO_MANY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Feature:
    """One column as codes. `ordered`: code k holds the numbers with k of `edges` at or below them.

    Otherwise code k holds the text `values[k]`, and code `len(values)`, where `others` is above 0, all other texts.
    The last code is for missing values where `missing`. `exact`: each code is one whole number.
    """

    name: str
    codes: NDArray[np.uint8]
    ordered: bool
    missing: bool
    edges: tuple[float, ...] = ()
    exact: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    others: int = 0
    is_group: bool = False

    @property
    def known(self) -> int:
        """How many codes stand for values that are there."""
        return len(self.edges) + 1 if self.ordered else len(self.values) + (self.others > 0)

    @property
    def bins(self) -> int:
        """How many codes there are, missing included."""
        return self.known + self.missing


def code_features(
    frame: pl.DataFrame, names: Sequence[str], *, groups: Sequence[str] = (), rare: int
) -> tuple[tuple[Feature, ...], tuple[Skipped, ...]]:
    """Each column of `names` as codes, or why it is not searched. `rare`: texts with fewer rows join the others.

    The codes depend on the multiset of values alone, not on the order of rows. NaN is missing, and infinities belong to
    the lowest and the highest range.
    """
    found: list[Feature] = []
    skipped: list[Skipped] = []
    for name in names:
        coded = _coded(frame[name], rare, is_group=name in groups)
        if isinstance(coded, Feature):
            found.append(coded)
        else:
            skipped.append(Skipped(feature=name, reason=coded))
    return tuple(found), tuple(skipped)


def _coded(column: pl.Series, rare: int, *, is_group: bool) -> Feature | str:
    import polars as pl

    kind = column.dtype
    if "`" in column.name:
        return "its name holds a back-tick"
    if kind == pl.Boolean or kind == pl.String or kind in (pl.Categorical, pl.Enum):
        return _category(column, rare, is_group)
    if kind.is_numeric():
        return _number(column, is_group)
    if kind == pl.Null:
        return "it is empty"
    return f"values of type {kind} are not searched"


def _number(column: pl.Series, is_group: bool) -> Feature | str:
    import polars as pl

    numbers = column.cast(pl.Float64).fill_nan(None).to_numpy()
    gone = np.isnan(numbers)
    if gone.all():
        return "it is empty"
    known = np.sort(numbers[np.isfinite(numbers)])
    first = np.diff(known, prepend=-np.inf) > 0
    distinct = int(np.count_nonzero(first))
    if column.dtype.is_integer() and distinct > _TOO_MANY and distinct > _ALIKE * column.len():
        return "nearly every row has its own value"
    few = known[first] if distinct <= BINS else known[:0]
    exact = len(few) > 0 and len(known) == len(numbers) - gone.sum() and bool((few == np.round(few)).all())
    edges = few[1:] if exact else np.array(edges_of(known, BINS))
    if len(edges) + gone.any() == 0:
        return "it has one value only"
    codes = np.searchsorted(edges, numbers, side="right").astype(np.uint8)
    codes[gone] = len(edges) + 1
    return Feature(
        name=column.name, codes=codes, ordered=True, missing=bool(gone.any()), edges=tuple(edges.tolist()),
        exact=tuple(few.tolist()) if exact else (), is_group=is_group,
    )  # fmt: skip


def _category(column: pl.Series, rare: int, is_group: bool) -> Feature | str:
    import polars as pl

    text = column.cast(pl.String)
    counted = text.drop_nulls().value_counts(name="n").rows()
    if len(counted) > _TOO_MANY and len(counted) > _ALIKE * text.len():
        return "nearly every row has its own value"
    missing = text.null_count() > 0
    if len(counted) + missing < 2:
        return "it has one value only" if counted else "it is empty"
    often = sorted((-n, value) for value, n in counted if n >= rare and _sayable(value))[:BINS]
    values = tuple(value for _, value in often)
    others = len(counted) - len(values)
    if not values:
        return "no value is frequent enough"
    physical = text.cast(pl.Enum(values), strict=False).to_physical().cast(pl.Int64).fill_null(len(values)).to_numpy()
    codes = physical.astype(np.uint8)
    if missing:
        codes[text.is_null().to_numpy()] = len(values) + (others > 0)
    return Feature(
        name=column.name, codes=codes, ordered=False, missing=missing, values=values, others=others, is_group=is_group
    )


def _sayable(value: str) -> bool:
    """Whether a where-clause can name the value: texts stand between quotes of one kind, and there is no escape."""
    return not ("'" in value and '"' in value)


def number_text(number: float) -> str:
    """A number as a where-clause reads it back: shortest digits, no point where it is whole."""
    return str(int(number)) if math.isfinite(number) and number.is_integer() and abs(number) < 1e15 else repr(number)
