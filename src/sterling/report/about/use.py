"""Whether the table may be used: personal data and secrets, rows that can be singled out, terms."""

from __future__ import annotations

from sterling.core.data.anonymity import Anonymity
from sterling.core.data.personal import PersonalData
from sterling.core.data.records import flat
from sterling.core.data.terms import Requirement, TermsFound
from sterling.core.document import Block, Cell, Items, Prose, Section, Tone
from sterling.core.errors import counted
from sterling.core.roles import Roles
from sterling.report.about.found import Found
from sterling.report.about.numbers import estimated, exact_share
from sterling.report.about.said_use import BY_NAME
from sterling.report.about.wording import SENSITIVITY, kind_name
from sterling.report.parts import cell, count_cell, fact, facts, grid, headed
from sterling.report.text import capital, count, listed, number, plain

_TONES: dict[str, Tone] = {"unmet": "over", "unknown": "undecided"}


def personal(found: Found, roles: Roles) -> Section | None:
    """What kind of personal data stands in which column. No value is shown, not even masked."""
    if not found.personal:
        return None
    held = sorted(
        (p for s in found.personal for p in s.found), key=lambda p: (SENSITIVITY[p.sensitivity], p.column, p.kind)
    )
    columns = list(dict.fromkeys(plain(p.column) for p in held if p.by != BY_NAME))
    called = list(dict.fromkeys(plain(p.column) for p in held if p.by == BY_NAME))
    secrets = list(dict.fromkeys(plain(p.column) for p in held if p.sensitivity == "secret"))
    title = (
        "No detector found personal data"
        if not held
        else f"{capital(listed(columns))} hold{'s' if len(columns) == 1 else ''} personal data"
        if columns
        else f"{capital(listed(called))} look{'s' if len(called) == 1 else ''} like personal data, by name"
    )
    if secrets:
        title = f"{capital(listed(secrets))} hold{'s' if len(secrets) == 1 else ''} secrets such as keys or passwords"
    first = found.personal[0]
    rows = counted(first.rows, "row", "rows")
    looked = f"{count(first.looked_at)} of {rows}" if first.sampled else f"all {rows}" if first.rows > 1 else rows
    without = tuple(f"Not looked for by {plain(w, 120)}" for s in found.personal for w in s.without)
    heads = ("Column", "What", "Sensitivity", "Where", "Values", "Share", "Found by", "Precision, recall")
    return Section(
        id="personal",
        title=title,
        lead=f"Looked for in {looked} of {counted(len(first.columns), 'column', 'columns')}. A detector finds what "
        "it knows and errs both ways: its precision and recall on labelled texts stand beside it.",
        blocks=(*grid("Personal data and secrets by column", heads, (_row(p) for p in held)), *_listed(without)),
    )


def _listed(items: tuple[str, ...]) -> tuple[Block, ...]:
    return (Items(items=items, tone="undecided"),) if items else ()


def _row(p: PersonalData) -> tuple[Cell, ...]:
    interval = None if p.share.low is None or p.share.high is None else (p.share.low, p.share.high)
    known = [f"{name} {number(x, 2, 'value')}" for name, x in (("P", p.precision), ("R", p.recall)) if x is not None]
    return (
        cell(p.column),
        cell(capital(kind_name(p.kind))),
        cell(p.sensitivity),
        cell("inside texts" if p.where == "text" else "whole values"),
        count_cell(p.count, people=True),
        Cell(text=estimated(p.share), number=p.share.value, interval=interval),
        cell(p.by),
        cell(", ".join(known) or "not measured"),
    )


