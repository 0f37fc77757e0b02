"""The recipes by name."""

from __future__ import annotations

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.recipes.boosted_trees import BOOSTED_TREES
from sterling.recipes.logistic import LOGISTIC
from sterling.recipes.random_forest import RANDOM_FOREST
from sterling.recipes.recipe import Recipe
from sterling.recipes.scorecard import SCORECARD

RECIPES: dict[str, Recipe] = {r.name: r for r in (SCORECARD, LOGISTIC, RANDOM_FOREST, BOOSTED_TREES)}


def find_recipe(name: str, *, where: str = "") -> Recipe:
    """A recipe by its name. Raises ConfigError with the nearest names."""
    if name not in RECIPES:
        raise ConfigError(f"there is no recipe {shown(name)!r}", where=where, hint=near_miss(name, RECIPES))
    return RECIPES[name]
