"""Units in which numbers are summed: about their mean, and at most 1, so that sums of fixed precision hold them."""

from __future__ import annotations

import math

FIRST = 34
"""Numbers of at most 1 are summed in units of 2^-34, 2^-58, 2^-82 …: as many as 500 million rows fit."""
LARGEST = 1e140
"""Beyond, the square of a number is none any more."""
_STEPS = 1024
_OFF_GRID = 0.381966
"""Where a mean is rounded up or down lies off the round numbers, at which means of round labels lie."""


def centre_of(low: float, high: float, mean: float) -> float:
    """About the mean. A mean of floats depends on the order of the rows in its last bits; this does not."""
    if not high > low or not math.isfinite(high - low):
        return low
    step = math.ldexp(1.0, math.frexp(high - low)[1]) / _STEPS
    return low + math.floor((mean - low) / step + _OFF_GRID) * step


def exponent_of(largest: float) -> int:
    """e with largest <= 2^e; 0 for 0."""
    return math.frexp(largest)[1] if largest > 0 and math.isfinite(largest) else 0
