"""Whether a split of a table leaks: asked of the rows and the part of each, as soon as they are divided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.copies import Leaks
from sterling.core.errors import InputError
from sterling.core.roles import Roles
from sterling.data.copies.hashing import countable
from sterling.data.leaks.between import Found, same_entities, same_rows, too_early
from sterling.data.leaks.parts import Parts
from sterling.engine.table import TableAccess


def leaks_of_split(
    frame: pl.DataFrame, parts: NDArray[np.integer], names: Sequence[str], *, id: str | None = None,
    entity: str | None = None, time: str | None = None, level: float = 0.95,
) -> Leaks:  # fmt: skip
    """For every pair of parts, the rows of the later one whose like, entity or past is in the earlier one.

    `parts`: the place of each row's part among `names`, shape (rows,); the first name is the part to learn from. Parts
    without rows are left out. `entity` and `time` are asked about when they are named. Texts are not compared: ask
    DA015 for that. Raises InputError when rows and parts are not as many.
    """
    if len(parts) != frame.height:
        raise InputError(
            "rows and parts are not as many", where="split", expected=str(frame.height), got=str(len(parts))
        )
    column = "part"
    while column in frame.columns:
        column += "_"
    there = [str(n) for i, n in enumerate(names) if (parts == i).any()]
    named = pl.Series(column, list(names), dtype=pl.String)[parts.astype(np.int64)]
    access = TableAccess(name="split", table=frame.with_columns(named).lazy(), roles=Roles(id=id), rows=frame.height)
    shared = tuple(c for c in countable(frame.schema) if c != id)
    of = Parts(names=tuple(there), split=column, shared=shared)
    found: list[Found] = list(same_rows(access, of, level=level))
    if entity is not None:
        found += same_entities(access, of, entity, level=level)
    if time is not None:
        found += too_early(access, of, time, level=level)
    return Leaks(between=tuple(f.leak for f in found))
