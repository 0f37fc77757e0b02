"""What is asked: checks with resolved parameters. A plan has one written form and a hash of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import field

from sterling.core.defaults import DEFAULT_LEVEL, DEFAULT_MIN_N
from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.registry import Check, canonical, find_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question with its parameters, for one model or (None) for every model."""

    name: str
    check: Check
    parameters: Mapping[str, object]
    model: str | None = None

    def canonical(self) -> dict[str, object]:
        return {
            "name": self.name,
            "check": self.check.code,
            "model": self.model,
            "parameters": canonical(self.parameters),
        }


def ask(check: str, *, name: str | None = None, model: str | None = None, where: str = "", **parameters: object) -> Ask:
    """Bind a check's parameters now, so that a typo costs nothing.

    Raises ConfigError for an unknown check, parameter or metric, with the nearest names.
    """
    found = find_check(check, where=where)
    bound = found.bind(parameters, where=where)
    return Ask(name=name or found.name, check=found, parameters=bound, model=model)


def operating_among(thresholds: tuple[float, ...]) -> float:
    """The one in force: 0.5 when it is among those given or none is, else the lowest given."""
    return 0.5 if not thresholds or 0.5 in thresholds else thresholds[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The asks and what they share: confidence level, smallest slice, thresholds, crosses, seed.

    `extra` are thresholds that only limits or asks name. `grid` adds even thresholds for the pictures.
    """

    asks: tuple[Ask, ...]
    thresholds: tuple[float, ...] = ()
    extra: tuple[float, ...] = ()
    cross: int = 2
    level: float = DEFAULT_LEVEL
    min_n: int = DEFAULT_MIN_N
    seed: int = 0
    grid: bool = field(default=True)

    def __post_init__(self) -> None:
        if not 0.5 < self.level < 1:
            raise ConfigError(f"the level {self.level} is not a confidence level", expected="between 0.5 and 1")
        if self.min_n < 1:
            raise ConfigError(f"min_n is {self.min_n}", expected="at least 1")
        if not 0 <= self.seed < 2**63:
            raise ConfigError(f"the seed is {self.seed}", expected="a whole number from 0 to 2^63 - 1")
        if self.cross not in (1, 2, 3):
            raise ConfigError(f"cross is {self.cross}", expected="1 (no crosses), 2 (pairs) or 3 (triples)")

    @property
    def threshold(self) -> float | None:
        """The operating threshold: 0.5 when it is among those given or none is, else the lowest given."""
        return operating_among(self.thresholds)

    def canonical(self) -> dict[str, object]:
        return {
            "asks": [a.canonical() for a in self.asks],
            "thresholds": list(self.thresholds),
            "extra": list(self.extra),
            "cross": self.cross,
            "level": self.level,
            "min_n": self.min_n,
            "seed": self.seed,
            "grid": self.grid,
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical form."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def parse_thresholds(text: str) -> tuple[float, ...]:
    """`0.3,0.5` or `0.1:0.9:0.1`: ranges are inclusive and decimal as typed, so the second has nine values.

    Raises ConfigError when a part is not a number or the step does not move forward.
    """
    from decimal import Decimal, InvalidOperation

    values: list[float] = []
    for part in text.split(","):
        try:
            numbers = [Decimal(piece.strip()) for piece in part.split(":")]
            if not all(n.is_finite() and math.isfinite(float(n)) for n in numbers):
                raise InvalidOperation
        except InvalidOperation:
            raise ConfigError(
                f"cannot read the threshold {shown(part.strip())!r}", expected="0.5, 0.3,0.5 or start:stop:step"
            ) from None
        if len(numbers) == 1:
            values.append(float(numbers[0]))
            continue
        if len(numbers) != 3 or float(numbers[2]) <= 0 or numbers[1] < numbers[0]:
            raise ConfigError(
                f"cannot read the range {part.strip()!r}",
                expected="start:stop:step, from low to high with a step above 0",
            )
        start, stop, step = numbers
        count = int((stop - start) / step) + 1
        if count > 10_000:
            raise ConfigError(f"the range {part.strip()!r} has {count:,} thresholds", expected="at most 10,000",
                              hint="take a wider step: 0:1:0.01")  # fmt: skip
        values.extend(float(start + i * step) for i in range(count))
    return tuple(sorted(set(values)))
