"""Who is in the table, and what differs between groups, as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.data.people import GroupGap, GroupNumber
from sterling.core.data.profile import ColumnProfile
from sterling.core.data.proxies import Proxies
from sterling.core.overview import Stated
from sterling.core.slices import Slice
from sterling.report.about.found import Found
from sterling.report.about.numbers import bracket, exact_share, measured, point, points_text
from sterling.report.about.wording import measure_name
from sterling.report.people import group
from sterling.report.text import FEW, capital, count, listed, number, plain, value_text

MOST = 3
"""So many of each kind; the rest are in the chapters."""
NAMED = 6
ODD = ("outlier_share", "outlier_share_within")


def present(found: Found, people: str) -> Iterable[Stated]:
    """The shares of each group column that no reference population is set beside."""
    if not found.profiles:
        return
    profile = found.profiles[0]
    against = {c for a in found.people for r in a.reference for c in r.slice.family}
    held = [c for c in profile.columns if "group" in c.role and c.top and c.name not in against]
    for place, column in enumerate(held[:MOST]):
        yield _shares(column, first=place == 0)


def _shares(column: ColumnProfile, *, first: bool) -> Stated:
    top = sorted(column.top, key=lambda v: (-v.count, v.value))
    gone = column.missing_share or 0.0
    shares = [f"{value_text(v.value)} {exact_share(v.count * (1 - gone), column.known)}" for v in top]
    told = listed(shares, most=NAMED)
    if len(shares) > NAMED:
        told = f"{', '.join(shares[: NAMED - 1])}; the smallest of {count(len(shares))} is {shares[-1]}"
    told += f"; not recorded {exact_share(gone, 1.0)}" if column.absent else ""
    unknown = "who is missing cannot be told without a reference population" if first else ""
    return Stated(
        text=f"Who is here by {plain(column.name)}: {told}",
        n=column.n,
        link="overview",
        detail=capital(unknown),
    )


def reference(found: Found, people: str) -> Iterable[Stated]:
    """Groups whose share is apart from the reference beyond its interval; the widest first."""
    for about in found.people:
        apart = [
            r
            for r in about.reference
            if r.difference.value is not None
            and r.difference.low is not None
            and r.difference.high is not None
            and not r.difference.low <= 0 <= r.difference.high
        ]
        for r in sorted(apart, key=lambda r: (-abs(r.difference.value or 0.0), str(r.slice)))[:MOST]:
            value, low, high = r.difference.value or 0.0, r.difference.low or 0.0, r.difference.high or 0.0
            way = "fewer" if value < 0 else "more"
            ends = sorted((abs(low), abs(high)))
            yield Stated(
                text=f"{capital(group(r.slice, people).text)} are {points_text(value, low, high)} {way} of this table "
                f"than of the reference, {point(r.share.value, r.share.low, r.share.high, 'share')} instead of "
                f"{exact_share(r.reference, 1.0)}",
                tone="note",
                shown=f"{points_text(value, low, high)} {bracket(ends[0], ends[1], 'share')}",
                n=r.share.n,
                of=people,
                link="people",
                detail=f"Reference: {plain(about.source, 80)}" if about.source else "",
            )


def gaps(found: Found, people: str) -> Iterable[Stated]:
    """What differs between groups, by how sure that is. What is odd comes apart from them, and last."""
    numbers = [n for about in found.people for n in about.numbers]
    for g in _known(found, odd=False)[:MOST]:
        yield _gap(g, numbers, people)


def odd(found: Found, people: str) -> Iterable[Stated]:
    """Whose values are unusual: one sentence, of fences that are drawn around everybody where there are such."""
    numbers = [n for about in found.people for n in about.numbers]
    held = sorted(_known(found, odd=True), key=lambda g: ODD.index(g.measure))
    if held:
        yield _gap(held[0], numbers, people)


def _known(found: Found, *, odd: bool) -> list[GroupGap]:
    """The widest differences of single columns that are beyond chance, the surest first."""
    every = [g for about in found.people for g in about.gaps if g.value is not None and (g.low or 0.0) > 0]
    kept = [g for g in every if (g.measure in ODD) == odd]
    return sorted(kept, key=lambda g: (-(g.low or 0.0), g.measure, g.column or ""))


def _gap(g: GroupGap, numbers: list[GroupNumber], people: str) -> Stated:
    value, low, high = g.value or 0.0, g.low or 0.0, g.high or 0.0
    sides = [_side(g, s, numbers) for s in (g.first, g.second)]
    first, second = (group(s, people).text for s in (g.first, g.second))
    more = points_text(value, low, high)
    column = plain(g.column) if g.column else ""
    said = {
        "label_rate": f"{capital(first)} have the positive label ({column}) {more} more often than {second}",
        "missing_share": f"{column or 'A value'} is missing {more} more often for {first} than for {second}",
        "label_error_share": f"The label is doubtful {more} more often for {first} than for {second}",
        "outlier_share": f"Dropping unusual values of {column or 'a column'} would drop {more} more of {first} than of "
        f"{second}",
        "outlier_share_within": f"Values of {column or 'a column'} that are unusual even within their own group are "
        f"{more} commoner for {first} than for {second}",
    }.get(g.measure)
    of = f" of {column}" if column else ""
    eligible = [n.estimate.n for n in sides if n is not None]
    return Stated(
        text=said or f"The {measure_name(g.measure)}{of} is {more} higher for {first} than for {second}",
        tone="note",
        shown=f"{more} {bracket(low, high, 'share')}",
        n=sum(eligible) if len(eligible) == len(sides) else None,
        of=people,
        detail=capital("; ".join(_told(n, people) for n in sides if n is not None)),
        link="people",
    )


def _side(g: GroupGap, slice_: Slice, numbers: list[GroupNumber]) -> GroupNumber | None:
    same = (n for n in numbers if (n.measure, n.column, n.slice) == (g.measure, g.column, slice_))
    return next(same, None)


def _told(n: GroupNumber, people: str) -> str:
    e = n.estimate
    return f"{measured(e.value, e.low, e.high, 'share')} of {count(e.n)} {group(n.slice, people).text}"


def holes(found: Found, people: str) -> Iterable[Stated]:
    """Combinations of groups that hardly occur, and the one that surprises most."""
    for about in found.people:
        held = [h for h in about.holes if h.largest] or list(about.holes)
        if held:
            total = about.holes_found or len(about.holes)
            noun_ = "combination" if total == 1 else "combinations"
            first = held[0]
            expected = "" if first.expected < FEW else f", where {count(round(first.expected))} would be expected"
            rows = "fewer than 10" if first.rows is None else count(first.rows)
            yield Stated(
                text=f"{count(total)} {noun_} of groups hardly {'occurs' if total == 1 else 'occur'}: of "
                f"{group(first.slice, people).text} there are {rows}{expected}",
                tone="note",
                link="people",
            )


def proxies(found: Found, people: str) -> Iterable[Stated]:
    """Which groups the other columns tell, although they are left out."""
    for proxy in found.proxies:
        yield from _proxy(proxy)


def _proxy(proxy: Proxies) -> Iterable[Stated]:
    best = proxy.together or (proxy.alone[0] if proxy.alone else None)
    if best is None or best.value is None:
        return
    who = "the other columns together tell it" if best is proxy.together else f"{_named(best.features)} tells it"
    carried = [_named(s.features) for s in proxy.alone if s.carried][:MOST]
    by = f"; most of it is in {listed(carried)}" if carried else ""
    beyond = best.carried if best.carried is not None else (best.null_high is None or best.value > best.null_high)
    chance = "" if best.null_high is None else f", chance alone reaches {number(best.null_high, 2, 'value')}"
    name = plain(proxy.group)
    yield Stated(
        text=f"Leaving {name} out would not hide it: {who}"
        if beyond
        else f"{capital(who.replace(' it', ''))} {name} no better than chance would",
        tone="note" if beyond else "plain",
        shown=f"{proxy.measure.upper()} {measured(best.value, best.low, best.high, 'value')}",
        n=best.n,
        detail=f"1 is always right, 0.5 a coin{chance}{by}" if proxy.measure == "auc" else capital(by.strip("; ")),
        link="proxies",
    )


def _named(features: tuple[str, ...]) -> str:
    return listed([plain(f) for f in features])
