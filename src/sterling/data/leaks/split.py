"""Whether a split of a table leaks: asked of the rows and the part of each, as soon as they are divided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.copies import Leaks
from sterling.core.errors import InputError
from sterling.core.roles import Roles
from sterling.data.copies.hashing import countable, row_keys
from sterling.data.leaks.between import Found, rows_of, same_entities, too_early
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
    there = [i for i in range(len(names)) if (parts == i).any()]
    shared = tuple(c for c in countable(frame.schema) if c != id)
    of = Parts(names=tuple(names[i] for i in there), split=column, shared=shared)
    found: list[Found] = []
    if shared:
        found += rows_of(row_keys(frame, shared), np.searchsorted(there, parts), of, level=level)
    if entity is not None or time is not None:
        named = pl.Series(column, list(names), dtype=pl.String)[parts.astype(np.int64)]
        access = TableAccess(
            name="split", table=frame.with_columns(named).lazy(), roles=Roles(id=id), rows=frame.height
        )
        found += same_entities(access, of, entity, level=level) if entity is not None else ()
        found += too_early(access, of, time, level=level) if time is not None else ()
    return Leaks(between=tuple(f.leak for f in found))
