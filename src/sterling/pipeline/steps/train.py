"""Trains the project's recipe on the rows that are there for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.errors import InputError
from sterling.core.project import Project, Train
from sterling.core.records import Artifact, Json
from sterling.core.slices import group_text
from sterling.fairness.remedies.reweighing import reweigh
from sterling.pipeline.step import Inputs, Made, Opening, Step, rows_in
from sterling.pipeline.steps.beside import beside_in_key, left_out
from sterling.pipeline.steps.groups import conditions, with_group_columns
from sterling.pipeline.steps.labels import labels
from sterling.pipeline.steps.remedies import Trained, training_remedies
from sterling.pipeline.steps.split import PARTS
from sterling.recipes.columns import Features, choose_features
from sterling.recipes.fitting import Fitted, fit
from sterling.recipes.registry import find_recipe

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

FEW_ROWS = 20_000
"""With fewer rows, scores are cross-fitted unless the project says otherwise, so that every row can be examined."""

FOLDS = 10


def train(project: Project) -> Step:
    """The step that fits the recipe."""
    assert project.train is not None
    return Step(
        name="train",
        title=f"Training ({project.train.recipe})",
        stage="training",
        work=_work,
        reads=("table", "split"),
        makes=("model",),
        parameters=training_parameters(project),
        opens=partial(_opens, project),
    )


def _opens(project: Project, known: Mapping[str, Artifact]) -> tuple[Opening, ...]:
    """The rows that certify, where the released model learns from them, as it does where scores are cross-fitted."""
    rows = sum(rows_in(known, part) for part in PARTS)
    if not folds_of(project, rows):
        return ()
    assert project.train is not None
    few = "scores are cross-fitted" if project.train.folds else f"there are fewer than {FEW_ROWS:,} rows"
    why = f"{few}: the released model is trained on all rows; it is the cross-fitted scores that are examined"
    return (Opening(part="certify", why=why),)


def training_parameters(project: Project) -> dict[str, Json]:
    """Everything in the project that bears on training."""
    spec, data = project.train, project.data
    assert spec is not None
    return {
        "recipe": spec.recipe, "features": None if spec.features is None else list(spec.features),
        "drop": list(spec.drop), "parameters": dict(spec.parameters), "folds": spec.folds,
        "reweigh": list(spec.reweigh), "seed": spec.seed, "label": data.label, "positive": data.positive,
        "taken": list(taken(project)), "id": data.id, "entity": data.entity, "groups": list(data.groups),
        "weight": data.weight, "remedies": training_remedies(project), **conditions(project),
        **beside_in_key(project),
    }  # fmt: skip


def taken(project: Project) -> tuple[str, ...]:
    """Columns that have another role and are never features."""
    data = project.data
    named = (data.label, data.id, data.entity, data.time, data.weight)
    return tuple(c for c in named if c is not None)


def features_of(project: Project, spec: Train, schema: pl.Schema) -> Features:
    """The columns to learn from. Group columns, attributions and chances of groups are features only when named."""
    return choose_features(
        schema, taken=taken(project), groups=project.groups, given=spec.features, drop=spec.drop,
        apart=left_out(project, schema.names()),
    )  # fmt: skip


def folds_of(project: Project, rows: int) -> int:
    """How many folds rows are scored in by models that did not see them; 0 for none."""
    assert project.train is not None
    if project.train.folds is not None:
        return project.train.folds
    return FOLDS if rows < FEW_ROWS else 0


def training_weights(project: Project, frame: pl.DataFrame, y: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """Weights of rows in training: the project's own, those of reweighing, or None for one each."""
    assert project.train is not None
    own = project.data.weight
    given = None if own is None else frame[own].cast(float).to_numpy()
    if not project.train.reweigh:
        return given
    groups = {c: [group_text(v) for v in frame[c].to_list()] for c in project.train.reweigh}
    return reweigh(groups, y.astype(np.int64), weights=given).weights


def _work(inputs: Inputs) -> Mapping[str, Made]:
    project = inputs.project
    assert project.train is not None
    frame = with_group_columns(project, inputs.frame("table"))
    y, meaning = labels(project, frame)
    chosen = features_of(project, project.train, frame.schema)
    part = inputs.frame("split")["part"].to_numpy()
    folds = folds_of(project, frame.height)
    rows = learned_from(project, y, part)
    used = Trained(project, frame.filter(rows)).frame
    y, _ = labels(project, used)
    fitted = fit(
        find_recipe(project.train.recipe), project.train.parameters, frame=used, features=chosen.names,
        label=y, weights=training_weights(project, used, y), seed=project.train.seed,
    )  # fmt: skip
    facts = {**_facts(fitted), "left_out": dict(chosen.left_out), "positive": meaning.positive, "folds": folds}
    content, name = fitted.to_bytes(), project.train.recipe
    return {"model": Made(content=content, type="model", name=name, properties=facts, in_hand=fitted)}


def learned_from(project: Project, y: NDArray[np.uint8], part: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which rows the released model learns from, shape (rows,). Raises InputError when none of them has a label."""
    every = folds_of(project, len(y)) > 0
    rows: NDArray[np.bool_] = (y < 2) & (every | (part == PARTS.index("train")))
    if not rows.any():
        raise InputError("no row to train on has a label", where="[split]", hint="check the label column")
    return rows


def _facts(fitted: Fitted) -> dict[str, Json]:
    summary = fitted.summary
    return {
        "format": ".skops",
        "kind": "probability",
        "recipe": fitted.recipe.name,
        "parameters": dict(fitted.parameters),
        "features": list(fitted.features),
        "trusted": list(fitted.trusted),
        "rows": fitted.n,
        "seed": fitted.seed,
        "summary": {
            "measure": summary.measure,
            "facts": [[f.name, f.value, f.note] for f in summary.facts],
            "notes": list(summary.notes),
        },
    }
