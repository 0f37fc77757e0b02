"""What a recipe is: a named way of training a scikit-learn model, and what to know before using it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from sterling.core.errors import ConfigError
from sterling.core.extras import require
from sterling.core.frozen import dataclass
from sterling.recipes.columns import Columns
from sterling.recipes.parameters import Parameter, Value, resolve


class Make(Protocol):
    """Puts together an unfitted scikit-learn pipeline."""

    def __call__(self, parameters: Mapping[str, Value], columns: Columns, seed: int) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One readable thing about a fitted model: a column (and its value or range) and a number. `share`: of the rows."""

    name: str
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a fitted model looks at, most first. `measure` says what the numbers are; `notes` what to know of it."""

    measure: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A trainable starting point. Its file is meant to be copied and changed.

    `regularisation` is the parameter that smooths the model; `smoother` says which way. `polish` changes the fitted
    model before anybody uses it (None: not at all); `describe` reads it. `trusted` are the types in its .skops file
    that `load_model` wants vouched for, because they are compiled.
    """

    name: str
    title: str
    sentence: str
    not_for: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    regularisation: str
    smoother: Literal["smaller", "larger"]
    make: Make
    describe: Callable[[Any, Columns], Summary]
    polish: Callable[[Any], None] | None = None
    trusted: tuple[str, ...] = ()

    @property
    def docs(self) -> str:
        return f"guide/recipes.md#{self.name}"

    def resolve(self, given: Mapping[str, object], *, where: str = "") -> dict[str, Value]:
        """Every parameter with its value. Raises ConfigError with the nearest name or the allowed range."""
        return resolve(self.parameters, given, recipe=self.name, where=where)

    def build(self, given: Mapping[str, object], columns: Columns, *, seed: int) -> Any:
        """The unfitted scikit-learn pipeline for these columns.

        Raises ConfigError for bad parameters, MissingExtra without scikit-learn.
        """
        parameters = self.resolve(given)
        require("sklearn", extra="project", why=f"the recipe {self.name}")
        return self.make(parameters, columns, seed)

    def at_strength(self, given: Mapping[str, object], strength: float) -> dict[str, Value]:
        """The parameters with `strength` times as much regularisation, kept inside the parameter's range.

        Raises ConfigError when `strength` is not above 0.
        """
        if not 0 < strength < float("inf"):
            raise ConfigError(f"a strength of {strength:g} means nothing", expected="a number above 0; 1 is no change")
        known = next(p for p in self.parameters if p.name == self.regularisation)
        values = self.resolve(given)
        value = values[known.name] * (strength if self.smoother == "larger" else 1 / strength)
        value = min(max(value, known.low), known.high)
        return values | {known.name: round(value) if known.kind == "whole" else value}
