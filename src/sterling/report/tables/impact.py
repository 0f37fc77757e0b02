"""Selection or scoring rates by category: Local Law 144, and the four-fifths screen."""

from __future__ import annotations

import datetime as dt

from sterling.core.document import Alert, Block, Cell, Document, Grid, Items, Section
from sterling.core.outcomes import Category, CategoryTable, ImpactTable, Screen
from sterling.report.parts import line
from sterling.report.people import noun
from sterling.report.tables.frame import (
    EXACT,
    about_rule,
    category,
    seal,
    share_cell,
    share_text,
    stated,
    value_cell,
)
from sterling.report.text import capital, count, listed, plain

SCREEN = (
    "Category",
    "Below four fifths",
    "Fisher exact p",
    "p after Holm",
    "z",
    "Selections short",
    "One other person",
)


def impact_document(table: ImpactTable) -> Document:
    """The page of a table of rates and ratios."""
    rule, about = table.rule, table.about
    screens = "ratio" in rule.numbers
    blocks: list[Block] = [block for part in table.tables for block in _family(table, part, screens=screens)]
    return Document(
        kind="outcome_table",
        title=f"{rule.title.partition(':')[0]}: {line(about.data, 80)}",
        lead=_lead(table),
        sections=(
            Section(id="results", title="Results", lead=_result(table) if screens else "", blocks=tuple(blocks)),
            stated(rule, table.answers, also=_arising(table)),
            _dates(table),
            _method(table),
            about_rule(rule),
        ),
        seal=seal(rule, about),
    )


def _word(table: ImpactTable) -> str:
    return "Scoring rate" if table.measure == "scoring" else "Selection rate"


def _lead(table: ImpactTable) -> str:
    about = table.about
    how = (
        f"whose score ({plain(about.model)}) lies above the sample's median"
        if table.measure == "scoring"
        else f"whom {plain(about.model)} selects" + (f" (from {table.threshold:g} on)" if table.threshold else "")
    )
    by = listed([_by(t) for t in table.tables], most=6)
    return f"Of {count(about.n)} {noun(about.people)}, the share {how}, by {by}."


def _by(table: CategoryTable) -> str:
    return " × ".join(plain(c) for c in table.columns)


def _result(table: ImpactTable) -> str:
    """How many categories the screen flags: where to look, said without a verdict."""
    screened = [(t, c) for t in table.tables for c in t.categories if c.screen is not None]
    below = [(t, c) for t, c in screened if c.screen is not None and c.screen.below]
    ratio = f"{table.rule.numbers['ratio']:g}"
    if not screened:
        return "There is nothing to compare: fewer than two categories take part, or nobody was selected."
    if not below:
        return f"No category's ratio lies below {ratio}. That does not show that selection is free of discrimination."
    names = "; ".join(f"{_by(t)} {category(c.slice).text}" for t, c in below)
    return f"Below {ratio}: {names}. This says where to look closer; it is no finding of discrimination."


def _family(table: ImpactTable, part: CategoryTable, *, screens: bool) -> tuple[Block, ...]:
    unknown = f"{count(part.unknown)} {noun(table.about.people)} are in no category: a value is not recorded."
    heads = ("Category", capital(noun(table.about.people)), "Share of them", _hits(table), _word(table), "Impact ratio")
    rates = Grid(caption=f"By {_by(part)}. {unknown}", columns=heads, rows=tuple(map(_row, part.categories)))
    screened = tuple((category(c.slice), *_screen(c.screen)) for c in part.categories if c.screen is not None)
    tests = Grid(caption=f"By {_by(part)}, against the highest: the screen", columns=SCREEN, rows=screened)
    grids = (rates, tests) if screens and screened else (rates,)
    small = "; ".join(category(c.slice).text for c in part.categories if c.small)
    share = 100 * table.rule.numbers["small"]
    note = f"Less than {share:g} % of those in known categories: {small}."
    return (*grids, Items(items=(note,))) if small else grids


def _hits(table: ImpactTable) -> str:
    return "Above the median" if table.measure == "scoring" else "Selected"


def _row(one: Category) -> tuple[Cell, ...]:
    return (
        category(one.slice), Cell(text=count(one.n), number=float(one.n)),
        Cell(text=share_text(one.share), number=one.share), Cell(text=count(one.selected), number=float(one.selected)),
        share_cell(one.rate), _ratio(one),
    )  # fmt: skip


def _ratio(one: Category) -> Cell:
    if one.reference:
        return Cell(text="1.000 (highest)", number=1.0)
    if one.excluded:
        return Cell(text="left out: less than 2 %")
    return Cell(text="not defined") if one.ratio is None else value_cell(one.ratio)


def _screen(found: Screen) -> list[Cell]:
    z = Cell(text="not defined") if found.z is None else Cell(text=f"{found.z:.2f}".replace("-", "−"), number=found.z)
    flips = "would put it ahead" if found.flips else "would not"
    return [
        Cell(text="yes", tone="undecided") if found.below else Cell(text="no"), _p(found.fisher), _p(found.holm), z,
        Cell(text=count(found.short), number=float(found.short)), Cell(text=flips),
    ]  # fmt: skip


def _p(value: float) -> Cell:
    return Cell(text="below 0.0001" if value < 1e-4 else f"{value:.4f}", number=value)


def _arising(table: ImpactTable) -> tuple[str, ...]:
    """The reason for leaving small categories out is asked for where there are any."""
    small = any(c.small for t in table.tables for c in t.categories)
    return ("exclusion_reason",) if small else ()


def _dates(table: ImpactTable) -> Section:
    """What follows from the dates and columns, where something does."""
    blocks: list[Block] = []
    audited = table.answers.given.get("audit_date")
    if isinstance(audited, dt.date):
        until = _year_later(audited)
        blocks.append(
            Alert(text=f"The rule speaks of audits no more than a year old: this one until {until}.", tone="note")
        )
    if table.rule.name == "ll144" and len({c for t in table.tables for c in t.columns}) < 2:
        blocks.append(
            Alert(text="The rule asks for sex, for race and ethnicity, and for both together; here is one column.",
                  tone="undecided")
        )  # fmt: skip
    return Section(id="to-note", title="To note", blocks=(*blocks, Alert(text=EXACT, tone="note")))


def _year_later(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return dt.date(day.year + 1, 2, 28)


def _method(table: ImpactTable) -> Section:
    level = f"{table.about.level * 100:g}%"
    items = [
        f"In brackets the {level} interval: of a rate by Wilson's score method, of a ratio by Katz' method on the log "
        "scale. Each speaks of its own category alone.",
        "A ratio is the rate of a category over the highest rate among the categories that take part.",
    ]
    if table.measure == "scoring":
        items.append("Above the median means strictly above; people with exactly the median score are not counted.")
    if "ratio" in table.rule.numbers:
        items += [
            "The flag compares whole numbers: 48 % against 60 % is four fifths and is not below it.",
            "Fisher's exact test is two-sided; z is that of two proportions with a pooled variance (two standard "
            "deviations: beyond 1.96). Holm's adjustment is over all categories of one table.",
            "Selections short: how many more selections of this category would reach four fifths, the highest category "
            "unchanged. One other person: whether selecting one person of this category in place of one of the highest "
            "would put this category ahead; the guidelines then ask for no conclusion.",
        ]
    return Section(id="method", title="How it was computed", blocks=(Items(items=tuple(items)),))
