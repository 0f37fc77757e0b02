"""What a reader must know about the input before trusting a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sterling.core.errors import shown
from sterling.core.grouping import Cut, made_from, range_words
from sterling.core.named_slices import YES, NamedSlice
from sterling.core.predicate import numbers_beside
from sterling.core.roles import Roles
from sterling.core.slices import GroupValue
from sterling.engine.families import MAX_SLICES
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed


def notices(
    surveyed: Surveyed, measured: Measured, roles: Roles, *, cross: int, kinds: Mapping[str, pl.DataType]
) -> tuple[str, ...]:
    """Plain sentences, most important first. They hold counts and column names, never values of rows.

    `kinds`: the types of all columns of the table.
    """
    out = [*surveyed.remarks(), *measured.remarks()]
    out += _without_numbers(surveyed)
    sizes = [n for s, n in zip(measured.slices, measured.n, strict=True) if s.items]
    small = sum(n < measured.min_n for n in sizes)
    if small:
        out.append(
            f"{small:,} of {len(sizes):,} groups (crosses included) {'has' if small == 1 else 'have'} fewer than "
            f"{measured.min_n} rows: too small to say"
        )
    out += [
        f"the {shown(member.group)} of nobody was recorded: values weight rows by their chances, and are biased where "
        "the outcome has to do with the group beyond them; intervals hold all that the data allow"
        for member in roles.memberships
    ]
    out += [
        f"no row has a value in the group column {shown(group)}: nobody is compared by it"
        for group in roles.groups
        if _values(measured, group) == {None}
    ]
    out += _slices(measured, roles, kinds)
    depth = max((len(f) for f in measured.families), default=0)
    if depth < min(cross, len(roles.groups) - len(roles.uncrossed)):
        out.append(f"crosses of group columns are left out: they would make more than {MAX_SLICES:,} slices")
    if roles.label and roles.label_kind == "unstated":
        out.append("it was not said what the label is: an outcome, a human decision or an annotation (--label-kind)")
    return tuple(out)


def _values(measured: Measured, group: str) -> set[GroupValue]:
    return {s.items[0][1] for s in measured.slices if s.family == (group,)}


def _without_numbers(surveyed: Surveyed) -> Iterator[str]:
    """Columns that are added up and lack numbers in some rows."""
    lacking = [a for a in surveyed.summing.amounts if a.missing] if surveyed.summing else []
    if lacking:
        listed = ", ".join(f"{shown(a.column)} ({a.missing:,})" for a in lacking[:5])
        more = f" and {len(lacking) - 5} more columns" if len(lacking) > 5 else ""
        yield f"rows without a number in a column are left out of its means and totals: {listed}{more}"


def _texts(kinds: Mapping[str, pl.DataType], slice_: NamedSlice) -> str:
    """Columns of text that a condition compares with numbers: none of those texts may be a number."""
    texts = [shown(c) for c in numbers_beside(slice_.condition) if kinds.get(c) == pl.String]
    return f"; {', '.join(texts)} holds text, and is compared with a number" if texts else ""


def _slices(measured: Measured, roles: Roles, kinds: Mapping[str, pl.DataType]) -> Iterator[str]:
    """What named slices are, and which of them and of the ranges that were asked for hold nobody."""
    named = {s.name: s for s in roles.slices}
    yield from (f"{shown(s.name)}: the rows with {shown(s.where)}" for s in roles.slices)
    for group in roles.groups:
        seen = _values(measured, group)
        if group in named and YES not in seen:
            yield f"nobody is in the slice {shown(group)}: no row meets its condition{_texts(kinds, named[group])}"
        cut = made_from(group)
        words = range_words(cut.edges, dates=cut.dates) if isinstance(cut, Cut) else ()
        if seen & set(words):
            lacking = [w for w in words if w not in seen]
            more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
            if lacking:
                yield f"{shown(group)}: no row is in {', '.join(map(repr, lacking[:5]))}{more}"
