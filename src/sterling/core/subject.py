"""What is examined: a table with roles, perhaps live models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sterling.core.errors import InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.model import Model
from sterling.core.place import Place
from sterling.core.roles import ModelColumn, Roles
from sterling.core.run import DataFile

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A lazy table, what its columns are for, and where it came from.

    `rows`: how many there are, where files tell it without being read.
    `made`: group columns that were made from others, which no model is shown; `notices`: what to know of them.
    `summed`: sets of columns of numbers that are added up by slice.
    """

    table: pl.LazyFrame
    roles: Roles
    place: Place | None = None
    late_files: Callable[[], tuple[DataFile, ...]] = tuple
    name: str = "data"
    rows: int | None = None
    made: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    summed: tuple[tuple[str, ...], ...] = ()

    @property
    def files(self) -> tuple[DataFile, ...]:
        """The files it came from; waits for their hashes, which are computed beside the reading."""
        return self.late_files()

    def checked(self) -> Subject:
        """The same subject, its columns known to exist. Raises InputError naming the nearest column."""
        names = self.table.collect_schema().names()
        for column in self.roles.columns:
            if column not in names:
                raise InputError(
                    f"there is no column {shown(column)!r}", where=self.name, hint=near_miss(column, names)
                )
        return self

    def scored_by(self, models: Sequence[Model]) -> Subject:
        """The subject with one more column per live model, scored once. Its rows are here then, wherever they were.

        Raises InputError when a model gives the wrong number of scores.
        """
        import polars as pl

        frame = self.table.collect()
        shown_to_models = frame.drop(self.made)
        columns: list[ModelColumn] = []
        for model in models:
            if model.name in frame.columns:
                raise InputError(
                    f"the table has a column named like the model, {shown(model.name)!r}", where=self.name,
                    hint="give the model another name",
                )  # fmt: skip
            scores = model.predict(shown_to_models)
            if scores.shape != (frame.height,):
                raise InputError(
                    f"the model {shown(model.name)} gave an array of shape {scores.shape}",
                    expected=f"one score for each of the {frame.height} rows",
                    hint="return the scores of the positive label alone, as an array with one axis",
                )
            frame = frame.with_columns(pl.Series(model.name, scores, dtype=pl.Float64))
            columns.append(ModelColumn(column=model.name, kind=model.kind))  # type: ignore[arg-type]
        roles = replace(self.roles, models=(*self.roles.models, *columns))
        return replace(self, table=frame.lazy(), roles=roles, place=None)

    def digest(self) -> str:
        """A content hash of the role columns: independent of row order, chunking and column layout."""
        from sterling.core.digest import table_digest

        return table_digest(self.table.select(sorted(self.roles.columns)).collect())
