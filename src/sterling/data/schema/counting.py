"""Everything that a schema's promises are judged by, counted in one pass: a mergeable summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.schema import ColumnSchema, Schema
from sterling.core.frozen import dataclass
from sterling.data.schema.promises import as_text, is_listed, outside_domain, readings, row_promises
from sterling.engine.table import TableAccess

MOST_NEW = 1_000
"""So many new values of a column are told apart; of more, those with the smallest hashes."""
LONG = 200
"""Longer texts are told apart, and never looked at for a slip of the pen."""

Hashes = NDArray[np.uint64]
Counts = NDArray[np.int64]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Different values of a column by their hashes, with their rows; `most`: no more of them are kept.

    Those with the smallest hashes are kept, so that it does not matter in which order parts are merged.
    """

    hashes: Hashes
    counts: Counts
    most: int | None = None

    def merged(self, other: Values) -> Values:
        hashes, inverse = np.unique(np.concatenate([self.hashes, other.hashes]), return_inverse=True)
        counts = np.zeros(len(hashes), dtype=np.int64)
        np.add.at(counts, inverse, np.concatenate([self.counts, other.counts]))
        return Values(hashes=hashes[: self.most], counts=counts[: self.most], most=self.most)

    @property
    def distinct(self) -> int:
        """Different values; at least so many where `most` is reached."""
        return len(self.hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted of a table. `broken` and `said` by (column or rule, kind); `new`: unknown values with rows."""

    rows: int
    types: Mapping[str, pl.DataType]
    broken: Mapping[Key, int]
    said: Mapping[Key, int]
    values: Mapping[str, Values]
    new: Mapping[str, Mapping[str, int]]
    sums: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    def merged(self, other: Counted) -> Counted:
        return Counted(
            rows=self.rows + other.rows, types=self.types,
            broken={k: v + other.broken[k] for k, v in self.broken.items()},
            said={k: v + other.said[k] for k, v in self.said.items()},
            values={k: v.merged(other.values[k]) for k, v in self.values.items()},
            new={k: fewest(added(v, other.new[k])) for k, v in self.new.items()},
            sums={k: (v[0] + other.sums[k][0], v[1] + other.sums[k][1]) for k, v in self.sums.items()},
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Job:
    """Counts one part of the rows. It travels to where the rows lie, so it holds plain things alone."""

    schema: Schema

    def __call__(self, frame: pl.DataFrame) -> Counted:
        types = dict(frame.schema)
        promises = row_promises(self.schema, types)
        read = {name: r for name, r in readings(self.schema, types).items() if r.value is not None}
        of_columns = [p for p in promises if p.rule is None]
        rules = [p for p in promises if p.rule is not None]
        broken = _sums(frame, {p.key: p.broken for p in of_columns})
        said: dict[Key, int] = {}
        if rules:
            as_read = frame.with_columns(r.value.alias(name) for name, r in read.items() if r.value is not None)
            broken |= _sums(as_read, {p.key: p.broken for p in rules})
            said = _sums(as_read, {p.key: p.said for p in rules if p.said is not None})
        present = [c for c in self.schema.columns if c.name in read]
        return Counted(
            rows=frame.height, types=types, broken=broken, said=said,
            values={c.name: values_of(frame[c.name], most=_most(c)) for c in present if _counts_values(c)},
            new={c.name: _new(frame, c, read[c.name].value) for c in present
                 if c.domain is not None and is_listed(types[c.name])},
            sums={c.name: _sum(frame[c.name]) for c in present if _has_mean(c) and types[c.name].is_numeric()},
        )  # fmt: skip


def count(schema: Schema, access: TableAccess) -> Counted:
    """One pass over the rows, wherever they are. Raises ConfigError for a rule that cannot be held."""
    known = access.columns
    wanted = tuple(c.name for c in schema.columns if c.name in known)
    if not wanted:
        return Counted(rows=access.rows, types=dict(access.schema), broken={}, said={}, values={}, new={})
    found = access.fold(_Job(schema), _merge, wanted)
    return Counted(
        rows=found.rows, types=dict(access.schema), broken=found.broken, said=found.said, values=found.values,
        new=found.new, sums=found.sums,
    )  # fmt: skip


def _merge(a: Counted, b: Counted) -> Counted:
    return a.merged(b)


def _sums(frame: pl.DataFrame, conditions: Mapping[Key, pl.Expr]) -> dict[Key, int]:
    if not conditions:
        return {}
    found = frame.select(c.fill_null(False).sum().alias(str(i)) for i, c in enumerate(conditions.values()))
    return {key: int(found[str(i)][0]) for i, key in enumerate(conditions)}


def _counts_values(column: ColumnSchema) -> bool:
    limits = column.limits
    return column.unique or any(
        x is not None for x in (limits.min_distinct, limits.max_distinct, limits.max_value_share)
    )


def _has_mean(column: ColumnSchema) -> bool:
    return column.limits.min_mean is not None or column.limits.max_mean is not None


def _most(column: ColumnSchema) -> int | None:
    """How many values must be told apart to judge what the column promises; None: all."""
    if column.unique or column.limits.max_value_share is not None:
        return None
    return max(column.limits.min_distinct or 0, column.limits.max_distinct or 0) + 1


def values_of(column: pl.Series, *, most: int | None) -> Values:
    """The different values of a column by their hashes."""
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    hashed = column.drop_nulls().hash().to_numpy()
    hashes, counts = np.unique(hashed, return_counts=True)
    return Values(hashes=hashes[:most], counts=counts[:most].astype(np.int64), most=most)


def _new(frame: pl.DataFrame, column: ColumnSchema, value: pl.Expr | None) -> dict[str, int]:
    assert value is not None
    dtype = frame.schema[column.name]
    text = as_text(value, column, dtype)
    short = pl.when(text.str.len_chars() <= LONG).then(text).otherwise(pl.lit("\0") + text.hash().cast(pl.String))
    found = frame.lazy().filter(outside_domain(value, column, dtype)).select(short.alias("value"))
    counted = found.group_by("value").len("rows").collect()
    return fewest(dict(zip(counted["value"].to_list(), counted["rows"].to_list(), strict=True)))


def added(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    return {key: a.get(key, 0) + b.get(key, 0) for key in {**a, **b}}


def fewest(found: dict[str, int]) -> dict[str, int]:
    """At most `MOST_NEW` values, those whose hashes are smallest; in an order of their own."""
    names = sorted(found)
    if len(names) > MOST_NEW:
        hashes = pl.Series(names, dtype=pl.String).hash().to_numpy()
        names = sorted(names[i] for i in np.argsort(hashes, kind="stable")[:MOST_NEW])
    return {name: found[name] for name in names}


def _sum(column: pl.Series) -> tuple[float, int]:
    values = column.cast(pl.Float64)
    values = values.filter(values.is_finite() & values.is_not_null())
    return float(values.sum()), len(values)
