"""The scope of a project in people's words: what for, for whom, what could go wrong. Missing answers stay missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sterling.core.frozen import dataclass

HarmKind = Literal["allocation", "quality_of_service", "representation"]
Need = Literal["high", "medium", "low", "unknown"]
GroupSource = Literal["asked", "observed", "inferred", "unavailable"]
ASPECTS = ("fairness", "privacy", "explainability", "robustness", "uncertainty", "oversight")
"""The aspects of trust that the needs assessment speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What may happen to whom when the model errs."""

    kind: HarmKind
    who: str
    what: str
    mitigation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupColumn:
    """Where a group column comes from, and whether it may be used for measuring."""

    column: str
    source: GroupSource
    may_be_used: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFor:
    """How much an aspect of trust matters here, from which answers, and what is recommended."""

    aspect: str
    need: Need
    because: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`scope.toml`. Every field may be empty: `missing` names the questions that no person has answered."""

    purpose: str = ""
    users: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    tradeoffs: tuple[str, ...] = ()
    harms: tuple[Harm, ...] = ()
    groups: tuple[GroupColumn, ...] = ()
    label_provenance: str = ""
    answers: Mapping[str, bool | None] = field(default_factory=dict)
    """Yes, no, or not answered, by the id of a question of the needs assessment."""
    needs: tuple[NeedFor, ...] = ()
    missing: tuple[str, ...] = ()
    prose: Mapping[str, str] = field(default_factory=dict)
    """Human parts of cards: `cards/<section>.md` beside the project, by section."""
