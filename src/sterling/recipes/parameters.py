"""What can be set on a recipe: names, types, ranges; a slip is refused with the nearest right thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass

Value = int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that can be set. Bounds are inclusive. Names are those of scikit-learn where it has one."""

    name: str
    kind: Literal["whole", "number"]
    default: Value
    low: Value
    high: Value
    meaning: str

    @property
    def expected(self) -> str:
        what = "a whole number" if self.kind == "whole" else "a number"
        return f"{what} from {self.low:g} to {self.high:g}"

    def check(self, value: object, *, where: str) -> Value:
        """The value as this parameter holds it. Raises ConfigError for another type or a value out of range."""
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        odd = number is not None and self.kind == "whole" and not float(number).is_integer()
        if number is None or odd or not self.low <= number <= self.high:
            raise ConfigError(
                f"{self.name} cannot be {shown(value)}", where=where, expected=self.expected,
                hint=f"{self.name}: {self.meaning}; the default is {self.default:g}",
            )  # fmt: skip
        return int(number) if self.kind == "whole" else float(number)


def resolve(
    known: Sequence[Parameter], given: Mapping[str, object], *, recipe: str, where: str = ""
) -> dict[str, Value]:
    """Every parameter with its value, in the recipe's order. Raises ConfigError for an unknown name or a bad value."""
    where = where or f"recipe {recipe}"
    names = [p.name for p in known]
    for name in given:
        if name not in names:
            raise ConfigError(
                f"{recipe} has no parameter {shown(name)!r}", where=where, expected=", ".join(names),
                hint=near_miss(name, names),
            )  # fmt: skip
    return {p.name: p.check(given.get(p.name, p.default), where=where) for p in known}


MAX_CATEGORIES = Parameter(
    name="max_categories", kind="whole", default=50, low=2, high=250,
    meaning="how many different values of a text column are told apart; the rarest beyond them count as one",
)  # fmt: skip
MIN_FREQUENCY = Parameter(
    name="min_frequency", kind="whole", default=10, low=1, high=1_000_000,
    meaning="a text value in fewer training rows than this counts as rare; all rare values of a column count as one",
)  # fmt: skip
