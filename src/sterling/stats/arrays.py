"""What every interval function takes and returns.

Everything in `sterling.stats` works on whole arrays at once and follows NumPy broadcasting. What cannot be known
(nobody eligible, a ratio of nothing to nothing) is NaN here; the layer above turns NaN into "no value".
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]
Number = TypeVar("Number", bound="np.number[Any]")
Sided: TypeAlias = Literal[1, 2]


class Interval(NamedTuple):
    """Lower and upper bounds, each of the broadcast shape of the inputs."""

    low: Array
    high: Array


class Pair(NamedTuple):
    """An estimate together with its bounds."""

    value: Array
    low: Array
    high: Array


def floats(*values: ArrayLike) -> tuple[Array, ...]:
    """The inputs as float64 arrays of one common shape."""
    arrays = tuple(np.asarray(value, dtype=np.float64) for value in values)
    shapes = {array.shape for array in arrays}
    if len(shapes) == 1:
        return arrays
    shape = np.broadcast(*arrays).shape
    return tuple(array if array.shape == shape else np.broadcast_to(array, shape) for array in arrays)


def factor(power: ArrayLike, value: ArrayLike = 1.0) -> Array:
    """e to the power, held below 1e261, and so low that times the value, whatever its unit, it stays a number."""
    room = np.maximum(709.0 - np.log(np.maximum(value, 1.0)), 0.0)
    return np.asarray(np.exp(np.minimum(power, np.minimum(600.0, room))))


def divide(numerator: ArrayLike, denominator: ArrayLike) -> Array:
    """Elementwise quotient; NaN wherever the denominator is zero."""
    top, bottom = floats(numerator, denominator)
    out = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0)
    return out


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """The values that occur, ascending and flat, as `np.unique` gives them: asked no more, that loads masked arrays."""
    found: NDArray[Number] = np.unique(values, return_counts=True)[0]
    return found


def check_level(level: float) -> float:
    """The level itself when it is a probability strictly inside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(
            f"level: expected a number between 0 and 1, got {level!r}\nhint: write 0.95 for a 95 % interval"
        )
    return level
