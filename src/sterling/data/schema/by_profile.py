"""Promises held against statistics that are there already: no row is read again."""

from __future__ import annotations

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.kinds import KINDS
from sterling.core.data.profile import ColumnProfile, Profile
from sterling.core.data.schema import Between, ColumnSchema, Schema
from sterling.data.schema.judging import (
    Found,
    Judge,
    between_text,
    distinct,
    domain,
    ends_text,
    mean,
    of_table,
    presence,
)

_ALSO = {"number": ("integer",), "datetime": ("date",)}
"""Types that are of another type too: a whole number is a number."""
_DETOUR = {
    ("integer", "number"): "integer_as_float", ("number", "text"): "numbers_as_text",
    ("integer", "text"): "numbers_as_text", ("date", "text"): "dates_as_text", ("datetime", "text"): "dates_as_text",
}  # fmt: skip


def judge_profile(schema: Schema, profile: Profile, environment: str | None = None) -> Anomalies:
    """Every broken promise that the statistics of a table tell of; `unchecked` are those of which they tell nothing.

    Statistics leave out what would be one row's own value, so a promise about a few rows may stay unchecked here: hold
    the rows themselves against it (`judging.judge`).
    """
    by = Judge(schema=schema, environment=environment, rows=profile.rows)
    told = [*of_table(by, {c.name: c.type for c in profile.columns})]
    if profile.rows:
        for column in schema.columns:
            about = profile.column(column.name)
            if about is not None and column.belongs(environment):
                told += _column(by, column, about)
    by.unchecked += [f"rule {rule.name}: rules are held against rows" for rule in schema.rules]
    return Anomalies(
        schema=schema.name or schema.origin, version=schema.version, environment=environment, found=tuple(told),
        checked=by.checked, unchecked=tuple(by.unchecked),
    )  # fmt: skip


def _column(by: Judge, column: ColumnSchema, about: ColumnProfile) -> Found:
    missing = about.missing if about.nan == 0 else min(about.missing + about.nan, by.rows)
    yield from presence(by, column, missing)
    yield from _type(by, column, about)
    if not column.allow_nan and about.kind == "number":
        yield from by.share("nan_values", column, about.nan, 0, "are NaN", key="allow.nan", expected="numbers")
    if not column.allow_infinite and about.kind == "number":
        yield from by.share("infinite_values", column, about.infinite, 0, "are infinite", key="allow.infinite",
                            expected="finite numbers")  # fmt: skip
    if column.domain is not None:
        yield from _domain(by, column, about, by.rows - about.missing)
    if column.range is not None:
        yield from _range(by, column, about)
    for part, kind in (("length", "length_outside"), ("valency", "valency_outside")):
        ends = getattr(column, part)
        if ends is not None:
            yield from _sizes(by, column, about, ends, part, kind)
    if column.pattern is not None:
        _skip(by, column, "pattern")
    yield from _spread(by, column, about)


def _skip(by: Judge, column: ColumnSchema, key: str) -> None:
    by.unchecked.append(f"{column.name}: {key} is held against rows")


def _type(by: Judge, column: ColumnSchema, about: ColumnProfile) -> Found:
    if column.type in (None, "other", "image") or about.missing == by.rows:
        return
    by.checked += 1
    if about.kind == column.type or about.kind in _ALSO.get(str(column.type), ()):
        return
    kind = _DETOUR.get((str(column.type), about.kind), "type_mismatch")
    what = KINDS[kind].title if kind != "type_mismatch" else f"the values are {about.kind}, not {column.type}"
    yield from by.tell(kind, column, what, key="type", expected=str(column.type), got=f"a column of {about.type}")


def _domain(by: Judge, column: ColumnSchema, about: ColumnProfile, present: int) -> Found:
    """What the most frequent values tell: how many rows at least have others, or that every row has a known one."""
    assert column.domain is not None
    if about.weight is not None or any(v.error for v in about.top):
        return _skip(by, column, "domain")
    new = {v.value: int(v.count) for v in about.top if v.value not in column.domain.values}
    rest = present - sum(int(v.count) for v in about.top)
    if rest > column.domain.max_unseen_share * by.rows and not new:
        return _skip(by, column, "domain")
    yield from domain(by, column, sum(new.values()), new)


