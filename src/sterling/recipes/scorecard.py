"""Scorecard: ranges and values of few columns, each worth whole points. The table of points is the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sterling.recipes.blocks import beside, one_column_per_value, value_names
from sterling.recipes.columns import Columns
from sterling.recipes.parameters import MAX_CATEGORIES, MIN_FREQUENCY, Parameter, Value
from sterling.recipes.ranges import Cut, range_cuts
from sterling.recipes.recipe import Fact, Recipe, Summary

POINT = math.log(2) / 20
"""One point in log-odds: twenty points double the odds, the custom of credit scoring."""
ROUNDS = 5_000
STEPS = 101
"""Ranks are read off so many values of each column."""


def make(parameters: Mapping[str, Value], columns: Columns, seed: int) -> Any:
    """Numbers cut into ranges, missing being one more; texts by value; most weights end at 0.

    Ranges are cut at equal steps of rank, not of value: about equally many rows each, yet a value that half of the rows
    share (no gains, no bankruptcy) stays apart from the rest.
    """
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import FeatureUnion, Pipeline
    from sklearn.preprocessing import KBinsDiscretizer, QuantileTransformer

    ranks = QuantileTransformer(n_quantiles=STEPS, subsample=None)
    ranges = KBinsDiscretizer(n_bins=parameters["n_bins"], encode="onehot", strategy="uniform", subsample=None)
    filled = SimpleImputer(strategy="median", keep_empty_features=True)
    numbers = FeatureUnion(
        [
            ("ranges", Pipeline([("filled", filled), ("ranks", ranks), ("ranges", ranges)])),
            ("missing", MissingIndicator(features="all")),
        ]
    )
    table = beside(columns, numbers=numbers, texts=one_column_per_value(parameters))
    return Pipeline([("columns", table), ("model", _sparse_logistic(parameters["C"], seed))])


def _sparse_logistic(c: float, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    # The way to ask for an L1 penalty changed: newer versions mark the old one as deprecated.
    old = LogisticRegression().get_params().get("penalty") == "l2"
    lasso: dict[str, Any] = {"penalty": "l1"} if old else {"l1_ratio": 1.0}
    return LogisticRegression(C=c, solver="saga", max_iter=ROUNDS, tol=1e-4, random_state=seed, **lasso)


def to_points(fitted: Any) -> None:
    """Round every weight to whole points, so that the printed table is the model itself and not a picture of it."""
    model = fitted.named_steps["model"]
    model.coef_ = (model.coef_ / POINT).round() * POINT
    model.intercept_ = (model.intercept_ / POINT).round() * POINT


def describe(fitted: Any, columns: Columns) -> Summary:
    """The table of points: the start, then every range and value that has points, most first."""
    model = fitted.named_steps["model"]
    names = _names(fitted, columns)
    points = (model.coef_[0] / POINT).round()
    facts = [Fact(name=name, value=float(p)) for name, p in zip(names, points, strict=True) if p]
    facts.sort(key=lambda f: (-abs(f.value), f.name))
    start = Fact(name="start", value=float((model.intercept_[0] / POINT).round()))
    note = "Add the points: 0 means even odds, every 20 points double the odds of the positive label."
    return Summary(measure="points", facts=(start, *facts), notes=(note,))


def _names(fitted: Any, columns: Columns) -> list[str]:
    blocks = fitted.named_steps["columns"].named_transformers_
    names: list[str] = []
    if "numbers" in blocks:
        union = dict(blocks["numbers"].transformer_list)
        steps = union["ranges"].named_steps
        for column, cuts in zip(columns.numbers, range_cuts(steps["ranks"], steps["ranges"]), strict=True):
            names += [f"{column} {text}" for text in _ranges(cuts)]
        names += [f"{column} missing" for column in columns.numbers]
    if "texts" in blocks:
        names += [f"{column} = {value}" for column, value in value_names(blocks["texts"], columns.texts)]
    return names


def _ranges(cuts: list[Cut]) -> list[str]:
    """The ranges between cuts in words; the outer ones are open."""
    if not cuts:
        return ["any"]
    between = [
        f"= {low.value:.6g}" if low.value == high.value else f"{low.from_here}, {high.up_to_here}"
        for low, high in pairwise(cuts)
    ]
    return [cuts[0].up_to_here, *between, cuts[-1].from_here]


SCORECARD = Recipe(
    name="scorecard",
    title="Scorecard",
    sentence="A short table of points that a person can add up by hand: the readable baseline for every other model.",
    not_for=(
        "The last point of accuracy: ranges throw detail away, and weights are rounded to whole points.",
        "Columns whose effect depends on another column: points add up, they do not interact.",
    ),
    parameters=(
        Parameter(
            name="C", kind="number", default=0.1, low=1e-6, high=1e6,
            meaning="smaller leaves fewer lines in the table; larger fits the training rows closer",
        ),
        Parameter(
            name="n_bins", kind="whole", default=4, low=2, high=20, meaning="how many ranges a number is cut into"
        ),
        MAX_CATEGORIES,
        MIN_FREQUENCY,
    ),
    regularisation="C",
    smoother="smaller",
    make=make,
    describe=describe,
    polish=to_points,
)  # fmt: skip
