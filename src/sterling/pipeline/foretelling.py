"""What a run would end at before it has trained or measured anything: asked of the steps themselves, in their words.

Nothing of a project's own code is run, nothing is fitted, counted or written. Where steps or remedies change the table
first, nobody knows what they make, and of the table nothing is foretold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.digest import in_canonical_order
from sterling.core.patterns import with_members
from sterling.core.project import Project, Train
from sterling.core.spoken import to_project_writers
from sterling.core.subject import Subject
from sterling.engine.encode import encode_group
from sterling.pipeline.examine import looked_at, reachable
from sterling.pipeline.execution import files_there
from sterling.pipeline.own_metrics import known
from sterling.pipeline.step import Step
from sterling.pipeline.steps.alternatives import group_of
from sterling.pipeline.steps.data import asked_of_no_rows, examining
from sterling.pipeline.steps.given import loaded, model_name, model_path
from sterling.pipeline.steps.groups import grouped
from sterling.pipeline.steps.ingest import without_dropped
from sterling.pipeline.steps.labels import labels, roles_of
from sterling.pipeline.steps.measure import columns_given, examined, plan_of
from sterling.pipeline.steps.own import own_steps
from sterling.pipeline.steps.remedies import reworks, table_remedies, training_remedies
from sterling.pipeline.steps.score import not_a_column
from sterling.pipeline.steps.split import PARTS, assign
from sterling.pipeline.steps.train import features_of, folds_of, learned_from, training_weights
from sterling.pipeline.steps.validate import columns_there
from sterling.recipes.columns import kinds
from sterling.recipes.cross import assign_folds
from sterling.recipes.fitting import learnable, two_classes

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


def foretell(project: Project, raw: pl.DataFrame, *, stopped: bool) -> None:
    """Raises what a run of the project would raise for this table, as it is read.

    `stopped`: a gate closes behind the columns, so that what comes after it does not matter yet.
    """
    with to_project_writers():
        for step in _steps(project):
            files_there(step)
        roles = roles_of(project, examined(project))
        reachable(roles, project.measuring.thresholds, project.policy)
        if project.model is not None:
            _model_file(project)
        if not reworks(project):
            _table(project, raw, stopped=stopped)


def _steps(project: Project) -> Iterator[Step]:
    """The steps whose making can fail, each as it is made."""
    yield from own_steps(project)
    yield from table_remedies(project)
    training_remedies(project)
    about = examining(project)
    if about is not None:
        yield about
    if project.search is not None:
        group_of(project)


def _model_file(project: Project) -> None:
    """The model is one that can be read. One whose maker is trusted is not opened: that may run what they wrote."""
    given = project.model
    if given is not None and given.path is not None and not given.allow_pickle:
        loaded(project, given)


def _table(project: Project, raw: pl.DataFrame, *, stopped: bool) -> None:
    frame = without_dropped(project, raw)
    columns_there(project, frame)
    if stopped:
        return
    frame = in_canonical_order(frame)
    whole = grouped(project, frame)
    asked_of_no_rows(project, whole)
    if project.train is not None:
        seen = _training(project, project.train, frame, whole.table.collect())
        whole = replace(whole, table=whole.table.collect().filter(seen).lazy())
    elif project.model is not None and project.model.path is not None:
        not_a_column(model_name(project.model, model_path(project, project.model)), frame)
    _measuring(project, whole)


def _measuring(project: Project, whole: Subject) -> None:
    """The columns that are read are what they are said to be; scores that are still to be made are left out."""
    roles = roles_of(project, columns_given(project))
    plan = plan_of(project, examined(project))
    with known(project):
        subject, _, _ = looked_at(with_members(replace(whole, roles=roles)).checked(), plan)
    for column in subject.table.select(roles.groups).collect():
        encode_group(column)


def _training(project: Project, spec: Train, bare: pl.DataFrame, frame: pl.DataFrame) -> NDArray[np.bool_]:
    """There are rows in every part, and rows and columns to learn from. Gives the rows that will be examined.

    `bare` is the table that is split, `frame` the same with its group columns.
    """
    chosen = features_of(project, spec, bare.schema)
    data = project.data
    part = assign(bare, project.split, id=data.id, entity=data.entity, time=data.time)
    y, _ = labels(project, frame)
    rows = learned_from(project, y, part)
    used = frame.filter(rows)
    if not training_remedies(project):  # they change what is learned from
        weights = training_weights(project, used, y[rows])
        learnable(used, kinds(used, chosen.names), label=y[rows], weights=weights)
    folds, entity = folds_of(project, frame.height), data.entity or data.id
    if folds:
        fold = assign_folds(y[rows], folds=folds, groups=None if entity is None else used[entity], seed=spec.seed)
        for k in range(folds):
            two_classes(y[rows][fold != k])
    return np.full(frame.height, fill_value=True) if folds else part == PARTS.index("certify")
