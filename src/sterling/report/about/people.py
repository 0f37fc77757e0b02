"""Who is in the table: against a reference, balance, what is missing or odd for whom, holes; what gives groups away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sterling.core.data.people import AgainstReference, GroupGap, GroupNumber, Hole, People
from sterling.core.data.proxies import Proxies, ProxyStrength
from sterling.core.document import Block, Cell, Section
from sterling.core.errors import counted
from sterling.core.overview import Dot, Dots, Heard
from sterling.core.roles import Roles
from sterling.core.slices import Slice
from sterling.report.about.found import Found
from sterling.report.about.numbers import estimated, measured
from sterling.report.about.wording import measure_name
from sterling.report.parts import cell, count_cell, grid
from sterling.report.people import family, group
from sterling.report.text import capital, count, listed, number, plain

MOST_PICTURES = 12
SHARES = ("share", "rate")
"""Words in the names of measures that are shares from 0 to 1."""


LEAD = (
    "Each interval of a number is of that group, and that column, alone: of many some miss. Bounds of the widest "
    "differences hold for all groups at once."
)


def people(found: Found, roles: Roles) -> Section | None:
    """What the questions about the people found."""
    if not found.people:
        return None
    word = roles.people
    blocks: list[Block] = []
    for about in found.people:
        blocks += [*_reference(about, word), *_numbers(about, word), *_gaps(about, word)]
        blocks += [*_balance(about, word), *_holes(about, word)]
    return Section(id="people", title=_title(found, word), lead=LEAD, blocks=tuple(blocks)) if blocks else None


def _title(found: Found, word: str) -> str:
    apart = [r for a in found.people for r in a.reference if _apart(r)]
    if apart:
        worst = min(apart, key=lambda r: (r.difference.value or 0.0, str(r.slice)))
        way = "fewer" if (worst.difference.value or 0.0) < 0 else "more"
        return f"{capital(group(worst.slice, word).text)} are {way} here than in the reference"
    holes = sum(a.holes_found or len(a.holes) for a in found.people)
    if holes:
        return counted(holes, "combination of groups hardly occurs", "combinations of groups hardly occur")
    return f"Who is in the table, and what is missing or odd for which {plain(word, 30)}"


def _apart(r: AgainstReference) -> bool:
    low, high = r.difference.low, r.difference.high
    return low is not None and high is not None and not low <= 0 <= high


def _families(slices: Iterable[Slice]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(s.family for s in slices))


def _reference(about: People, word: str) -> list[Block]:
    made: list[Block] = []
    source = f"Reference: {plain(about.source, 120)}." if about.source else ""
    for columns in _families(r.slice for r in about.reference):
        held = [r for r in about.reference if r.slice.family == columns]
        apart = [group(r.slice, word).text for r in held if _apart(r) and (r.difference.value or 0.0) < 0]
        finding = (
            f"{capital(listed(apart))} are fewer than in the reference"
            if apart
            else (f"No group by {family(columns)} is seen to be fewer than in the reference")
        )
        made.append(
            Dots(
                caption=finding,
                text=source,
                value_name="share of the table",
                reference_name="share of the reference",
                dots=tuple(
                    Dot(
                        label=capital(group(r.slice, word).text),
                        value=r.share.value,
                        low=r.share.low,
                        high=r.share.high,
                        n=r.share.n_eligible if r.share.n_eligible is not None and r.share.value is None else None,
                        reference=r.reference,
                        reference_low=r.reference_low,
                        reference_high=r.reference_high,
                        tone="note" if _apart(r) else "plain",
                        note=f"{measured(r.ratio.value, r.ratio.low, r.ratio.high, 'value')} times the reference",
                    )
                    for r in held
                ),
            )
        )
    return made


def _numbers(about: People, word: str) -> list[Block]:
    """A picture for each measure and column, the groups in it; only so many, those that differ most first."""
    held: dict[tuple[str, str | None, tuple[str, ...]], list[GroupNumber]] = {}
    for n in about.numbers:
        held.setdefault((n.measure, n.column, n.slice.family), []).append(n)
    spread = sorted(held.items(), key=lambda item: (-_spread(item[1]), str(item[0])))
    made: list[Block] = [_picture(key, numbers, word) for key, numbers in spread[:MOST_PICTURES]]
    heads = ("Measure", "Column", "Group", "Value", "n")
    rest = (_row(n, word) for _, numbers in spread[MOST_PICTURES:] for n in numbers)
    return [*made, *grid("The other numbers of groups", heads, rest)]


def _spread(numbers: Sequence[GroupNumber]) -> float:
    known = [n.estimate.value for n in numbers if n.estimate.value is not None]
    return max(known) - min(known) if len(known) > 1 else 0.0


def _unit(measure: str) -> bool:
    return any(w in measure for w in SHARES)


def _picture(key: tuple[str, str | None, tuple[str, ...]], numbers: list[GroupNumber], word: str) -> Dots:
    measure, column, columns = key
    of = f" of {plain(column)}" if column else ""
    name = f"{measure_name(measure)}{of}"
    known = [n for n in numbers if n.estimate.value is not None]
    by = f" by {family(columns)}" if columns else ""
    caption = f"{capital(name)}{by}"
    if len(known) > 1:
        highest = max(known, key=lambda n: (n.estimate.value or 0.0, str(n.slice)))
        caption = f"The {name} is highest for {group(highest.slice, word).text}"
    return Dots(
        caption=caption,
        text="",
        value_name=name,
        scale="share" if _unit(measure) else "value",
        dots=tuple(
            Dot(
                label=capital(group(n.slice, word).text),
                value=n.estimate.value,
                low=n.estimate.low,
                high=n.estimate.high,
                n=n.estimate.n if n.estimate.n >= 10 else None,
                tone="plain" if n.estimate.value is not None else "undecided",
                note=plain(n.note, 160) or ("" if n.estimate.value is not None else "too few to say"),
            )
            for n in numbers
        ),
    )


def _row(n: GroupNumber, word: str) -> tuple[Cell, ...]:
    e = n.estimate
    interval = None if e.low is None or e.high is None else (e.low, e.high)
    text = estimated(e, "share" if _unit(n.measure) else "value")
    return (
        cell(capital(measure_name(n.measure))),
        cell(n.column or ""),
        cell(group(n.slice, word).text),
        Cell(text=text, number=e.value, interval=interval),
        count_cell(e.n, people=True),
    )


def _gaps(about: People, word: str) -> tuple[Block, ...]:
    """The widest gaps of each kind, with bounds for all groups together."""
    rows = (_gap(g, word) for g in sorted(about.gaps, key=lambda g: (-(g.low or 0.0), g.measure, g.column or "")))
    heads = ("Measure", "Column", "Higher for", "Than for", "Difference", "Adjusted p")
    return grid("The widest differences between groups, with bounds that hold for all groups at once", heads, rows)


def _gap(g: GroupGap, word: str) -> tuple[Cell, ...]:
    interval = None if g.low is None or g.high is None else (g.low, g.high)
    shown = measured(g.value, g.low, g.high, "share" if _unit(g.measure) else "value").replace("%", " points")
    return (
        cell(capital(measure_name(g.measure))),
        cell(g.column or ""),
        cell(group(g.first, word).text),
        cell(group(g.second, word).text),
        Cell(text=shown, number=g.value, interval=interval),
        Cell(text=p_text(g.p), number=g.p),
    )


def _balance(about: People, word: str) -> tuple[Block, ...]:
    heads = ("Measure", "By", "First", "Second", "Value", "Against")
    rows = (
        (
            cell(capital(measure_name(b.measure))),
            cell(family(b.family)),
            cell("" if b.first is None else group(b.first, word).text),
            cell("" if b.second is None else group(b.second, word).text),
            Cell(
                text=estimated(b.estimate, "value"),
                number=b.estimate.value,
                interval=None
                if b.estimate.low is None or b.estimate.high is None
                else (b.estimate.low, b.estimate.high),
            ),
            cell(b.against),
        )
        for b in about.balance
    )
    fits = (
        (
            cell(family(f.family)),
            cell(f.hypothesis),
            Cell(text=number(f.statistic, 2, "value"), number=f.statistic),
            count_cell(f.df),
            Cell(text=p_text(f.p), number=f.p),
            count_cell(f.n),
            cell(f.method),
        )
        for f in about.fits
    )
    return (
        *grid("Balance of groups and labels", heads, rows),
        *grid(
            "Whether the shares of all groups fit together",
            ("By", "Hypothesis", "Statistic", "Degrees of freedom", "p", "n", "Method"),
            fits,
        ),
    )


def _holes(about: People, word: str) -> tuple[Block, ...]:
    total = about.holes_found or len(about.holes)
    heads = ("Combination", "Rows", "Expected if columns were independent", "Rows that would fill it", "p")
    caption = counted(total, "combination that hardly occurs", "combinations that hardly occur")
    if total > len(about.holes):
        caption += f"; the {count(len(about.holes))} that surprise most"
    return grid(caption, heads, (_hole(h, word) for h in about.holes))


def _hole(h: Hole, word: str) -> tuple[Cell, ...]:
    return (
        cell(group(h.slice, word).text),
        Cell(text="fewer than 10") if h.rows is None else count_cell(h.rows, people=True),
        Cell(text=number(h.expected, 0 if h.expected >= 10 else 1, "value"), number=h.expected),
        Cell(text="") if h.needed is None else count_cell(h.needed),
        Cell(text="") if h.p is None else Cell(text=p_text(h.p), number=h.p),
    )


def p_text(p: float | None) -> str:
    """`0.03`, `under 0.001`; empty for none."""
    if p is None:
        return ""
    return "under 0.001" if p < 0.001 else number(p, 3, "value")


def proxies(found: Found, roles: Roles) -> Section | None:
    """How well the other columns tell each group column, and which carry it."""
    if not found.proxies:
        return None
    blocks = [_strengths(p) for p in found.proxies]
    told = [plain(p.group) for p in found.proxies if _carried(p.together)]
    title = f"Other columns tell {listed(told)}" if told else "No column was found to tell a group"
    return Section(
        id="proxies",
        title=title,
        blocks=tuple(blocks),
        lead="Leaving a group out of a model does not keep it out where other columns tell it. An AUC of 0.5 is no "
        "better than guessing; everything is measured on rows held out.",
    )


def _carried(strength: ProxyStrength | None) -> bool:
    if strength is None or strength.value is None:
        return False
    if strength.carried is not None:
        return strength.carried
    return strength.null_high is not None and strength.value > strength.null_high


def _strengths(p: Proxies) -> Dots:
    held = ([p.together] if p.together is not None else []) + sorted(
        p.alone, key=lambda s: (-(s.value or 0.0), s.features)
    )
    strongest = [listed([plain(f) for f in s.features]) for s in held if s is not p.together and _carried(s)]
    caption = (
        f"{plain(p.group)} is told most by {listed(strongest)}"
        if strongest
        else (f"No single column tells {plain(p.group)} beyond what chance reaches")
    )
    nulls = [s.null_high for s in held if s.null_high is not None]
    return Dots(
        caption=caption,
        text="",
        value_name=p.measure.upper(),
        scale="value",
        line=max(nulls) if nulls else 0.5,
        line_name="what chance reaches" if nulls else "no better than guessing",
        dots=tuple(_dot(s, s is p.together) for s in held),
    )


def _dot(s: ProxyStrength, together: bool) -> Dot:
    share = "" if s.share is None else f"{number(s.share, 0, 'points')}% of what all tell together is lost without it"
    p = "" if s.p is None else f"p {p_text(s.p)}"
    tone: Heard = "note" if _carried(s) else "plain" if s.value is not None else "undecided"
    label = f"All {count(len(s.features))} together" if together else listed([plain(f) for f in s.features])
    return Dot(
        label=label,
        value=s.value,
        low=s.low,
        high=s.high,
        n=s.n,
        tone=tone,
        note="; ".join(t for t in (share, p) if t),
    )
