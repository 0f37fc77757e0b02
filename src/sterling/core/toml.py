"""TOML that people write by hand: read with the line of everything, so that every complaint names its place."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from sterling.core.errors import ConfigError, near_miss, shown, shown_path
from sterling.core.frozen import dataclass
from sterling.core.toml_lines import Where, places

MAX_BYTES = 1_000_000
"""Longest file that is read: a page of settings, never data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed TOML file that knows the line of each table and key. `origin` is its name in messages."""

    text: str
    origin: str
    values: Mapping[str, Any]
    lines: Mapping[Where, int] = field(repr=False)

    @classmethod
    def parse(cls, text: str, *, origin: str) -> Document:
        """Read TOML. Raises ConfigError with the line of what cannot be read."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _unreadable(error, origin) from None
        except (ValueError, RecursionError):
            raise ConfigError(
                "the TOML cannot be read: a number is too long, or brackets stand too deep",
                where=origin,
                hint="was the file made by a program that failed? Write it by hand, or make it again",
            ) from None
        return cls(text=text, origin=origin, values=values, lines=dict(places(text)))

    @classmethod
    def load(cls, path: Path, *, what: str, hint: str) -> Document:
        """Read a file. `what` names it in messages ("the policy"). Raises ConfigError."""
        origin = shown_path(path)
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "this is not a path"
            raise ConfigError(f"cannot read {what}: {why}", where=origin, hint=hint) from error
        if len(raw) > MAX_BYTES:
            raise ConfigError(f"{what} is too long", where=origin, expected=f"at most {MAX_BYTES:,} bytes",
                              hint="is it the file that was meant?")  # fmt: skip
        try:
            return cls.parse(raw.decode("utf-8-sig"), origin=origin)
        except UnicodeDecodeError:
            raise ConfigError(f"{what} is not UTF-8 text", where=origin, hint="save it as UTF-8") from None

    @property
    def root(self) -> Table:
        return Table(document=self, where=(), values=self.values, name="the file")

    def line(self, *where: str | int) -> int:
        """The line of a place, or of the nearest place around it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return 1

    def fail(self, what: str, line: int, **more: str) -> ConfigError:
        """A complaint about a line: raise it."""
        return ConfigError(what, where=f"{self.origin}:{line}", **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a document, and typed ways to read its keys. `name` is what messages call it: `[split]`."""

    document: Document
    where: Where
    values: Mapping[str, Any]
    name: str

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def line(self, key: str | None = None) -> int:
        return self.document.line(*self.where, *(() if key is None else (key,)))

    def origin(self, key: str | None = None) -> str:
        """`file:line` of the table or of a key in it."""
        return f"{self.document.origin}:{self.line(key)}"

    def fail(self, what: str, key: str | None = None, **more: str) -> ConfigError:
        """A complaint about the table or a key of it: raise it."""
        return self.document.fail(what, self.line(key), **more)

    def wrong(self, key: str, expected: str, hint: str = "") -> ConfigError:
        """The value of a key is of another kind than expected."""
        got = _kind(self.values[key])
        return self.fail(f"{self.name}: {shown(key)} is {got}", key, expected=expected, hint=hint)

    def only(self, known: Iterable[str]) -> None:
        """Raises ConfigError, with the nearest name, for a key that means nothing here."""
        names = list(known)
        for key in self.values:
            if key not in names:
                raise self.fail(f"{self.name} has no key {shown(key)!r}", key, hint=near_miss(key, names))

    def text(self, key: str) -> str:
        if not isinstance(self.values[key], str):
            raise self.wrong(key, 'text in "double quotes"')
        return str(self.values[key])

    def words(self, key: str) -> str:
        """A text that says something."""
        if isinstance(self.values[key], str) and not self.values[key].strip():
            raise self.fail(f"{self.name}: {shown(key)} is empty", key, expected='text in "double quotes"')
        return self.text(key)

    def scalar(self, key: str) -> str:
        """A value of the data, written as text, number or truth, in the form that roles hold it: text."""
        value = self.values[key]
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str | int | float) or not (isinstance(value, str) or _finite(value)):
            raise self.wrong(key, 'one value, such as 1 or "approved"')
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of different texts; one text stands for a list of one."""
        value = self.values[key]
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(v, str) and v for v in items):
            raise self.wrong(key, 'a list of texts, such as ["race", "sex"]')
        twice = next((v for i, v in enumerate(items) if v in items[:i]), None)
        if twice is not None:
            raise self.fail(f"{self.name}: {shown(key)} lists {shown(twice)!r} twice", key)
        return tuple(items)

    def lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts."""
        value = self.values[key]
        if not isinstance(value, list) or not all(isinstance(v, list) for v in value):
            raise self.wrong(key, 'a list of lists, such as [["term"], ["gift", "cosigner"]]')
        return tuple(self._with(key, v).texts(key) for v in value)

    def json(self, key: str) -> dict[str, Any]:
        """A table of plain values: texts, numbers, truths, and lists and tables of them."""
        value = self.values[key]
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        if not _plain(value):
            raise self.fail(f"{self.name}: {shown(key)} holds a date, a time or no finite number", key)
        return value

    def number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise self.wrong(key, "a number" + _range(low, high))
        if not low <= value <= high:
            raise self.fail(
                f"{self.name}: {shown(key)} is {shown(value)}", key, expected="a number" + _range(low, high)
            )
        return float(value)

    def numbers(self, key: str, low: float = -math.inf, high: float = math.inf) -> tuple[float, ...]:
        """A list of numbers; one number stands for a list of one."""
        value = self.values[key]
        items = value if isinstance(value, list) else [value]
        return tuple(self._with(key, item).number(key, low, high) for item in items)

    def whole(self, key: str, low: int | None = None, high: int | None = None) -> int:
        value = self.values[key]
        ends = _range(-math.inf if low is None else low, math.inf if high is None else high)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, "a whole number" + ends)
        if (low is not None and value < low) or (high is not None and value > high):
            raise self.fail(f"{self.name}: {shown(key)} is {shown(value)}", key, expected="a whole number" + ends)
        return value

    def flag(self, key: str) -> bool:
        if not isinstance(self.values[key], bool):
            raise self.wrong(key, "true or false")
        return bool(self.values[key])

    def choice(self, key: str, choices: Iterable[str]) -> str:
        value, names = self.text(key), list(choices)
        if value not in names:
            raise self.fail(
                f"{self.name}: {shown(key)} is {shown(value)!r}", key, expected="one of " + ", ".join(names),
                hint=_close(value, names),
            )  # fmt: skip
        return value

    def date(self, key: str) -> dt.date:
        value = self.values[key]
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise self.wrong(key, "a date without quotes, such as 2027-03-31")
        return value

    def _with(self, key: str, value: object) -> Table:
        """One item of a list, read as if it stood alone."""
        return Table(document=self.document, where=self.where, values={key: value}, name=self.name)

    def table(self, key: str) -> Table:
        """The table under a key; an empty one when there is none."""
        values = self.values.get(key, {})
        written = ".".join([*(str(p) for p in self.where if isinstance(p, str)), key])
        if not isinstance(values, dict):
            raise self.fail(f"{shown(key)} is a table", key, hint=f"write [{shown(written)}]")
        return Table(document=self.document, where=(*self.where, key), values=values, name=f"[{shown(written)}]")

    def entries(self, key: str, plural: str, one: str) -> tuple[Table, ...]:
        """The tables of a list: every `[[key]]`. `plural` and `one` are their words in messages."""
        values = self.values.get(key, [])
        if not isinstance(values, list):
            raise self.fail(f"{plural} are a list of tables", key, hint=f"write [[{key}]], twice bracketed")
        places = [(*self.where, key, i) for i in range(len(values))]
        for place, value in zip(places, values, strict=True):
            if not isinstance(value, dict):
                raise self.document.fail(f"{one} is a table", self.document.line(*place))
        return tuple(
            Table(document=self.document, where=place, values=value, name=one)
            for place, value in zip(places, values, strict=True)
        )


