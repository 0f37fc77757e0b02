"""Every column of the table, and which of them go together."""

from __future__ import annotations

from sterling.core.data.profile import Association, Pair, Profile
from sterling.core.document import Block, HeatCell, HeatMap, Section
from sterling.core.errors import counted
from sterling.core.roles import Roles
from sterling.report.about.found import Found
from sterling.report.about.overview import MEASURES, overview
from sterling.report.text import capital, plain

MOST = 24
"""Columns of a map; more would be cells nobody can read."""
FEWEST = 3
Link = Association | Pair


def columns(found: Found, roles: Roles) -> Section | None:
    """The overview, then a map for each measure of association."""
    block = overview(found, people=roles.people)
    if block is None:
        return None
    profile = found.profiles[0]
    gaps = sum(c.absent > 0 for c in profile.columns)
    columns = counted(len(profile.columns), "column", "columns")
    title = (
        f"{counted(gaps, f'of {columns} has', f'of {columns} have')} missing values" if gaps else "No value is missing"
    )
    return Section(id="overview", title=title, blocks=(block, *_maps(profile)))


def _maps(profile: Profile) -> tuple[Block, ...]:
    held: dict[tuple[str, str, str], Link] = {
        (p.first, p.second, p.measure): p for p in profile.pairs if p.value is not None
    }
    held |= {(c.name, a.column, a.measure): a for c in profile.columns for a in c.associations if a.value is not None}
    made: list[Block] = []
    for measure in dict.fromkeys(m for _, _, m in held):
        pairs = {(a, b): x for (a, b, m), x in held.items() if m == measure}
        rows = [c.name for c in profile.columns if any(a == c.name for a, _ in pairs)][:MOST]
        across = [c.name for c in profile.columns if any(b == c.name for _, b in pairs)][:MOST]
        if len(rows) >= FEWEST and across:
            made.append(_map(measure, pairs, rows, across))
    return tuple(made)


def _map(measure: str, pairs: dict[tuple[str, str], Link], rows: list[str], across: list[str]) -> HeatMap:
    name = capital(MEASURES.get(measure, plain(measure)))
    (one, other), _ = max(pairs.items(), key=lambda p: (abs(p[1].value or 0.0), p[0]))
    return HeatMap(
        caption=f"{name} is largest between {plain(one)} and {plain(other)}",
        text="Not a cause: two columns may go together because a third one moves both.",
        row_name="",
        column_name="",
        value_name=name,
        scale="value",
        rows=tuple(plain(r, 60) for r in rows),
        columns=tuple(plain(c, 60) for c in across),
        cells=tuple(tuple(_cell(pairs.get((r, c)) or pairs.get((c, r)), r == c) for c in across) for r in rows),
    )


def _cell(link: Link | None, same: bool) -> HeatCell:
    if link is None:
        return HeatCell(value=None, note="the column itself" if same else "not measured")
    return HeatCell(value=link.value, low=link.low, high=link.high, n=link.n)
