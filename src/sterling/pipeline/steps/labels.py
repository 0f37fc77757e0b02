"""The label of the table as 0, 1 or missing, read as an evaluation reads it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sterling.core.errors import shown
from sterling.core.project import Project
from sterling.core.roles import NUMBERED, ModelColumn, Roles
from sterling.engine.label_values import rows_of
from sterling.engine.labels import LabelMeaning, label_codes, label_meaning

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def roles_of(project: Project, models: tuple[ModelColumn, ...] = ()) -> Roles:
    """The roles of the project's columns, with these models."""
    data, words = project.data, project.policy.project
    if data.task in NUMBERED:
        models = tuple(replace(m, kind="raw") for m in models)
    return Roles(
        models=models, label=data.label, positive=data.positive, favourable=data.favourable,
        label_kind=data.label_kind, groups=project.groups, weight=data.weight, id=data.id, cluster=data.entity,
        people=project.people, decision=project.decision, label_words=data.label_words or words.get("label_words"),
        not_recorded=data.not_recorded, task=data.task, query=data.query,
        slices=project.policy.slices, class_weights=data.class_weights, memberships=data.group_probabilities,
    )  # fmt: skip


def labels(project: Project, frame: pl.DataFrame) -> tuple[NDArray[np.uint8], LabelMeaning]:
    """0 negative, 1 positive, 2 missing, shape (rows,); and what the values mean.

    Raises InputError when it cannot be told which value is positive.
    """
    column = frame[project.data.label]
    roles = roles_of(project)
    name = shown(project.data.path)
    rows = partial(rows_of, frame.lazy())
    meaning = label_meaning(roles, {column.name: column.unique()}, column.null_count(), name, rows=rows)
    assert meaning is not None  # there is a label
    return label_codes(column, meaning), meaning
