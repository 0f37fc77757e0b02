"""The statistics of a column as they are, for questions that reckon with them. What may be told is in `withheld.py`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.profile import ColumnKind, ImageFacts, Lengths, TextFacts
from sterling.core.defaults import SHARED
from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, Slice
from sterling.data.statistics.counted import Counted, Whole
from sterling.data.statistics.kinds import kind_of, unit_of
from sterling.data.statistics.look import Seen
from sterling.data.statistics.moments import moments
from sterling.data.statistics.second import UNIT, Aim, Second, spread_of
from sterling.data.statistics.sketched import NumberSketch, TextSketch
from sterling.data.statistics.smallest import Smallest
from sterling.data.statistics.spread import Spread, spread_over
from sterling.data.statistics.texts import Texts
from sterling.data.statistics.words import TextTotals, totals_of

CALENDAR = (-8e12, 8e12)
"""Seconds from 1970 that a calendar has: more than 250,000 years either way."""
_WHOLE = 1e15
"""Whole floats below it are written without a point."""
Told = Callable[[Whole], NDArray[np.float64]]
"""What so many units of weight weigh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A value that at least `SHARED` rows have, as text; `weight` is the rows again without weights."""

    value: str
    rows: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnFacts:
    """One column of one slice. `low` and `high` are numbers in the unit of `kinds.unit_of`; `low_rows` have the lowest.

    `held`: every distinct value and its rows, None when the column was sketched or is of another kind. `top`: the
    commonest values, exact; `top_bound`: a value that is not in it has at most so many rows or is rarer than it.
    """

    name: str
    dtype: pl.DataType
    kind: ColumnKind
    role: str
    n: int
    missing: int
    distinct: int
    distinct_error: float = 0.0
    weight: float | None = None
    missing_weight: float | None = None
    nan: int = 0
    infinite: int = 0
    zeros: int = 0
    negative: int = 0
    mean: float | None = None
    std: float | None = None
    low: float | None = None
    high: float | None = None
    low_rows: int = 0
    high_rows: int = 0
    spread: Spread | None = None
    held: Counted | Texts | None = None
    top: tuple[Common, ...] = ()
    top_bound: int = 0
    lengths: Lengths | None = None
    text: TextFacts | None = None
    image: ImageFacts | None = None
    members: ColumnFacts | None = None
    exact: bool = True

    @property
    def absent(self) -> int:
        """Rows without a value: it is null, or NaN."""
        return self.missing + self.nan

    @property
    def present(self) -> int:
        """Rows that have a value other than NaN."""
        return self.n - self.absent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableFacts:
    """All columns of one slice of a table."""

    table: str
    rows: int
    columns: tuple[ColumnFacts, ...]
    slice: Slice = EVERYONE
    weight: float | None = None

    def column(self, name: str) -> ColumnFacts | None:
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a column beforehand."""

    name: str
    dtype: pl.DataType
    kind: ColumnKind
    role: str


def facts_of(
    about: About, seen: Seen, *, told: Told | None, top: int, aim: Aim | None = None, second: Second | None = None
) -> ColumnFacts:
    """The facts of a column. `told` is None without weights; `aim` and `second` are of a sketched column."""
    held, base = seen.held, _base(about, seen, told)
    if isinstance(held, Counted) and held.size:
        return _numbers(base, held, told, top)
    if isinstance(held, NumberSketch):
        assert aim is not None
        assert second is not None
        return _sketched_numbers(base, held, aim, second, told, top)
    if isinstance(held, Texts):
        totals = totals_of(held.frame["value"], held.frame["rows"])
        return _with(base, distinct=held.size, held=held, top=_common_texts(held, told, top, SHARED), totals=totals)
    if isinstance(held, TextSketch):
        assert aim is not None
        assert second is not None
        assert isinstance(second.common, Texts)
        found = _common_texts(second.common, told, top, max(SHARED, aim.bound), by_rows=True)
        count, error = _at_most(base, held.distinct)
        return _with(
            base,
            distinct=count,
            distinct_error=error,
            top=found,
            top_bound=aim.bound,
            totals=held.totals,
            exact=False,
        )
    if isinstance(held, Smallest):
        count, error = _at_most(base, held)
        base = _with(base, distinct=count, distinct_error=error, exact=error == 0)
    return _with_members(base, about, seen, top)


