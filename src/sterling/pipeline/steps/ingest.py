"""Reads the table once, keeps the columns that matter, and puts the rows in canonical order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.addresses import is_url
from sterling.core.digest import ordered_with_digest
from sterling.core.errors import InputError, near_miss, shown
from sterling.core.project import Project
from sterling.core.records import Json
from sterling.core.spoken import to_project_writers
from sterling.pipeline.step import Inputs, Made, Step, made_table
from sterling.sources.open import open_table, reading
from sterling.sources.paths import find_files
from sterling.sources.query import files_of_query

if TYPE_CHECKING:
    import polars as pl


def ingest(project: Project, *, makes: str = "table", gone: bool = False) -> Step:
    """The step for this project's data, made under the role that the next step reads.

    `gone`: its files need not be there, for somebody who only wants to know what the step would be. Raises InputError
    when they must and are not.
    """
    return Step(
        name="ingest",
        title="Reading the data",
        stage="data",
        work=partial(_work, makes=makes),
        makes=(makes,),
        parameters={"drop": list(project.data.drop), "path": project.data.path, "sql": project.data.sql},
        files=() if gone else data_files(project),
        away=is_url(project.data.path),
    )


def _work(inputs: Inputs, *, makes: str) -> Mapping[str, Made]:
    data = inputs.project.data
    frame = without_dropped(inputs.project, _read(inputs.project))
    return {makes: table_made(frame, name=Path(data.path).name, where=shown(data.path))}


def without_dropped(project: Project, frame: pl.DataFrame) -> pl.DataFrame:
    """The table without the columns that nothing uses. Raises InputError for one that is not there."""
    data = project.data
    for column in data.drop:
        if column not in frame.columns:
            raise InputError(
                f"there is no column {shown(column)!r} to drop", where=shown(data.path),
                hint=near_miss(column, frame.columns),
            )  # fmt: skip
    return frame.drop(data.drop)


def table_made(frame: pl.DataFrame, *, name: str, where: str) -> Made:
    """A table as every step after it reads it: rows in canonical order, with facts that hold no rows.

    A cell may hold several values: the items of a set, a mask, boxes. Raises InputError for a column of Python objects.
    """
    for column, kind in frame.schema.items():
        if kind.is_object():
            raise InputError(
                f"the cells of the column {shown(column)!r} are objects of Python, which no file holds", where=where,
                expected="numbers, text, true or false, dates, or lists of them",
                hint=f"leave it out: drop = [\"{shown(column)}\"] in [data]",
            )  # fmt: skip
    ordered, content = ordered_with_digest(frame)
    facts: dict[str, Json] = {
        "rows": ordered.height,
        "columns": {column: str(kind) for column, kind in ordered.schema.items()},
        "content": content,
    }
    return made_table(ordered, type="table", name=name, properties=facts)


def _read(project: Project) -> pl.DataFrame:
    opened = open_table(data_path(project), sql=project.data.sql)
    with reading(opened.name):
        return opened.table.collect()


def data_files(project: Project) -> tuple[Path, ...]:
    """The files that the path of the data stands for; none for an address. Raises InputError when nothing is there."""
    path = data_path(project)
    if is_url(path):
        return ()
    with to_project_writers():
        return files_of_query(path) if project.data.sql is not None else tuple(find_files(path)[0])


def data_path(project: Project) -> str:
    """Where the data are: as written when absolute or an address, else beside the project file."""
    written = project.data.path
    return written if is_url(written) or Path(written).is_absolute() else str(project.folder / written)
