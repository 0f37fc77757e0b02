"""Cross-fitting: nobody is scored by a model that saw them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

import sterling as st
from sterling.fairness.remedies.reweighing import reweigh
from sterling.recipes.cross import assign_folds, cross_fit
from sterling.recipes.fitting import fit
from sterling.recipes.registry import RECIPES
from tests.recipes.tables import FEATURES, people


@given(some.integers(2, 8), some.integers(30, 300), some.floats(0.1, 0.9), some.integers(0, 99))
def test_folds_are_alike_in_size_and_label(folds: int, n: int, share: float, seed: int) -> None:
    y = (np.random.default_rng(seed).random(n) < share).astype(int)
    fold = assign_folds(y, folds=folds, seed=seed)
    sizes, positives = np.bincount(fold, minlength=folds), np.bincount(fold, weights=y, minlength=folds)
    assert np.ptp(sizes) <= 2
    assert np.ptp(positives) <= 2
    assert np.array_equal(fold, assign_folds(y, folds=folds, seed=seed))


def test_an_entity_stays_in_one_fold_and_the_order_of_rows_means_nothing() -> None:
    rng = np.random.default_rng(1)
    who = rng.integers(0, 60, 300).astype(str)
    y = (rng.random(300) < 0.4).astype(int)
    fold = assign_folds(y, folds=5, groups=who, seed=2)
    assert all(len(set(fold[who == w])) == 1 for w in set(who))
    order = rng.permutation(300)
    assert np.array_equal(assign_folds(y[order], folds=5, groups=who[order], seed=2), fold[order])
    assert not np.array_equal(assign_folds(y, folds=5, groups=who, seed=3), fold)
    lost = pl.Series(who.tolist()).set(pl.Series(np.arange(300) < 10), None)
    assert len(assign_folds(y, folds=5, groups=lost, seed=2)) == 300


def test_scores_are_those_of_models_that_did_not_see_the_row() -> None:
    frame = people(200)
    y = frame["y"].to_numpy()
    weight = np.linspace(0.5, 2, 200)
    recipe = RECIPES["logistic"]
    scores = cross_fit(recipe, {}, frame=frame, features=FEATURES, label=y, weights=weight, folds=4, seed=6)
    fold = assign_folds(y, folds=4, seed=6)
    for k in range(4):
        seen = fold != k
        model = fit(
            recipe, {}, frame=frame.filter(seen), features=FEATURES, label=y[seen], weights=weight[seen], seed=6
        )
        assert np.array_equal(scores[~seen], model.predict(frame.filter(~seen)))


def test_weights_made_from_labels_are_made_without_those_of_the_rows_scored() -> None:
    """Turning the labels of one fold round changes the scores of the others and none of its own."""
    frame = people(200)
    y, group = frame["y"].to_numpy(), np.arange(200) % 2
    who = [str(i) for i in range(200)]
    fold = assign_folds(y, folds=4, groups=who, seed=6)
    swap = np.flatnonzero(fold == 0)
    one, zero = swap[y[swap] == 1], swap[y[swap] == 0]
    k = min(len(one), len(zero))
    other = y.copy()  # as many positive labels as before, so that the folds stay as they are
    other[one[:k]], other[zero[:k]] = 0, 1

    def scores(label: np.ndarray) -> np.ndarray:
        def weights(seen: np.ndarray) -> np.ndarray:
            return reweigh({"g": [str(g) for g in group[seen]]}, label[seen], weights=None).weights

        recipe = RECIPES["logistic"]
        found = cross_fit(
            recipe, {}, frame=frame, features=FEATURES, label=y, reweigh=weights, folds=4, groups=who, seed=6
        )
        return np.asarray(found)

    assert np.array_equal(scores(y)[fold == 0], scores(other)[fold == 0])
    assert not np.array_equal(scores(y)[fold != 0], scores(other)[fold != 0])
    with pytest.raises(st.ConfigError, match="given and made"):
        cross_fit(
            RECIPES["logistic"], {}, frame=frame, features=FEATURES, label=y, weights=np.ones(200),
            reweigh=lambda seen: None,
        )  # fmt: skip


def test_a_column_that_names_every_row_gives_nothing_away() -> None:
    """A forest learns such rows by heart; cross-fitted, its scores say nothing about random labels."""
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(rng.normal(size=(400, 3)), schema=["a", "b", "c"])
    y = (rng.random(400) < 0.5).astype(int)
    recipe, quick = RECIPES["random-forest"], {"n_estimators": 20, "min_samples_leaf": 1}
    learned = fit(recipe, quick, frame=frame, features=frame.columns, label=y).predict(frame)
    crossed = cross_fit(recipe, quick, frame=frame, features=frame.columns, label=y)
    assert learned[y == 1].mean() - learned[y == 0].mean() > 0.5
    assert abs(crossed[y == 1].mean() - crossed[y == 0].mean()) < 0.1


@pytest.mark.parametrize("folds", [0, 1, 101])
def test_folds_out_of_range(folds: int) -> None:
    with pytest.raises(st.ConfigError, match="folds"):
        assign_folds(np.array([0, 1]), folds=folds)


def test_too_few_entities() -> None:
    with pytest.raises(st.InputError, match="2 entities cannot be dealt to 3 folds"):
        assign_folds(np.array([0, 1, 1, 0]), folds=3, groups=["a", "a", "b", "b"])
    with pytest.raises(st.InputError, match="one entity per row"):
        assign_folds(np.array([0, 1, 1, 0]), folds=2, groups=["a", "b"])
