"""Scores held in 32 bits, read as the decimals that were written down: 0.7 stays 0.7 and reaches a threshold of 0.7."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DIGITS = 7
"""Significant digits that are tried; six always fit into 32 bits, seven mostly."""
_POWERS = 10.0 ** np.arange(23)
"""Powers of ten that 64 bits hold exactly, so that a quotient is the very decimal."""


def as_decimals(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Each score as the decimal of seven digits that is nearest to it, where 32 bits hold that as the same score.

    Else as it is. Order is kept, equal scores stay equal and different ones different: what is compared with a
    threshold of up to six digits comes out as if the threshold had been held in 32 bits too.
    """
    plain = scores.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = _DIGITS - 1 - np.floor(np.log10(np.abs(plain)))
    known = (places >= 0) & (places < len(_POWERS))
    unit = _POWERS.take(np.where(known, places, 0).astype(np.intp))
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.rint(plain * unit) / unit
        same = known & (near.astype(np.float32) == scores)
    return np.where(same, near, plain)


def widened_as_decimals(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same of scores that have been widened to 64 bits since: of those that 32 bits hold exactly."""
    short = scores.astype(np.float32)
    return np.where(short == scores, as_decimals(short), scores)
