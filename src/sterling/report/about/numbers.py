"""Numbers of a table as text: shares of counts that are exact, estimates with their intervals, values of any size."""

from __future__ import annotations

from typing import Literal

from sterling.core.estimate import Estimate
from sterling.report.text import FEW, MINUS, Scale, count, decimals, number

Unit = Literal["share", "value"]
EXACT = 0.0005
"""Intervals of shares that are narrower are not drawn up: a table of a tenth of a percent says the same."""


def exact_share(part: float, whole: float) -> str:
    """`18.2%` of a known count; `under 0.1%` rather than a rounded 0, `over 99.9%` rather than a rounded 100."""
    if whole <= 0:
        return "not known"
    x = 100 * part / whole
    if 0 < x < 0.1:
        return "under 0.1%"
    if 99.9 < x < 100:
        return "over 99.9%"
    return f"{x:.1f}".removesuffix(".0") + "%"


def out_of(part: int, whole: int) -> str:
    """`182 of 1,000`; parts below ten are not counted out."""
    shown = count(part) if part >= FEW or part == 0 else f"fewer than {FEW}"
    return f"{shown} of {count(whole)}"


def withheld(part: int) -> int | None:
    """A count that may be shown: None when it is one of fewer than ten."""
    return part if part >= FEW or part == 0 else None


def measured(value: float | None, low: float | None, high: float | None, unit: Unit) -> str:
    """`18.2% [16, 20]`, `0.31 [0.25, 0.37]`, rounded to what the interval supports; `not known` for None."""
    if value is None:
        return "not known"
    ends = (value, value) if low is None or high is None else (low, high)
    shown = _shown(value, ends, unit)
    return f"{shown} {bracket(low, high, unit)}".rstrip()


def point(value: float | None, low: float | None, high: float | None, unit: Unit) -> str:
    """As `measured`, without the interval."""
    if value is None:
        return "not known"
    return _shown(value, (value, value) if low is None or high is None else (low, high), unit)


def bracket(low: float | None, high: float | None, unit: Unit) -> str:
    """`[16, 20]`; empty where there is none."""
    if low is None or high is None or (unit == "share" and high - low < EXACT):
        return ""
    scale = _scale(unit)
    digits = decimals(low, high, scale)
    return f"[{number(low, digits, scale)}, {number(high, digits, scale)}]"


def estimated(estimate: Estimate, unit: Unit = "share") -> str:
    """`18.2% [16, 20]`; `too few to say` where there is no number."""
    if estimate.value is None:
        return "too few to say" if estimate.status == "insufficient" else "not defined"
    return measured(estimate.value, estimate.low, estimate.high, unit)


def points_text(value: float, low: float, high: float) -> str:
    """`17 points`."""
    shown = number(abs(value), decimals(low, high, "points"), "points")
    return f"{shown} {'point' if shown == '1' else 'points'}"


def size(x: float | None) -> str:
    """A value in a column's own units, to four digits."""
    if x is None:
        return "not known"
    large = abs(x)
    if large and (large >= 1e9 or large < 1e-3):
        return f"{x:.2e}".replace("-", MINUS)
    digits = 0 if large >= 1000 else 1 if large >= 100 else 2 if large >= 1 else 4
    shown = f"{x:,.{digits}f}".replace("-", MINUS)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _shown(value: float, ends: tuple[float, float], unit: Unit) -> str:
    if unit == "share" and ends[1] - ends[0] < EXACT:
        return exact_share(value, 1.0)
    scale = _scale(unit)
    return f"{number(value, decimals(*ends, scale), scale)}{'%' if unit == 'share' else ''}"


def _scale(unit: Unit) -> Scale:
    return "points" if unit == "share" else "value"
