"""Slices with a condition: the rows that meet it, under a name of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.grouping import made_from
from sterling.core.predicate import Predicate, columns_of, parse_predicate

YES, NO = "yes", "no"
"""The values of a named slice: the condition holds for a row, or it does not."""
KEYS = ("where", "description", "cross")
LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSlice:
    """Rows that meet a condition, under a name. `cross`: it is crossed with other group columns too."""

    name: str
    where: str
    description: str = ""
    cross: bool = False

    def __post_init__(self) -> None:
        name = self.name
        if not name.strip() or set("=,") & set(name) or not name.isprintable() or len(name) > LONGEST:
            raise ConfigError(
                f"the name of the slice is {shown(name)!r}", hint="the condition stands in where",
                expected=f"1 to {LONGEST} characters, without = and commas",
            )  # fmt: skip
        parse_predicate(self.where)

    @property
    def condition(self) -> Predicate:
        return parse_predicate(self.where)


def columns_behind(groups: Iterable[str], slices: Iterable[NamedSlice] = ()) -> tuple[str, ...]:
    """The columns of the table from which groups are made, once each: a column is made from itself."""
    conditions = {s.name: columns_of(s.condition) for s in slices}
    read = (column for group in groups for column in conditions.get(group, (group,)))
    made = ((made_from(column), column) for column in read)
    return tuple(dict.fromkeys(column if grouping is None else grouping.column for grouping, column in made))


def named_slices(
    given: Mapping[str, str | Mapping[str, object]] | Iterable[NamedSlice] | None,
) -> tuple[NamedSlice, ...]:
    """Slices by name: a condition, or a mapping with `where`, `description` and `cross`. Raises ConfigError."""
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        return tuple(given)
    return tuple(_named(str(name), value) for name, value in given.items())


def _named(name: str, value: object) -> NamedSlice:
    keys = {"where": value} if isinstance(value, str) else value
    if not isinstance(keys, Mapping) or not isinstance(keys.get("where"), str):
        raise ConfigError(
            f"the slice {shown(name)!r} has no condition", expected="{'young women': \"sex = 'female' and age < 30\"}"
        )
    stray = next((str(k) for k in keys if k not in KEYS), None)
    if stray is not None:
        raise ConfigError(
            f"the slice {shown(name)!r} has no key {shown(stray)!r}",
            hint=near_miss(stray, KEYS),
        )
    return NamedSlice(
        name=name, where=str(keys["where"]), description=str(keys.get("description", "")),
        cross=bool(keys.get("cross", False)),
    )  # fmt: skip


def slice_option(text: str) -> NamedSlice:
    """`young women: sex = 'female' and age < 30`, as typed on a command line. Raises ConfigError."""
    name, colon, where = text.partition(":")
    if not colon or not name.strip() or not where.strip():
        raise ConfigError(
            f"cannot read the slice {shown(text)!r}", where="--slice", expected="NAME: CONDITION",
            hint="--slice \"young women: sex = 'female' and age < 30\"",
        )  # fmt: skip
    return NamedSlice(name=name.strip(), where=where.strip())
