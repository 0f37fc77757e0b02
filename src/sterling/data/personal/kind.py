"""What a kind of personal data or secret is: a pattern, a check, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.frozen import dataclass

Sensitivity = Literal["identifier", "contact", "financial", "secret", "special", "quasi"]
Gate = Literal["at", "digit", "digits", "url", "prefix", "any", "colon", "long"]
Check = Callable[[pl.Series], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is looked for.

    `brackets`: how many groups the pattern has, of which one holds the match. `chance`: the share of candidates that
    pass the check though they are something else; 1 without a check.
    `context`: words beside it that make a match sure. `needs_context`: without them, or a column's name that says so,
    a match counts for nothing. `strong`: a form that no other number has. `hint`: what a column of them is called.
    """

    name: str
    sensitivity: Sensitivity
    gate: Gate
    pattern: str
    check: Check | None = None
    chance: float = 1.0
    context: str = ""
    needs_context: bool = False
    strong: str = ""
    hint: str = ""
    by: str = "pattern"
    brackets: int = 1


def lacking(pattern: str) -> Check:
    """A check that what was found does not hold the pattern."""
    return lambda found: ~found.str.contains(pattern).to_numpy()
