"""The contract of a remedy: what it may use, what it promises to compare, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sterling.core.errors import ConfigError
from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.records import Json
from sterling.core.slices import Slice

Uses = Literal["never", "in_training", "at_decision"]
"""When a remedy looks at the protected attribute. `at_decision` is off unless policy allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What a cure says of itself. `worsens`: what it must be watched for."""

    name: str
    title: str
    uses: Uses
    improves: str
    worsens: str
    source: str
    docs: str


REMEDIES: dict[str, Remedy] = {}


def register(remedy: Remedy) -> Remedy:
    """Make a remedy known by its name, and give it back. Raises ConfigError when the name is taken by another."""
    if REMEDIES.setdefault(remedy.name, remedy) != remedy:
        raise ConfigError(f"the name {remedy.name} is taken by another remedy", hint="choose another name")
    return remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """One group before and after, at equal overall selection rate. `change` is after minus before."""

    slice: Slice
    metric: str
    before: Estimate
    after: Estimate
    change: Estimate
    worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One alternative: how it is made, and what was measured on which rows.

    `threshold` is the one cut that selects the same share of everyone as the current model. `worse` names every group
    that got worse beyond its interval; `kept` and `why` say what became of it. `utility_change` and `gap_change`
    compare with the current model on the same people, after minus before; the gap is the one between the two groups
    of `Search.gap_between`, and a negative change closes it. `better`: the gap closed beyond its interval; None where
    that was not asked (the current model itself, or rows that chose).
    """

    name: str
    recipe: str
    dropped: tuple[str, ...]
    parameters: Mapping[str, Json]
    threshold: float
    utility: Estimate
    impact: Estimate
    kept: bool
    why: str
    worse: tuple[str, ...] = ()
    changes: tuple[GroupChange, ...] = ()
    selection_rate: Estimate | None = None
    utility_change: Estimate | None = None
    gap_change: Estimate | None = None
    better: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search for less discriminatory alternatives found: chosen on one part of the rows, reported on another.

    `chosen` are estimates on the part that chose (they flatter); `certified` the current model and the kept candidates
    on the part that nobody looked at before.
    """

    remedy: Remedy
    group: str
    utility_metric: str
    impact_metric: str
    selection_rate: float
    chosen_on: str
    certified_on: str
    n_chosen: int
    n_certified: int
    current: Candidate
    chosen: tuple[Candidate, ...]
    certified: tuple[Candidate, ...]
    budget: int
    seed: int
    notes: tuple[str, ...] = field(default=())
    gap_between: tuple[Slice, Slice] | None = None
    """On the rows that chose: the group that the current model favours least, and the one it favours most."""