def _base(about: About, seen: Seen, told: Told | None) -> ColumnFacts:
    def weigh(units: int | None) -> float | None:
        return None if units is None or told is None else float(told(np.array(units, dtype=np.int64)))

    return ColumnFacts(
        name=about.name, dtype=about.dtype, kind=about.kind, role=about.role, n=seen.rows, missing=seen.missing,
        distinct=0, weight=weigh(seen.weight), missing_weight=weigh(seen.missing_weight),
        nan=seen.nan, infinite=seen.infinite,
    )  # fmt: skip


def _at_most(base: ColumnFacts, held: Smallest) -> tuple[int, float]:
    """An estimate of the different values and its error; never more of them than there are rows with a value."""
    count, error = held.distinct
    return min(count, base.n - base.missing), error


def _with(base: ColumnFacts, *, totals: TextTotals | None = None, **more: object) -> ColumnFacts:
    if totals is not None:
        more |= {"lengths": totals.lengths, "text": totals.facts}
    return replace(base, **more)  # type: ignore[arg-type]


def _with_members(base: ColumnFacts, about: About, seen: Seen, top: int) -> ColumnFacts:
    """Of lists: how long they are, and the facts of what is in them."""
    if seen.lengths is None or seen.members is None:
        return base
    held = seen.lengths.held
    lengths = None
    if isinstance(held, Counted) and held.size:
        mean = float((held.values * held.rows).sum() / held.total)
        lengths = Lengths(low=float(held.values[0]), mean=mean, high=float(held.values[-1]))
    inner = getattr(about.dtype, "inner", pl.Null())
    inner = inner if isinstance(inner, pl.DataType) else inner()
    kind = kind_of(inner)
    what = About(name=f"{about.name}[]", dtype=inner, kind="other" if kind == "list" else kind, role=about.role)
    small = not isinstance(seen.members.held, NumberSketch | TextSketch)
    members = facts_of(what, seen.members, told=None, top=top) if small else _base(what, seen.members, None)
    if isinstance(seen.members.held, NumberSketch | TextSketch):
        count, error = seen.members.held.distinct.distinct
        members = _with(members, distinct=count, distinct_error=error, exact=False)
    return _with(base, lengths=lengths, members=members)


def _numbers(base: ColumnFacts, held: Counted, told: Told | None, top: int) -> ColumnFacts:
    unit = unit_of(base.dtype)
    values = held.values.astype(np.float64, copy=False)
    values = values if unit == 1 else values * unit
    heavy = None if held.weight is None or told is None else told(held.weight)
    each = None if held.once else held.rows
    mean, std = moments(values, each if heavy is None else heavy)
    spread = spread_over(values, values, held.rows, heavy, whole=base.kind in ("integer", "boolean"))
    return _with(
        base, distinct=held.distinct, zeros=held.rows_of(0), negative=held.negative, mean=mean,
        std=std, low=float(values[0]), high=float(values[-1]), low_rows=int(held.rows[0]),
        high_rows=int(held.rows[-1]), spread=spread if spread.heavy[-1] > 0 else None, held=held,
        top=common_numbers(base.dtype, held, told, top, SHARED),
    )  # fmt: skip


def _sketched_numbers(
    base: ColumnFacts, held: NumberSketch, aim: Aim, second: Second, told: Told | None, top: int
) -> ColumnFacts:
    assert second.total is not None
    assert second.squares is not None
    assert isinstance(second.common, Counted)
    unit = unit_of(base.dtype)
    heavy = None if second.weight is None or told is None else told(second.weight)
    parts = float(held.rows) if second.weight is None else math.ldexp(float(second.weight.sum()), -UNIT)
    mean, std = None, None
    if parts > 0:
        shift, square = float(second.total.value[0]) / parts, float(second.squares.value[0]) / parts
        mean = (aim.centre + math.ldexp(shift, aim.exponent)) * unit
        std = math.ldexp(math.sqrt(max(square - shift * shift, 0.0)), aim.exponent) * unit
    spread = spread_of(held, aim, second, heavy, unit=unit, whole=base.kind in ("integer", "boolean"))
    count, error = _at_most(base, held.distinct)
    return _with(
        base, distinct=count, distinct_error=error, zeros=held.zeros, negative=held.negative, mean=mean, std=std,
        low=held.low * unit, high=held.high * unit, low_rows=held.low_rows, high_rows=held.high_rows,
        spread=spread if spread.heavy[-1] > 0 else None,
        top=common_numbers(base.dtype, second.common, told, top, max(SHARED, aim.bound), by_rows=True),
        top_bound=aim.bound, exact=False,
    )  # fmt: skip


