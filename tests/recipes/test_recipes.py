"""Each recipe beside plain scikit-learn, and what it says of itself."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

import sterling as st
from sterling.recipes.cross import cross_fit
from sterling.recipes.fitting import Fitted, fit
from sterling.recipes.recipe import Recipe
from sterling.recipes.registry import RECIPES, find_recipe
from sterling.recipes.scorecard import POINT
from tests.recipes.tables import lending


def sorted_lending() -> tuple[pl.DataFrame, tuple[str, ...], np.ndarray]:
    """Complete rows in the order that `fit` puts them in."""
    frame, features = lending()
    frame = frame.select(*features, "approved").drop_nulls().sort([*features, "approved"])
    return frame, features, frame["approved"].to_numpy().astype(int)


def of(name: str, frame: pl.DataFrame, features: tuple[str, ...], **given: object) -> Fitted:
    return fit(RECIPES[name], given, frame=frame, features=features, label=frame["approved"].to_numpy(), seed=3)


def test_logistic_is_plain_logistic_regression() -> None:
    frame, features, y = sorted_lending()
    x = StandardScaler().fit_transform(frame.select(features).to_numpy().astype(float))
    plain = LogisticRegression(C=0.5, max_iter=2000, tol=1e-6).fit(x, y)
    ours = of("logistic", frame, features, C=0.5)
    assert ours.predict(frame) == pytest.approx(plain.predict_proba(x)[:, 1], abs=1e-4)
    shown = {f.name: f.value for f in ours.summary.facts}
    assert [shown[f] for f in features] == pytest.approx(plain.coef_[0], abs=1e-3)


def test_trees_are_plain_trees() -> None:
    frame, features, y = sorted_lending()
    x = frame.select(features).to_numpy().astype(float)
    boosted = HistGradientBoostingClassifier(
        max_iter=30, max_leaf_nodes=15, early_stopping=False, random_state=3, categorical_features=None
    ).fit(x, y)
    ours = of("boosted-trees", frame, features, max_iter=30)
    assert np.array_equal(ours.predict(frame), boosted.predict_proba(x)[:, 1])
    forest = RandomForestClassifier(30, min_samples_leaf=5, max_features=0.4, random_state=3).fit(x, y)
    ours = of("random-forest", frame, features, n_estimators=30)
    assert ours.predict(frame) == pytest.approx(forest.predict_proba(x)[:, 1], abs=1e-12)
    assert dict(zip(features, forest.feature_importances_, strict=True)) == pytest.approx(
        {f.name: f.value for f in ours.summary.facts}
    )


def test_gains_go_to_the_column_that_earned_them() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"text": rng.choice(["a", "b", "c"], 500).tolist(), "x": rng.normal(size=500), "steady": np.ones(500)}
    )
    label = ((frame["x"].to_numpy() > 0) ^ (rng.random(500) < 0.1)).astype(int)
    for name in ("boosted-trees", "random-forest"):
        facts = fit(RECIPES[name], {}, frame=frame, features=frame.columns, label=label).summary.facts
        assert facts[0].name == "x"
        assert {f.name: f.value for f in facts}["steady"] == 0
        assert sum(f.value for f in facts) == pytest.approx(1)


def points_by_hand(fitted: Fitted, row: dict[str, object]) -> float:
    """Add the points of the printed lines that hold for a person."""
    total = 0.0
    for fact in fitted.summary.facts:
        column = next((c for c in sorted(row, key=len, reverse=True) if fact.name.startswith(c + " ")), None)
        total += fact.value if column is None or holds(fact.name.removeprefix(column + " "), row[column]) else 0.0
    return total


def holds(words: str, value: object) -> bool:
    if words.startswith("= ") and isinstance(value, str):
        return words == f"= {value}"
    if value is None or words == "missing":
        return value is None and words == "missing"
    x = float(str(value))
    parts = {
        "under": lambda t: x < float(t.split()[1]), "over": lambda t: x > float(t.split()[1]),
        "=": lambda t: x == float(t.split()[1]),
    }  # fmt: skip
    return all(
        parts[part.split()[0]](part)
        if part.split()[0] in parts
        else (x >= float(part.split()[0]) if part.endswith("more") else x <= float(part.split()[0]))
        for part in words.split(", ")
    )


def test_the_printed_points_are_the_model() -> None:
    frame, features = lending()
    frame = frame.with_columns(pl.col(pl.Float32).cast(pl.Float64))
    fitted = fit(RECIPES["scorecard"], {}, frame=frame, features=features, label=frame["approved"].to_numpy())
    facts = fitted.summary.facts
    assert facts[0].name == "start"
    assert 5 <= len(facts) <= 25
    assert all(f.value == round(f.value) for f in facts)
    rows = frame.drop_nulls(features).head(200)
    by_hand = [points_by_hand(fitted, row) for row in rows.select(features).to_dicts()]
    assert fitted.predict(rows) == pytest.approx(1 / (1 + np.exp(-POINT * np.array(by_hand))), abs=1e-9)


def test_values_that_most_rows_share_stay_apart() -> None:
    rng = np.random.default_rng(4)
    gain = np.where(rng.random(2000) < 0.92, 0.0, rng.lognormal(8, 1, 2000))
    label = (rng.random(2000) < np.where(gain > 0, 0.8, 0.2)).astype(int)
    facts = fit(
        RECIPES["scorecard"], {}, frame=pl.DataFrame({"gain": gain}), features=["gain"], label=label
    ).summary.facts
    assert any(f.name == "gain 0 or less" and f.value < 0 for f in facts[1:])


def test_scorecard_is_nearly_as_good_as_its_neighbours() -> None:
    frame, features = lending()
    y = frame["approved"].to_numpy()
    area = {
        name: roc_auc_score(y, cross_fit(RECIPES[name], {}, frame=frame, features=features, label=y, folds=4))
        for name in ("scorecard", "logistic")
    }
    assert area["logistic"] > 0.82
    assert area["scorecard"] > area["logistic"] - 0.02


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_parameters(recipe: Recipe) -> None:
    values = recipe.resolve({})
    assert recipe.resolve(values) == values
    name = recipe.parameters[0].name
    with pytest.raises(st.ConfigError, match=rf"did you mean .*{name}"):
        recipe.resolve({name + "s": 1})
    for bad in ("much", None, True, float("nan"), -1, [1]):
        with pytest.raises(st.ConfigError, match=f"{name} cannot be"):
            recipe.resolve({name: bad})
    with pytest.raises(st.ConfigError, match="whole number"):
        recipe.resolve({"min_frequency": 1.5})
    smoother = recipe.at_strength({}, 2)[recipe.regularisation]
    assert (smoother > values[recipe.regularisation]) == (recipe.smoother == "larger")
    with pytest.raises(st.ConfigError, match="strength"):
        recipe.at_strength({}, 0)
    assert recipe.not_for and recipe.sentence.endswith(".")


def test_the_nearest_recipe_is_named() -> None:
    with pytest.raises(st.ConfigError, match="did you mean boosted-trees"):
        find_recipe("boosted_trees")
