"""The same rows in two tables, joined on a key: in how many of them does each column differ?

Rows whose key is not theirs alone cannot be joined and are counted apart. Nothing of a row leaves here but sums.
"""

from __future__ import annotations

import polars as pl

from sterling.core.errors import InputError, shown
from sterling.core.frozen import dataclass
from sterling.data.drift.columns import Compared, Plan, categories, numbers, plan_of
from sterling.data.statistics.wide import is_exact
from sterling.engine.table import TableAccess

_HERE, _THERE, _KEY = "here {}", "there {}", "key"
_SEED = 20_261_130


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """Of the rows joined: those that differ in a column, and those of them with a value on one side only."""

    column: str
    differing: int
    missing_here: int
    missing_there: int
    compared: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two tables joined on a key. `unmatched` and `repeated` rows of this table and of the other."""

    rows: int
    unmatched: tuple[int, int]
    repeated: tuple[int, int]
    without_key: tuple[int, int]
    columns: tuple[Differing, ...]
    plan: Plan


def join_on(
    here: TableAccess, there: TableAccess, key: str, *, columns: tuple[str, ...], tolerance: float, relative: float
) -> Joined:
    """Join and compare. Raises ConfigError for a key that is not there, InputError for keys of two types."""
    for access in (here, there):
        access.known([key])
    as_key = _key(here, there, key)
    plan = plan_of(here, there, columns)
    compared = [c for c in plan.columns if c.name != key]
    mine = _rows(here, as_key, compared, _HERE, exact=(tolerance, relative) == (0.0, 0.0), other=there)
    theirs = _rows(there, as_key, compared, _THERE, exact=(tolerance, relative) == (0.0, 0.0), other=here)
    counts = [t.filter(pl.col(_KEY).is_not_null()).group_by(_KEY).agg(rows=pl.len()) for t in (mine, theirs)]
    streams = here.streams or there.streams
    with here.guard(here.name):
        both = _collected(counts[0].join(counts[1], on=_KEY, how="full", suffix=" there", coalesce=True), streams)
        single = both.filter((pl.col("rows") == 1) & (pl.col("rows there") == 1)).select(_KEY)
        joined = mine.join(single.lazy(), on=_KEY, how="semi").join(theirs, on=_KEY, how="inner")
        pairs = [(c, here.schema[c.name], there.schema[c.name]) for c in compared]
        sums = _collected(joined.select(_sums(pairs, tolerance, relative)), streams).row(0, named=True)
    mine_rows, their_rows = pl.col("rows"), pl.col("rows there")
    told = both.select(
        a=mine_rows.filter(their_rows.is_null()).sum(), b=their_rows.filter(mine_rows.is_null()).sum(),
        c=mine_rows.filter(their_rows.is_not_null() & ((mine_rows > 1) | (their_rows > 1))).sum(),
        d=their_rows.filter(mine_rows.is_not_null() & ((mine_rows > 1) | (their_rows > 1))).sum(),
        e=mine_rows.sum(), f=their_rows.sum(),
    ).row(0)  # fmt: skip
    return Joined(
        rows=single.height, unmatched=(told[0], told[1]), repeated=(told[2], told[3]),
        without_key=(here.rows - told[4], there.rows - told[5]), plan=plan,
        columns=tuple(_differing(c, i, sums) for i, c in enumerate(compared)),
    )  # fmt: skip


def _collected(table: pl.LazyFrame, streams: bool) -> pl.DataFrame:
    return table.collect(engine="streaming" if streams else "auto")


def _key(here: TableAccess, there: TableAccess, key: str) -> pl.Expr:
    """The key in a form that both tables share."""
    mine, theirs = here.schema[key], there.schema[key]
    if mine == theirs and not mine.is_float():
        return pl.col(key).alias(_KEY)
    if is_exact(mine) and is_exact(theirs):
        shared = _shared(mine, theirs)
        return (_digits(key) if shared is None else pl.col(key).cast(shared)).alias(_KEY)
    texts = (pl.String, pl.Categorical, pl.Enum)
    if mine in texts and theirs in texts:
        return pl.col(key).cast(pl.String).alias(_KEY)
    if mine.is_numeric() and theirs.is_numeric():
        return pl.col(key).cast(pl.Float64).fill_nan(None).alias(_KEY)
    raise InputError(
        f"the key {shown(key)!r} is {mine} in one table and {theirs} in the other", where=there.name,
        expected="keys of one type", hint="cast the key upstream, so that equal keys are equal",
    )  # fmt: skip


def _shared(mine: pl.DataType, theirs: pl.DataType) -> pl.DataType | None:
    """A type in which whole numbers or decimals of both are themselves and can be subtracted; None without one."""
    if not (mine.is_integer() and theirs.is_integer()):
        return mine if mine == theirs and isinstance(mine, pl.Decimal) else None
    if pl.UInt128 not in (mine, theirs):
        return pl.Int128()
    return pl.UInt128() if mine.is_unsigned_integer() and theirs.is_unsigned_integer() else None


def _digits(name: str) -> pl.Expr:
    """Whole numbers and decimals as texts: equal ones are equal, whatever their types."""
    text = pl.col(name).cast(pl.String)
    short = text.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(text.str.contains(".", literal=True)).then(short).otherwise(text)


def _rows(
    access: TableAccess, key: pl.Expr, columns: list[Compared], named: str, *, exact: bool, other: TableAccess
) -> pl.LazyFrame:
    table = access.table if access.streams else access.frame().lazy()
    schema, theirs = access.schema, other.schema
    values = [_value(c, schema[c.name], theirs[c.name], exact).alias(named.format(c.name)) for c in columns]
    return table.select(key, *values)


def _value(column: Compared, mine: pl.DataType, theirs: pl.DataType, exact: bool) -> pl.Expr:
    """What is compared of a column: its number, its text, a hash of anything else, or only whether it is there."""
    if column.how == "number":
        shared = _shared(mine, theirs)
        if shared is not None:
            return pl.col(column.name).cast(shared)
        return _digits(column.name) if exact and is_exact(mine) and is_exact(theirs) else numbers(column, mine)
    if column.how == "category":
        return categories(column, mine)
    there = pl.col(column.name).is_not_null()
    if column.how == "length" or (column.how == "presence" and mine == theirs and mine.is_nested()):
        return pl.when(there).then(pl.col(column.name).hash(_SEED))
    return pl.when(there).then(pl.lit(True))


def _sums(
    pairs: list[tuple[Compared, pl.DataType, pl.DataType]], tolerance: float, relative: float
) -> list[pl.Expr]:  # fmt: skip
    out = [pl.len().alias("rows joined")]
    for i, (column, mine, theirs) in enumerate(pairs):
        a, b = pl.col(_HERE.format(column.name)), pl.col(_THERE.format(column.name))
        apart = a != b
        if column.how == "number" and (tolerance or relative):
            x, y = a.cast(pl.Float64), b.cast(pl.Float64)
            distance = (x - y).abs() if _shared(mine, theirs) is None else _distance(a, b)
            line = tolerance + relative * pl.max_horizontal(x.abs(), y.abs())
            apart &= (distance > line) | x.is_infinite() | y.is_infinite()
        out += [
            apart.fill_null(False).sum().alias(f"{i} apart"),
            (a.is_null() & b.is_not_null()).sum().alias(f"{i} missing here"),
            (a.is_not_null() & b.is_null()).sum().alias(f"{i} missing there"),
        ]
    return out


def _distance(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """How far apart numbers of one exact type are; on two sides of 0, where that may be too far for it, as floats."""
    alike = (a < 0) == (b < 0)
    least, most = (pl.when(alike).then(end(a, b)) for end in (pl.min_horizontal, pl.max_horizontal))
    return pl.coalesce((most - least).cast(pl.Float64), (a.cast(pl.Float64) - b.cast(pl.Float64)).abs())


def _differing(column: Compared, place: int, sums: dict[str, int]) -> Differing:
    apart, here, there = (sums[f"{place} {what}"] for what in ("apart", "missing here", "missing there"))
    only_there = column.how == "changed" or column.how == "presence"
    note = f"{column.note}: compared by whether there is a value" if column.how == "changed" else column.note
    return Differing(
        column=column.name, differing=apart + here + there, missing_here=here, missing_there=there,
        compared=not only_there, note=note,
    )  # fmt: skip
