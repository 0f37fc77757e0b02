"""The groups of a pair of tables, each as a pair of its own: for whom did it change?"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.slices import Slice
from sterling.data.drift.compare import Pair
from sterling.engine.table import TableAccess


def slices_of(pair: Pair, *, most: int) -> tuple[list[tuple[Slice, Pair]], list[str]]:
    """The pair narrowed to each group of each group column, largest first, at most `most` a column; and what is not."""
    out: list[tuple[Slice, Pair]] = []
    told: list[str] = []
    here, there = pair.here, pair.there
    for group in here.roles.groups:
        if group not in here.columns or group not in there.columns:
            told.append(f"{group} is not in both tables: its groups are not compared")
            continue
        sizes = [_sizes(t, group) for t in (here, there)]
        both = [v for v in sizes[0] if v in sizes[1]]
        enough = [v for v in both if min(sizes[0][v], sizes[1][v]) >= here.min_n]
        kept = sorted(enough, key=lambda v: (-min(sizes[0][v], sizes[1][v]), v is None, v or ""))[:most]
        left = len(set(sizes[0]) | set(sizes[1])) - len(kept)
        if left:
            few = (
                f"have fewer than {here.min_n} rows in one of the tables" if len(kept) == len(enough) else "are smaller"
            )
            told.append(f"{left} groups of {group} {few} and are not compared")
        for value in kept:
            narrowed = [_narrowed(t, group, value, s[value]) for t, s in zip((here, there), sizes, strict=True)]
            plan = replace(pair.plan, columns=tuple(c for c in pair.plan.columns if c.name != group))
            out.append((Slice(((group, value),)), Pair(here=narrowed[0], there=narrowed[1], plan=plan)))
    return out, told


def _text(schema: pl.Schema, group: str) -> pl.Expr:
    """A group column as the texts by which its groups are named."""
    value = pl.col(group)
    if schema[group].is_float():
        value = value.fill_nan(None)
        whole = (value == value.round(0)) & (value.abs() < 2**53)
        as_whole = value.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.when(whole).then(as_whole).otherwise(value.cast(pl.String))
    return value.cast(pl.String)


def _sizes(access: TableAccess, group: str) -> dict[str | None, int]:
    """Rows of each group; of weighted ones those that weigh something."""
    weight = access.roles.weight
    job = _Counting(_text(access.schema, group), weight)
    return access.fold(job, _summed, [group] if weight is None else [group, weight])


@dataclass(frozen=True, slots=True)
class _Counting:
    text: pl.Expr
    weight: str | None

    def __call__(self, frame: pl.DataFrame) -> dict[str | None, int]:
        some = frame if self.weight is None else frame.filter(pl.col(self.weight) > 0)
        counted = some.select(value=self.text).group_by("value").agg(rows=pl.len())
        return dict(zip(counted["value"].to_list(), counted["rows"].to_list(), strict=True))


def _summed(a: dict[str | None, int], b: dict[str | None, int]) -> dict[str | None, int]:
    return {v: a.get(v, 0) + b.get(v, 0) for v in [*a, *(v for v in b if v not in a)]}


def _narrowed(access: TableAccess, group: str, value: str | None, rows: int) -> TableAccess:
    """The rows of one group, as a table of its own."""
    mine = _text(access.schema, group).eq_missing(pl.lit(value, dtype=pl.String))
    if access.roles.weight is not None:
        mine &= pl.col(access.roles.weight) > 0
    if access.streams:
        return replace(access, table=access.table.filter(mine), rows=max(rows, 1), progress=None, _held=[])
    frame = access.frame().filter(mine)
    return replace(access, table=frame.lazy(), rows=rows, progress=None, _held=[frame])