def common_numbers(
    dtype: pl.DataType, held: Counted, told: Told | None, top: int, least: int, *, by_rows: bool = False
) -> tuple[Common, ...]:
    """The commonest numbers that at least `least` rows have, as texts of the column's own type.

    By weight, if any, unless `by_rows`: in a sketch only the rows say which values were all counted.
    """
    exact = held if held.exact is None else held.exact
    rows, weight = exact.rows, exact.weight
    if least > 1 and exact.once:
        return ()
    found = np.flatnonzero(rows >= least)
    if not len(found):
        return ()
    heavy = rows[found].astype(np.float64) if weight is None or told is None else told(weight[found])
    order = _heaviest(rows[found] if by_rows else heavy, top)
    values = exact.values[found[order]]
    words = _words(dtype, values.to_list() if isinstance(values, pl.Series) else values.tolist())
    return tuple(
        Common(value=w, rows=int(rows[found[i]]), weight=float(heavy[i]))
        for w, i in zip(words, order.tolist(), strict=True)
    )


def _heaviest(weigh: NDArray[Any], most: int) -> NDArray[np.intp]:
    """Where the heaviest are, at most so many, the heaviest first; of those that weigh the same the first one first."""
    found = _among_heaviest(weigh, most)
    return found[np.argsort(-weigh[found], kind="stable")][:most]


def _among_heaviest(weigh: NDArray[Any], most: int) -> NDArray[np.intp]:
    """Where the heaviest are, in order of place: `most`, and all that weigh as much as the last of them."""
    if 0 < most < len(weigh):
        return np.flatnonzero(weigh >= np.partition(weigh, -most)[-most])
    return np.arange(len(weigh))


def _words(dtype: pl.DataType, values: list[Any]) -> list[str]:
    if dtype == pl.Boolean:
        return ["true" if v else "false" for v in values]
    if dtype.is_temporal():
        return [iso(dtype, int(v)) for v in values]
    return [_word(v) for v in values]


def _word(value: int | float | Decimal) -> str:
    """A number in digits; a decimal as the float64 that stands for it is written, unless digits would be lost."""
    if isinstance(value, Decimal):
        near = float(value)
        return _word(near) if abs(near) < _WHOLE and Decimal(repr(near)) == value else f"{value:f}"
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and abs(value) < _WHOLE) else repr(value)


def iso(dtype: pl.DataType, physical: int) -> str:
    """A day, moment or time as ISO 8601 text, from the whole number that stands for it.

    That number itself beyond any calendar: files can hold days that Polars stops at.
    """
    unit = unit_of(dtype)
    if dtype in (pl.Date, pl.Datetime) and not CALENDAR[0] <= physical * unit <= CALENDAR[1]:
        return str(physical)
    narrow = pl.Int32 if dtype == pl.Date else pl.Int64
    value = pl.Series([physical], dtype=pl.Int64).cast(narrow).cast(dtype)
    return str(value.dt.to_string("iso:strict")[0])


def _common_texts(held: Texts, told: Told | None, top: int, least: int, *, by_rows: bool = False) -> tuple[Common, ...]:
    weighted = "weight" in held.frame.columns and told is not None
    by = "weight" if weighted and not by_rows else "rows"
    found = np.flatnonzero(held.frame["rows"].to_numpy() >= least)
    found = found[_among_heaviest(held.frame[by].to_numpy()[found], top)]  # no more than that needs to be sorted
    frame = held.frame[found].sort(-pl.col(by), "value").head(top)
    weigh = frame["rows"].to_numpy().astype(np.float64)
    if weighted and told is not None:
        weigh = told(frame["weight"].to_numpy())
    return tuple(
        Common(value=v, rows=int(n), weight=float(w))
        for v, n, w in zip(frame["value"].to_list(), frame["rows"].to_list(), weigh.tolist(), strict=True)
    )
