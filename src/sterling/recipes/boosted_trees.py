"""Boosted trees: many small trees, each correcting those before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sterling.recipes.blocks import beside, one_number_per_value
from sterling.recipes.columns import Columns
from sterling.recipes.parameters import MAX_CATEGORIES, MIN_FREQUENCY, Parameter, Value
from sterling.recipes.recipe import Fact, Recipe, Summary


def make(parameters: Mapping[str, Value], columns: Columns, seed: int) -> Any:
    """Numbers as they are, missing ones too; texts as numbers in alphabetical order, which trees may cut anywhere.

    scikit-learn's own splits by category are left alone: they put a second encoder, made of functions, into the file.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline

    model = HistGradientBoostingClassifier(
        max_iter=parameters["max_iter"],
        learning_rate=parameters["learning_rate"],
        max_leaf_nodes=parameters["max_leaf_nodes"],
        min_samples_leaf=parameters["min_samples_leaf"],
        l2_regularization=parameters["l2_regularization"],
        categorical_features=None,
        early_stopping=False,
        random_state=seed,
    )
    table = beside(columns, numbers="passthrough", texts=one_number_per_value(parameters))
    return Pipeline([("columns", table), ("model", model)])


def describe(fitted: Any, columns: Columns) -> Summary:
    """Each column's share of what all splits gained together on the training rows."""
    gains = dict.fromkeys((*columns.numbers, *columns.texts), 0.0)
    names = list(gains)
    for trees in fitted.named_steps["model"]._predictors:
        for tree in trees:
            splits = tree.nodes[tree.nodes["is_leaf"] == 0]
            for place, gain in zip(splits["feature_idx"], splits["gain"], strict=True):
                gains[names[place]] += float(gain)
    total = sum(gains.values()) or 1.0
    facts = [Fact(name=name, value=gain / total) for name, gain in gains.items()]
    return Summary(
        measure="share of the gain of all splits (training rows)",
        facts=tuple(sorted(facts, key=lambda f: (-f.value, f.name))),
        notes=("Gain says neither direction nor cause, and favours fine-grained columns.",),
    )


BOOSTED_TREES = Recipe(
    name="boosted-trees",
    title="Boosted trees",
    sentence="Many small trees, each correcting those before it: often the most accurate, seldom readable.",
    not_for=(
        "A few hundred rows: it learns them by heart; use logistic or scorecard.",
        "Decisions that must be explained by their own arithmetic: no person can follow hundreds of trees.",
    ),
    parameters=(
        Parameter(name="max_iter", kind="whole", default=100, low=1, high=5_000, meaning="how many trees"),
        Parameter(
            name="learning_rate", kind="number", default=0.1, low=0.001, high=1.0,
            meaning="how much of each tree counts; smaller needs more trees",
        ),
        Parameter(
            name="max_leaf_nodes", kind="whole", default=15, low=2, high=1_024,
            meaning="how many leaves a tree may have; 2 means every tree asks one question",
        ),
        Parameter(
            name="min_samples_leaf", kind="whole", default=20, low=1, high=1_000_000,
            meaning="the fewest training rows in a leaf; more means smoother",
        ),
        Parameter(
            name="l2_regularization", kind="number", default=0.0, low=0.0, high=1e6,
            meaning="how strongly the values of leaves are pulled towards 0",
        ),
        MAX_CATEGORIES,
        MIN_FREQUENCY,
    ),
    regularisation="min_samples_leaf",
    smoother="larger",
    make=make,
    describe=describe,
    trusted=("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",),
)  # fmt: skip
