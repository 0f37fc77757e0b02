"""Promises held against statistics that are there already: no row is read again.

The values that statistics tell are held against the very conditions that rows are held against. What they withhold may
break a promise or not, so a count lies between two numbers, and a promise that neither number decides stays open.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import polars as pl

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.profile import ColumnProfile, Profile
from sterling.core.data.schema import ColumnSchema, Schema
from sterling.core.frozen import dataclass
from sterling.data.schema.counting import LONG
from sterling.data.schema.judging import judge
from sterling.data.schema.known import Different, Known, Span, exactly
from sterling.data.schema.promises import ZERO, as_text, is_listed, row_promises
from sterling.data.schema.tails import beyond
from sterling.data.schema.types import read_as

SURE = 3.0
"""An estimated number of different values decides when it is so many times its error off: six standard errors."""
_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(), "integer": pl.Int64(), "number": pl.Float64(), "boolean": pl.Boolean(), "date": pl.Date(),
    "datetime": pl.Datetime("us"), "time": pl.Time(), "list": pl.List(pl.Null()), "image": pl.Binary(),
    "other": pl.Binary(),
}  # fmt: skip
_NAMED: dict[str, pl.DataType] = {
    "Null": pl.Null(), "Float32": pl.Float32(), "UInt64": pl.UInt64(), "String": pl.String(),
    "Int128": pl.Int128(), "UInt128": pl.UInt128(),
}  # fmt: skip
_READ: dict[str, Callable[[str], Any]] = {
    "text": str, "integer": int, "number": float, "boolean": lambda text: {"true": True, "false": False}[text],
    "date": dt.date.fromisoformat, "datetime": dt.datetime.fromisoformat, "time": dt.time.fromisoformat,
}  # fmt: skip


def judge_profile(
    schema: Schema, profile: Profile, environment: str | None = None, *, left_out: Iterable[str] = ()
) -> Anomalies:
    """Every broken promise that the statistics of a table tell of; `unchecked` are those that they leave open.

    Statistics leave out what would be one row's own value, so a promise about a few rows may stay open here: hold the
    rows themselves against it (`checking.hold`). `left_out`: columns that the statistics do not speak of, though the
    table may have them.
    """
    return judge(schema, known_of_profile(schema, profile, left_out=left_out), environment)


def known_of_profile(schema: Schema, profile: Profile, *, left_out: Iterable[str] = ()) -> Known:
    """What the statistics of a table tell of its promises."""
    there = {c.name: c for c in profile.columns}
    known = [_beside(column, there[column.name]) for column in schema.columns if column.name in there]
    return Known(
        rows=profile.rows,
        types={name: _type_of(about) for name, about in there.items()},
        named={name: about.type for name, about in there.items()},
        broken={(c.schema.name, kind): span for c in known for kind, span in c.broken().items()},
        new={c.schema.name: c.new() for c in known if c.listed},
        more_new={c.schema.name: c.more_new() for c in known if c.listed},
        different={c.schema.name: c.different() for c in known},
        means={c.schema.name: c.mean for c in known if c.dtype.is_numeric() and c.finite},
        left_out=frozenset(left_out) - set(there),
        no_rules="a rule compares values within a row, which statistics do not hold",
    )


def _type_of(about: ColumnProfile) -> pl.DataType:
    """A type whose values are read, and written as texts, as those of the column are."""
    return pl.Duration("us") if about.type.startswith("Duration") else _NAMED.get(about.type, _TYPES[about.kind])


def _beside(schema: ColumnSchema, about: ColumnProfile) -> _Column:
    """A column's promises and statistics. Values whose texts do not give them back are as good as withheld."""
    dtype, read, found = _type_of(about), _READ.get(about.kind), list[tuple[Any, int]]()
    moved = about.type.startswith(("Decimal", "Duration")) or "time_zone='" in about.type
    for top in about.top if not moved else ():
        if read is not None and top.rows is not None and not top.error:
            with suppress(ValueError, KeyError):  # a day beyond Python's calendar
                found.append((read(top.value), top.rows))
    try:
        values = pl.Series(about.name, [v for v, _ in found], dtype=dtype, strict=True)
    except (pl.exceptions.PolarsError, OverflowError, TypeError):
        found, values = [], pl.Series(about.name, [], dtype=dtype)
    return _Column(schema=schema, about=about, dtype=dtype, values=values, rows=tuple(rows for _, rows in found))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Column:
    """One column's promises beside its statistics: the values that are told, and how many rows have each."""

    schema: ColumnSchema
    about: ColumnProfile
    dtype: pl.DataType
    values: pl.Series
    rows: tuple[int, ...]

    @property
    def finite(self) -> int:
        """Rows with a value that is neither NaN nor infinite."""
        return max(self.about.n - self.about.missing - self.about.nan - self.about.infinite, 0)

    @property
    def rest(self) -> int:
        """Of these, the rows with a value that is not told."""
        return max(self.finite - sum(self.rows), 0)

    @property
    def read(self) -> pl.Expr | None:
        """The values as the type that is promised; None where they are of another."""
        return read_as(self.values.name, self.dtype, self.schema.type).value

    @property
    def listed(self) -> bool:
        return self.schema.domain is not None and self.read is not None and is_listed(self.dtype)

    def broken(self) -> dict[str, Span]:
        """How many rows break each promise that the column makes."""
        about, promises = self.about, row_promises(Schema(columns=(self.schema,)), {self.schema.name: self.dtype})
        frame, out = self.values.to_frame(), dict[str, Span]()
        for promise in promises:
            hits = frame.select(promise.broken.fill_null(False).alias("hit"))["hit"].to_list()
            least = sum(rows for hit, rows in zip(hits, self.rows, strict=True) if hit)
            out[promise.kind] = Span(least, least + self.rest)
        exact = {
            "missing_values": about.missing + about.nan, "nan_values": about.nan,
            "infinite_values": about.infinite, ZERO: about.zeros,
        }  # fmt: skip
        out |= {kind: exactly(n) for kind, n in exact.items() if kind in out}
        if "out_of_range" in out:
            out["out_of_range"] = self._outside(out["out_of_range"])
        for part, kind in (("length", "length_outside"), ("valency", "valency_outside")):
            if kind in out:
                out[kind] = self._sizes(out[kind], getattr(self.schema, part))
        return out

    def _outside(self, told: Span) -> Span:
        """Rows beyond the range: what ends, quantiles and bins tell of the tails, and infinities."""
        ends, infinite = self.schema.range, self.about.infinite
        assert ends is not None
        tails = beyond(self.about, ends, self.finite)
        if tails is not None:
            told = Span(max(told.least, tails.least), max(min(told.most, tails.most), told.least, tails.least))
        sure = infinite if ends.min is not None and ends.max is not None else 0
        return Span(told.least + sure, told.most + infinite)

    def _sizes(self, told: Span, ends: Any) -> Span:
        sizes = self.about.lengths
        if sizes is None:
            return told
        short = ends.min is not None and sizes.low < ends.min
        long = ends.max is not None and sizes.high > ends.max
        return Span(max(told.least, 1), max(told.most, 1)) if short or long else exactly(0)

    def new(self) -> dict[str, int]:
        """Values outside the domain that are told, with their rows."""
        assert self.schema.domain is not None
        assert self.read is not None
        texts = (
            self.values.to_frame().select(as_text(self.read, self.schema, self.dtype).alias("text"))["text"].to_list()
        )
        found: dict[str, int] = {}
        for text, rows in zip(texts, self.rows, strict=True):
            if text is not None and text not in self.schema.domain.values:
                key = text if len(text) <= LONG else f"\0{text}"
                found[key] = found.get(key, 0) + rows
        return found

    def more_new(self) -> int:
        """So many other values there may be."""
        return min(self.rest, max(self._finite_values().most - len(self.rows), 0))

    def _finite_values(self) -> Span:
        """How many different finite values there are."""
        seen, off = self.about.distinct, SURE * self.about.distinct_error
        if not seen and self.finite:  # of this kind of column, values are not told apart
            return Span(1, self.finite)
        return Span(min(math.ceil(seen * (1 - off)), self.finite), min(math.floor(seen * (1 + off)), self.finite))

    def different(self) -> Different:
        """Different values, of rows that have one: NaN is a value here, and so is either infinity."""
        about, told = self.about, self._finite_values()
        odd = int(about.nan > 0)
        distinct = Span(told.least + odd + int(about.infinite > 0), told.most + odd + min(about.infinite, 2))
        present = about.n - about.missing
        again = Span(max(present - distinct.most, 0), max(present - distinct.least, 0))
        repeated = Span(again.least + 1 if again.least else 0, min(2 * again.most, present))
        return Different(distinct=distinct, repeated=repeated, commonest=self._commonest(present, distinct))

    def _commonest(self, present: int, distinct: Span) -> Span:
        """How many rows have the commonest value. Told values are the commonest ones, unless weights order them."""
        about = self.about
        told = max((v.rows or 0 for v in about.top), default=0)
        least = max(told, about.nan, -(-about.infinite // 2), -(-present // distinct.most) if distinct.most else 0)
        if told and about.weight is None:
            return Span(least, max(told, about.nan, about.infinite))
        return Span(least, max(present - max(distinct.least - 1, 0), least))

    @property
    def mean(self) -> float | None:
        """The mean of the rows; None where it is withheld, or is of weights."""
        return self.about.mean if self.about.weight is None else None
