"""The rows behind what was measured, for the questions that counts cannot answer."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sterling.engine.encode import Batch
from sterling.engine.survey import Surveyed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowAccess:
    """All rows of a subject, the place of one model among its models, and the plan's seed.

    `columns` are those without a role that the check said it reads. Reading rows holds them in memory.
    """

    surveyed: Surveyed
    model: int
    seed: int
    columns: tuple[str, ...] = ()

    def frame(self) -> pl.DataFrame:
        """The columns with a role and `columns`; all rows, in the order of the table."""
        surveyed = self.surveyed
        wanted = list(dict.fromkeys([*surveyed.roles.columns, *self.columns]))
        if surveyed.frame is not None:
            return surveyed.frame.select(wanted)
        with surveyed.guard(surveyed.name):
            return surveyed.table.select(wanted).collect()

    def batch(self, frame: pl.DataFrame) -> Batch:
        """Label, scores, weight and cluster of the rows of `frame`, as the engine counts them."""
        return self.surveyed.encode(frame)
