"""The columns of a table as an overview block: every table and slice that was profiled, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sterling.core.data.profile import ColumnProfile, Histogram, ImageFacts, Lengths, Profile, TextFacts, ValueCount
from sterling.core.document import Tone
from sterling.core.overview import Bars, Facet, FacetRow, Overview, Series, Shared, Strength
from sterling.report.about.found import Found
from sterling.report.about.numbers import size
from sterling.report.about.wording import kind_name
from sterling.report.people import group
from sterling.report.text import FEW, capital, count, plain, value_text

MOST_ASSOCIATIONS = 15
MOST_VALUES = 25
MOST_SERIES = 7
"""As many as have a colour of their own."""
MEASURES = {
    "mutual_information": "mutual information (nats)",
    "cramers_v": "Cramér's V",
    "spearman": "rank correlation",
    "correlation_ratio": "correlation ratio",
    "pearson": "correlation",
}
DRIFTS = {
    "ks": "largest distance of the distributions (KS)",
    "jensen_shannon": "Jensen-Shannon distance",
    "l_infinity": "largest change of a share",
    "psi": "population stability index",
    "chi_square": "chi-square",
    "wasserstein": "mean distance moved (Wasserstein)",
    "wasserstein_units": "mean distance moved, in the column's own unit",
    "total_variation": "share of rows that would have to change their value (total variation)",
    "cramers_v": "how well a value tells the two tables apart (Cramér's V)",
    "length_ks": "largest distance of the distributions of lengths (KS)",
    "new_values": "share of new values",
    "missing_share": "change of the missing share",
}
"""Statistics of drift in words."""


def overview(found: Found, *, people: str = "people", most: int | None = None) -> Overview | None:
    """The block, or None when nothing was profiled. `most`: as many columns at most."""
    profiles = sorted(found.profiles, key=lambda p: bool(p.slice.items))[:MOST_SERIES]  # whole tables are never cut off
    if not profiles:
        return None
    rows: dict[str, ColumnProfile] = {}
    for profile in profiles:
        for column in profile.columns:
            rows.setdefault(column.name, column)
    names = list(rows)[:most]
    held = [{c.name: c for c in p.columns} for p in profiles]
    series = tuple(
        Series(name=series_name(p, profiles, people), rows=p.rows, exact=p.exact, part=bool(p.slice.items))
        for p in profiles
    )
    left = len(rows) - len(names)
    exact = all(p.exact for p in profiles)
    text = (
        "A row for each column: what is missing, how many different values there are, and how they are spread. "
        "Open one for its quantiles, what it goes with and how it changed. "
        f"{'Counts are exact' if exact else 'Sketched counts say how far off they may be'}; values that fewer than ten "
        "rows share are not named, and counts below ten are not drawn (dashed)."
    )
    if any(p.weight is not None for p in profiles):
        text += " Counts and shares are by weight: each count is its share of the weight, times the number of rows."
    return Overview(
        caption=_caption(series, len(rows)) + (f" (the first {len(names)})" if left else ""),
        text=text,
        series=series,
        columns=tuple(_row(rows[n], [h.get(n) for h in held], found) for n in names),
    )


def series_name(profile: Profile, among: Sequence[Profile], people: str) -> str:
    """A table by its name, a slice by its people; both where there are several tables with slices."""
    tables = {p.table for p in among}
    if not profile.slice.items:
        return plain(profile.table, 60)
    who = capital(group(profile.slice, people).text)
    return who if len(tables) == 1 else f"{who}, {plain(profile.table, 40)}"


def _caption(series: Sequence[Series], columns: int) -> str:
    noun = "column" if columns == 1 else "columns"
    tables, parts = [s for s in series if not s.part], sum(s.part for s in series)
    rows = f"of {count(series[0].rows)} {'row' if series[0].rows == 1 else 'rows'}"
    said = f"{count(columns)} {noun} {rows}" if len(tables) == 1 else f"{count(columns)} {noun} of {len(tables)} tables"
    return f"{said}, and {parts} {'group' if parts == 1 else 'groups'} to set beside" if parts else said


def _row(column: ColumnProfile, held: Sequence[ColumnProfile | None], found: Found) -> FacetRow:
    return FacetRow(
        name=column.name,
        type=column.type if column.kind in column.type.lower() else f"{column.type}, {column.kind}",
        kind=column.kind,
        role=column.role,
        facets=tuple(None if c is None else facet(c) for c in held),
        associations=tuple(_associations(column)),
        changes=tuple(_changes(column.name, found)),
        notes=tuple(_notes(column.name, found)),
    )


def facet(column: ColumnProfile) -> Facet:
    """What one slice's column shows; small counts withheld.

    With weights every count is its share of the weight times the rows: so that shares are weighted ones, whatever the
    unit that weights are in.
    """
    part = column.n / column.weight if column.weight else 1.0
    missing = round((column.missing_share or 0.0) * column.n)
    even = next((h for h in column.histograms if h.kind == "uniform"), None)
    equal = next((h for h in column.histograms if h.kind == "quantile"), None)
    top = sorted(column.top, key=lambda v: (-v.count, v.value))[:MOST_VALUES]
    shown = [v for v in top if (v.count if v.rows is None else v.rows) >= FEW]
    known = column.n - missing
    return Facet(
        n=column.n,
        missing=missing,
        distinct=column.distinct,
        distinct_error=column.distinct_error,
        zeros=column.zeros,
        mean=column.mean,
        std=column.std,
        quantiles=tuple((q.p, q.value) for q in column.quantiles),
        even=bars(even, part),
        equal=bars(equal, part),
        top=tuple(Shared(text=value_text(v.value, 200), count=v.count * part) for v in shown),
        rest=max(known - sum(v.count * part for v in shown), 0.0) if shown else None,
        facts=tuple(_facts(column)),
    )


def bars(histogram: Histogram | None, part: float = 1.0) -> Bars | None:
    """Bins without their small counts, each times `part`. One withheld alone takes the next smallest with it."""
    if histogram is None or len(histogram.counts) == 0:
        return None
    counts = tuple(c * part for c in histogram.counts)
    hidden = {i for i, c in enumerate(counts) if 0 < c < FEW}
    while hidden and (len(hidden) == 1 or sum(counts[i] for i in hidden) < FEW) and len(hidden) < len(counts):
        rest = [i for i, c in enumerate(counts) if i not in hidden and c > 0]
        if not rest:
            break
        hidden.add(min(rest, key=lambda i: (counts[i], i)))
    return Bars(edges=histogram.edges, counts=tuple(None if i in hidden else c for i, c in enumerate(counts)))


def _facts(column: ColumnProfile) -> list[tuple[str, str]]:
    """What stands in the opened row besides numbers."""
    out: list[tuple[str, str]] = []
    if column.nan or column.infinite:
        out.append(("NaN, infinite", f"{count(column.nan)}, {count(column.infinite)}"))
    if column.negative:
        out.append(("Below zero", count(column.negative)))
    for name, value in (("Smallest", column.low), ("Largest", column.high)):
        if value is not None:
            out.append((name, size(value)))
    for name, text in (("First", column.first), ("Last", column.last)):
        if text is not None:
            out.append((name, plain(text, 40)))
    if column.lengths is not None:
        out.append(("Length", _lengths(column.lengths)))
    out += _text(column.text) if column.text is not None else []
    return out + (_image(column.image) if column.image is not None else [])


def _lengths(lengths: Lengths) -> str:
    return f"{size(lengths.low)} to {size(lengths.high)}, mean {size(lengths.mean)}"


def _text(text: TextFacts) -> list[tuple[str, str]]:
    vocabulary = f"{'about ' if text.vocabulary_error else ''}{count(text.vocabulary)} different words"
    out = [
        ("Empty, blank", f"{count(text.empty)}, {count(text.blank)}"),
        ("Words", f"{size(text.words)} a text"),
        ("Vocabulary", vocabulary),
    ]
    if text.language is not None:
        share = "" if text.language_share is None else f", {100 * text.language_share:.0f}% of the texts"
        out.append(("Language, by its common words", f"{plain(text.language, 20)}{share}"))
    return out


def _image(image: ImageFacts) -> list[tuple[str, str]]:
    out = [("Pictures that cannot be read", count(image.broken))]
    for name, lengths in (("Width", image.widths), ("Height", image.heights), ("Brightness", image.brightness)):
        if lengths is not None:
            out.append((name, _lengths(lengths)))
    if image.channels:
        out.append(("Channels", ", ".join(f"{plain(c.value, 20)}: {_few(c)}" for c in image.channels)))
    return out


def _few(value: ValueCount) -> str:
    return count(round(value.count)) if value.count >= FEW else f"fewer than {FEW}"


def _associations(column: ColumnProfile) -> list[Strength]:
    found = sorted(column.associations, key=lambda a: (-abs(a.value or 0.0), a.column, a.measure))
    return [
        Strength(
            name=plain(a.column, 80),
            measure=MEASURES.get(a.measure, plain(a.measure)),
            value=a.value,
            low=a.low,
            high=a.high,
            n=a.n,
        )
        for a in found[:MOST_ASSOCIATIONS]
    ]


def _changes(name: str, found: Found) -> list[Strength]:
    tones: dict[bool | None, Tone] = {True: "note", False: "plain", None: "undecided"}
    return [
        Strength(
            name=plain(pair.other, 60),
            measure=drift_name(d.statistic),
            value=d.value,
            low=d.low,
            high=d.high,
            n=d.n,
            tone=tones[d.drifted],
            note={True: "changed", False: "", None: "too few to say"}[d.drifted],
        )
        for pair in found.drifts
        for d in pair.found
        if d.column == name
    ]


def drift_name(statistic: str) -> str:
    return DRIFTS.get(statistic, plain(statistic).replace("_", " "))


def _notes(name: str, found: Found) -> list[str]:
    """What a reader of the row should not miss: broken promises and personal data."""
    broken = [
        capital(plain(a.what, 120))
        for s in found.anomalies
        for a in s.found
        if a.column == name and a.severity == "error"
    ]
    held = [
        "Looks like a special category of personal data"
        if p.kind == "special_category"
        else f"Holds {kind_name(p.kind)}"
        for s in found.personal
        for p in s.found
        if p.column == name
    ]
    return list(dict.fromkeys([*broken, *held]))[:3]


def day(seconds: float) -> str:
    """`2004-11-30` of seconds since 1970."""
    return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)).date().isoformat()
