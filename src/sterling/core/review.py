"""Where a run stands with the people who must sign it."""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass
from sterling.core.project import ReviewRules
from sterling.core.records import Decision, Risk

ReviewState = Literal["not_required", "awaiting", "approved", "rejected", "stale"]
HeldBack = Literal["training", "signing"]


def held_back(risk: Risk, rules: ReviewRules) -> HeldBack | None:
    """What an entry of the register holds back: the one count of register, report, terminal and gate.

    A broken promise about the data holds training back. What is open of the scope or of the limits holds signing back,
    where the project asks for signatures: nobody waits for one that is not asked for.
    """
    if risk.resolved or (risk.proceed and risk.stage != "scope"):
        return None
    if risk.stage == "data":
        return "training"
    return "signing" if rules.required else None


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
