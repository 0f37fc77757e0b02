"""Random forest: the average of many trees, each grown on its own draw of rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sterling.recipes.blocks import beside, one_number_per_value
from sterling.recipes.columns import Columns
from sterling.recipes.parameters import MAX_CATEGORIES, MIN_FREQUENCY, Parameter, Value
from sterling.recipes.recipe import Fact, Recipe, Summary


def make(parameters: Mapping[str, Value], columns: Columns, seed: int) -> Any:
    """Numbers as they are, missing ones too; texts as numbers in alphabetical order, which trees may cut anywhere."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import Pipeline

    model = RandomForestClassifier(
        n_estimators=parameters["n_estimators"],
        min_samples_leaf=parameters["min_samples_leaf"],
        max_features=parameters["max_features"],
        n_jobs=1,
        random_state=seed,
    )
    table = beside(columns, numbers="passthrough", texts=one_number_per_value(parameters))
    return Pipeline([("columns", table), ("model", model)])


def describe(fitted: Any, columns: Columns) -> Summary:
    """Each column's share of the purity that all splits gained on the training rows."""
    shares = fitted.named_steps["model"].feature_importances_
    names = (*columns.numbers, *columns.texts)
    facts = [Fact(name=name, value=float(share)) for name, share in zip(names, shares, strict=True)]
    return Summary(
        measure="share of the purity gained by all splits (training rows)",
        facts=tuple(sorted(facts, key=lambda f: (-f.value, f.name))),
        notes=("It says neither direction nor cause, and favours fine-grained columns.",),
    )


RANDOM_FOREST = Recipe(
    name="random-forest",
    title="Random forest",
    sentence="The average of many trees, each grown on its own draw of rows and columns: robust with no tuning.",
    not_for=(
        "Small model files or quick scoring: every tree is kept.",
        "Probabilities near 0 or 1: an average of trees shies away from both ends; look at the calibration.",
    ),
    parameters=(
        Parameter(name="n_estimators", kind="whole", default=200, low=1, high=5_000, meaning="how many trees"),
        Parameter(
            name="min_samples_leaf", kind="whole", default=5, low=1, high=1_000_000,
            meaning="the fewest training rows in a leaf; more means smoother",
        ),
        Parameter(
            name="max_features", kind="number", default=0.4, low=0.01, high=1.0,
            meaning="the share of the columns that each split may choose from",
        ),
        MAX_CATEGORIES,
        MIN_FREQUENCY,
    ),
    regularisation="min_samples_leaf",
    smoother="larger",
    make=make,
    describe=describe,
    trusted=("sklearn.tree._tree.Tree",),
)  # fmt: skip
