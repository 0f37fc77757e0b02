"""Tables for the tests of this folder, as checks see them."""

from __future__ import annotations

import polars as pl

from sterling.core.roles import Roles
from sterling.engine.table import TableAccess


def access_of(frame: pl.DataFrame, *, roles: Roles | None = None, seed: int = 0) -> TableAccess:
    return TableAccess(name="table", table=frame.lazy(), roles=roles or Roles(), rows=frame.height, seed=seed)
