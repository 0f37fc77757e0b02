"""Limits: what a policy asks of the findings. Reading and checking only; `judge` applies them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.evidence import Kind
from sterling.core.metrics import Metric, resolve_metric
from sterling.core.slices import GroupValue, Slice, group_text

Statement = Literal["max_gap", "min_ratio", "min", "max"]
STATEMENTS: dict[Statement, Kind] = {"max_gap": "gap", "min_ratio": "ratio", "min": "lowest", "max": "highest"}
_LIMIT_KEYS = {*STATEMENTS, "metric", "ask", "groups", "slice", "threshold", "baseline", "model", "name"}
_READ = {"project", "ask", "limit"}
"""Tables that mean something to an evaluation; the others belong to a project file and are named as unread."""

_TABLES = {"project", "data", "model", "train", "split", "plan", "ask", "limit", "review", "policy", "scope", "waiver"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One bound on one kind of finding, and where it was written."""

    statement: Statement
    bound: float
    metric: Metric | None = None
    ask: str | None = None
    groups: tuple[str, ...] | None = None
    slice: Slice | None = None
    threshold: float | None = None
    baseline: Slice | None = None
    model: str | None = None
    origin: str = ""

    @property
    def kind(self) -> Kind:
        return STATEMENTS[self.statement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits, and the words in which a project speaks of its people. An empty policy judges nothing."""

    limits: tuple[Limit, ...] = ()
    asks: tuple[Mapping[str, object], ...] = ()
    project: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    unread: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Read the `[[limit]]` tables of a TOML file. Raises ConfigError naming file, line and key."""
        file = Path(path)
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"cannot read the policy: {error.strerror}", where=shown(str(path)), hint="check --policy"
            ) from error
        try:
            text = raw.decode("utf-8")
            table = tomllib.loads(text)
        except UnicodeDecodeError:
            raise ConfigError("the policy is not UTF-8 text", where=shown(str(path)), hint="save it as UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            raise _unreadable(error, shown(str(path))) from None
        return _Reader(text, shown(str(path))).policy(table)

    @classmethod
    def parse(cls, text: str, *, origin: str = "policy") -> Policy:
        """Read a policy from text. Raises ConfigError as `load` does."""
        try:
            return _Reader(text, origin).policy(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise _unreadable(error, origin) from None


def _unreadable(error: tomllib.TOMLDecodeError, origin: str) -> ConfigError:
    """tomllib's complaint with its line beside the file's name."""
    place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
    where = f"{origin}:{place[1]}" if place else origin
    what = str(error)[: place.start()] if place else str(error)
    return ConfigError(
        f"the TOML cannot be read: {what}", where=where,
        hint='text stands in "double quotes", and a limit begins with [[limit]]',
    )  # fmt: skip


class _Reader:
    """Turns parsed TOML into a Policy, with the line of every complaint."""

    def __init__(self, text: str, origin: str) -> None:
        self.text, self.origin = text, origin
        self.limit_lines = [
            i + 1 for i, line in enumerate(text.splitlines()) if re.match(r"\s*\[\[\s*limit\s*\]\]", line)
        ]

    def line_of(self, key: str, start: int = 0) -> int:
        lines = self.text.splitlines()
        pattern = re.compile(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*(=|\])")
        return next((i + 1 for i in range(start, len(lines)) if pattern.match(lines[i])), start or 1)

    def fail(self, what: str, line: int, **more: str) -> ConfigError:
        return ConfigError(what, where=f"{self.origin}:{line}", **more)

    def policy(self, table: dict[str, Any]) -> Policy:
        for key in table:
            if key not in _TABLES:
                raise self.fail(f"unknown table [{shown(key)}]", self.line_of(key), hint=near_miss(key, _TABLES))
        unread = tuple(sorted(set(table) - _READ))
        limits = table.get("limit", [])
        if not isinstance(limits, list):
            raise self.fail(
                "limits are a list of tables", self.line_of("limit"), hint="write [[limit]], twice bracketed"
            )
        asks = table.get("ask", [])
        if not isinstance(asks, list) or not all(isinstance(a, dict) for a in asks):
            raise self.fail("asks are a list of tables", self.line_of("ask"), hint="write [[ask]], twice bracketed")
        names = {str(a.get("name")) for a in asks}
        project = table.get("project", {})
        if not isinstance(project, dict):
            raise self.fail("project is a table", self.line_of("project"), hint="write [project]")
        for a in asks:
            if "check" not in a:
                raise self.fail("an ask names no check", self.line_of("ask"), hint='check = "FA001"')
        return Policy(
            limits=tuple(self.limit(item, i, names) for i, item in enumerate(limits)),
            asks=tuple(asks),
            project={k: v for k, v in project.items() if isinstance(v, str)},
            unread=unread,
            origin=self.origin,
        )

    def limit(self, item: object, index: int, asks: set[str]) -> Limit:
        start = self.limit_lines[index] if index < len(self.limit_lines) else 1
        if not isinstance(item, dict):
            raise self.fail("a limit is a table", start)
        for key in item:
            if key not in _LIMIT_KEYS:
                raise self.fail(
                    f"a limit has no key {shown(key)!r}", self.line_of(key, start), hint=near_miss(key, _LIMIT_KEYS)
                )
        found: list[Statement] = [s for s in STATEMENTS if s in item]
        if len(found) != 1:
            raise self.fail(
                "a limit makes one statement", start, expected="one of max_gap, min_ratio, min, max",
                got=", ".join(found) or "none",
            )  # fmt: skip
        statement = found[0]
        if ("metric" in item) == ("ask" in item):
            raise self.fail("a limit names a metric or an ask", start, hint='metric = "selection_rate"')
        ask = item.get("ask")
        for key in ("groups", "slice", "threshold", "baseline"):
            if ask is not None and key in item:
                raise self.fail(
                    f"a limit on an ask has its own {key}", self.line_of(key, start),
                    hint=f"write {key} in the [[ask]] table: the limit only bounds what was asked",
                )  # fmt: skip
        if ask is not None and str(ask) not in asks:
            raise self.fail(
                f"no ask is named {shown(ask)!r}", self.line_of("ask", start),
                hint=near_miss(str(ask), asks) or "add an [[ask]] with this name, or give the limit a metric",
            )  # fmt: skip
        limit = Limit(
            statement=statement,
            bound=self.number(item[statement], statement, start),
            metric=self.metric(item.get("metric"), start),
            ask=None if ask is None else str(ask),
            groups=self.words(item.get("groups"), "groups", start),
            slice=self.slice(item.get("slice"), "slice", start),
            threshold=None if "threshold" not in item else self.number(item["threshold"], "threshold", start),
            baseline=self.slice(item.get("baseline"), "baseline", start),
            model=None if "model" not in item else str(item["model"]),
            origin=f"{self.origin}:{self.line_of(statement, start)}",
        )
        self.reachable(limit, start)
        return limit

    def reachable(self, limit: Limit, start: int) -> None:
        """A limit that no value could break, or none could meet, is a slip: 5 where 0.05 was meant."""
        if limit.metric is None or limit.metric.info.high is None or limit.statement == "min_ratio":
            return
        info = limit.metric.info
        low, high = info.low or 0.0, info.high or 0.0
        bottom, top = (0.0, high - low) if limit.statement == "max_gap" else (low, high)
        if not bottom <= limit.bound <= top:
            raise self.fail(
                f"{limit.statement} is {limit.bound:g}, which {info.name} cannot reach",
                self.line_of(limit.statement, start),
                expected=f"a number from {bottom:g} to {top:g}",
                hint="shares are written as shares: 0.05 is five points",
            )

    def metric(self, value: object, start: int) -> Metric | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.fail("metric is not a text", self.line_of("metric", start))
        try:
            return resolve_metric(value)
        except ConfigError as error:
            raise self.fail(
                error.what, self.line_of("metric", start), expected=error.expected, hint=error.hint
            ) from None

    def number(self, value: object, key: str, start: int) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.fail(f"{key} is not a number", self.line_of(key, start), expected="a number such as 0.05")
        if (key == "max_gap" and value < 0) or (key == "min_ratio" and not 0 <= value <= 1):
            raise self.fail(f"{key} is {value}", self.line_of(key, start), expected="a share, such as 0.05 or 0.8")
        return float(value)

    def words(self, value: object, key: str, start: int) -> tuple[str, ...] | None:
        if value is None:
            return None
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items or not all(isinstance(v, str) for v in items):
            raise self.fail(f"{key} is not a list of columns", self.line_of(key, start), expected='["race", "sex"]')
        return tuple(items)

    def slice(self, value: object, key: str, start: int) -> Slice | None:
        if value is None:
            return None
        if isinstance(value, str) and "=" in value:
            return parse_slice(value)
        if isinstance(value, dict) and value and all(isinstance(v, str | int | float | bool) for v in value.values()):
            return Slice.of({str(k): group_text(v) for k, v in value.items()})
        raise self.fail(f"{key} is not a slice", self.line_of(key, start), expected='{ race = "white" }')


def parse_slice(text: str) -> Slice:
    """`race=white` or `race=white,sex=female`; a comma that no `column=` follows belongs to the value.

    Raises ConfigError when there is no `=`.
    """
    items: list[tuple[str, GroupValue]] = []
    for part in re.split(r",(?=[^,=]*=)", text):
        column, equals, value = part.partition("=")
        if not equals or not column.strip():
            raise ConfigError(f"cannot read the slice {shown(text)!r}", expected="column=value, for example race=white")
        items.append((column.strip(), value.strip()))
    return Slice(tuple(items))
