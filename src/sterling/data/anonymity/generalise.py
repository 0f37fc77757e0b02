"""Makes classes of at least k rows: values become ranges and sets, or rows are left out; and what that costs whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.data.anonymity.classes import class_of
from sterling.data.anonymity.diversity import is_ordered, per_class
from sterling.data.anonymity.mondrian import Admits, Axis, mondrian
from sterling.data.anonymity.ranges import Hierarchy, Released, axis_of, released

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Method = Literal["strict", "relaxed", "suppress"]
METHODS: tuple[Method, ...] = ("strict", "relaxed", "suppress")
WHERE = "generalise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What every class must keep: `k` rows; of each sensitive column `diversity` different values (l), at most
    `closeness` away from the whole table (t).

    `method`: Mondrian, strict or relaxed, or leave out the rows of small classes. `numbers`: what a number becomes, the
    range of its class or its middle, the mean.
    """

    quasi: tuple[str, ...]
    k: int = 5
    sensitive: tuple[str, ...] = ()
    diversity: int = 1
    closeness: float = 1.0
    method: Method = "strict"
    numbers: Literal["range", "middle"] = "range"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Generalised:
    """`frame`: the rows that are left, in their order, with ranges for values. Of the rows that came in, shape (n,):
    `kept`; the class of each (-1: left out); `loss`, the mean certainty penalty of its cells (1: nothing is left)."""

    frame: pl.DataFrame
    kept: Bools
    part: Ints
    loss: Floats


def generalise_table(
    frame: pl.DataFrame, wanted: Wanted, *, hierarchies: Mapping[str, Hierarchy] | None = None
) -> Generalised:  # fmt: skip
    """A table in which every class keeps what is wanted. `frame` is not changed.

    `hierarchies`: by column, the ancestors of each value, nearest first; without, a set of values is listed. Raises
    ConfigError for an unknown column or a number out of range, InputError when even one class of all rows would not do.
    """
    _checked(frame, wanted)
    order = np.argsort(frame.select(class_of(frame.schema, _hashable(frame))).to_series().to_numpy(), kind="stable")
    rows = frame[order]
    if wanted.method == "suppress":
        part = (
            rows.select(class_of(rows.schema, wanted.quasi)).to_series().rank("dense").to_numpy().astype(np.int64) - 1
        )
        keeps = _keeps(rows, wanted)(np.arange(len(rows)), part, int(part.max()) + 1)[part]
        keeps &= np.bincount(part)[part] >= wanted.k
        if not keeps.any():
            raise InputError("no row would be left", where=WHERE, hint="generalise instead, or ask for a smaller k")
        part, loss, out = np.where(keeps, part, -1), np.where(keeps, 0.0, 1.0), rows.filter(keeps)
    else:
        axes = [axis_of(rows[c], (hierarchies or {}).get(c)) for c in wanted.quasi]
        part, keeps = _classes([a.axis for a in axes], rows, wanted), np.ones(len(rows), dtype=np.bool_)
        cells: list[Released] = [released(a, part, middle=wanted.numbers == "middle") for a in axes]
        out = rows.with_columns(c.column for c in cells)
        loss = np.mean([c.loss[part] for c in cells], axis=0)
    back = np.argsort(order, kind="stable")
    place = np.full(len(rows), -1)
    place[keeps] = np.arange(int(keeps.sum()))
    wanted_rows = place[back]
    return Generalised(
        frame=out[wanted_rows[wanted_rows >= 0]], kept=keeps[back], part=part[back], loss=np.asarray(loss)[back]
    )


def _classes(axes: Sequence[Axis], rows: pl.DataFrame, wanted: Wanted) -> Ints:
    """The classes of Mondrian. Raises InputError when the table as a whole does not keep what is asked."""
    whole = np.zeros(len(rows), dtype=np.int64)
    if len(rows) < wanted.k:
        raise InputError(
            f"the table has {len(rows):,} rows, fewer than k",
            where=WHERE,
            expected=f"at least {wanted.k:,}",
            hint="a smaller k, or more rows",
        )
    keeps = _keeps(rows, wanted)
    if not keeps(np.arange(len(rows)), whole, 1).all():
        raise InputError(
            "a sensitive column has fewer values in the whole table than each class should have",
            where=WHERE,
            hint="a smaller l, or leave that column out of sensitive",
        )
    plain = wanted.diversity <= 1 and wanted.closeness >= 1.0
    return mondrian(axes, wanted.k, admits=None if plain else keeps, relaxed=wanted.method == "relaxed")


def _keeps(rows: pl.DataFrame, wanted: Wanted) -> Admits:
    """Whether classes have the values that are asked for and lie near enough to the whole table."""
    values = [
        rows[s].cast(pl.String) if rows[s].dtype in (pl.Categorical, pl.Enum) else rows[s] for s in wanted.sensitive
    ]
    wholes = [v.rename("value").value_counts(name="n").cast({"n": pl.Int64}) for v in values]

    def keeps(which: Ints, part: Ints, parts: int) -> Bools:
        good = np.ones(parts, dtype=np.bool_)
        for column, whole in zip(values, wholes, strict=True):
            pairs = pl.DataFrame({"class": part, "value": column[which]})
            counted = pairs.group_by("class", "value").agg(pl.len().cast(pl.Int64).alias("n"))
            found = per_class(counted, whole, ordered=is_ordered(column.dtype))
            there = np.unique(part)
            good[there] &= (found.distinct >= wanted.diversity) & (found.distance <= wanted.closeness + 1e-12)
        return good

    return keeps


def _hashable(frame: pl.DataFrame) -> list[str]:
    return [c for c, kind in frame.schema.items() if not kind.is_nested() and kind not in (pl.Object,)]


def _checked(frame: pl.DataFrame, wanted: Wanted) -> None:
    if not wanted.quasi:
        raise ConfigError("quasi names no column", where=WHERE, hint='quasi = ["age", "zip"]')
    for column in (*wanted.quasi, *wanted.sensitive):
        if column not in frame.columns:
            raise ConfigError(
                f"there is no column {shown(column)!r}", where=WHERE, hint=near_miss(column, frame.columns)
            )
        if frame.schema[column].is_nested() or frame.schema[column] in (pl.Binary, pl.Object):
            raise ConfigError(f"{shown(column)!r} holds no single values", where=WHERE, hint="leave the column out")
    if set(wanted.quasi) & set(wanted.sensitive):
        raise ConfigError("a column is both known and sensitive", where=WHERE, hint="name it in quasi or in sensitive")
    if wanted.k < 2:
        raise ConfigError(f"k is {wanted.k}", where=WHERE, expected="a whole number of at least 2")
    if wanted.method not in METHODS:
        raise ConfigError(f"method is {shown(wanted.method)!r}", where=WHERE, expected=" or ".join(METHODS))
    if wanted.numbers not in ("range", "middle"):
        raise ConfigError(f"numbers is {shown(wanted.numbers)!r}", where=WHERE, expected="range or middle")
    if wanted.diversity < 1 or not 0 < wanted.closeness <= 1:
        raise ConfigError("l or t is out of range", where=WHERE, expected="l of at least 1, t above 0 and at most 1")
    if (wanted.diversity > 1 or wanted.closeness < 1) and not wanted.sensitive:
        raise ConfigError("l and t need a sensitive column", where=WHERE, hint='sensitive = ["diagnosis"]')
