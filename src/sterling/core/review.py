"""Where a run stands with the people who must sign it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sterling.core.project import ReviewRules
from sterling.core.records import Decision

ReviewState = Literal["not_required", "awaiting", "approved", "rejected", "stale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`bundle` is the digest of what is signed: evidence, verdicts, model, data and policy together.

    `decisions` are those about this bundle; `earlier` those about another bundle of the project, which no longer hold,
    with the reasons in `stale`.
    """

    state: ReviewState
    rules: ReviewRules
    bundle: str
    author: str | None
    decisions: tuple[Decision, ...] = ()
    earlier: tuple[Decision, ...] = ()
    stale: tuple[str, ...] = ()
    overridden: bool = False
