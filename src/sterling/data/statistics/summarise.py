"""The statistics of a table: one look where it is held, two where it streams or its rows are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.grouping import made_from
from sterling.core.slices import GroupValue, Slice, group_order
from sterling.data.statistics.alike import prepare
from sterling.data.statistics.facts import About, ColumnFacts, TableFacts, facts_of
from sterling.data.statistics.kinds import kind_of
from sterling.data.statistics.look import Looking, Sight, Where, look, together
from sterling.data.statistics.second import Aims, Found, aim_of, look_again
from sterling.data.statistics.second import together as both
from sterling.data.statistics.sketched import NumberSketch, TextSketch
from sterling.data.statistics.weights import Weights, weights_of
from sterling.engine.encode import encode_group
from sterling.engine.table import TableAccess

HELD, LEAST = 1 << 21, 1 << 10
"""So many distinct values are held of all columns and slices together while streaming; so many of each at least."""
MOST_HELD, TEXT_BYTES = 1 << 16, 1 << 26
MOST_SLICES = 50
"""So many slices of one group column are looked at: those with the most rows."""
TOP = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summary:
    """Everyone's facts, then those of each slice, and the slices that were too small or too many to be looked at."""

    everyone: TableFacts
    effective: float = 1.0
    """What part of the rows the weights leave (`weights.Weights`)."""
    slices: tuple[TableFacts, ...] = ()
    small: tuple[tuple[Slice, int], ...] = ()
    left: tuple[tuple[str, int], ...] = ()
    """Group columns with more slices than are looked at, and how many are left out."""


def summarise(
    access: TableAccess, columns: Sequence[str] | None = None, *, groups: Sequence[str] = (), top: int = TOP
) -> Summary:
    """The facts of a table's columns (None: all of its own), of everyone and by each of the `groups`.

    Raises InputError for weights that are none and for a group column with too many values.
    """
    names = own_columns(access) if columns is None else access.known(columns)
    weights = weights_of(access)
    counts = _group_counts(access, groups)
    wanted, small, left = _slices(counts, access.min_n)
    looking = _looking(access, names, wanted, weights)
    if weights is None:
        prepare(access.rows * sum(kind_of(access.schema[name]) == "text" for name in names))
    sight = access.fold(partial(look, looking=looking), partial(together, looking=looking), looking.read)
    aims = _aims(sight, looking, access.schema)
    found: Found = {}
    if aims:
        read = tuple(dict.fromkeys([*(name for _, name in aims), *(g for g, _ in wanted),
                                    *(() if weights is None else (weights.column,))]))  # fmt: skip
        again = replace(looking, columns=tuple(dict.fromkeys(name for _, name in aims)))
        second = replace(access, progress=None)  # the rows were counted by the first look
        found = second.fold(partial(look_again, looking=again, aims=aims), both, read)
    about = [about_column(access, name) for name in names]
    tables = [_table(access, where, sight, about, aims, found, weights, top) for where in _order(looking)]
    return Summary(
        everyone=tables[0], slices=tuple(tables[1:]), small=small, left=left,
        effective=1.0 if weights is None else weights.effective,
    )  # fmt: skip


def own_columns(access: TableAccess) -> tuple[str, ...]:
    """The columns of the table itself, without those that were made for groups."""
    made = {g for g in access.roles.groups if made_from(g) is not None} | {s.name for s in access.roles.slices}
    return tuple(c for c in access.columns if c not in made)


def about_column(access: TableAccess, name: str) -> About:
    """What is known of a column before its values are looked at."""
    dtype = access.schema[name]
    return About(name=name, dtype=dtype, kind=kind_of(dtype), role=role_of(access, name))


def role_of(access: TableAccess, name: str) -> str:
    """What a column is for, in a word."""
    roles = access.roles
    single = {roles.label: "label", roles.id: "id", roles.cluster: "cluster", roles.weight: "weight",
              roles.query: "query"}  # fmt: skip
    if name in roles.label_members:
        return "label"
    if any(name in model.columns for model in roles.models):
        return "score"
    return single.get(name) or ("group" if name in roles.groups else "feature")


