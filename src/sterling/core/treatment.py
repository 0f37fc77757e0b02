"""Remedies that change a table: how one is declared, bound to its parameters, and what came of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.records import Json
from sterling.core.registry import canonical, coerced, parameters_of
from sterling.core.remedy import GroupChange, Remedy, register
from sterling.core.roles import Roles
from sterling.core.slices import EVERYONE, Slice

if TYPE_CHECKING:
    import polars as pl

When = Literal["table", "training"]
"""`table`: every row, before rows are split. `training`: it learns from the rows that a model is trained on."""
Others = Literal["treated", "untouched"]
"""What becomes of rows that a training remedy did not learn from: the same change, or none."""
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What a remedy took from some rows: a function from a table to a new one, and what to know of it.

    The function does not change the table that it is given, and gives equal rows for equal rows in any order.
    """

    treat: Callable[[pl.DataFrame], pl.DataFrame]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Treatment:
    """A remedy that changes a table. `learn` takes the table, its roles, a seed and the remedy's own parameters.

    `outside`: it also reads what is no parameter, such as a secret key, so that what it made before proves nothing.
    """

    remedy: Remedy
    when: When
    others: Others
    learn: Callable[..., Learned]
    outside: bool = False

    @property
    def name(self) -> str:
        return self.remedy.name

    @property
    def parameters(self) -> dict[str, tuple[Any, object]]:
        """By name: the type and the default of what can be set."""
        return parameters_of(self.learn)

    def bind(self, given: Mapping[str, object], *, where: str = "") -> dict[str, object]:
        """Every parameter with its value. Raises ConfigError for an unknown one, a wrong type, or one that is needed.

        A remedy that looks at the group of people who are decided about must be allowed to: `at_decision = true`.
        """
        allowed = given.get("at_decision", False)
        given = {k: v for k, v in given.items() if k != "at_decision"}
        known = self.parameters
        for key in given:
            if key not in known:
                raise ConfigError(
                    f"{self.name} has no parameter {shown(key)!r}", where=where, hint=near_miss(key, known)
                )
        if self.remedy.uses == "at_decision" and allowed is not True:
            raise ConfigError(
                f"{self.name} looks at the group of everybody who is decided about", where=where,
                expected="at_decision = true, by somebody who may allow it",
                hint="where that is disparate treatment, take a remedy that uses groups in training or never",
            )  # fmt: skip
        bound: dict[str, object] = {}
        for key, (kind, default) in known.items():
            if key in given:
                bound[key] = coerced(given[key], kind, key=key, code=self.name, where=where)
            elif default is inspect.Parameter.empty:
                raise ConfigError(f"{self.name} needs the parameter {key!r}", where=where, hint=f"{key} = …")
            else:
                bound[key] = default
        return bound

    def written(self, bound: Mapping[str, object]) -> dict[str, Json]:
        """The parameters as plain JSON."""
        found = canonical(dict(bound))
        assert isinstance(found, dict)
        return found


TREATMENTS: dict[str, Treatment] = {}


def treatment(remedy: Remedy, *, when: When, others: Others = "treated", outside: bool = False) -> Callable[[F], F]:
    """Register the decorated function as what the remedy does. Raises ConfigError when the name is taken."""
    register(remedy)

    def keep(function: F) -> F:
        held = TREATMENTS.get(remedy.name)
        if held is not None and held.learn is not function:
            raise ConfigError(f"the name {remedy.name} is taken by another remedy", hint="choose another name")
        TREATMENTS[remedy.name] = Treatment(remedy=remedy, when=when, others=others, learn=function, outside=outside)
        return function

    return keep


def find_treatment(name: str, *, where: str = "") -> Treatment:
    """A remedy by its name; `-` and `_` are the same. Raises ConfigError with the nearest names."""
    known = name.replace("_", "-")
    if known not in TREATMENTS:
        raise ConfigError(f"there is no remedy {shown(name)!r}", where=where, hint=near_miss(known, TREATMENTS))
    return TREATMENTS[known]


def learn(
    item: Treatment, frame: pl.DataFrame, roles: Roles, *, parameters: Mapping[str, object], seed: int = 0
) -> Learned:  # fmt: skip
    """What the remedy takes from these rows. `parameters` are bound. Raises ConfigError or InputError."""
    return item.learn(frame, roles, seed, **parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number of the table before and after, of everyone or of a group: a share of rows, of labels, of missing values.

    `worse`: after the remedy it lies, interval and all, on the side that people must watch for; None: there is none.
    """

    measure: str
    slice: Slice = EVERYONE
    column: str | None = None
    before: Estimate
    after: Estimate
    worse: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrained:
    """A recipe trained on the rows before and after, on the same people held out, at one overall selection rate.

    `worse` names every group that got worse beyond its interval.
    """

    recipe: str
    group: str
    n_train: tuple[int, int]
    n_held_out: int
    selection_rate: float
    accuracy: Estimate
    changes: tuple[GroupChange, ...]
    worse: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """What a remedy did to a table: what was measured before and after, and what to know of it."""

    remedy: Remedy
    parameters: Mapping[str, Json]
    seed: int
    rows: tuple[int, int]
    columns_changed: tuple[str, ...]
    columns_added: tuple[str, ...]
    columns_dropped: tuple[str, ...]
    measures: tuple[Measure, ...]
    retrained: tuple[Retrained, ...] = ()
    notes: tuple[str, ...] = ()
