"""Which candidates lie on the frontier of utility against impact, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sterling.core.frozen import dataclass
from sterling.core.remedy import Candidate

ALIKE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A measured candidate. `comparable`: some threshold selects the current share of people; `share`: the nearest."""

    candidate: Candidate
    comparable: bool
    share: float


def judged(current: Candidate, placed: Sequence[Placed], *, tolerance: float) -> list[Candidate]:
    """The candidates in their order, each kept or rejected with the reason in words; by point estimates.

    Intervals have no say here: what chance put on the frontier is found out on other rows.
    """
    fit = [p for p in placed if _reason(current, p, tolerance) is None]
    frontier = [p for p in fit if not any(_beats(other, p, fit) for other in fit)]
    return [_verdict(current, p, fit, frontier, tolerance) for p in placed]


def _verdict(
    current: Candidate, placed: Placed, fit: Sequence[Placed], frontier: Sequence[Placed], tolerance: float
) -> Candidate:
    reason = _reason(current, placed, tolerance)
    if reason is None:
        rival = next((other for other in frontier if _beats(other, placed, fit)), None)
        reason = None if rival is None else f"{rival.candidate.name} is at least as good in both"
    if reason is None:
        return replace(placed.candidate, kept=True, why="no other candidate is as accurate and as close to equal")
    return replace(placed.candidate, kept=False, why=reason)


def _reason(current: Candidate, placed: Placed, tolerance: float) -> str | None:
    """What a candidate lacks by itself; None when it is fit to be on the frontier."""
    candidate = placed.candidate
    utility, impact = candidate.utility.value, candidate.impact.value
    if not placed.comparable:
        return f"no threshold selects the same share of people: the nearest selects {100 * placed.share:.1f} %"
    if utility is None or impact is None:
        return "too few people to measure it"
    if current.utility.value is not None and utility < current.utility.value - tolerance - ALIKE:
        lost = 100 * (current.utility.value - utility)
        return f"less accurate than the current model by {lost:.1f} points, more than {100 * tolerance:g}"
    if current.impact.value is not None and impact <= current.impact.value + ALIKE:
        return f"the groups stand no closer than now: a ratio of {impact:.3f}, now {current.impact.value:.3f}"
    return None


def _beats(other: Placed, placed: Placed, fit: Sequence[Placed]) -> bool:
    """At least as good in both and better in one; of two exactly alike, the one that was tried first."""
    theirs, ours = _point(other.candidate), _point(placed.candidate)
    if theirs[0] < ours[0] - ALIKE or theirs[1] < ours[1] - ALIKE or other is placed:
        return False
    better = theirs[0] > ours[0] + ALIKE or theirs[1] > ours[1] + ALIKE
    return better or fit.index(other) < fit.index(placed)


def _point(candidate: Candidate) -> tuple[float, float]:
    return candidate.utility.value or 0.0, candidate.impact.value or 0.0
