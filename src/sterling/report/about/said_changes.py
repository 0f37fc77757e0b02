"""What changed between tables, as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.data.drift import Drift, Drifts
from sterling.core.data.profile import ColumnProfile
from sterling.core.errors import counted
from sterling.core.overview import Stated
from sterling.core.slices import Slice
from sterling.report.about.found import Found
from sterling.report.about.numbers import exact_share, measured, point, size
from sterling.report.about.overview import drift_name
from sterling.report.people import group
from sterling.report.text import capital, count, listed, plain, value_text

MOST, NAMED = 3, 8
NOTED = 0.01
"""A change of the share missing that is told before a change of the mean."""
RETYPED = "type"
COMPARABLE = ("ks", "jensen_shannon", "l_infinity")


def unlike(found: Found, people: str) -> Iterable[Stated]:
    """Columns that one table of a pair lacks: gone ones first."""
    pairs = {(pair.table, pair.other): pair for pair in found.drifts}
    for pair in pairs.values():
        table, other = plain(pair.table, 60), plain(pair.other, 60)
        for names, what, where, lacking in (
            (pair.only_there, "missing", other, table),
            (pair.only_here, "new", table, other),
        ):
            if names:
                be = "is" if len(names) == 1 else "are"
                text = f"{listed([plain(c) for c in names], most=NAMED)} {be} {what}: in {where}, and not in {lacking}"
                yield Stated(text=text, tone="note", link="drift", detail="What only one table has is not compared")


def drift(found: Found, people: str) -> Iterable[Stated]:
    """How many columns changed since each other table, which most, and from what to what."""
    for pair in found.drifts:
        columns = list(dict.fromkeys(d.column for d in pair.found))
        changed = most_changed(pair)
        most = [d for d in changed if d.statistic != RETYPED]
        retyped = [d for d in changed if d.statistic == RETYPED]
        other = plain(pair.other, 60)
        every = counted(len(columns), "column", "columns")
        moved = f"{count(len(changed))} of {every} changed since {other}"
        if not columns:
            continue
        if most:
            first = most[0]
            yield Stated(
                text=f"{moved}, {plain(first.column)} most by its {drift_name(first.statistic)}",
                tone="note",
                shown=measured(first.value, first.low, first.high, "value"),
                n=first.n,
                of="rows",
                link="drift",
                detail="; ".join(t for t in (_how(found, pair, [d.column for d in most]), _name(first.statistic)) if t),
            )
        elif retyped:
            yield Stated(text=f"{moved}, by type alone", tone="note", n=retyped[0].n, of="rows", link="drift")
        else:
            yield Stated(text=f"None of {every} is seen to have changed since {other}", link="drift")
        yield from _retyped(retyped, other)
        yield from _within(pair, other, people)


def most_changed(pair: Drifts) -> list[Drift]:
    """Of each column that changed, the number that says it best, the most changed first; those of another type last."""
    changed = [d for d in pair.found if d.drifted and (d.value is not None or d.statistic == RETYPED)]
    best = {d.column: d for d in sorted(changed, key=lambda d: -_place(d.statistic))}
    return sorted(
        best.values(), key=lambda d: (d.statistic == RETYPED, _place(d.statistic) > 2, -(d.low or 0.0), d.column)
    )


def _retyped(retyped: list[Drift], other: str) -> Iterable[Stated]:
    """Columns of another type: nothing else of them is compared, so they have no number."""
    more = f"{count(len(retyped))} columns are of another type" if len(retyped) > MOST else ""
    for d in retyped[:MOST]:
        text = f"{plain(d.column)} is of another type than in {other}: {plain(d.note, 160)}"
        yield Stated(text=text, tone="note", link="drift", detail=more)


def only_within(pair: Drifts) -> dict[str, list[Drift]]:
    """Columns that changed within groups and not overall, and of each group the number that says it best."""
    overall = {d.column for d in pair.found if d.drifted}
    found: dict[str, dict[Slice, Drift]] = {}
    for d in sorted(pair.by_group, key=lambda d: _place(d.statistic)):
        if d.drifted and d.value is not None and d.column not in overall:
            found.setdefault(d.column, {}).setdefault(d.slice, d)
    return {c: sorted(held.values(), key=lambda d: (-(d.low or 0.0), str(d.slice))) for c, held in found.items()}


def _within(pair: Drifts, other: str, people: str) -> Iterable[Stated]:
    """What changed for some and not overall: a change that is made up for by that of others."""
    held = sorted(only_within(pair).items(), key=lambda item: (-(item[1][0].low or 0.0), item[0]))
    for column, groups in held[:MOST]:
        first = groups[0]
        whose = listed([group(d.slice, people).text for d in groups])
        more = f"{count(len(held))} columns changed for groups and not overall" if len(held) > MOST else ""
        yield Stated(
            text=f"{plain(column)} changed for {whose}, though not overall, since {other}: "
            f"{drift_name(first.statistic)} for {group(first.slice, people).text}",
            tone="note",
            shown=measured(first.value, first.low, first.high, "value"),
            n=first.n,
            of="rows",
            link="drift",
            detail="; ".join(t for t in (_name(first.statistic), more) if t),
        )


def _name(statistic: str) -> str:
    name = capital(drift_name(statistic))
    return f"{name}, between 0 (the same) and 1" if statistic in COMPARABLE else name


def _how(found: Found, pair: Drifts, columns: list[str]) -> str:
    """`age: mean 38.6 before, 44.7 now`, of the columns that changed most."""
    now = next((p for p in found.profiles if p.table == pair.table and not p.slice.items), None)
    then = next((p for p in found.profiles if p.table == pair.other and not p.slice.items), None)
    if now is None or then is None:
        return ""
    here, there = ({c.name: c for c in p.columns} for p in (now, then))
    both = [c for c in columns if c in here and c in there]
    moved = [f"{plain(c)}: {_moved(there[c], here[c])}" for c in both if _moved(there[c], here[c])]
    return "; ".join(moved[:MOST]) + (f"; and {count(len(columns) - MOST)} more" if len(moved) > MOST else "")


def _moved(then: ColumnProfile, now: ColumnProfile) -> str:
    gone = tuple(c.missing_share or 0.0 for c in (then, now))
    if abs(gone[1] - gone[0]) >= NOTED:
        return f"{exact_share(gone[0], 1.0)} missing before, {exact_share(gone[1], 1.0)} now"
    if then.mean is not None and now.mean is not None and then.kind in ("number", "integer"):
        return f"mean {size(then.mean)} before, {size(now.mean)} now"
    return _value(then, now)


def _value(then: ColumnProfile, now: ColumnProfile) -> str:
    """The shared value whose share changed most."""
    old, new = ({v.value: v.count / c.known for v in c.top if c.known} for c in (then, now))
    both = sorted(set(old) & set(new), key=lambda v: (-abs(new[v] - old[v]), v))
    if not both:
        return ""
    first = both[0]
    return f"{value_text(first)} {exact_share(old[first], 1.0)} before, {exact_share(new[first], 1.0)} now"


def _place(statistic: str) -> int:
    """Distances between 0 and 1, which can be set beside each other, come before those in units of their own."""
    return COMPARABLE.index(statistic) if statistic in COMPARABLE else len(COMPARABLE)


def skew(found: Found, people: str) -> Iterable[Stated]:
    """Columns that differ between rows that share a key."""
    for pair in found.drifts:
        for s in sorted((s for s in pair.skew if s.differing), key=lambda s: (-(s.share or 0.0), s.column))[:MOST]:
            yield Stated(
                text=f"{plain(s.column)} differs in {point(s.share, s.low, s.high, 'share')} of the rows that share "
                f"{plain(pair.key or 'a key')} with {plain(pair.other, 60)}",
                tone="note",
                shown=measured(s.share, s.low, s.high, "share"),
                n=s.n,
                of="joined rows",
                link="drift",
            )
