"""Reads what `sterling data profile --json` wrote: the statistics of a table, without its rows.

The file may come from anywhere, so every key that is read is checked, and what does not fit is named.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeGuard, get_args

from sterling.core.data.profile import ColumnKind, ColumnProfile, Histogram, Lengths, Profile, Quantile, ValueCount
from sterling.core.errors import InputError, shown, shown_path
from sterling.core.frozen import dataclass

FORMAT, VERSION = "sterling.data", 1
STATISTICS = "DA010"
"""The check whose records are the statistics of columns."""
HEAD = 1 << 16
"""So many bytes of a file tell whether it is one."""
MOST = 2**63 - 1
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character that JSON writes in two: by itself it is no text, and nothing can write it."""
_NAMED = re.compile(rb'"format"\s*:\s*"sterling\.')
_TABLES = (".csv", ".tsv", ".parquet", ".arrow", ".feather", ".ipc")
_COUNTS = ("missing", "distinct", "nan", "infinite", "zeros", "negative")
_NUMBERS = {"mean": "mean", "std": "std", "minimum": "low", "maximum": "high", "weight": "weight",
            "missing_weight": "missing_weight"}  # fmt: skip
_ONCE = {"count", *_COUNTS, *_NUMBERS, "first", "last", "length_low", "length_mean", "length_high"}
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A table's statistics from a file. `left_out`: columns that nobody looked at; `some`: only some were asked for.

    `groups`: columns by whose groups the file holds statistics too, which are not read.
    """

    profile: Profile
    left_out: frozenset[str] = frozenset()
    some: bool = False
    groups: tuple[str, ...] = ()

    def unseen(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the columns that the table may have, though there are no statistics of them."""
        there = {c.name for c in self.profile.columns}
        return tuple(n for n in names if n not in there and (self.some or n in self.left_out))


def is_statistics(data: object) -> bool:
    """Whether this is a file that says of itself that it is such statistics, or is JSON at least and no table."""
    if not isinstance(data, str | os.PathLike):
        return False
    path = Path(os.fsdecode(data))
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError):  # whoever opens it as a table says what is wrong
        return False
    suffix, start = path.suffix.lower(), head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return suffix == ".json" or (start == b"{" and (suffix not in _TABLES or says_what_it_is(head)))


def says_what_it_is(head: bytes) -> bool:
    """Whether the first bytes of a file say that it is JSON which Sterling wrote."""
    return _NAMED.search(head) is not None


def read_statistics(path: Path) -> Statistics:
    """The statistics of everyone in the file. Raises InputError naming the file and the key."""
    return _Reader(shown_path(path)).read(_content(path))


def _content(path: Path) -> object:
    where = shown_path(path)
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_number)
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror}", where=where, hint="check the path and its permissions"
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            "the file is not UTF-8 text", where=where, expected="JSON, as it was written", hint="write it again"
        ) from None
    except json.JSONDecodeError as error:
        ends = error.pos >= len(error.doc.rstrip())
        what = "the JSON ends in the middle" if ends else "this is no JSON"
        raise InputError(
            what, where=f"{where}:{error.lineno}", expected="what sterling data profile TABLE --json FILE wrote",
            hint="write it again",
        ) from None  # fmt: skip
    except (ValueError, RecursionError) as error:
        what = "a number in it is none, or too long" if isinstance(error, ValueError) else "it is nested too deeply"
        raise InputError(
            f"the JSON cannot be read: {what}",
            where=where,
            expected="what sterling data profile TABLE --json FILE wrote",
            hint="write it again",
        ) from None


def _groups(root: Record) -> tuple[str, ...]:
    slices = (record["slice"] for record in root["columns"])
    return tuple(dict.fromkeys(str(column) for where in slices for column in where))


