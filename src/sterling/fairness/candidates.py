"""Which alternatives a search tries: recipes, features left out, regularisation; the simplest changes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.project import MOST_CANDIDATES, Search
from sterling.fairness.proxies import Proxy
from sterling.recipes.parameters import Value
from sterling.recipes.recipe import Recipe
from sterling.recipes.registry import RECIPES, find_recipe

WHERE = "[alternatives]"
STRENGTHS = (1.0, 3.0)
"""Multiples of a recipe's own regularisation, where the project names none."""
WORTH_DROPPING = 0.1
MOST_PROXIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One alternative before it is trained. It never reads a group column."""

    recipe: Recipe
    parameters: Mapping[str, Value]
    features: tuple[str, ...]
    dropped: tuple[str, ...]
    strength: float

    @property
    def name(self) -> str:
        parts = [self.recipe.name]
        if self.strength != 1:
            parts.append(f"regularised {self.strength:g} times")
        if self.dropped:
            parts.append("without " + " and ".join(self.dropped))
        return ", ".join(parts)


def proposals(
    spec: Search, features: Sequence[str], found: Sequence[Proxy], *, recipe: str | None,
    parameters: Mapping[str, object], again: bool = False,
) -> tuple[Proposal, ...]:  # fmt: skip
    """At most `spec.budget` candidates, nearest to the current model first, the current recipe as it is left out.

    `recipe` and `parameters` are those of the current model (None: not one of ours). `found`: proxies, strongest first.
    `again`: the current model learned from what no candidate sees, so that its own recipe is an alternative as it is.
    Raises ConfigError for an unknown recipe or feature, a strength or budget that means nothing.
    """
    if not 1 <= spec.budget <= MOST_CANDIDATES:
        raise ConfigError(f"a budget of {spec.budget}", where=WHERE, expected=f"from 1 to {MOST_CANDIDATES} candidates")
    recipes = _recipes(spec, recipe)
    drops = _drops(spec, features, found)
    strengths = spec.strengths or STRENGTHS
    places = product(range(len(drops)), range(len(recipes)), range(len(strengths)))
    out: dict[tuple[object, ...], Proposal] = {}
    for d, r, s in sorted(places, key=lambda p: (sum(p), p)):
        base = parameters if recipes[r].name == recipe else {}
        values = recipes[r].at_strength(base, strengths[s])
        if not again and recipes[r].name == recipe and not drops[d] and values == recipes[r].resolve(base):
            continue
        kept = tuple(f for f in features if f not in drops[d])
        proposal = Proposal(
            recipe=recipes[r], parameters=values, features=kept, dropped=drops[d], strength=strengths[s]
        )
        out.setdefault((recipes[r].name, drops[d], tuple(values.items())), proposal)
    return tuple(out.values())[: spec.budget]


def _recipes(spec: Search, current: str | None) -> list[Recipe]:
    if spec.recipes:
        return [find_recipe(name, where=f"{WHERE} recipes") for name in dict.fromkeys(spec.recipes)]
    first = [RECIPES[current]] if current in RECIPES else []
    return [*first, *(r for r in RECIPES.values() if r not in first)]


def _drops(spec: Search, features: Sequence[str], found: Sequence[Proxy]) -> list[tuple[str, ...]]:
    """Nothing; what the project lists; the strongest proxies one by one, then together."""
    for names in spec.drop:
        for name in names:
            if name not in features:
                raise ConfigError(
                    f"{shown(name)!r} is not a feature", where=f"{WHERE} drop", hint=near_miss(name, features)
                )
        if not set(features) - set(names):
            raise ConfigError(
                "leaving out every feature leaves nothing to learn from",
                where=f"{WHERE} drop",
                hint="leave fewer columns out: drop below [alternatives]",
            )
    telling = [p.feature for p in found if p.strength >= WORTH_DROPPING][:MOST_PROXIES]
    alone = [(f,) for f in telling]
    together = [tuple(telling[:k]) for k in range(2, len(telling) + 1)]
    asked = [tuple(dict.fromkeys(names)) for names in spec.drop if names]
    unique = {frozenset(names): names for names in reversed([(), *asked, *alone, *together])}
    wanted = [names for names in unique.values() if set(features) - set(names)]
    return list(reversed(wanted))
