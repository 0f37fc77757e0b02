"""Logistic regression: a weighted sum of the columns, read through the logistic curve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sterling.recipes.blocks import beside, one_column_per_value, value_names
from sterling.recipes.columns import Columns
from sterling.recipes.parameters import MAX_CATEGORIES, MIN_FREQUENCY, Parameter, Value
from sterling.recipes.recipe import Fact, Recipe, Summary

ROUNDS = 2_000


def make(parameters: Mapping[str, Value], columns: Columns, seed: int) -> Any:
    """Numbers: median where missing (and a column that says so), then standardised. Texts: a column per value.

    `seed` has no part in it: the answer is the one minimum of a smooth function.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    filled = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    numbers = Pipeline([("filled", filled), ("scaled", StandardScaler())])
    table = beside(columns, numbers=numbers, texts=one_column_per_value(parameters))
    return Pipeline([("columns", table), ("model", LogisticRegression(C=parameters["C"], max_iter=ROUNDS, tol=1e-6))])


def describe(fitted: Any, columns: Columns) -> Summary:
    """Coefficients, largest first. Positive: more of it goes with a higher score, all other columns equal."""
    blocks = fitted.named_steps["columns"].named_transformers_
    names: list[tuple[str, str]] = []
    if "numbers" in blocks:
        filled = blocks["numbers"].named_steps["filled"]
        names = [(c, "") for c in columns.numbers]
        if filled.indicator_ is not None:
            names += [(columns.numbers[i], "missing") for i in filled.indicator_.features_]
    if "texts" in blocks:
        names += value_names(blocks["texts"], columns.texts)
    weights = fitted.named_steps["model"].coef_[0]
    facts = [
        Fact(
            name=f"{column} = {value}" if value and value != "missing" else f"{column} {value}".strip(), value=float(w)
        )
        for (column, value), w in zip(names, weights, strict=True)
    ]
    return Summary(
        measure="log-odds per standard deviation (numbers) or for having the value (texts)",
        facts=tuple(sorted(facts, key=lambda f: (-abs(f.value), f.name))),
    )


LOGISTIC = Recipe(
    name="logistic",
    title="Logistic regression",
    sentence="A weighted sum of the columns, read as log-odds: quick, steady with few rows, readable column by column.",
    not_for=(
        "Effects that bend or depend on each other: it sees straight lines only.",
        "A reason to call a column a cause: a coefficient holds with the other columns kept fixed, and nothing else.",
    ),
    parameters=(
        Parameter(
            name="C", kind="number", default=1.0, low=1e-6, high=1e6,
            meaning="how far the data may pull coefficients away from 0; smaller means smoother",
        ),
        MAX_CATEGORIES,
        MIN_FREQUENCY,
    ),
    regularisation="C",
    smoother="smaller",
    make=make,
    describe=describe,
)  # fmt: skip
