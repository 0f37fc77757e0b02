"""Scores rows: by cross-fitting where rows are few, else the rows set aside, by the model itself.

Rows without a label teach nobody anything. Where rows are few, the model itself scores them, so that they count in
rates that need no label.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

import numpy as np
import polars as pl

from sterling.core.errors import InputError, shown
from sterling.core.project import Project
from sterling.core.records import Json
from sterling.pipeline.models import model_of_bytes
from sterling.pipeline.step import NOTHING, Inputs, Made, Opening, Step, always, made_table
from sterling.pipeline.steps.groups import with_group_columns
from sterling.pipeline.steps.labels import labels
from sterling.pipeline.steps.remedies import Trained, training_remedies
from sterling.pipeline.steps.split import PARTS
from sterling.pipeline.steps.train import features_of, folds_of, training_parameters, training_weights
from sterling.recipes.cross import assign_folds, cross_fit
from sterling.recipes.fitting import Fitted, fit, one_thread
from sterling.recipes.registry import find_recipe

ROW = "row"
"""The column of a scores table that says which row of the table was scored."""


def score(project: Project) -> Step:
    """The step that scores the rows to be examined."""
    trained = project.train is not None
    return Step(
        name="score",
        title="Scoring",
        stage="inference",
        work=_work,
        reads=("table", "split", "model") if trained else ("table", "model"),
        makes=("scores",),
        parameters=training_parameters(project) if trained else _given(project),
        opens=always(Opening(part="certify", why="the model is examined on these rows")) if trained else NOTHING,
    )


def _given(project: Project) -> dict[str, Json]:
    """What decides how a given model's output is read."""
    given, data = project.model, project.data
    assert given is not None
    return {
        "kind": given.kind, "name": given.name, "allow_pickle": given.allow_pickle, "label": data.label,
        "positive": data.positive,
    }  # fmt: skip


def _work(inputs: Inputs) -> Mapping[str, Made]:
    frame = inputs.frame("table")
    artifact = inputs.artifacts["model"]
    name = artifact.name
    not_a_column(name, frame)
    folds = folds_of(inputs.project, frame.height) if inputs.project.train is not None else 0
    rows = examined(inputs, frame)
    if folds:
        scores = _cross_fitted(inputs, frame, folds)
    else:
        scores = _by_model(inputs, _as_trained(inputs, frame, frame[rows]))
    table = pl.DataFrame({ROW: rows.astype(np.uint32), name: scores})
    facts: dict[str, Json] = {
        "model": name,
        "rows": table.height,
        "cross_fitted": folds or None,
        "kind": artifact.properties["kind"],
    }
    return {"scores": made_table(table, type="scores", name=f"scores of {name}", properties=facts)}


def not_a_column(name: str, frame: pl.DataFrame) -> None:
    """Raises InputError for a model that is named as a column of the table is."""
    if name in (*frame.columns, ROW):
        raise InputError(
            f"the model is named as a column is, {shown(name)!r}", where="[model]",
            hint="give the model a name of its own: name = \"…\"",
        )  # fmt: skip


def examined(inputs: Inputs, frame: pl.DataFrame) -> np.ndarray:
    """Places of the rows of the table that are scored and examined.

    Those that certify, or all of them where nobody is examined by a model that saw them.
    """
    if inputs.project.train is None or folds_of(inputs.project, frame.height):
        return np.arange(frame.height)
    return np.flatnonzero(inputs.frame("split")["part"].to_numpy() == PARTS.index("certify"))


def _cross_fitted(inputs: Inputs, frame: pl.DataFrame, folds: int) -> np.ndarray:
    """A score for each row, by models that did not see it."""
    project = inputs.project
    assert project.train is not None
    y, _ = labels(project, frame)
    known = y < 2  # a row without a label cannot be learned from: the model trained on all others has not seen it
    used = with_group_columns(project, frame).filter(known)
    entity = project.data.entity or project.data.id
    scores = np.empty(frame.height)
    if not known.all():
        scores[~known] = _by_model(inputs, _as_trained(inputs, frame, frame.filter(~known)))
    if training_remedies(project):
        scores[known] = _treated(project, used, y[known], folds)
        return scores
    scores[known] = cross_fit(
        find_recipe(project.train.recipe), project.train.parameters, frame=used,
        features=features_of(project, project.train, frame.schema).names, label=y[known],
        reweigh=lambda seen: training_weights(project, used.filter(seen), y[known][seen]), folds=folds,
        groups=None if entity is None else used[entity], seed=project.train.seed,
    )  # fmt: skip
    return scores


def _treated(project: Project, used: pl.DataFrame, y: np.ndarray, folds: int) -> np.ndarray:
    """As cross-fitting, each model's rows treated by remedies that learned from these rows alone."""
    assert project.train is not None
    entity = project.data.entity or project.data.id
    fold = assign_folds(y, folds=folds, groups=None if entity is None else used[entity], seed=project.train.seed)
    features = features_of(project, project.train, used.schema).names
    scores = np.empty(used.height)
    for k in range(folds):
        out = fold == k
        trained = Trained(project, used.filter(~out))
        label, _ = labels(project, trained.frame)
        fitted = fit(
            find_recipe(project.train.recipe), project.train.parameters, frame=trained.frame, features=features,
            label=label, weights=training_weights(project, trained.frame, label), seed=project.train.seed,
        )  # fmt: skip
        scores[out] = fitted.predict(trained.other(used.filter(out)))
    return scores


def _as_trained(inputs: Inputs, frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as the model is to see them: changed by the remedies that its own rows were changed by."""
    project = inputs.project
    if project.train is None or not training_remedies(project):
        return rows
    y, _ = labels(project, frame)
    part = inputs.frame("split")["part"].to_numpy()
    learned = (y < 2) & (np.ones(frame.height, bool) if folds_of(project, frame.height) else part == 0)
    return Trained(project, frame.filter(learned)).other(rows)


def _by_model(inputs: Inputs, frame: pl.DataFrame) -> np.ndarray:
    """A score for each row, by the model that was kept: as it left training in this run, or as its file says.

    A trained model counts on one thread, as in training: sums have one order, and small pieces of work cost more to
    share out than to do.
    """
    fitted = inputs.made("model", Fitted)
    if fitted is not None:
        return fitted.predict(frame)
    facts = inputs.artifacts["model"].properties
    features, trusted = facts.get("features"), facts.get("trusted") or ()
    given = inputs.project.model
    model = model_of_bytes(
        inputs.read("model"), suffix=str(facts["format"]), name=inputs.artifacts["model"].name,
        features=[str(f) for f in features] if isinstance(features, list) else None,
        positive=1 if inputs.project.train is not None else inputs.project.data.positive,
        kind=None if facts["kind"] == "probability" else str(facts["kind"]),
        trusted=[str(t) for t in trusted] if isinstance(trusted, list) else (),
        allow_pickle=given.allow_pickle if given is not None else False,
    )  # fmt: skip
    with one_thread() if inputs.project.train is not None else nullcontext():
        return model.predict(frame)
