"""Searches for less discriminatory alternatives to the trained model, on rows set aside for choosing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sterling.core.codec import dump, plain
from sterling.core.errors import ConfigError
from sterling.core.named_slices import columns_behind
from sterling.core.project import Project
from sterling.core.records import Json
from sterling.core.slices import group_text
from sterling.fairness.remedies.alternatives import Current, TooFewToChoose, search_alternatives
from sterling.fairness.standing import Rows
from sterling.pipeline.step import Inputs, Made, Opening, Step, always
from sterling.pipeline.steps.groups import with_group_columns
from sterling.pipeline.steps.labels import labels
from sterling.pipeline.steps.split import PARTS
from sterling.pipeline.steps.train import features_of, folds_of, training_parameters, training_weights
from sterling.recipes.fitting import fit
from sterling.recipes.registry import find_recipe

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

HALF = 0.5
NOT_SEARCHED = "not_searched"
"""The property of an alternatives artifact that says why no search was made."""
AGAIN = (
    "What candidates are held against is the recipe in use, trained on the rows to train alone, as they are. "
    "The model in use learned from all rows, so that none are left on which to compare it."
)


def alternatives(project: Project) -> Step:
    """The step that tries other models. The model they are held against is trained as they are, on the same rows."""
    spec, m = project.search, project.measuring
    assert spec is not None and project.train is not None
    return Step(
        name="alternatives",
        title="Looking for alternatives",
        stage="training",
        work=_work,
        reads=("table", "split"),
        makes=("alternatives",),
        parameters={
            "training": training_parameters(project), "favourable": project.data.favourable, "level": m.level,
            "min_n": m.min_n, "threshold": _threshold(project), "group": group_of(project),
            "spec": _json(spec),
        },
        opens=always(
            Opening(part="choose", why="candidates are chosen on these rows"),
            Opening(part="certify", why="the candidates that were kept are reported on these rows"),
        ),
    )  # fmt: skip


def group_of(project: Project) -> str:
    """The group column that the search looks at. Raises ConfigError when there is none."""
    assert project.search is not None
    group = project.search.group or next(iter(project.data.groups), None)
    if group is None:
        raise ConfigError(
            "a search for alternatives needs a group column", where="[alternatives]", hint='group = "COLUMN"'
        )
    return group


def unseen(project: Project, group: str) -> tuple[str, ...]:
    """Columns that no candidate sees: group columns and what they are made from, as far as the search looks at them.

    A slice with a condition may rest on any feature; only where candidates are compared by it, they do not see those.
    """
    slices = tuple(s for s in project.policy.slices if s.name == group)
    return (*project.groups, *columns_behind((*project.data.groups, *(s.name for s in slices)), slices))


def _threshold(project: Project) -> float:
    thresholds = project.measuring.thresholds
    return HALF if not thresholds or HALF in thresholds else thresholds[0]


def _json(value: object) -> Json:
    found: Json = plain(value)
    return found


def _work(inputs: Inputs) -> Mapping[str, Made]:
    project = inputs.project
    assert project.search is not None and project.train is not None
    frame, part = with_group_columns(project, inputs.frame("table")), inputs.frame("split")["part"].to_numpy()
    y, meaning = labels(project, frame)
    group = group_of(project)
    known = y < 2
    train, choose, certify = (
        _rows(project, frame, y, (part == place) & (known | (name != "train")), name, group)
        for place, name in enumerate(PARTS)
    )
    features = features_of(project, project.train, frame.schema).names
    folds = folds_of(project, frame.height)
    current = _current(
        project, features, (train, choose, certify), training_weights(project, train.frame, y[(part == 0) & known]),
        released=not folds,
    )  # fmt: skip
    try:
        found = search_alternatives(
            train, choose, certify, current=current, spec=project.search, group=group, features=features,
            wanted="selected" if meaning.favourable == meaning.positive else "not_selected",
            level=project.measuring.level, min_n=project.measuring.min_n, groups=unseen(project, group),
            progress=lambda done, total, _: inputs.progress(done, total),
        )  # fmt: skip
    except TooFewToChoose as error:
        return {"alternatives": _none(error.what)}
    if folds:
        found = replace(found, notes=(*found.notes, AGAIN))
    content = dump({"format": "sterling.alternatives", "version": 1, "search": plain(found)})
    facts: dict[str, Json] = {
        "tried": len(found.chosen), "kept": sum(c.kept for c in found.chosen), "n_chosen": found.n_chosen,
        "n_certified": found.n_certified,
    }  # fmt: skip
    return {"alternatives": Made(content=content, type="alternatives", name="alternatives", properties=facts)}


def _none(reason: str) -> Made:
    """That no search could be made, and why: too few people are no mistake of anybody."""
    content = dump({"format": "sterling.alternatives", "version": 1, "search": None})
    return Made(content=content, type="alternatives", name="alternatives", properties={NOT_SEARCHED: reason})


def _rows(
    project: Project, frame: pl.DataFrame, y: NDArray[np.uint8], where: NDArray[np.bool_], name: str, group: str
) -> Rows:
    """The rows of one part, with the project's own weights: those of reweighing know the group."""
    used = frame.filter(where)
    label = np.where(y[where] < 2, y[where].astype(np.float64), np.nan)
    own = project.data.weight
    weights = None if own is None else used[own].cast(float).to_numpy()
    return Rows(
        part=name, frame=used, label=label, group=[group_text(v) for v in used[group].to_list()],
        weights=weights,
    )  # fmt: skip


def _current(
    project: Project, features: tuple[str, ...], parts: tuple[Rows, Rows, Rows], weights: NDArray[np.float64] | None,
    *, released: bool,
) -> Current:  # fmt: skip
    """The project's own recipe on the rows to train, with the weights of training: what candidates are held against.

    `released`: those are the rows that the released model learned from, so it is the same model.
    """
    assert project.train is not None
    train, choose, certify = parts
    spec = project.train
    fitted = fit(
        find_recipe(spec.recipe), spec.parameters, frame=train.frame, features=features, label=train.label,
        weights=weights, seed=spec.seed,
    )  # fmt: skip
    return Current(
        name=f"{spec.recipe} ({'in use' if released else 'as in use, trained on the train part'})",
        threshold=_threshold(project), choose=fitted.predict(choose.frame), certify=fitted.predict(certify.frame),
        recipe=spec.recipe, parameters=spec.parameters, reweighed=bool(spec.reweigh),
        what="the model in use" if released else "the recipe in use, trained on fewer rows than the model in use",
    )  # fmt: skip
