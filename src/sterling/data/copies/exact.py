"""Rows that are equal in all the columns asked about: counted by hashes, at any size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sterling.core.frozen import dataclass
from sterling.core.slices import Slice, group_order, group_text
from sterling.data.copies.hashing import part, row_keys
from sterling.data.copies.shares import Counted, share_of_sets
from sterling.engine.table import TableAccess

HELD = 8_000_000
"""Hashes held at once. Of a longer table that is not in memory, one in m different rows is counted, with its copies."""
ROW, ALIKE = "\0row", "\0alike"
ROWS = "\0n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which columns make rows equal. A job for `fold`: it is pickled where rows lie elsewhere."""

    columns: tuple[str, ...]
    label: str | None
    groups: tuple[str, ...]
    one_in: int

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(c for c in self.columns if c != self.label)

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.columns, *self.groups)))

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Different rows of a batch: hash of all, hash of all but the label, groups, and how many rows."""
        alike = row_keys(frame, self.features)
        row = alike + part(frame, self.label) if self.label is not None and self.label in self.columns else alike
        table = pl.DataFrame({ROW: row, ALIKE: alike}).with_columns(frame[g] for g in self.groups)
        if self.one_in > 1:
            table = table.filter(pl.col(ALIKE) % self.one_in == 0)
        return table.group_by(ROW, ALIKE, *self.groups).agg(pl.len().cast(pl.UInt32).alias(ROWS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """What was counted. `conflicting` sets hold equal rows with different labels; None without a label."""

    everyone: Counted
    sets: int
    by_group: dict[str, tuple[Counted, ...]]
    conflicting: int | None
    in_conflict: Counted | None
    one_in: int


def together(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([first, second], rechunk=False)


def repeats(access: TableAccess, columns: Sequence[str], *, held: int = HELD) -> Repeats:
    """Count equal rows of a table, everyone and by group. Rows of one content are all counted or none."""
    question = Question(
        columns=tuple(columns), label=access.roles.label, groups=access.roles.groups,
        one_in=max(1, -(-access.rows // held)) if access.streams else 1,
    )  # fmt: skip
    keys = [ROW, ALIKE, *question.groups]
    table = access.fold(question, together, question.reads).group_by(keys).agg(pl.col(ROWS).cast(pl.Int64).sum())
    sizes = table.group_by(ROW, ALIKE).agg(pl.col(ROWS).sum())
    n = sizes[ROWS].sort().to_numpy()
    conflict: tuple[int | None, Counted | None] = (None, None)
    if question.label is not None and question.label in question.columns:
        conflict = _conflicts(sizes, question.label)
    return Repeats(
        everyone=share_of_sets(n - 1, n), sets=int((n > 1).sum()),
        by_group={g: tuple(_by(table, g)) for g in question.groups}, conflicting=conflict[0],
        in_conflict=conflict[1], one_in=question.one_in,
    )  # fmt: skip


def _by(table: pl.DataFrame, group: str) -> list[Counted]:
    """Repeats among the rows of each value of a group, in the order of their names."""
    of = table.group_by(pl.col(group).alias("g"), ROW).agg(pl.col(ROWS).sum()).sort("g", ROWS)
    parts = of.partition_by("g", maintain_order=True)
    named = {group_text(p["g"][0]): p[ROWS].to_numpy() for p in parts}
    order = sorted(named, key=group_order)
    return [share_of_sets(named[v] - 1, named[v], slice=Slice(((group, v),))) for v in order]


def _conflicts(sizes: pl.DataFrame, label: str) -> tuple[int, Counted]:
    """Sets of rows that are equal but for the label and do not share one, and the rows in them.

    A row whose label is missing contradicts nobody.
    """
    missing = part(pl.DataFrame({label: [None]}), label)[0]
    known = sizes[ROW].to_numpy() - sizes[ALIKE].to_numpy() != missing
    alike = sizes.filter(known).group_by(ALIKE).agg(pl.len().alias("labels"), pl.col(ROWS).sum()).sort("labels", ROWS)
    torn, rows = (alike["labels"] > 1).to_numpy(), alike[ROWS].to_numpy()
    return int(torn.sum()), share_of_sets(np.where(torn, rows, 0), rows)


def differing_in_one(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """For each column, how many different rows have a partner that differs from them in this column alone."""
    rows = pl.DataFrame({ROW: row_keys(frame, columns)}).with_row_index("i").unique(ROW)["i"].sort()
    distinct = frame.select(columns)[rows.to_numpy()]
    total = row_keys(distinct, columns)
    found = []
    for column in columns:
        rest = pl.Series(total - part(distinct, column))
        found.append((column, int(rest.is_duplicated().sum())))
    return tuple(sorted((f for f in found if f[1]), key=lambda f: (-f[1], f[0])))
