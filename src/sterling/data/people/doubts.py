"""Labels unlike what a model of the other columns expects: confident learning.

Every row is scored by models that did not see it. A label is doubted when the model gives another class a probability
of at least that class's own average among rows that are labelled so, and gives its own class less: the row then lies
off the diagonal of the confident joint. That looks at one row at a time: the order of rows does not matter.

Source: Northcutt, Jiang and Chuang 2021, Confident Learning, Journal of Artificial Intelligence Research 70:1373.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.extras import require
from sterling.recipes.cross import cross_fit
from sterling.recipes.recipe import Recipe

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WHY = "looking for labels unlike what is expected"


def doubted(labels: Ints, probabilities: Floats) -> Bools:
    """Which labels are off the diagonal of the confident joint, shape (rows,).

    `labels` are classes from 0, each of which occurs; `probabilities` have shape (rows, classes). Raises MissingExtra.
    """
    find = require("cleanlab.filter", extra="labels", why=WHY).find_label_issues
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = find(labels=labels, pred_probs=probabilities, filter_by="confident_learning", n_jobs=1)
    return np.asarray(found, dtype=bool)


def confidence(labels: Ints, probabilities: Floats) -> Floats:
    """The probability that the model gives to each row's own label."""
    score = require("cleanlab.rank", extra="labels", why=WHY).get_label_quality_scores
    return np.asarray(score(labels=labels, pred_probs=probabilities, method="self_confidence"), dtype=np.float64)


def probabilities(
    recipe: Recipe, parameters: Mapping[str, object], frame: pl.DataFrame, features: Sequence[str], labels: Ints,
    *, entities: pl.Series, folds: int, seed: int,
) -> Floats:  # fmt: skip
    """The probability of each class for every row, from models that did not see it; shape (rows, classes).

    Of more than two classes each is told from the rest, and the probabilities are scaled to add up to 1. `entities`:
    rows of one share a fold. Raises InputError when a fold lacks rows of a class.
    """
    classes = int(labels.max()) + 1
    one = [
        cross_fit(
            recipe, parameters, frame=frame, features=features, label=(labels == c).astype(np.int64), folds=folds,
            groups=entities, seed=seed,
        )
        for c in (range(classes) if classes > 2 else [1])
    ]  # fmt: skip
    if classes == 2:
        return two(one[0])
    stacked = np.maximum(np.stack(one, axis=1), 1e-12)
    return np.asarray(stacked / stacked.sum(axis=1, keepdims=True))


def two(positive: Floats) -> Floats:
    """Both classes' probabilities from that of the positive one."""
    return np.stack([1.0 - positive, positive], axis=1)
