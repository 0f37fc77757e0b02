"""DA013: do the same rows have the same values in two places?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import numpy as np

from sterling.core.data.about import AboutData
from sterling.core.data.drift import Drifts, Skew
from sterling.core.errors import ConfigError, shown
from sterling.core.evidence import Answer, Finding, Side
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import EVERYONE
from sterling.data.drift.skew import Differing, Joined, join_on
from sterling.engine.table import TableAccess
from sterling.stats.multiple import largest_from
from sterling.stats.normal import z
from sterling.stats.proportion import clopper_pearson_z

CODE = "DA013"
FEW = 10
"""Fewer rows than this are not counted out in words."""
METHOD = "rows joined on a key; Clopper-Pearson"


@check(
    code=CODE,
    name="skew",
    title="Skew of the same rows",
    question="Do the same rows have the same values in training and in serving?",
    needs=("table", "others"),
    when=("profile",),
    pitfalls=(
        "Rows that only one table has say nothing here, and they may be the ones that went wrong.",
        "A value that is read at another time may rightly be another: compare what was known at the same moment.",
    ),
    hints=(
        "Look at how the column that differs most is made in each place: unit, rounding, default, time of reading.",
        "Make features in one piece of code that training and serving share.",
    ),
)
def skew(
    access: TableAccess, *, key: str | None = None, columns: tuple[str, ...] | None = None, tolerance: float = 0.0,
    relative: float = 0.0,
) -> Answer:  # fmt: skip
    """The share of joined rows in which each column differs.

    `key`: the column that names a row; the id unless given. Numbers differ when they are further apart than `tolerance`
    plus `relative` times the larger of the two. A value beside a missing one differs; two missing ones do not.
    """
    name = key or access.roles.id
    if name is None:
        return Answer(outcome="not_applicable", reason="no column names a row: give key, or the table's id")
    for word, given in (("tolerance", tolerance), ("relative", relative)):
        if not 0 <= given < float("inf"):
            raise ConfigError(f"{word} is {given:g}", where=CODE, expected="a number of 0 or more")
    level = access.level
    joined = [
        join_on(access, other, name, columns=columns or (), tolerance=tolerance, relative=relative)
        for other in access.others
    ]
    if all(j.rows < access.min_n for j in joined):
        most = max(j.rows for j in joined)
        told = (n for j, o in zip(joined, access.others, strict=True) for n in _left(j, access, o, name))
        return Answer(
            outcome="insufficient", notes=tuple(told),
            reason=f"{most:,} rows have a key of their own in both tables, {access.min_n} needed",
        )  # fmt: skip
    drifts = [_drifts(j, access, other, name) for j, other in zip(joined, access.others, strict=True)]
    return Answer(
        about=AboutData(drifts=tuple(drifts)), findings=tuple(_findings(joined, access)), method=METHOD,
        notes=tuple(n for j, o in zip(joined, access.others, strict=True) for n in _notes(j, access, o, name, level)),
    )  # fmt: skip


def _drifts(joined: Joined, here: TableAccess, there: TableAccess, key: str) -> Drifts:
    found = sorted((_skew(c, joined.rows, here) for c in joined.columns), key=lambda s: (-s.differing, s.column))
    return Drifts(
        table=here.name, other=there.name, found=(), skew=tuple(found), key=key, unmatched=joined.unmatched,
        repeated=joined.repeated, only_here=joined.plan.only_here, only_there=joined.plan.only_there,
        left_out=tuple(c for c in joined.plan.left_out if c != key),
    )  # fmt: skip


def _skew(column: Differing, rows: int, access: TableAccess) -> Skew:
    known = rows >= access.min_n and (column.compared or column.differing > 0)
    ends = clopper_pearson_z(column.differing, rows, z(access.level)) if known else None
    return Skew(
        column=column.column, n=rows, differing=column.differing, share=column.differing / rows if known else None,
        low=None if ends is None else float(ends.low), high=None if ends is None else float(ends.high),
        level=access.level, missing_here=column.missing_here, missing_there=column.missing_there, note=column.note,
    )  # fmt: skip


def _notes(joined: Joined, here: TableAccess, there: TableAccess, key: str, level: float) -> Iterator[str]:
    differ = sorted((c for c in joined.columns if c.differing), key=lambda c: (-c.differing, c.column))
    if differ:
        worst = ", ".join(f"{shown(c.column)} ({c.differing / joined.rows:.1%})" for c in differ[:8])
        yield f"of {joined.rows:,} rows joined on {shown(key)}, columns that differ from {there.name}: {worst}"
    else:
        yield f"no column differs from {there.name} in {joined.rows:,} rows joined on {shown(key)}"
    yield from _left(joined, here, there, key)


def _left(joined: Joined, here: TableAccess, there: TableAccess, key: str) -> Iterator[str]:
    for access, i in ((here, 0), (there, 1)):
        told = (
            (joined.unmatched[i], f"have a {shown(key)} that the other table lacks"),
            (joined.repeated[i], f"share their {shown(key)} with another row, here or there, and are not joined"),
            (joined.without_key[i], f"have no {shown(key)}"),
        )
        for rows, what in told:
            if rows:
                count = f"{rows:,}" if rows >= FEW else f"fewer than {FEW}"
                yield f"{count} of {access.rows:,} rows of {access.name} {what}"


def _findings(joined: Sequence[Joined], access: TableAccess) -> Iterable[Finding]:
    """The worst column of all, then each; with several tables the worst of them."""
    held: dict[str, list[tuple[int, int]]] = {}
    for item in joined:
        for column in item.columns:
            if item.rows >= access.min_n and column.compared:
                held.setdefault(column.column, []).append((column.differing, item.rows))
    every = [pair for pairs in held.values() for pair in pairs]
    if every:
        yield _finding((), every, access.level)
    for name, pairs in held.items():
        yield _finding((name,), pairs, access.level)


def _finding(columns: tuple[str, ...], pairs: Sequence[tuple[int, int]], level: float) -> Finding:
    hits, rows = (np.array(part, dtype=np.float64) for part in zip(*pairs, strict=True))
    worst = largest_from(hits / rows, partial(clopper_pearson_z, hits, rows), level=level)
    n = int(rows[int(worst.group)])
    side = Side(slice=EVERYONE, value=float(worst.value), n=n, n_eligible=n, n_effective=float(n))
    return Finding(
        metric=DATA_METRICS["skew_share"].info, kind="highest", family=(), threshold=None, first=side, second=None,
        value=float(worst.value), low=float(worst.at_least), high=float(worst.at_most), level=level,
        groups_compared=len(pairs), columns=columns, method=METHOD,
    )  # fmt: skip
