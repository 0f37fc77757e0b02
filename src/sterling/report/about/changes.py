"""What changed between tables: a picture for each pair and statistic, and how often joined rows differ."""

from __future__ import annotations

from sterling.core.data.drift import Drift, Drifts, Skew
from sterling.core.document import Block, Cell, Prose, Section
from sterling.core.overview import Dot, Dots, Heard
from sterling.core.roles import Roles
from sterling.report.about.found import Found
from sterling.report.about.numbers import measured
from sterling.report.about.overview import drift_name
from sterling.report.about.said_changes import only_within
from sterling.report.parts import cell, count_cell, grid
from sterling.report.text import capital, count, listed, plain

MOST = 100
"""Columns in a picture, the most changed first; the JSON holds all of them."""
LEAD = (
    "A change is marked where it is beyond what chance gives in all columns that were looked at together. How large it "
    "is says the interval, each for its own column: of many columns some intervals miss, and the largest numbers are "
    "too large on average. Whether a change matters is for people to judge."
)
_MARKS: dict[bool | None, Heard] = {True: "note", False: "plain", None: "undecided"}
_SAID: dict[bool | None, str] = {True: "changed", False: "", None: "too few to say"}


def changes(found: Found, roles: Roles) -> Section | None:
    """Drift and skew of every pair of tables."""
    if not found.drifts:
        return None
    blocks = [block for pair in found.drifts for block in _pair(pair)]
    return Section(id="drift", title=_title(found), lead=LEAD, blocks=tuple(blocks))


def _title(found: Found) -> str:
    columns = list(dict.fromkeys(d.column for pair in found.drifts for d in pair.found if d.drifted))
    within = list(dict.fromkeys(c for pair in found.drifts for c in only_within(pair) if c not in columns))
    some = f"{listed([plain(c) for c in within], most=3)} changed within groups, though not overall"
    if not columns:
        return some if within else "No column is seen to have changed"
    whole = _overall(columns)
    return f"{whole}; {some}" if within else whole


def _overall(columns: list[str]) -> str:
    if len(columns) > 4:
        return f"{count(len(columns))} columns changed between the tables"
    return f"{listed([plain(c) for c in columns], most=4)} changed between the tables"


def _pair(pair: Drifts) -> list[Block]:
    statistics = dict.fromkeys(d.statistic for d in pair.found)
    blocks: list[Block] = [_dots(pair, [d for d in pair.found if d.statistic == s], s) for s in statistics]
    caption = f"Rows joined on {plain(pair.key or '')}: how often a column differs from {plain(pair.other, 60)}"
    blocks += grid(caption, ("Column", "Rows joined", "Differing", "Share"), (_row(s) for s in pair.skew))
    moved = [d for d in pair.by_group if d.drifted][:MOST]
    told = f"Columns that changed within a group against {plain(pair.other, 60)}"
    blocks += grid(told, ("Group", "Column", "Measure", "Value", "Rows"), (_group(d) for d in moved))
    if pair.unmatched is not None:
        here, there = pair.unmatched
        blocks.append(
            Prose(
                text=f"Rows whose key the other table lacks: {count(here)} of {plain(pair.table, 60)}, "
                f"{count(there)} of {plain(pair.other, 60)}."
            )
        )
    return blocks


def _dots(pair: Drifts, held: list[Drift], statistic: str) -> Dots:
    name, other = drift_name(statistic), plain(pair.other, 60)
    ordered = sorted(held, key=lambda d: (not d.drifted, -(d.value or 0.0), d.column))
    drifted = [plain(d.column) for d in ordered if d.drifted]
    who = listed(drifted, most=3) if drifted else "no column"
    return Dots(
        caption=f"{who if drifted else capital(who)} changed against {other}: {name}",
        text=f"The {MOST} largest of {count(len(held))} columns." if len(held) > MOST else "",
        value_name=name,
        scale="value",
        dots=tuple(_dot(d) for d in ordered[:MOST]),
    )


def _dot(drift: Drift) -> Dot:
    return Dot(
        label=plain(drift.column, 80),
        value=drift.value,
        low=drift.low,
        high=drift.high,
        n=drift.n,
        tone=_MARKS[drift.drifted],
        note=plain(drift.note, 160) or _SAID[drift.drifted],
    )


def _group(drift: Drift) -> tuple[Cell, ...]:
    interval = None if drift.low is None or drift.high is None else (drift.low, drift.high)
    value = Cell(text=measured(drift.value, drift.low, drift.high, "value"), number=drift.value, interval=interval)
    return (
        cell(plain(str(drift.slice), 80)),
        cell(drift.column),
        cell(drift_name(drift.statistic)),
        value,
        count_cell(drift.n),
    )


def _row(skew: Skew) -> tuple[Cell, ...]:
    interval = None if skew.low is None or skew.high is None else (skew.low, skew.high)
    return (
        cell(skew.column),
        count_cell(skew.n),
        count_cell(skew.differing, people=skew.differing > 0),
        Cell(text=measured(skew.share, skew.low, skew.high, "share"), number=skew.share, interval=interval),
    )
