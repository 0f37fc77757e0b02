"""Which promises a table breaks, told from what is known of it: by its rows, or by its statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

import polars as pl

from sterling.core.data.anomalies import Anomalies, Anomaly
from sterling.core.data.kinds import KINDS
from sterling.core.data.schema import Between, ColumnSchema, Ordered, Range, Rule, Schema
from sterling.core.defaults import SHARED
from sterling.core.errors import counted, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.data.schema.counting import MOST_NEW
from sterling.data.schema.known import Known, Span, exactly
from sterling.data.schema.promises import NUMERIC, ZERO
from sterling.data.schema.slips import slips
from sterling.data.schema.types import kind_of, read_as

MOST_NAMED = 5
Found = Iterator[Anomaly]


@dataclass(slots=True)
class Judge:
    """Tells anomalies of one table; counts the promises that were held against it."""

    schema: Schema
    environment: str | None
    rows: int
    checked: int = 0
    unchecked: list[str] = field(default_factory=list)

    def tell(
        self, kind: str, column: ColumnSchema | None, what: str, *, key: str = "", name: str | None = None,
        expected: str = "", got: str = "", rows: int | None = None, n: int | None = None, hint: str = "",
    ) -> Found:  # fmt: skip
        """The anomaly, unless the schema says that nobody looks for its kind."""
        severity = self.schema.taken(kind, column)
        if severity == "off":
            return
        lines = column.lines if column is not None else self.schema.lines
        below = (n for k, n in lines.items() if k.startswith(f"{key}."))
        line = lines.get(key) or min(below, default=0) or lines.get("")
        yield Anomaly(
            kind=kind, severity=severity, column=name or (column.name if column is not None else None), what=what,
            expected=expected, got=got, rows=rows, n=n, hint=hint or KINDS[kind].hint,
            where=f"{self.schema.origin}:{line}" if line else self.schema.origin,
        )  # fmt: skip

    def share(
        self, kind: str, column: ColumnSchema, hits: Span, allowed: float, words: str, *, key: str, expected: str,
        of: int | None = None, got: str = "", hint: str = "",
    ) -> Found:  # fmt: skip
        """An anomaly when more than the allowed share of the rows break a promise, at least; open where that may be."""
        n = self.rows if of is None else of
        most = allowed * n * (1 + 1e-12)
        if not hits.least > most and hits.most > most:
            self.open(column, key, f"{_between(hits)} of {counted(n, 'row', 'rows')} may break it")
            return
        self.checked += 1
        if hits.least and hits.least > most:
            but = f" in all but {_percent(allowed)} of the rows" if allowed else ""
            least = "" if hits.exact else "at least "
            yield from self.tell(
                kind, column, f"{least}{rows_that(hits.least, n, words)}", key=key, expected=expected + but, got=got,
                rows=hits.least, n=n, hint=hint,
            )  # fmt: skip

    def open(self, column: ColumnSchema, key: str, why: str) -> None:
        """A promise that cannot be judged."""
        self.unchecked.append(f"{shown(column.name)}: {key}: {why}")


def _between(hits: Span) -> str:
    return f"up to {hits.most:,}" if not hits.least else f"{hits.least:,} to {hits.most:,}"


_ONE = {"have": "has", "are": "is", "lie": "lies", "hold": "holds", "share their": "shares its", "break": "breaks"}


def out_of(hits: int, n: int) -> str:
    """`12 of 1,989 rows (0.6%)`."""
    return f"{hits:,} of {counted(n, 'row', 'rows')} ({_percent(hits / n if n else 0.0)})"


def rows_that(hits: int, n: int, words: str) -> str:
    """`12 of 1,989 rows (0.6%) have no value`, `1 of 1,989 rows (0.05%) has no value`: `words` are said of several."""
    several = next((verb for verb in _ONE if words.startswith(f"{verb} ")), "")
    said = words if hits != 1 or not several else _ONE[several] + words.removeprefix(several)
    return f"{out_of(hits, n)} {said}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.995 else f"{100 * share:.4g}%"


def judge(schema: Schema, found: Known, environment: str | None = None) -> Anomalies:
    """Every broken promise, in the order of the schema: the table, its columns, its rules."""
    by = Judge(schema=schema, environment=environment, rows=found.rows)
    told = [*_of_table(by, found)]
    if found.rows:
        for column in schema.columns:
            if column.name in found.types and column.belongs(environment):
                told += _column(by, column, found)
        for rule in schema.rules:
            if rule.belongs(environment):
                told += _rule(by, rule, found)
    return Anomalies(
        schema=schema.name or schema.origin, version=schema.version, environment=environment, found=tuple(told),
        checked=by.checked, unchecked=tuple(by.unchecked),
    )  # fmt: skip


def _of_table(by: Judge, found: Known) -> Found:
    schema, rows = by.schema, by.rows
    by.checked += 1
    if not rows:
        yield from by.tell("empty_table", None, "the table has no rows", expected="at least one row")
    if schema.min_rows is not None:
        by.checked += 1
        if 0 < rows < schema.min_rows:
            yield from by.tell("too_few_rows", None, f"the table has {counted(rows, 'row', 'rows')}", key="min_rows",
                               expected=f"at least {schema.min_rows:,}", got=f"{rows:,}")  # fmt: skip
    if schema.max_rows is not None:
        by.checked += 1
        if rows > schema.max_rows:
            yield from by.tell("too_many_rows", None, f"the table has {counted(rows, 'row', 'rows')}", key="max_rows",
                               expected=f"at most {schema.max_rows:,}", got=f"{rows:,}")  # fmt: skip
    yield from _columns(by, found)


def _columns(by: Judge, found: Known) -> Found:
    types, known = found.types, [c.name for c in by.schema.columns]
    strange = [name for name in types if name not in known]
    for column in by.schema.columns:
        here = column.name in types
        if column.name in found.left_out and column.belongs(by.environment):
            by.unchecked.append(f"{shown(column.name)}: the column was left out of what was looked at")
            continue
        by.checked += 1
        if not column.belongs(by.environment):
            if here:
                what = f"there is a column {shown(column.name)}, which does not belong in {shown(str(by.environment))}"
                yield from by.tell("column_not_in_environment", column, what, key="not_in")
        elif not here and column.presence.required:
            like = near_miss(column.name, strange)
            yield from by.tell(
                "missing_column", column, f"there is no column {shown(column.name)}", expected="a column of this name",
                hint=like if like.startswith("did you mean") else "",
            )  # fmt: skip
    for name in strange:
        like = near_miss(name, [c for c in known if c not in types])
        yield from by.tell(
            "unexpected_column", None, f"the column {shown(name)} is not in the schema", name=name,
            hint=like if like.startswith("did you mean") else "",
        )  # fmt: skip


def _column(by: Judge, column: ColumnSchema, found: Known) -> Found:
    dtype, name = found.types[column.name], column.name

    def hits(kind: str) -> Span | None:
        return found.broken.get((name, kind))

    yield from _presence(by, column, hits("missing_values") or exactly(0))
    yield from _type(by, column, dtype, hits("type_mismatch"), named=found.named.get(name, str(dtype)))
    if not column.allow_nan and (nan := hits("nan_values")) is not None:
        yield from by.share("nan_values", column, nan, 0, "are NaN", key="allow.nan", expected="numbers")
    if not column.allow_infinite and (infinite := hits("infinite_values")) is not None:
        yield from by.share("infinite_values", column, infinite, 0, "are infinite", key="allow.infinite",
                            expected="finite numbers")  # fmt: skip
    if column.domain is not None and (unknown := hits("out_of_domain")) is not None:
        yield from _domain(by, column, unknown, found.new.get(name, {}), found.more_new.get(name, 0))
    if column.range is not None and (beyond := hits("out_of_range")) is not None:
        yield from by.share("out_of_range", column, beyond, column.range.max_outside_share, "lie outside the range",
                            key="range", expected=ends_text(column.range, column.units))  # fmt: skip
    for part, kind, words in (("length", "length_outside", "characters"), ("valency", "valency_outside", "members")):
        ends, outside = getattr(column, part), hits(kind)
        if ends is not None and outside is not None:
            yield from by.share(kind, column, outside, ends.max_outside_share, f"have another number of {words}",
                                key=part, expected=f"{between_text(ends)} {words}")  # fmt: skip
    if column.pattern is not None and (other := hits("pattern_broken")) is not None:
        yield from by.share("pattern_broken", column, other, column.pattern.max_unmatched_share, "have another form",
                            key="pattern", expected=f"texts like {shown(column.pattern.regex)}")  # fmt: skip
    if read_as(name, dtype, column.type).value is not None:
        yield from _spread(by, column, found)


def _presence(by: Judge, column: ColumnSchema, missing: Span) -> Found:
    """Whether enough of the rows have a value."""
    wanted, present = column.presence, by.rows - missing.least
    if wanted.min_share is not None:
        yield from by.share("missing_values", column, missing, 1 - wanted.min_share + 1e-12, "have no value",
                            key="presence.min_share",
                            expected=f"a value in {_percent(wanted.min_share)} of the rows")  # fmt: skip
    if wanted.min_count is not None:
        by.checked += 1
        if present < wanted.min_count:
            what = counted(present, "row has a value", "rows have a value")
            yield from by.tell("too_few_values", column, what, key="presence.min_count",
                               expected=f"at least {wanted.min_count:,}", rows=present, n=by.rows)  # fmt: skip


def _type(by: Judge, column: ColumnSchema, dtype: pl.DataType, astray: Span | None, *, named: str) -> Found:
    if column.type is None or dtype == pl.Null:
        return
    reading, got = read_as(column.name, dtype, column.type), f"a column of {shown(named)}"
    if astray is not None and astray.most and not astray.least:
        by.open(column, "type", f"up to {astray.most:,} of {counted(by.rows, 'row', 'rows')} may hold no {column.type}")
        return
    by.checked += 1
    if reading.foreign:
        yield from by.tell("type_mismatch", column, f"the values are {kind_of(dtype)}, not {column.type}", key="type",
                           expected=column.type, got=got)  # fmt: skip
    elif astray is not None and astray.least:
        least = "" if astray.exact else "at least "
        what = f"{least}{out_of(astray.least, by.rows)} cannot be read as {column.type}"
        yield from by.tell(
            "type_mismatch", column, what, key="type", expected=column.type, got=got, rows=astray.least, n=by.rows
        )
    elif reading.told is not None:
        yield from by.tell(reading.told, column, KINDS[reading.told].title, key="type", expected=column.type, got=got)


def _domain(by: Judge, column: ColumnSchema, unknown: Span, new: Mapping[str, int], more: int) -> Found:
    """Values that the schema does not know, and `more` that it may not. One that fewer than ten rows have is never
    named.
    """
    assert column.domain is not None
    known, several = column.domain.values, f"{len(new):,}{' or more' if len(new) >= MOST_NEW else ''}"
    named = [f"{shown(v)} ({n:,})" for v, n in _frequent(new)[:MOST_NAMED] if not v.startswith("\0")]
    got = f"{several} {'values' if len(new) != 1 else 'value'} unknown" + (
        f", such as {', '.join(named)}" if named else ""
    )
    yield from by.share(
        "out_of_domain", column, unknown, column.domain.max_unseen_share, "have a value that is not known",
        key="domain.values", expected=_known_words(known), got=got,
    )  # fmt: skip
    allowed = column.domain.max_new_values
    if allowed is not None and len(new) <= allowed < len(new) + more:
        by.open(column, "domain.max_new_values", f"{_between(Span(len(new), len(new) + more))} values may be new")
    elif allowed is not None:
        by.checked += 1
        if len(new) > allowed:
            yield from by.tell("new_values", column, f"{several} values are new", key="domain.max_new_values",
                               expected=f"at most {allowed:,}", got=got, rows=unknown.least, n=by.rows)  # fmt: skip
    if more and by.schema.taken("misspelt_values", column) != "off":
        rows = unknown.most - unknown.least
        by.open(
            column, "misspelt_values", f"up to {counted(rows, 'row', 'rows')} may have a value much like a known one"
        )
    meant = slips(new, known)
    if meant:
        rows = sum(meant.values())
        like = ", ".join(f"{shown(v)} ({n:,})" for v, n in _frequent(meant, least=0)[:MOST_NAMED])
        what = rows_that(rows, by.rows, "have a value much like a known one")
        yield from by.tell("misspelt_values", column, what, key="domain.values", got=f"like {like}", rows=rows,
                           expected="each value written one way", n=by.rows)  # fmt: skip


def _frequent(values: Mapping[str, int], least: int = SHARED) -> list[tuple[str, int]]:
    return sorted(((v, n) for v, n in values.items() if n >= least), key=lambda item: (-item[1], item[0]))


def _known_words(known: tuple[str, ...]) -> str:
    few = ", ".join(map(shown, known[:MOST_NAMED]))
    return few if len(known) <= MOST_NAMED else f"one of {len(known):,} known values, such as {few}"


def _spread(by: Judge, column: ColumnSchema, found: Known) -> Found:
    limits, name = column.limits, column.name
    values = found.different.get(name)
    present = by.rows - found.broken.get((name, "missing_values"), exactly(0)).least
    if values is not None and present:
        if column.unique:
            yield from by.share("not_unique", column, values.repeated, 0, "share their value with another row",
                                key="unique", expected="each value once")  # fmt: skip
        yield from _distinct(by, column, values.distinct)
        if limits.max_value_share is not None:
            yield from by.share("value_too_frequent", column, values.commonest, limits.max_value_share,
                                "have the same value", key="limits.max_value_share", of=present,
                                expected=f"at most {_percent(limits.max_value_share)} with one value")  # fmt: skip
    zeros = found.broken.get((name, ZERO))
    if limits.max_zero_share is not None and zeros is not None and present:
        yield from by.share("zeros_too_frequent", column, zeros, limits.max_zero_share, "are 0", of=present,
                            key="limits.max_zero_share",
                            expected=f"at most {_percent(limits.max_zero_share)} zeros")  # fmt: skip
    numbers = found.broken.get((name, NUMERIC))
    if limits.max_numeric_share is not None and numbers is not None and present:
        yield from by.share("mixed_types", column, numbers, limits.max_numeric_share, "hold a number, not words",
                            of=present, key="limits.max_numeric_share", expected="texts")  # fmt: skip
    if name in found.means:
        yield from _mean(by, column, found.means[name])


def _distinct(by: Judge, column: ColumnSchema, seen: Span) -> Found:
    """Whether there are as many different values as promised."""
    low, high = column.limits.min_distinct, column.limits.max_distinct
    if low is not None and seen.least < low <= seen.most:
        by.open(column, "limits.min_distinct", f"there are {_between(seen)} different values")
    elif low is not None:
        by.checked += 1
        words = f"{seen.most:,}{'' if seen.exact else ' or fewer'}"
        if seen.most == 1 < low:
            yield from by.tell("constant", column, "every value is the same", key="limits.min_distinct",
                               expected=f"at least {low:,} different values", got="1")  # fmt: skip
        elif seen.most < low:
            yield from by.tell("too_few_distinct", column, f"there are {words} different values", got=words,
                               key="limits.min_distinct", expected=f"at least {low:,}")  # fmt: skip
    if high is not None and seen.least <= high < seen.most:
        by.open(column, "limits.max_distinct", f"there are {_between(seen)} different values")
    elif high is not None:
        by.checked += 1
        words = f"{seen.least:,}{'' if seen.exact else ' or more'}"
        if seen.least > high:
            yield from by.tell("too_many_distinct", column, f"there are {words} different values", got=words,
                               key="limits.max_distinct", expected=f"at most {high:,}")  # fmt: skip


def _mean(by: Judge, column: ColumnSchema, value: float | None) -> Found:
    """Whether the mean is within its limits."""
    low, high = column.limits.min_mean, column.limits.max_mean
    if low is None and high is None:
        return
    key = "limits.min_mean" if low is not None else "limits.max_mean"
    if value is None:
        by.open(column, key, "the mean of the rows is not known")
        return
    by.checked += 1
    if (low is not None and value < low) or (high is not None and value > high):
        ends = Range(min=low, max=high)
        yield from by.tell("mean_outside", column, f"the mean is {value:.4g}", key=key, got=f"{value:.4g}",
                           expected=ends_text(ends, column.units))  # fmt: skip


def _rule(by: Judge, rule: Rule, found: Known) -> Found:
    if found.no_rules:
        by.unchecked.append(f"rule {shown(rule.name)}: {found.no_rules}")
        return
    kind = next((k for name, k in found.broken if name == rule.name and k in ("rule_broken", "date_order")), None)
    if kind is None:
        by.unchecked.append(f"rule {rule.name}: a column it names is not there, or is of another type")
        return
    by.checked += 1
    hits, said = found.broken[rule.name, kind].least, found.said[rule.name, kind]
    if hits > rule.max_share * said * (1 + 1e-12):
        but = f" in all but {_percent(rule.max_share)} of the rows" if rule.max_share else ""
        yield Anomaly(
            kind=kind, severity=rule.severity, column=None,
            what=rows_that(hits, said, f"break the rule {shown(rule.name)}"),
            expected=shown(rule.text) + but, rows=hits, n=said, hint=rule.description or KINDS[kind].hint,
            where=f"{by.schema.origin}:{rule.line}", rule=rule.name,
        )  # fmt: skip


def ends_text(ends: Range, units: str = "") -> str:
    """A range in words."""
    unit = f" {units}" if units else ""
    return _ends(ends.min, ends.max, _end_text) + unit


def _end_text(end: Ordered) -> str:
    """Short, unless digits of the end would be lost."""
    short = end if isinstance(end, str) else f"{end:g}"
    return short if isinstance(end, str) or float(short) == end else str(end)


def between_text(ends: Between) -> str:
    return _ends(ends.min, ends.max, lambda x: f"{x:,}")


def _ends(low: object, high: object, written: Callable[..., str]) -> str:
    if low is None:
        return f"at most {written(high)}" if high is not None else "anything"
    return f"from {written(low)} to {written(high)}" if high is not None else f"at least {written(low)}"
