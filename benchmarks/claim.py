"""What a benchmark is: a statement, and a function that measures it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed figure; `target` and `held` are set where it is part of a claim."""

    what: str
    figure: str
    target: str | None = None
    held: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim about speed or memory."""

    name: str
    statement: str
    measure: Callable[[], list[Line]]


def at_most(what: str, value: float, limit: float, unit: str) -> Line:
    """A figure that must not exceed `limit`."""
    return Line(what=what, figure=f"{_digits(value)} {unit}", target=f"≤ {limit:g} {unit}", held=value <= limit)


def at_least(what: str, value: float, limit: float, unit: str) -> Line:
    """A figure that must reach `limit`."""
    return Line(what=what, figure=f"{_digits(value)} {unit}", target=f"≥ {limit:g} {unit}", held=value >= limit)


def plain(what: str, value: float, unit: str) -> Line:
    """A figure shown for comparison."""
    return Line(what=what, figure=f"{_digits(value)} {unit}")


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
