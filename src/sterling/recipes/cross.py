"""Cross-fitting: every row scored by a model that saw neither it nor its entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError, InputError
from sterling.recipes.fitting import fit
from sterling.recipes.recipe import Recipe

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import ArrayLike, NDArray

WHERE = "cross-fitting"
MOST_FOLDS = 100
Reweigh = Callable[["NDArray[np.bool_]"], "ArrayLike | None"]
"""From which rows a model learns, shape (n,), to a weight for each of those."""


def cross_fit(
    recipe: Recipe, parameters: Mapping[str, object], *, frame: pl.DataFrame, features: Sequence[str],
    label: ArrayLike, weights: ArrayLike | None = None, folds: int = 5,
    groups: Sequence[object] | pl.Series | None = None, seed: int = 0, reweigh: Reweigh | None = None,
) -> NDArray[np.float64]:  # fmt: skip
    """Scores of shape (n,): the probability of the positive label, from models trained on the other folds.

    `groups`: an entity per row; rows of one entity share a fold. With a distinct id per row the folds do not depend on
    the order of rows; without `groups` they do, so rows must come in a fixed order.

    `weights` are known beforehand, one per row. Weights that depend on labels are made by `reweigh` instead, for each
    model from the rows that it learns from: those that it scores have no part in them.

    Raises ConfigError for a bad number of folds, for weights of both kinds, InputError when a fold cannot be
    trained or scored.
    """
    import numpy as np

    if weights is not None and reweigh is not None:
        raise ConfigError("weights are given and made", where=WHERE, expected="weights or reweigh")
    y = np.asarray(label)
    fold = assign_folds(y, folds=folds, groups=groups, seed=seed)
    w = None if weights is None else np.asarray(weights, dtype=np.float64)
    scores = np.empty(len(y))
    for k in range(folds):
        out = fold == k
        seen = ~out
        fitted = fit(
            recipe, parameters, frame=frame.filter(seen), features=features, label=y[seen],
            weights=reweigh(seen) if reweigh is not None else None if w is None else w[seen], seed=seed,
        )  # fmt: skip
        scores[out] = fitted.predict(frame.filter(out))
    return scores


def assign_folds(
    label: ArrayLike, *, folds: int, groups: Sequence[object] | pl.Series | None = None, seed: int = 0
) -> NDArray[np.int64]:
    """A fold from 0 to folds - 1 for every row, shape (n,): folds of like size and like share of positive labels.

    Entities are shuffled, those with many positive labels first, and dealt like cards. Raises ConfigError or InputError
    as `cross_fit`.
    """
    import numpy as np

    y = np.asarray(label, dtype=np.float64)
    if not 2 <= folds <= MOST_FOLDS:
        raise ConfigError(f"{folds} folds", where=WHERE, expected=f"a number from 2 to {MOST_FOLDS}")
    entity, count = _entities(groups, len(y))
    if count < folds:
        raise InputError(
            f"{count} {'entities' if groups is not None else 'rows'} cannot be dealt to {folds} folds", where=WHERE,
            hint="use fewer folds",
        )  # fmt: skip
    positive = np.bincount(entity, weights=y, minlength=count)
    size = np.bincount(entity, minlength=count)
    shuffled = np.random.Generator(np.random.PCG64(seed)).permutation(count)
    # Like entities end up beside each other, in shuffled order among themselves.
    dealt = shuffled[np.lexsort((size[shuffled], positive[shuffled]))[::-1]]
    turn = np.arange(count) % (2 * folds)
    of_entity = np.empty(count, dtype=np.int64)
    # There and back again, so that no fold always gets the larger of its neighbours.
    of_entity[dealt] = np.where(turn < folds, turn, 2 * folds - 1 - turn)
    return of_entity[entity]


def _entities(groups: Sequence[object] | pl.Series | None, n: int) -> tuple[NDArray[np.int64], int]:
    """Entity numbers in the order of their names, and how many; missing names are entities of their own."""
    import numpy as np
    import polars as pl

    if groups is None:
        return np.arange(n), n
    names = pl.Series("entity", groups).cast(pl.String)
    if len(names) != n:
        raise InputError("there must be one entity per row", where=WHERE, expected=str(n), got=str(len(names)))
    known = names.drop_nulls().unique().sort()
    codes = names.replace_strict(known, np.arange(len(known)), return_dtype=pl.Int64, default=None).to_numpy()
    lost = np.isnan(codes) if codes.dtype.kind == "f" else np.zeros(n, dtype=bool)
    out = np.where(lost, 0, codes).astype(np.int64)
    out[lost] = len(known) + np.arange(int(lost.sum()))
    return out, len(known) + int(lost.sum())
