"""The people a table is held against: shares as they were written, or the rows of a reference table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from sterling.core.addresses import is_url
from sterling.core.data.reference import Reference
from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.grouping import made_from
from sterling.core.predicate import columns_of
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.data.people.tally import ROWS, Tally, tally
from sterling.engine.grouping import with_groups
from sterling.engine.table import TableAccess
from sterling.sources.open import open_table, reading
from sterling.stats.weights import kish_n

COUNT, WEIGHT = "count", "weight"
"""Columns of a reference table that are understood when nobody names others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """The reference of one family: a share for each combination of values. `n`: people it rests on; None when exact.

    `whole`: its shares are of counted people, not of weighted ones. `closed`: a group that it lacks has a share of 0;
    otherwise the reference does not speak of it.
    """

    columns: tuple[str, ...]
    shares: Mapping[tuple[str, ...], float]
    n: float | None
    whole: bool
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Populations:
    """One population for each family, where they come from, and what to know of them."""

    of: tuple[Population, ...]
    source: str
    notes: tuple[str, ...] = ()


def written(
    reference: Reference, access: TableAccess, families: Sequence[tuple[str, ...]], *, where: str
) -> Populations:
    """The shares as written. Raises ConfigError for a column that is no group column of the table."""
    known = access.roles.groups
    for item in reference.written:
        for column in item.columns:
            if column not in known:
                raise ConfigError(
                    f"the reference speaks of {shown(column)!r}, which is not a group column", where=where,
                    expected="one of " + ", ".join(map(shown, known)) if known else "",
                    hint=near_miss(column, known) or f"add --groups {shown(column)}",
                )  # fmt: skip
    singles = {f[0] for f in families if len(f) == 1}
    used = [w for w in reference.written if set(w.columns) <= singles]
    return Populations(
        of=tuple(
            Population(
                columns=w.columns, shares={g.values: g.share for g in w.scaled()}, n=None, whole=True, closed=False
            )
            for w in used
        ),
        source="shares that were given",
    )  # fmt: skip


def from_table(
    reference: Reference, access: TableAccess, families: Sequence[tuple[str, ...]], *, count: str | None,
    weight: str | None, exact: bool, where: str,
) -> Populations:  # fmt: skip
    """The shares in a reference table, for every family that its columns can make.

    Raises InputError when the file cannot be read or has none of the groups, ConfigError for a column it lacks.
    """
    assert reference.table is not None
    at = reference.table if is_url(reference.table) else str(access.located(reference.table))
    opened = replace(open_table(at), name=reference.table)  # as it was written: no folder of this machine
    with reading(opened.name):
        schema = opened.table.collect_schema()
    by = _weighing(schema, count, weight, where=opened.name)
    able = [g for g in access.roles.groups if _can_make(g, schema, access.roles)]
    if not able:
        raise InputError(
            "the reference has none of the group columns", where=opened.name,
            expected="a column named as in the table: " + ", ".join(map(shown, access.roles.groups)),
            hint="rename its columns, or write shares: sex: female=0.51, male=0.49",
        )  # fmt: skip
    roles = Roles(groups=tuple(able), slices=access.roles.slices, weight=by.column if by is not None else None)
    subject = with_groups(Subject(table=opened.table, roles=roles, name=opened.name), guard=reading)
    with reading(opened.name):
        rows = int(subject.table.select(pl.len()).collect().item())
    held = replace(
        access, name=opened.name, table=subject.table, roles=roles, rows=rows, place=None, others=(), progress=None,
        guard=reading, _held=[],
    )  # fmt: skip
    found = tally(held, able)
    of = [_population(found, f, by, exact) for f in families if set(f) <= set(able)]
    lacking = [g for g in access.roles.groups if g not in able]
    notes = (f"The reference says nothing of {', '.join(map(shown, lacking))}.",) if lacking else ()
    digests = [f.sha256 for f in opened.files if f.sha256]
    source = opened.name + (f" (SHA-256 {digests[0][:16]})" if len(digests) == 1 else "")
    return Populations(of=tuple(p for p in of if len(p.shares) > 1), source=source, notes=notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighing:
    """The column that says how many people a row stands for (`people`), or how much one person weighs."""

    column: str
    people: bool


def _weighing(schema: pl.Schema, count: str | None, weight: str | None, *, where: str) -> _Weighing | None:
    if count is not None and weight is not None:
        raise ConfigError("the reference has a count and a weight", where=where, expected="one of them")
    named = count if count is not None else weight
    if named is None:
        named = next((c for c in (COUNT, WEIGHT) if c in schema and schema[c].is_numeric()), None)
        return None if named is None else _Weighing(column=named, people=named == COUNT)
    if named not in schema:
        raise ConfigError(
            f"the reference has no column {shown(named)!r}", where=where, hint=near_miss(named, schema.names())
        )
    return _Weighing(column=named, people=count is not None)


def _can_make(group: str, schema: pl.Schema, roles: Roles) -> bool:
    if group in schema:
        return True
    named = next((s for s in roles.slices if s.name == group), None)
    if named is not None:
        return set(columns_of(named.condition)) <= set(schema)
    made = made_from(group)
    return made is not None and made.column in schema


def _population(found: Tally, family: tuple[str, ...], by: _Weighing | None, exact: bool) -> Population:
    groups = found.groups(family)
    groups = groups.only(groups.recorded)
    w, q = groups.w[ROWS], groups.q[ROWS]
    total = float(w.sum())
    people = by is None or by.people
    n = None if exact else total if people else float(kish_n(total, q.sum()))
    shares = {
        tuple(str(v) for _, v in s.items): float(part) / total
        for s, part in zip(groups.slices, w, strict=True)
        if total > 0
    }
    whole = people and bool(np.all(w == np.floor(w)))
    return Population(columns=family, shares=shares, n=n, whole=whole, closed=True)