def anonymity(found: Found, roles: Roles) -> Section | None:
    """How many rows could be told to be somebody's."""
    sets = [a for s in found.anonymity for a in s.sets]
    if not sets:
        return None
    worst = sets[0]
    columns = listed([plain(c) for c in worst.quasi], most=5)
    title = f"{exact_share(worst.unique_rows, worst.n)} of the rows are alone in {columns}"
    if not worst.unique_rows:
        title = f"Every row shares {columns} with at least {counted(worst.k - 1, 'other', 'others')}"
    heads = (
        "Columns somebody may know",
        "k",
        "Rows alone",
        "Share",
        "Rows in small classes",
        "Highest risk",
        "Average risk",
    )
    diversity = [(a, d) for a in sets for d in a.diversity]
    return Section(
        id="anonymity",
        title=title,
        lead="A class is a set of rows that are equal in these columns; k is the size of the smallest. Who knows them "
        "of a person finds that person's row with a chance of one in the size of its class.",
        blocks=(
            *grid("Sets of columns, worst first", heads, (_set(a) for a in sets)),
            *grid(
                "What a class gives away: sensitive values among rows that are equal",
                (
                    "Columns somebody may know",
                    "Sensitive column",
                    "Distinct values at least",
                    "Entropy l",
                    "t-closeness",
                ),
                (
                    (
                        cell(listed([plain(c) for c in a.quasi], most=6)),
                        cell(d.column),
                        count_cell(d.distinct_l),
                        Cell(text=number(d.entropy_l, 2, "value"), number=d.entropy_l),
                        Cell(text=number(d.t, 2, "value"), number=d.t),
                    )
                    for a, d in diversity
                ),
            ),
            Prose(
                text="These counts are of this table alone. Two releases of the same people can be put side by side, "
                "and then every k is smaller; which columns others know is a judgement about the world."
            ),
        ),
    )


def _set(a: Anonymity) -> tuple[Cell, ...]:
    return (
        cell(listed([plain(c) for c in a.quasi], most=6) + ("" if a.given else " (found)")),
        Cell(text=count(a.k), number=float(a.k)),
        count_cell(a.unique_rows, people=a.unique_rows > 0),
        Cell(text=exact_share(a.unique_rows, a.n), number=a.unique_rows / a.n if a.n else None),
        Cell(text=f"{exact_share(a.below, a.n)} below {count(a.wanted)}", number=a.below / a.n if a.n else None),
        Cell(text=exact_share(a.highest_risk, 1.0), number=a.highest_risk),
        Cell(text=exact_share(a.average_risk, 1.0), number=a.average_risk),
    )


def terms(found: Found, roles: Roles) -> Section | None:
    """What people state of source, licence, consent, purpose, place and time; what was asked of it."""
    if not found.terms:
        return None
    blocks = [block for record in found.terms for block in _terms(record)]
    return Section(id="terms", title=_terms_title(found), blocks=tuple(blocks))


def _terms_title(found: Found) -> str:
    unmet = sum(r.answer == "unmet" for t in found.terms for r in t.requirements)
    missing = sum(len(t.terms.missing) for t in found.terms)
    if unmet:
        return f"{count(unmet)} {'requirement' if unmet == 1 else 'requirements'} on the terms of use not met"
    if missing:
        what = counted(missing, "question about the terms of use has", "questions about the terms of use have")
        return f"{what} no answer"
    return "The terms of use, as people state them"


def _terms(record: TermsFound) -> list[Block]:
    """What is stated; what was asked of it and does not fit, or cannot be told; consent; open questions."""
    stated = {k: v for k, v in flat(record.terms).items() if k != "missing"}
    known = (fact(capital(key.replace("_", " ")), _said(value)) for key, value in stated.items() if value)
    blocks: list[Block] = [*facts(*known)]
    for answer, tone in _TONES.items():
        items = tuple(_asked(r) for r in record.requirements if r.answer == answer)
        blocks += [Items(items=items, tone=tone)] if items else []
    consent = record.consent
    if consent is not None:
        of = counted(consent.n, "row is", "rows are")
        rows = f"{estimated(consent.share)} of {of} without consent in {plain(consent.column)}"
        blocks.append(Items(items=(rows,), tone="note"))
    missing = tuple(capital(plain(m, 200)) for m in record.terms.missing)
    return [
        *blocks,
        *headed("Questions that nobody answered", [Items(items=missing, tone="undecided")] if missing else []),
    ]


def _asked(r: Requirement) -> str:
    got = listed([plain(g, 80) for g in r.got], most=6) or "nothing"
    wanted = listed([plain(w, 80) for w in r.wanted], most=6)
    return f"{capital(plain(r.what.replace('_', ' '), 60))}: asked for {wanted}, the datasheet says {got}"


def _said(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
