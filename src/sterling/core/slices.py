"""A slice: some of the rows, named by the values of group columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sterling.core.frozen import dataclass

GroupValue = str | None
"""A group's value as text; None where the value is missing, which is a slice of its own."""


@dataclass(frozen=True, slots=True, order=False)
class Slice:
    """The rows in which each named column has the given value; no columns means everyone."""

    items: tuple[tuple[str, GroupValue], ...] = ()

    @classmethod
    def of(cls, mapping: Mapping[str, GroupValue]) -> Slice:
        return cls(tuple(mapping.items()))

    @property
    def family(self) -> tuple[str, ...]:
        """The columns that define the slice."""
        return tuple(column for column, _ in self.items)

    def as_dict(self) -> dict[str, GroupValue]:
        return dict(self.items)

    def without(self, columns: tuple[str, ...]) -> Slice:
        """The slice by its other columns alone."""
        return Slice(tuple(item for item in self.items if item[0] not in columns)) if columns else self

    def canonical(self) -> dict[str, GroupValue]:
        return self.as_dict()

    def __str__(self) -> str:
        if not self.items:
            return "everyone"
        return " × ".join(f"{c}={'(not recorded)' if v is None else v}" for c, v in self.items)


def group_text(value: object) -> GroupValue:
    """A group's value as the engine writes it: whole numbers without a point, truth in lower case, missing as None."""
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
_FIRST = re.compile(
    rf"(?:(?P<below>under|below|less than|up to|before|<)\s*)?(?P<low>{_NUMBER})(?!\d)", re.ASCII | re.I
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EDGE = r"(?:-?[\d.]+(?:[eE][+-]?\d+)?|\d{4}-\d\d-\d\d)"
_RANGE = re.compile(
    rf"(?:under|before) {_EDGE}|(?P<low>{_EDGE}) (?:and over|and later|to under {_EDGE}|to before {_EDGE})"
)


def group_order(value: GroupValue) -> tuple[int, float, str]:
    """Where a group's value stands among others: what begins with a number by that, other texts, missing last.

    Ranges stand by their lower edges, what lies below a number (`under 25`, `less than 25`) before it.
    """
    if value is None:
        return (2, 0.0, "")
    found = _RANGE.fullmatch(value)
    if found is None:
        first = _FIRST.match(value)
        if first is None:
            return (1, 0.0, value)
        return (0, float("-inf") if first["below"] else float(first["low"]), value)
    low = found["low"]
    try:
        place = float("-inf") if low is None else float(low.replace("-", "") if _DAY.fullmatch(low) else low)
    except ValueError:
        return (1, 0.0, value)
    return (0, place, value)


EVERYONE = Slice()
