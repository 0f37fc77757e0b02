"""Names for rows and ids that only this project's key can make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sterling.ledger import rows

if TYPE_CHECKING:
    import polars as pl


class Naming:
    """The part of a ledger that names rows. The key is read when it is first needed."""

    folder: Path

    def row_keys(self, frame: pl.DataFrame) -> pl.Series:
        """See `ledger.rows.row_keys`."""
        return rows.row_keys(frame, None, rows.project_key(self.folder))

    def value_keys(self, column: pl.Series) -> pl.Series:
        """See `ledger.rows.value_keys`."""
        return rows.value_keys(column, rows.project_key(self.folder))

    def typed_keys(self, text: str) -> tuple[str, ...]:
        """See `ledger.rows.typed_keys`."""
        return rows.typed_keys(text, rows.project_key(self.folder))