def _no_number(_: str) -> NoReturn:
    raise ValueError


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file; `where` is its name in messages."""

    where: str

    def fail(self, what: str, *, expected: str = "", got: object = None, hint: str = "") -> NoReturn:
        text = "" if got is None else shown(json.dumps(got, ensure_ascii=False, default=str))
        raise InputError(what, where=self.where, expected=expected, got=text, hint=hint)

    def read(self, root: object) -> Statistics:
        if not isinstance(root, dict) or root.get("format") != FORMAT:
            got = root.get("format") if isinstance(root, dict) else None
            self.fail(
                "this JSON holds no statistics of a table", expected=f'"format": "{FORMAT}"', got=got,
                hint="give a table, or what sterling data profile TABLE --json FILE wrote",
            )  # fmt: skip
        version = root.get("version")
        if not _whole(version) or version < 1:
            self.fail("version is no number of a version", expected=str(VERSION), got=version)
        if version > VERSION:
            self.fail(
                f"it was written by a newer Sterling, as version {version}", expected=f"version {VERSION}",
                hint="update this one, or profile the table with it",
            )  # fmt: skip
        columns, tables = self.columns(root), dict[str, None]()
        for at, record in columns:
            tables[self.text(record, "table", at)] = None
        if len(tables) > 1:
            self.fail(
                f"it holds statistics of {len(tables)} tables", got=", ".join(map(shown, tables)),
                hint="profile the table that is meant alone: sterling data profile TABLE --json FILE",
            )  # fmt: skip
        profile = self.profile(next(iter(tables)), columns)
        return Statistics(profile=profile, left_out=self.left_out(root), some=self.some(root), groups=_groups(root))

    def columns(self, root: Record) -> list[tuple[str, Record]]:
        """The records of the statistics of everyone, each with its place."""
        listed, found = root.get("columns"), list[tuple[str, Record]]()
        if not isinstance(listed, list):
            self.fail("columns is no list", expected="a record for each statistic of each column", got=listed)
        for i, record in enumerate(listed):
            if not isinstance(record, dict):
                self.fail(f"columns[{i}] is no object", got=record)
            if not isinstance(record.get("slice"), dict):
                self.fail(f"columns[{i}].slice is no object", expected="{} for everyone", got=record.get("slice"))
            if record["slice"] == {} and record.get("check", STATISTICS) == STATISTICS:
                found.append((f"columns[{i}]", record))
        if not found:
            self.fail(
                "it holds no statistics of columns", expected="columns as the check DA010 writes them",
                hint="ask for them: sterling data profile TABLE --json FILE, without --skip DA010",
            )  # fmt: skip
        return found

    def profile(self, table: str, columns: list[tuple[str, Record]]) -> Profile:
        apart: dict[str, list[tuple[str, Record]]] = {}
        for at, record in columns:
            apart.setdefault(self.text(record, "column", at), []).append((at, record))
        made = tuple(self.column(name, records) for name, records in apart.items())
        other = next((c for c in made if c.n != made[0].n), None)
        if other is not None:
            self.fail(
                f"columns: {shown(other.name)} has {other.n:,} rows, and {shown(made[0].name)} has {made[0].n:,}",
                expected="as many in every column",
            )  # fmt: skip
        return Profile(table=table, rows=made[0].n, columns=made)

    def column(self, name: str, records: list[tuple[str, Record]]) -> ColumnProfile:
        at, first = records[0]
        kind = self.text(first, "kind", at)
        if kind not in get_args(ColumnKind):
            self.fail(f"{at}.kind is of no column", expected=", ".join(get_args(ColumnKind)), got=kind)
        once: dict[str, tuple[str, Record]] = {}
        many: dict[str, list[tuple[str, Record]]] = {}
        for place, record in records:
            statistic = self.text(record, "statistic", place)
            if statistic in _ONCE and once.setdefault(statistic, (place, record))[1] is not record:
                self.fail(f"{place}: the {shown(statistic)} of {shown(name)} is there twice")
            many.setdefault(statistic, []).append((place, record))
        for wanted in ("count", *_COUNTS):
            if wanted not in once:
                self.fail(f"columns: there is no {wanted} of {shown(name)}", expected="a record of this statistic")
        known = (s for s in _NUMBERS if s in once and once[s][1].get("value") is not None)
        numbers = {s: self.number(once[s][1], "value", once[s][0]) for s in known}
        texts = {s: self.text(once[s][1], "text", once[s][0]) for s in ("first", "last") if s in once}
        column = ColumnProfile(
            name=name, type=self.text(first, "type", at), kind=kind,  # type: ignore[arg-type]
            role=self.text(first, "role", at), n=self.count(once["count"][1], "value", once["count"][0]),
            **{s: self.count(once[s][1], "value", once[s][0]) for s in _COUNTS},  # type: ignore[arg-type]
            distinct_error=self.share(once["distinct"][1], "error", once["distinct"][0]),
            **{_NUMBERS[s]: x for s, x in numbers.items()}, **texts,  # type: ignore[arg-type]
            quantiles=tuple(self.quantile(r, p) for p, r in many.get("quantile", ())),
            histograms=self.histograms(many), top=tuple(self.top(r, p) for p, r in many.get("top", ())),
            lengths=self.lengths(once),
        )  # fmt: skip
        return self.fitting(column, at)

    def fitting(self, column: ColumnProfile, at: str) -> ColumnProfile:
        """The column, when its counts can be those of a table."""
        present = column.n - column.missing
        parts = {
            "missing, NaN and infinite values": column.missing + column.nan + column.infinite,
            "zeros": column.zeros, "negative values": column.negative,
            "rows of its commonest values": column.missing + sum(t.rows or 0 for t in column.top),
        }  # fmt: skip
        more = next((what for what, n in parts.items() if n > column.n), "")
        if not more and column.distinct > present and not column.distinct_error:
            more = "different values"
        if more:
            self.fail(f"{at}: {shown(column.name)} has more {more} than rows", got=f"{column.n:,} rows")
        return column

    def quantile(self, record: Record, at: str) -> Quantile:
        value = None if record.get("value") is None else self.number(record, "value", at)
        return Quantile(p=self.share(record, "at", at), value=value, error=self.share(record, "error", at))

    def histograms(self, many: Mapping[str, list[tuple[str, Record]]]) -> tuple[Histogram, ...]:
        return tuple(
            self.histogram(kind, many[f"{kind}_histogram"])
            for kind in ("uniform", "quantile") if f"{kind}_histogram" in many
        )  # fmt: skip

    def histogram(self, kind: Any, bins: list[tuple[str, Record]]) -> Histogram:
        edges = [self.number(bins[0][1], "from", bins[0][0])]
        for at, record in bins:
            if self.number(record, "from", at) != edges[-1] or self.number(record, "to", at) <= edges[-1]:
                self.fail(f"{at}: the bins of {shown(str(record.get('column')))} do not follow one another")
            edges.append(self.number(record, "to", at))
        return Histogram(kind=kind, edges=tuple(edges), counts=tuple(self.number(r, "value", at) for at, r in bins))

    def top(self, record: Record, at: str) -> ValueCount:
        rows = self.count(record, "value", at)
        error = 0.0 if record.get("error") is None else self.number(record, "error", at)
        weight = rows if record.get("weight") is None else self.number(record, "weight", at)
        return ValueCount(value=self.text(record, "text", at), count=float(weight), error=error, rows=rows)

    def lengths(self, once: Mapping[str, tuple[str, Record]]) -> Lengths | None:
        names = ("length_low", "length_mean", "length_high")
        if not all(n in once for n in names):
            return None
        low, mean, high = (self.number(once[n][1], "value", once[n][0]) for n in names)
        return Lengths(low=low, mean=mean, high=high)

    def text(self, record: Record, key: str, at: str) -> str:
        value = record.get(key)
        if not isinstance(value, str) or _HALF.search(value):
            self.fail(f"{at}.{key} is no text", got=value)
        return value

    def count(self, record: Record, key: str, at: str) -> int:
        value = record.get(key)
        if not _whole(value) or not 0 <= value <= MOST:
            self.fail(f"{at}.{key} is no count", expected=f"a whole number from 0 to {MOST}", got=value)
        return int(value)

    def number(self, record: Record, key: str, at: str) -> float:
        value = record.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            self.fail(f"{at}.{key} is no number", expected="a finite number", got=value)
        return float(value)

    def share(self, record: Record, key: str, at: str) -> float:
        value = self.number(record, key, at)
        if not 0 <= value <= 1:
            self.fail(f"{at}.{key} is no share", expected="a number from 0 to 1", got=value)
        return value

    def left_out(self, root: Record) -> frozenset[str]:
        """Columns that the profile was told to ignore."""
        subject = root.get("subject", {})
        listed = subject.get("ignored", []) if isinstance(subject, dict) else None
        if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
            self.fail("subject.ignored is no list of columns", got=subject if listed is None else listed)
        return frozenset(listed)

    def some(self, root: Record) -> bool:
        """Whether statistics were asked of some columns only."""
        plan = root.get("plan")
        asks = plan.get("asks") if isinstance(plan, dict) else None
        about = [a.get("parameters") for a in asks if isinstance(a, dict) and a.get("check") == STATISTICS] \
            if isinstance(asks, list) else []  # fmt: skip
        return any(isinstance(p, dict) and p.get("columns") is not None for p in about)


def _whole(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
