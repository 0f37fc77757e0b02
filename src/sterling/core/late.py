"""Limits that were set, or loosened, after results had been seen: whoever chose them knew what they would say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from sterling.core.frozen import dataclass
from sterling.core.policy import UPPER, Limit
from sterling.core.registry import canonical

Question: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """`loosened_from`: the strictest bound under which results were seen; None for a limit that was not there then.

    `tables`: the digests of the tables whose results had been seen before there was such a limit.
    """

    loosened_from: float | None = None
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Results that were shown: of which table (its digest), and under which limits."""

    table: str
    limits: tuple[Limit, ...]


def question(limit: Limit, model: str | None) -> Question:
    """What a limit asks, without its bound: moving the bound leaves the same question."""
    metric = limit.metric.canonical() if limit.metric is not None else ""
    parts = (limit.statement, metric, limit.ask, model, limit.groups, _text(limit.slice), _text(limit.baseline))
    of_columns = (f"columns {', '.join(limit.columns)}",) if limit.columns else ()
    return ("limit", *(str(canonical(p)) for p in parts), f"{limit.threshold}", *of_columns)


def _text(value: object) -> object:
    return None if value is None else str(value)


def late_limits(limits: Iterable[Limit], seen: Sequence[Seen]) -> dict[Question, Late]:
    """Which limits came late, and how, when these results had been shown before, oldest first.

    A limit that was stricter while any of them were shown is loosened. One that is not older than some of them is set
    late, for the tables that those were about: of another table nobody had seen anything. Tightening is not late.
    """
    before = [{question(limit, limit.model): limit.bound for limit in s.limits} for s in seen]
    found: dict[Question, Late] = {}
    for limit in limits:
        key, upper = question(limit, limit.model), limit.statement in UPPER
        bounds = [b[key] for b in before if key in b]
        strictest = (min if upper else max)(bounds, default=limit.bound)
        if (strictest < limit.bound) if upper else (strictest > limit.bound):
            found[key] = Late(loosened_from=strictest)
            continue
        since = next((i for i, b in enumerate(before) if key in b), len(before))
        if since:
            found[key] = Late(tables=tuple(sorted({s.table for s in seen[:since]})))
    return found


def late_on(late: Mapping[Question, Late], table: str) -> dict[Question, Late]:
    """Those of the limits that came late for what is found in this table."""
    return {k: v for k, v in late.items() if v.loosened_from is not None or table in v.tables}