def _range(by: Judge, column: ColumnSchema, about: ColumnProfile) -> Found:
    """What ends and quantiles tell: the share that lies beyond, at least."""
    ends = column.range
    assert ends is not None
    if isinstance(ends.min, str) or isinstance(ends.max, str):
        beyond, known = _days_beyond(about, ends.min, ends.max)
    else:
        beyond, known = _beyond(about, ends.min, ends.max)
    if beyond > ends.max_outside_share:
        by.checked += 1
        yield from by.tell(
            "out_of_range", column, f"at least {100 * beyond:.2g}% of the values lie outside the range", key="range",
            expected=ends_text(ends, column.units),
        )  # fmt: skip
    elif known:
        by.checked += 1
    else:
        _skip(by, column, "range")


def _beyond(about: ColumnProfile, low: float | None, high: float | None) -> tuple[float, bool]:
    """The share beyond, at least; and whether nothing more can be."""
    below = [q.p - q.error for q in about.quantiles if q.value is not None and low is not None and q.value < low]
    above = [1 - q.p - q.error for q in about.quantiles if q.value is not None and high is not None and q.value > high]
    share = max([*below, 0.0]) + max([*above, 0.0])
    one = 1 / max(about.n, 1)
    if low is not None and about.low is not None and about.low < low:
        share = max(share, one)
    if high is not None and about.high is not None and about.high > high:
        share = max(share, one)
    known = (low is None or about.low is not None) and (high is None or about.high is not None)
    return share, known


def _days_beyond(about: ColumnProfile, low: object, high: object) -> tuple[float, bool]:
    if about.first is None or about.last is None:
        return 0.0, False
    outside = (low is not None and about.first < str(low)) or (high is not None and about.last > str(high))
    return (1 / max(about.n, 1) if outside else 0.0), not outside


def _sizes(by: Judge, column: ColumnSchema, about: ColumnProfile, ends: Between, part: str, kind: str) -> Found:
    if about.lengths is None:
        return _skip(by, column, part)
    short = ends.min is not None and about.lengths.low < ends.min
    long = ends.max is not None and about.lengths.high > ends.max
    if (short or long) and ends.max_outside_share > 1 / max(about.n, 1):
        return _skip(by, column, part)
    by.checked += 1
    if short or long:
        yield from by.tell(kind, column, "some are too short or too long", key=part, expected=between_text(ends),
                           got=f"from {about.lengths.low:g} to {about.lengths.high:g}")  # fmt: skip


def _spread(by: Judge, column: ColumnSchema, about: ColumnProfile) -> Found:
    limits, present = column.limits, by.rows - about.missing
    exact = about.distinct_error == 0
    if column.unique and exact:
        yield from by.share("not_unique", column, present - about.distinct, 0, "share their value with another row",
                            key="unique", expected="each value once")  # fmt: skip
    elif column.unique:
        _skip(by, column, "unique")
    if present and (
        exact or limits.min_distinct is None or about.distinct * (1 - about.distinct_error) > limits.min_distinct
    ):
        yield from distinct(by, column, about.distinct)
    if limits.max_value_share is not None and about.top and about.weight is None and present:
        yield from by.share("value_too_frequent", column, int(about.top[0].count), limits.max_value_share,
                            "have the same value", key="limits.max_value_share", of=present,
                            expected="no value so frequent")  # fmt: skip
    if limits.max_zero_share is not None and present and about.kind in ("number", "integer"):
        yield from by.share("zeros_too_frequent", column, about.zeros, limits.max_zero_share, "are 0", of=present,
                            key="limits.max_zero_share", expected="fewer zeros")  # fmt: skip
    if limits.max_numeric_share is not None:
        _skip(by, column, "limits.max_numeric_share")
    if about.mean is not None and about.weight is None:
        yield from mean(by, column, about.mean)