def _looking(
    access: TableAccess, names: tuple[str, ...], wanted: tuple[tuple[str, tuple[GroupValue, ...]], ...],
    weights: Weights | None,
) -> Looking:  # fmt: skip
    parts = max(len(names), 1) * (1 + sum(len(values) for _, values in wanted))
    held = min(MOST_HELD, max(LEAST, HELD // parts)) if access.streams else None
    room = max(1 << 18, TEXT_BYTES // parts)
    return Looking(columns=names, groups=wanted, weights=weights, held=held, bytes=room)


def _group_counts(access: TableAccess, groups: Sequence[str]) -> dict[str, dict[GroupValue, int]]:
    names = list(dict.fromkeys(groups))
    if not names:
        return {}
    quiet = replace(access, progress=None)
    return quiet.fold(partial(_counts, groups=tuple(names)), _added, access.known(names))


def _counts(frame: pl.DataFrame, *, groups: tuple[str, ...]) -> dict[str, dict[GroupValue, int]]:
    out: dict[str, dict[GroupValue, int]] = {}
    for group in groups:
        codes = encode_group(frame[group])
        rows = np.bincount(codes.codes, minlength=len(codes.values)).tolist()
        out[group] = {v: int(n) for v, n in zip(codes.values, rows, strict=False) if n}
    return out


def _added(
    a: dict[str, dict[GroupValue, int]], b: dict[str, dict[GroupValue, int]]
) -> dict[str, dict[GroupValue, int]]:
    return {g: {v: a[g].get(v, 0) + b[g].get(v, 0) for v in {**a[g], **b[g]}} for g in a}


def _slices(counts: dict[str, dict[GroupValue, int]], least: int) -> tuple[
    tuple[tuple[str, tuple[GroupValue, ...]], ...], tuple[tuple[Slice, int], ...], tuple[tuple[str, int], ...]
]:  # fmt: skip
    wanted, small, left = [], [], []
    for group, rows in counts.items():
        order = sorted(rows, key=group_order)
        small += [(Slice(((group, v),)), rows[v]) for v in order if rows[v] < least]
        enough = [v for v in order if rows[v] >= least]
        largest = set(sorted(enough, key=lambda v: (-rows[v], group_order(v)))[:MOST_SLICES])
        wanted.append((group, tuple(v for v in enough if v in largest)))
        if len(enough) > MOST_SLICES:
            left.append((group, len(enough) - MOST_SLICES))
    return tuple(wanted), tuple(small), tuple(left)


def _aims(sight: Sight, looking: Looking, schema: pl.Schema) -> Aims:
    return {
        (where, name): aim_of(seen.held, whole=kind_of(schema[name]) == "integer")
        for where, columns in sight.items()
        for name, seen in zip(looking.columns, columns, strict=True)
        if isinstance(seen.held, NumberSketch | TextSketch)
    }


def _order(looking: Looking) -> list[Where]:
    return [(), *(((group, value),) for group, values in looking.groups for value in values)]


def _table(
    access: TableAccess, where: Where, sight: Sight, about: list[About], aims: Aims, found: Found,
    weights: Weights | None, top: int,
) -> TableFacts:  # fmt: skip
    told = None if weights is None else weights.value
    columns: list[ColumnFacts] = []
    for what, seen in zip(about, sight[where], strict=True):
        key = (where, what.name)
        columns.append(facts_of(what, seen, told=told, top=top, aim=aims.get(key), second=found.get(key)))
    rows = sight[where][0].rows if sight[where] else access.rows
    return TableFacts(
        table=access.name, rows=rows, columns=tuple(columns), slice=Slice(where),
        weight=columns[0].weight if columns else None,
    )  # fmt: skip
