"""Broken promises, personal data, rows that can be singled out and terms of use, as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.data.anomalies import Anomaly
from sterling.core.data.anonymity import Anonymity
from sterling.core.data.personal import PersonalData
from sterling.core.errors import counted
from sterling.core.overview import Heard, Stated
from sterling.report.about.found import Found
from sterling.report.about.numbers import exact_share, measured, out_of, point
from sterling.report.about.wording import SENSITIVITY, kind_name
from sterling.report.text import FEW, capital, count, listed, plain

MOST = 3
BY_NAME = "column name"
"""What finds personal data by what a column is called; `data/personal/columns.py` writes it."""


def promises(found: Found, people: str) -> Iterable[Stated]:
    """Promises of the schema that are broken, those that are errors first."""
    for schema in found.anomalies:
        for severity, tone in (("error", "over"), ("warning", "note")):
            held = [a for a in schema.found if a.severity == severity]
            word = "Broken promise" if severity == "error" else "Promise not kept (warning)"
            for a in held[:MOST]:
                rows = (
                    None if a.rows is None or a.n is None else f"{out_of(a.rows, a.n)} {'row' if a.n == 1 else 'rows'}"
                )
                expected = f"expected {plain(a.expected, 200)}" if a.expected else ""
                detail = "; ".join(t for t in (expected, rows, plain(a.hint, 200)) if t)
                heard: Heard = "over" if tone == "over" else "note"
                yield Stated(
                    text=f"{word}: {_whose(a)}{plain(a.what, 200)}",
                    tone=heard,
                    detail=capital(detail),
                    link="anomalies",
                    n=a.n,
                    of="rows",
                )
            if len(held) > MOST:
                more = counted(len(held) - MOST, "more promise", "more promises")
                yield Stated(text=f"{more} of severity {severity}", link="anomalies")


def _whose(anomaly: Anomaly) -> str:
    """The column that a promise is about, where the sentence does not name it."""
    return f"{plain(anomaly.column)}: " if anomaly.column is not None and anomaly.column not in anomaly.what else ""


def personal(found: Found, people: str) -> Iterable[Stated]:
    """Secrets and personal data by column; columns that are only called like a special category in one sentence."""
    for record in found.personal:
        held = sorted(record.found, key=lambda p: (SENSITIVITY[p.sensitivity], -p.count, p.column, p.kind))
        named = [p for p in held if p.sensitivity == "special" and p.by == BY_NAME]
        seen = [p for p in held if p not in named]
        yield from map(_holds, seen[:MOST])
        if len(seen) > MOST:
            more = counted(len(seen) - MOST, "more kind", "more kinds")
            yield Stated(text=f"{more} of personal data in columns", link="personal")
        if named:
            yield _called(list(dict.fromkeys(plain(p.column) for p in named)))


def _holds(p: PersonalData) -> Stated:
    return Stated(
        text=f"{plain(p.column)} holds {kind_name(p.kind)}{', inside texts' if p.where == 'text' else ''}",
        tone="note",
        shown=measured(p.share.value, p.share.low, p.share.high, "share"),
        n=p.n if p.n >= FEW else None,
        of="values",
        link="personal",
        detail=f"{'A secret' if p.sensitivity == 'secret' else 'Personal data'}; found by {plain(p.by, 60)}; the share "
        "is of values that are there",
    )


def _called(columns: list[str]) -> Stated:
    one = len(columns) == 1
    return Stated(
        text=f"{listed(columns, most=5)} {'looks like a special category' if one else 'look like special categories'} "
        f"of personal data (by {'its name' if one else 'their names'})",
        tone="note",
        link="personal",
        detail="Such as origin, belief, health or sexual life: many laws allow its use only for stated reasons",
    )


def anonymity(found: Found, people: str) -> Iterable[Stated]:
    """How many rows are alone in the set of columns that singles out most."""
    for sets in found.anonymity:
        for a in sets.sets[:1]:
            share = exact_share(a.unique_rows, a.n)
            others = counted(a.wanted - 1, "other", "others")
            below = f"{exact_share(a.below, a.n)} of the rows share them with fewer than {others}"
            told = [
                "whoever knows these of a person finds that person's row" if a.unique_rows else "",
                below if a.below else "",
                "" if a.given or sets.searched < 2 else f"the worst of {count(sets.searched)} sets that were looked at",
            ]
            yield Stated(
                text=_alone(a, share),
                tone="note" if a.unique_rows else "plain",
                shown=share if a.unique_rows else f"k = {count(a.k)}",
                n=a.n,
                link="anonymity",
                detail=capital("; ".join(t for t in told if t)),
            )


def _alone(a: Anonymity, share: str) -> str:
    columns = listed([plain(c) for c in a.quasi], most=5)
    if a.unique_rows:
        return f"{share} of the rows are alone in {columns}"
    return f"Every row shares {columns} with at least {counted(a.k - 1, 'other', 'others')}"


def terms(found: Found, people: str) -> Iterable[Stated]:
    """What the terms of use do not meet or do not say."""
    for record in found.terms:
        for r in [r for r in record.requirements if r.answer == "unmet"][:MOST]:
            asked, got = ", ".join(r.wanted), ", ".join(r.got) or "nothing"
            yield Stated(
                text=f"The terms of use do not meet what was asked of {plain(r.what.replace('_', ' '), 60)}",
                tone="note", detail=f"Asked for {plain(asked, 120)}; stated: {plain(got, 120)}", link="terms",
            )  # fmt: skip
        consent = record.consent
        if consent is not None and consent.without:
            share = consent.share
            yield Stated(
                text=f"{point(share.value, share.low, share.high, 'share')} of the rows have no consent on record",
                tone="note", shown=measured(share.value, share.low, share.high, "share"), n=consent.n, link="terms",
            )  # fmt: skip
        if record.terms.missing:
            n = len(record.terms.missing)
            yield Stated(
                text=f"{count(n)} {'question' if n == 1 else 'questions'} about the terms of use have no answer",
                link="terms", detail="; ".join(plain(m, 60) for m in record.terms.missing[:MOST]),
            )  # fmt: skip
