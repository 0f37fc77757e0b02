"""The group columns of a project's table: those that are there, and those that are made from others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.codec import plain
from sterling.core.project import Project
from sterling.core.records import Json
from sterling.core.subject import Subject
from sterling.engine.grouping import with_groups
from sterling.pipeline.steps.labels import roles_of
from sterling.sources.open import reading

if TYPE_CHECKING:
    import polars as pl


def grouped(project: Project, frame: pl.DataFrame) -> Subject:
    """The whole table with its group columns: quantiles and bins are those of all its rows, whichever are examined.

    Raises what `with_groups` raises.
    """
    subject = Subject(table=frame.lazy(), roles=roles_of(project), name=Path(project.data.path).name)
    return with_groups(subject, guard=reading)


def with_group_columns(project: Project, frame: pl.DataFrame) -> pl.DataFrame:
    """The whole table with its group columns, for a step that reads them by name."""
    subject = grouped(project, frame)
    return subject.table.collect() if subject.made else frame


def conditions(project: Project) -> dict[str, Json]:
    """The conditions of named slices, as a parameter of the steps that read them; nothing where there are none."""
    slices = project.policy.slices
    return {"slices": plain(slices)} if slices else {}
