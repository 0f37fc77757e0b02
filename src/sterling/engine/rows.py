"""The rows behind what was measured, for the questions that counts cannot answer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.engine.cube import joint_codes
from sterling.engine.encode import Batch
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowAccess:
    """All rows of a subject, the place of one model among its models, and the plan's seed.

    `columns` are those without a role that the check said it reads; `measured` is what was measured of every model.
    Reading rows holds them in memory.
    """

    surveyed: Surveyed
    model: int
    seed: int
    columns: tuple[str, ...] = ()
    measured: tuple[Measured, ...] = ()

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
        return replace(self.surveyed, summing=None).encode(frame)  # columns that are added up are not among its own


def slice_codes(measured: Measured, batch: Batch, family: tuple[str, ...]) -> tuple[Ints, Ints]:
    """For each row the place of its slice among the slices of `family`, and the indices of these in `measured`.

    The empty family is everyone.
    """
    rows = measured.family_rows(family)
    columns = tuple(measured.groups.index(c) for c in family)
    values = [batch.groups[i].values for i in columns]
    table = np.zeros(math.prod(len(v) for v in values), dtype=np.int64)
    for place, row in enumerate(rows):
        named, leaf = measured.slices[row].as_dict(), 0
        for column, known in zip(family, values, strict=True):
            leaf = leaf * len(known) + known.index(named[column])
        table[leaf] = place
    return table[joint_codes(batch, columns)], rows
