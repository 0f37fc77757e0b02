"""Groups that are known by probabilities: for every person and each value of the group, a column with the chance."""

from __future__ import annotations

from collections.abc import Mapping

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass

INFERRED = "inferred "
"""Begins the name of every group that was inferred, wherever it is named: a limit says `groups = ["inferred race"]`."""
_EXAMPLE = "race=white:p_white,black:p_black"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A group, its values, and the column with the chance of each."""

    group: str
    chances: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        values = [value for value, _ in self.chances]
        if not self.group or not all(values) or len(set(values)) != len(values) or len(values) < 2:
            raise ConfigError(
                f"the inferred group {shown(self.group)!r} lacks values",
                expected="two values or more, each with its own column of probabilities",
                hint=_EXAMPLE,
            )

    @property
    def family(self) -> str:
        """What the group is called among groups."""
        return INFERRED + self.group

    @property
    def written(self) -> tuple[str, ...]:
        """As a check takes it: `white=p_white`, …"""
        return tuple(f"{value}={column}" for value, column in self.chances)


def is_inferred(family: tuple[str, ...]) -> bool:
    """Whether a family of groups was inferred."""
    return any(column.startswith(INFERRED) for column in family)


def known_by(parameters: Mapping[str, object]) -> tuple[str, str]:
    """What tells who belongs to inferred groups ("chances" or "shares"), and what was assumed beside it ("nothing" or
    "independence"), by the parameters of the question."""
    return "shares" if parameters.get("shares") else "chances", str(parameters.get("assume", "nothing"))


Given = Mapping[str, Mapping[str, str]]


def memberships(given: Given | None) -> tuple[Membership, ...]:
    """From `{"race": {"white": "p_white", "black": "p_black"}}`. Raises ConfigError for fewer than two values."""
    return tuple(
        Membership(group=str(group), chances=tuple((str(v), str(c)) for v, c in columns.items()))
        for group, columns in (given or {}).items()
    )


def membership_option(text: str) -> Membership:
    """From `race=white:p_white,black:p_black`, or `race=white,black` where the columns are named like the values.

    Raises ConfigError when it cannot be read.
    """
    group, found, rest = text.partition("=")
    if not found:
        raise ConfigError(f"cannot read {shown(text)!r}", where="--group-probabilities", hint=_EXAMPLE)
    pairs = [part.strip().partition(":") for part in rest.split(",") if part.strip()]
    return Membership(
        group=group.strip(), chances=tuple((v.strip(), c.strip() if colon else v.strip()) for v, colon, c in pairs)
    )
