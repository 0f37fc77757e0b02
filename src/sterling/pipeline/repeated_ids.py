"""Whether rows share an id: the same person twice, or a column that names no rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from sterling.core.errors import counted, shown
from sterling.core.subject import Subject
from sterling.engine.survey import Surveyed
from sterling.sources.open import reading

MOST = 500_000
"""Rows up to which ids are held against one another: beyond, that takes longer than it tells."""


def repeated_ids(subject: Subject, surveyed: Surveyed) -> Iterator[str]:
    """A sentence about rows that share an id, or that nobody looked; nothing where all differ.

    Rows without an id share none. Rows of one cluster, and items of several lists, may well share theirs.
    """
    name, roles = surveyed.roles.id, surveyed.roles
    if name is None or name in (roles.cluster, roles.query) or roles.query is not None:
        return
    if surveyed.rows > MOST:
        yield f"whether rows share an id in {shown(name)} was not looked at: that is done up to {MOST:,} rows"
        return
    rows, ids = _shared(subject, surveyed, name)
    if rows:
        cure = "" if roles.cluster else "; where an id is a person, --cluster says that their rows go together"
        yield f"{rows:,} rows share {counted(ids, 'id', 'ids')} in {shown(name)}: each of them counts by itself{cure}"


def _shared(subject: Subject, surveyed: Surveyed, name: str) -> tuple[int, int]:
    """How many rows have an id that others have too, and how many such ids there are."""
    with reading(surveyed.name):
        if subject.place is not None:
            found = subject.place.fold(subject.table.select(name), partial(_rows_of, name=name), _together)
        else:
            column = surveyed.table.select(name) if surveyed.frame is None else surveyed.frame.lazy().select(name)
            held = column.drop_nulls().collect()
            if held[name].n_unique() == held.height:
                return 0, 0
            found = _rows_of(held, name=name)
    twice = found.filter(pl.col("rows") > 1)
    return int(twice["rows"].sum()), twice.height


def _rows_of(frame: pl.DataFrame, *, name: str) -> pl.DataFrame:
    return frame.select(id=name).drop_nulls().group_by("id").agg(rows=pl.len())


def _together(a: pl.DataFrame, b: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([a, b]).group_by("id").agg(rows=pl.col("rows").sum())