def _close(value: str, names: list[str]) -> str:
    hint = near_miss(value, names)
    return hint if hint.startswith("did you mean") else ""


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_plain(v) for v in value.values())
    if isinstance(value, list):
        return all(_plain(v) for v in value)
    return isinstance(value, str | bool) or (isinstance(value, int | float) and _finite(value))


def _range(low: float, high: float) -> str:
    if low == -math.inf and high == math.inf:
        return ""
    if high == math.inf:
        return f", at least {low:g}"
    return f" up to {high:g}" if low == -math.inf else f" from {low:g} to {high:g}"


def _kind(value: object) -> str:
    if value == "":
        return "empty"
    kinds: list[tuple[Any, str]] = [
        (str, "text"), (bool, "true or false"), (int, "a whole number"), (float, "a number"), (list, "a list"),
        (dict, "a table"), (dt.date | dt.time, "a date or time"),
    ]  # fmt: skip
    return next((words for kind, words in kinds if isinstance(value, kind)), "something else")


def _unreadable(error: tomllib.TOMLDecodeError, origin: str) -> ConfigError:
    """tomllib's complaint with its line beside the file's name."""
    place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
    where = f"{origin}:{place[1]}" if place else origin
    what = str(error)[: place.start()] if place else str(error)
    return ConfigError(
        f"the TOML cannot be read: {shown(what)}", where=where,
        hint='give a TOML file: text stands in "double quotes", and a table begins with its [name]',
    )  # fmt: skip
