"""A number with its interval; and a whole table of them, held as arrays."""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass

Status = Literal["ok", "insufficient", "undefined"]
"""`insufficient`: fewer eligible rows than the minimum, or too few for an interval.
`undefined`: nothing to divide by, or one class only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured number.

    `value`, `low`, `high` are None together when there is too little to say: never 0, never NaN.
    `n` counts the rows of the slice, `n_eligible` the rows in the denominator.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    n_eligible: int | None
    method: str
    status: Status = "ok"

    def __post_init__(self) -> None:
        parts = (self.value, self.low, self.high)
        if any(p is None for p in parts) != all(p is None for p in parts):
            raise ValueError("an estimate has value, low and high, or none of them")
