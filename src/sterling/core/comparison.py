"""One model beside another on the same rows: the change of every metric, and who is decided otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sterling.core.frozen import dataclass
from sterling.core.table import EstimateTable

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """`changes` are values of the candidate less those of the baseline; `flips` shares of rows decided otherwise."""

    baseline: str
    candidate: str
    changes: EstimateTable
    flips: EstimateTable

    def frame(self) -> pl.DataFrame:
        """Tidy rows as of `EstimateTable.frame`, with the baseline's name; flips follow the changes."""
        import polars as pl

        both = [table.frame() for table in (self.changes, self.flips) if table.blocks]
        return pl.concat(both).with_columns(pl.lit(self.baseline).alias("baseline"))
