"""What is missing in the table as a whole, as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.overview import Stated
from sterling.report.about.found import Found
from sterling.report.about.numbers import exact_share
from sterling.report.text import count, listed, plain

MOST = 3


def missing(found: Found, people: str) -> Iterable[Stated]:
    """Columns that hold nothing, then those with gaps: one sentence each, however many columns it is about."""
    if not found.profiles:
        return
    profile = found.profiles[0]
    empty = [c for c in profile.columns if c.n and c.absent == c.n]
    gaps = sorted((c for c in profile.columns if c.absent and c not in empty), key=lambda c: (-c.absent, c.name))
    if empty:
        named = listed([plain(c.name) for c in empty], most=4)
        text = f"{named} hold{'s' if len(empty) == 1 else ''} no value at all"
        yield Stated(text=text, tone="note", n=profile.rows, link="overview")
    if not gaps:
        return
    worst, *others = gaps
    share = exact_share(worst.missing_share or 0.0, 1.0)
    which = "other" if empty else f"of {count(len(profile.columns))}"
    then = [f"{plain(c.name)} {exact_share(c.missing_share or 0.0, 1.0)}" for c in others]
    yield Stated(
        text=f"{count(len(gaps))} {which} columns have missing values, most of all {plain(worst.name)}: {share}"
        if others
        else f"{share} of the values of {plain(worst.name)} are missing",
        tone="note",
        shown=share,
        n=worst.n,
        detail=f"Then {listed(then, most=MOST)}; counted in all rows" if then else "Counted in all rows",
        link="overview",
    )
