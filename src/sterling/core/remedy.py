"""The contract of a remedy: what it may use, what it promises to compare, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sterling.core.estimate import Estimate
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
    that got worse beyond its interval; `kept` and `why` say what became of it.
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
