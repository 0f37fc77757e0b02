"""How much each class, or label, counts in averages over them that ask for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.patterns import listed

ClassWeights = tuple[tuple[str, float], ...]
"""Classes by name, each with its weight; classes that are not named weigh 0."""
CLASS_WEIGHTED = ("class_weighted_recall", "class_weighted_f1")
"""The averages that are compared between groups, and shown first, where weights were given."""
_EXAMPLE = "--class-weights a=2,b=1"


def class_weights(given: Mapping[Any, float] | None) -> ClassWeights:
    """From `{"a": 2, "b": 1}`. Raises ConfigError for a weight below 0 or not finite, and where all are 0."""
    weights = tuple((_name(name), _number(name, weight)) for name, weight in (given or {}).items())
    if weights and not any(weight for _, weight in weights):
        raise ConfigError(
            "every class weight is 0", where="class weights", expected="a weight above 0 for one class at least",
            got=", ".join(f"{shown(name)}={weight:g}" for name, weight in weights[:8]), hint=_EXAMPLE,
        )  # fmt: skip
    return weights


def class_weights_option(texts: Sequence[str]) -> dict[str, float]:
    """From `a=2,b=1`. A class whose name has a comma is weighted in a project or in Python.

    Raises ConfigError when it cannot be read, or names a class twice.
    """
    found: dict[str, float] = {}
    for part in (part.strip() for text in texts for part in text.split(",") if part.strip()):
        name, _, number = part.rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not name.strip() or math.isnan(weight):
            raise ConfigError(
                f"cannot read the class weight {shown(part)!r}", where="--class-weights", expected="CLASS=NUMBER",
                hint=_EXAMPLE,
            )  # fmt: skip
        if name.strip() in found:
            raise ConfigError(f"the class {shown(name.strip())!r} is weighted twice", where="--class-weights",
                              expected="one weight for each class", hint="leave one of them out")  # fmt: skip
        found[name.strip()] = weight
    return found


def weights_of(weights: ClassWeights, classes: Sequence[str]) -> tuple[float, ...]:
    """The weight of each class, in their order, over a power of 2 that is above all; nothing without weights.

    Raises ConfigError for an unknown class.
    """
    unknown = next((name for name, _ in weights if name not in classes), None)
    if unknown is not None:
        raise ConfigError(
            f"a weight is given to {shown(unknown)!r}, which is no class", where="class weights",
            expected="one of " + listed(tuple(classes)), hint=near_miss(unknown, classes),
        )  # fmt: skip
    if not weights:
        return ()
    # Only their ratios count, and sums of huge ones would be infinite.
    exponent = math.frexp(max(weight for _, weight in weights))[1]
    known = {name: math.ldexp(weight, -exponent) for name, weight in weights}
    return tuple(known.get(c, 0.0) for c in classes)


def remark(weights: ClassWeights, classes: Sequence[str]) -> tuple[str, ...]:
    """What a reader must know of the weights: which they are, and which classes have none."""
    if not weights:
        return ()
    text = ", ".join(f"{shown(name)} {weight:g}" for name, weight in weights[:8]) + (", …" if len(weights) > 8 else "")
    rest = [c for c in classes if c not in dict(weights)]
    none = f"; {listed(rest)} {'weighs' if len(rest) == 1 else 'weigh'} nothing" if rest else ""
    return (f"averages with class weights weigh {text}{none}",)


def _name(name: object) -> str:
    return str(name).lower() if isinstance(name, bool) else str(name)


def _number(name: object, weight: object) -> float:
    number = -1.0
    if isinstance(weight, int | float) and not isinstance(weight, bool):
        with suppress(OverflowError):  # a whole number of hundreds of digits
            number = float(weight)
    if not math.isfinite(number) or number < 0:
        raise ConfigError(
            f"the weight of the class {shown(_name(name))!r} is {shown(str(weight))}", where="class weights",
            expected="a number of at least 0", hint=_EXAMPLE,
        )  # fmt: skip
    return number
