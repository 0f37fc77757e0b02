"""Rows that are there more than once, rows on both sides of a split, columns that give the answer away."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.data.copies import Distinguishable, Duplicates, LabelLeak, Leak, Leaks, Outside
from sterling.core.document import Block, Cell, Fact, Facts, Section
from sterling.core.estimate import Estimate
from sterling.core.overview import Dot, Dots
from sterling.core.roles import Roles
from sterling.report.about.found import Found
from sterling.report.about.numbers import bracket, estimated, exact_share, out_of
from sterling.report.about.said_copies import near, suspicious
from sterling.report.parts import cell, count_cell, grid, headed
from sterling.report.people import group
from sterling.report.text import capital, count, listed, number, plain

KINDS = {
    "exact": "equal rows",
    "near": "nearly equal texts",
    "entity": "the same person or thing",
    "time": "earlier than it may be",
}
"""Kinds of leaks between parts, in words."""


def copies(found: Found, roles: Roles) -> Section | None:
    """Duplicates, leaks, adversarial validation, external validity."""
    if not (found.duplicates or found.leaks):
        return None
    blocks: list[Block] = []
    for duplicates in found.duplicates:
        blocks += _duplicates(duplicates, roles.people)
    for leaks in found.leaks:
        blocks += [*_between(leaks.between), *_labels(leaks.labels), *_apart(leaks), *_outside(leaks.outside)]
    return Section(id="copies", title=_title(found), blocks=tuple(blocks))


def _title(found: Found) -> str:
    label = suspicious(x for leaks in found.leaks for x in leaks.labels)
    between = [x for leaks in found.leaks for x in leaks.between if x.rows]
    rows = [d for d in found.duplicates if d.rows]
    if label:
        return f"{listed(label)} may give the answer away"
    if between:
        worst = max(between, key=lambda x: x.share.value or 0.0)
        return f"Rows of {plain(worst.second, 60)} have their like in {plain(worst.first, 60)}"
    if rows:
        return f"{exact_share(rows[0].rows, rows[0].n)} of the rows repeat another row"
    return "No repeated or leaked row was found"


def _duplicates(d: Duplicates, word: str) -> list[Block]:
    facts = [
        Fact(name="Rows that repeat another", value=f"{out_of(d.rows, d.n)} ({_share(d.share, d.rows, d.n)})"),
        Fact(name="Sets of equal rows", value=count(d.sets)),
    ]
    if d.conflicting is not None:
        facts.append(Fact(name="Sets that are equal in all but the label", value=count(d.conflicting)))
    if d.near_rows is not None:
        looked = "" if d.near_looked_at is None else f" of {count(d.near_looked_at)} looked at"
        alike = "" if d.similarity is None else f", at least {d.similarity:g} alike"
        facts.append(
            Fact(
                name="Rows whose text is nearly another's",
                value=f"{count(d.near_rows)}{looked}, in {listed([plain(c) for c in d.near_columns])}{alike}",
            )
        )
    facts.append(Fact(name="Rows are compared by", value=listed([plain(c) for c in d.columns], most=20)))
    made: list[Block] = [Facts(facts=tuple(facts))]
    if d.by_group:
        made.append(
            Dots(
                caption="Share of repeated rows by group",
                text="",
                value_name="share of rows that repeat another",
                dots=tuple(
                    Dot(
                        label=capital(group(s.slice, word).text),
                        value=s.share.value,
                        low=s.share.low,
                        high=s.share.high,
                        n=s.share.n if s.share.n >= 10 else None,
                        tone="plain" if s.share.value is not None else "undecided",
                    )
                    for s in d.by_group
                ),
            )
        )
    rows = ((cell(column), count_cell(n, people=True)) for column, n in d.but_one)
    return [
        *headed("Rows that are there more than once", made),
        *grid("Rows that differ from another in one column alone", ("Column", "Rows"), rows),
    ]


def _share(share: Estimate | None, rows: int, n: int) -> str:
    """The share as it was counted, then what it says of where the rows come from."""
    if share is None or share.value is None or share.low is None or share.high is None:
        return exact_share(rows, n)
    among = bracket(share.low, share.high, "share")
    return f"{exact_share(rows, n)}; among rows from the same source {among}" if among else exact_share(rows, n)


def _between(leaks: Iterable[Leak]) -> tuple[Block, ...]:
    heads = ("Kind", "Rows of", "with their like in", "Rows", "Share", "By")
    rows = (
        (
            cell(capital(KINDS.get(x.kind, x.kind))),
            cell(x.second),
            cell(x.first),
            count_cell(x.rows, people=x.rows > 0),
            _cell(x.share),
            cell(x.by),
        )
        for x in leaks
    )
    return grid("Rows that stand on both sides", heads, rows)


def _cell(e: Estimate) -> Cell:
    interval = None if e.low is None or e.high is None else (e.low, e.high)
    return Cell(text=estimated(e), number=e.value, interval=interval)


def _labels(labels: tuple[LabelLeak, ...]) -> tuple[Block, ...]:
    if not labels:
        return ()
    held = sorted(labels, key=lambda x: (-(x.value.value or 0.0), x.column))
    odd = suspicious(held)
    caption = (
        f"{listed(odd)} {'each tell' if len(odd) > 1 else 'alone tells'} the label suspiciously well"
        if odd
        else (near(held) or f"No column alone tells the label suspiciously well; {plain(held[0].column)} tells most")
    )
    by = {"value": "", "missing": "by whether it is missing", "order": "by its order"}
    return (
        Dots(
            caption=caption,
            text="A column that is only known once the answer is makes a model look better than it can be. Low ends "
            "hold for all columns together.",
            value_name="AUC of the column alone, on rows held out",
            scale="value",
            line=0.5,
            line_name="no better than guessing",
            dots=tuple(
                Dot(
                    label=plain(x.column, 80),
                    value=x.value.value,
                    low=x.value.low,
                    high=x.value.high,
                    n=x.value.n,
                    tone="note" if x.suspicious else "plain",
                    note="; ".join(t for t in (by.get(x.by, ""), plain(x.note, 160)) if t),
                )
                for x in held
            ),
        ),
    )


def _apart(leaks: Leaks) -> tuple[Block, ...]:
    """Whether tables can be told apart, and by what."""
    rows = (_told(d) for d in leaks.distinguishable)
    return grid("Whether a classifier tells the tables apart", ("Rows of", "from rows of", "AUC", "It goes by"), rows)


def _told(d: Distinguishable) -> tuple[Cell, ...]:
    interval = None if d.auc.low is None or d.auc.high is None else (d.auc.low, d.auc.high)
    by = listed([f"{plain(c)} ({number(v, 2, 'value')})" for c, v in d.features], most=5)
    return (
        cell(d.second),
        cell(d.first),
        Cell(text=estimated(d.auc, "value"), number=d.auc.value, interval=interval),
        cell(by),
    )


def _outside(found: tuple[Outside, ...]) -> tuple[Block, ...]:
    heads = ("Rows of", "unlike nearly all rows of", "Group", "Share", "Expected at most", "Where they differ")
    rows = (
        (
            cell(o.second),
            cell(o.first),
            cell(o.group or "everyone"),
            _cell(o.share),
            cell("" if o.expected is None else exact_share(o.expected, 1.0)),
            cell(listed([f"{plain(c)} ({count(n) if n >= 10 else 'fewer than 10'})" for c, n in o.reasons], most=5)),
        )
        for o in found
    )
    return grid("Rows outside of what the other table holds", heads, rows)
