"""A reference population: shares that somebody wrote down, or a table of people that a file holds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.grouping import group_name, split_groups
from sterling.core.slices import group_text

EXPECTED = "sex: female=0.51, male=0.49, or the file of a reference table"
SLACK = 0.01
"""Shares are rounded when they are written down: so far from 1 their sum may be. They are then scaled to 1."""
_BLOCK = re.compile(r"((?:\"[^\"]*\"|'[^']*'|`[^`]*`|[^;\"'`])+)(?:;|$)")
_HEAD = re.compile(r"\s*((?:\"[^\"]*\"|`[^`]*`|[^:\"`])+):(.*)", re.DOTALL)
_ITEM = re.compile(r"((?:\"[^\"]*\"|'[^']*'|[^,\"'])+)(?:,|$)")
_AND = re.compile(r"\s+[&×]\s+")
_COLON_FORGOTTEN = re.compile(r"[^:;=/\\]+=\s*[\d.]+\s*(,[^:;=]+=\s*[\d.]+\s*)*")
_LOOKS_WRITTEN = re.compile(r"[^:;=]+:[^;]*=\s*[\d.]+")


class GroupOf(NamedTuple):
    """One group of the reference: a value for each column, and its share of the population."""

    values: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The shares of one group column, or of a cross of several. They add up to about 1."""

    columns: tuple[str, ...]
    groups: tuple[GroupOf, ...]

    def canonical(self) -> dict[str, object]:
        out: dict[str, object] = {}
        for values, share in self.groups:
            held = out
            for value in values[:-1]:
                held = held.setdefault(value, {})  # type: ignore[assignment]
            held[values[-1]] = share
        return out

    def scaled(self) -> tuple[GroupOf, ...]:
        """The groups with shares that add up to 1."""
        total = math.fsum(g.share for g in self.groups)
        return tuple(GroupOf(g.values, g.share / total) for g in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Whom the table is held against: shares (`written`), or the name of a file of people or counts (`table`)."""

    written: tuple[Written, ...] = ()
    table: str | None = None

    def canonical(self) -> object:
        """What `from_parameter` reads back."""
        if self.table is not None:
            return self.table
        return {", ".join(map(_quoted, w.columns)): w.canonical() for w in self.written}

    @classmethod
    def from_parameter(cls, value: object, *, where: str = "reference") -> Reference:
        """Read shares as a mapping or a text, or the name of a file.

        A mapping: `{"sex": {"female": 0.51, "male": 0.49}}`; a cross names several columns and nests their values:
        `{"sex, race": {"female": {"a": 0.2, "b": 0.3}, "male": {"a": 0.1, "b": 0.4}}}`. A text: `sex: female=0.51,
        male=0.49; sex, race: female & a=0.2, …`. Raises ConfigError naming what cannot be read.
        """
        if isinstance(value, Mapping):
            return cls(written=tuple(_of_mapping(str(k), v, where) for k, v in value.items()) or _nothing(where))
        if not isinstance(value, str) or not value.strip():
            raise ConfigError("the reference is neither shares nor a file", where=where, expected=EXPECTED)
        if _LOOKS_WRITTEN.match(value) is None:
            if _COLON_FORGOTTEN.fullmatch(value) is not None:
                raise ConfigError(
                    f"cannot read {shown(value.strip())!r} as shares: no column is named", where=where,
                    expected=EXPECTED, hint="put a colon between the column and its shares",
                )  # fmt: skip
            return cls(table=value)
        blocks = [b for b in _BLOCK.findall(value) if b.strip()]
        return cls(written=tuple(_of_text(b, where) for b in blocks) or _nothing(where))


def _nothing(where: str) -> tuple[Written, ...]:
    raise ConfigError("the reference names no group column", where=where, expected=EXPECTED)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in ',"') and "(" not in name else name


def _columns(text: str, where: str) -> tuple[str, ...]:
    try:
        return tuple(group_name(name) for name in split_groups(text))
    except ConfigError as error:
        raise ConfigError(error.what, where=where, expected=error.expected or EXPECTED, hint=error.hint) from None


def _of_mapping(key: str, value: object, where: str) -> Written:
    columns = _columns(key, where)
    return _checked(Written(columns=columns, groups=tuple(_nested(value, len(columns), key, where))), where)


def _nested(value: object, depth: int, key: str, where: str) -> Iterator[GroupOf]:
    if not isinstance(value, Mapping) or not value:
        raise ConfigError(
            f"the reference of {shown(key)!r} is no list of shares", where=where,
            expected="a share for each value" + (", nested by column" if depth > 1 else ""), hint=EXPECTED,
        )  # fmt: skip
    for name, inner in value.items():
        text = group_text(name)
        if text is None:
            raise ConfigError(f"the reference of {shown(key)!r} names a missing value", where=where,
                              hint="leave it out: shares are of those whose group is known")  # fmt: skip
        if depth > 1:
            yield from (GroupOf((text, *g.values), g.share) for g in _nested(inner, depth - 1, key, where))
        else:
            yield GroupOf((text,), _share(inner, key, where))


def _share(value: object, key: str, where: str) -> float:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not (math.isfinite(number) and number >= 0):
        raise ConfigError(
            f"a share in the reference of {shown(key)!r} is no number of at least 0", where=where,
            expected="shares such as 0.51", got=shown(str(value)), hint="write 0.51 for 51 percent, or counts",
        )  # fmt: skip
    return number


def _of_text(block: str, where: str) -> Written:
    head = _HEAD.fullmatch(block)
    if head is None:
        raise ConfigError("the reference names no column", where=where, expected=EXPECTED, got=shown(block.strip()))
    columns = _columns(head[1].strip(), where)
    groups = [_of_item(item, columns, where) for item in _ITEM.findall(head[2]) if item.strip()]
    return _checked(Written(columns=columns, groups=tuple(groups)), where)


def _of_item(item: str, columns: tuple[str, ...], where: str) -> GroupOf:
    name, equals, number = item.rpartition("=")
    values = tuple(_bare(v) for v in (_AND.split(name.strip()) if len(columns) > 1 else [name]))
    if not equals or len(values) != len(columns) or not all(values):
        raise ConfigError(
            f"cannot read {shown(item.strip())!r} in the reference", where=where,
            expected="female & a=0.2, a value for each column" if len(columns) > 1 else "female=0.51",
            hint="put values with commas or signs in quotes",
        )  # fmt: skip
    try:
        share: object = float(number)
    except ValueError:
        share = number.strip()
    return GroupOf(values, _share(share, ", ".join(columns), where))


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _checked(written: Written, where: str) -> Written:
    names = [g.values for g in written.groups]
    label = ", ".join(written.columns)
    twice = next((n for i, n in enumerate(names) if n in names[:i]), None)
    if twice is not None:
        raise ConfigError(f"the reference of {shown(label)!r} names {shown(' × '.join(twice))!r} twice", where=where,
                          hint="give each group one share: their sum, if both are meant")  # fmt: skip
    if len(set(written.columns)) != len(written.columns):
        raise ConfigError(f"the reference of {shown(label)!r} names a column twice", where=where,
                          hint="name each column once: sex, race: female & a=0.2, …")  # fmt: skip
    total = math.fsum(g.share for g in written.groups)
    if len(names) == 1:
        raise ConfigError(
            f"the reference of {shown(label)!r} names one group only", where=where,
            expected="shares of two or more groups that add up to 1", hint="name what is left as a group of its own",
        )  # fmt: skip
    if not abs(total - 1) <= SLACK:
        percent = 99 <= total <= 101
        raise ConfigError(
            f"the shares of {shown(label)!r} add up to {total:g}", where=where,
            expected="shares of two or more groups that add up to 1",
            hint="write shares, not percent: 0.51" if percent else "name every group, with what is left as its own",
        )  # fmt: skip
    return written
