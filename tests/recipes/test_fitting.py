"""Training: what each recipe makes of awkward columns, equal bytes, what the model file gives back."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.recipes.fitting import Fitted, fit
from sterling.recipes.recipe import Recipe
from sterling.recipes.registry import RECIPES
from tests.house.law import ROOT
from tests.recipes.tables import FEATURES, people

QUICK: Mapping[str, Mapping[str, object]] = {"random-forest": {"n_estimators": 20}, "boosted-trees": {"max_iter": 20}}
each = pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))


def trained(recipe: Recipe, frame: pl.DataFrame, **more: object) -> Fitted:
    given = {"features": FEATURES, "label": frame["y"].to_numpy(), "seed": 1} | more
    return fit(recipe, QUICK.get(recipe.name, {}), frame=frame, **given)


@each
def test_every_kind_of_column(recipe: Recipe) -> None:
    frame = people()
    fitted = trained(recipe, frame)
    scores = fitted.predict(frame)
    assert scores.shape == (400,) and scores.dtype == np.float64
    assert ((scores >= 0) & (scores <= 1)).all()
    y = frame["y"].to_numpy()
    assert scores[y == 1].mean() > scores[y == 0].mean() + 0.1
    assert set(fitted.features) == set(FEATURES) - {"empty", "blank"}
    assert sum("missing in every training row" in note for note in fitted.notes) == 2


@each
def test_any_order_of_rows_gives_the_same_bytes(recipe: Recipe) -> None:
    frame = people()
    other = frame.sample(fraction=1, shuffle=True, seed=5)
    weight = frame["id"].to_numpy() % 3 + 1.0
    first = trained(recipe, frame, weights=weight).to_bytes()
    assert first == trained(recipe, frame, weights=weight).to_bytes()
    assert first == trained(recipe, other, weights=other["id"].to_numpy() % 3 + 1.0).to_bytes()
    assert first != trained(recipe, frame).to_bytes()


def test_threads_and_hash_seeds_change_no_byte() -> None:
    code = (
        "import hashlib\n"
        "from tests.recipes.test_fitting import trained\n"
        "from tests.recipes.tables import people\n"
        "from sterling.recipes.registry import RECIPES\n"
        "f = people()\n"
        "print(*[hashlib.sha256(trained(r, f).to_bytes()).hexdigest() for r in RECIPES.values()])"
    )
    here = [hashlib.sha256(trained(r, people()).to_bytes()).hexdigest() for r in RECIPES.values()]
    for threads in ("1", "3"):
        settings = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": threads}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert done.stdout.split() == here


@each
def test_a_model_file_gives_the_same_scores(recipe: Recipe, tmp_path: Path) -> None:
    frame = people()
    fitted = trained(recipe, frame)
    path = tmp_path / "model.skops"
    path.write_bytes(fitted.to_bytes())
    if fitted.trusted:
        with pytest.raises(st.InputError, match="hostile"):
            st.load_model(path)
    model = st.load_model(path, trusted=fitted.trusted)
    assert model.kind == "probability"
    unseen = frame.with_columns(town=pl.lit("Elm"), owner=pl.lit(None, dtype=pl.Boolean))
    for table in (frame, unseen, frame.head(1)):
        assert np.array_equal(model.predict(table), fitted.predict(table))


@each
def test_missing_text_and_unseen_text_are_scored(recipe: Recipe) -> None:
    frame = people()
    fitted = trained(recipe, frame)
    for town in (None, "Elm", ""):
        assert np.isfinite(fitted.predict(frame.with_columns(town=pl.lit(town, dtype=pl.String)))).all()
    rare = fitted.predict(frame.with_columns(town=pl.lit("Yew")))
    if recipe.name in ("logistic", "scorecard"):  # rare and unseen values share a column
        assert np.array_equal(rare, fitted.predict(frame.with_columns(town=pl.lit("Elm"))))


@each
def test_one_feature_and_many(recipe: Recipe) -> None:
    frame = people(200)
    label = frame["y"].to_numpy()
    one = fit(recipe, QUICK.get(recipe.name, {}), frame=frame, features=["age"], label=label)
    assert one.features == ("age",)
    noise = np.random.default_rng(1).normal(size=(200, 300))
    wide = pl.DataFrame(noise, schema=[f"x{i}" for i in range(300)])
    many = fit(recipe, QUICK.get(recipe.name, {}), frame=wide, features=wide.columns, label=label)
    assert many.predict(wide).shape == (200,)


@each
def test_five_thousand_text_values(recipe: Recipe) -> None:
    n = 10_000
    rng = np.random.default_rng(2)
    street = rng.integers(0, 5_000, n)
    street[:2_000] = 7
    frame = pl.DataFrame({"street": [f"street {i}" for i in street], "x": rng.normal(size=n)})
    label = ((street == 7) * 0.7 + rng.random(n) > 0.8).astype(int)
    fitted = fit(recipe, QUICK.get(recipe.name, {}), frame=frame, features=["street", "x"], label=label)
    assert any("values are told apart; the rarest count as one" in note for note in fitted.notes)
    assert len(fitted.to_bytes()) < 1_000_000
    common, other = (fitted.predict(pl.DataFrame({"street": [s], "x": [0.0]}))[0] for s in ("street 7", "elsewhere"))
    assert common > other + 0.2


@each
def test_what_cannot_be_learned_from_is_refused(recipe: Recipe) -> None:
    frame = people(50)
    for label, message in (
        (np.ones(50), "every training row has the positive label"),
        (np.zeros(50), "every training row has the negative label"),
        (np.full(50, 2), "neither 0 nor 1"),
        (np.full(50, np.nan), "neither 0 nor 1"),
        (np.ones(49), "one label per row"),
    ):
        with pytest.raises(st.InputError, match=message):
            trained(recipe, frame, label=label)
    for weights, message in (
        (-np.ones(50), "negative"),
        (np.full(50, np.nan), "negative, missing or infinite"),
        (np.zeros(50), "no rows to learn from"),
        (frame["y"].to_numpy(), "every training row has the positive label"),
    ):
        with pytest.raises(st.InputError, match=message):
            trained(recipe, frame, weights=weights)
    with pytest.raises(st.InputError, match="every feature is missing"):
        trained(recipe, frame, features=["empty", "blank"])
    with pytest.raises(st.InputError, match="infinite"):
        trained(recipe, frame.with_columns(age=pl.lit(float("inf"))))
    with pytest.raises(st.InputError, match="cannot be a feature"):
        trained(recipe, frame.with_columns(age=pl.date(2020, 1, 1)))
    with pytest.raises(st.InputError, match=r"no column 'agee'"):
        trained(recipe, frame, features=["agee"])


def test_a_column_that_changed_its_kind_is_named() -> None:
    fitted = trained(RECIPES["logistic"], people())
    with pytest.raises(st.InputError, match=r"'age' changed its kind"):
        fitted.predict(people().with_columns(age=pl.lit("old")))


def test_weights_are_repetitions() -> None:
    frame = people(200).drop("owner").drop_nulls(["age", "income", "town"])
    weight = frame["id"].to_numpy() % 3 + 1
    recipe, features = RECIPES["logistic"], ["steady", "mixed", "town"]
    weighed = fit(recipe, {}, frame=frame, features=features, label=frame["y"].to_numpy(), weights=weight)
    longer = frame[np.repeat(np.arange(frame.height), weight)]
    repeated = fit(recipe, {}, frame=longer, features=features, label=longer["y"].to_numpy())
    rare = frame.filter(pl.col("town") != "Yew")
    assert weighed.predict(rare) == pytest.approx(repeated.predict(rare), abs=1e-3)
