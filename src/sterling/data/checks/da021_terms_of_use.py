"""DA021: on which terms may these data be used, and are they met?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.terms import BASES, Answered, Consent, Requirement, Terms, TermsFound
from sterling.core.data.terms_file import parse_terms, read_terms
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.estimate import Estimate
from sterling.core.evidence import Answer, Finding, Kind, Side
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import EVERYONE
from sterling.engine.table import TableAccess

CODE = "DA021"
METHOD = "answers of people in the datasheet, held against what was asked; rows counted"
YES = ("true", "yes", "y", "1", "given", "granted", "agreed", "consented", "opt-in", "ja", "oui", "si", "sí")
"""What means yes in a column of consent unless somebody says otherwise, in any case."""


@check(
    code=CODE,
    name="terms-of-use",
    title="Terms of use",
    question="Where do the data come from, on which ground, for what and until when may they be used?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "A datasheet says what people wrote: nobody here knows whether it is true, or what a law makes of it.",
        "Words are compared as they are written: two names of one purpose are two purposes.",
        "Consent in a column says that somebody agreed, not to what.",
    ),
    hints=("Answer what is open in datasheet.toml, or ask those who collected the data.",),
)
def terms_of_use(
    access: TableAccess,
    *,
    terms: str | None = None,
    licences: tuple[str, ...] = (),
    purpose: str | None = None,
    places: tuple[str, ...] = (),
    bases: tuple[str, ...] = (),
    consent_column: str | None = None,
    consent_values: tuple[str, ...] = (),
) -> Answer:
    """The datasheet's answers, what they leave open, and whether they meet what is asked.

    `terms`: a datasheet, as a file or its text; a project has datasheet.toml beside it. What is asked: one of
    `licences`, the `purpose` among those allowed, people and storage in none but the `places`, one of the `bases`.
    `consent_column`: rows whose value is none of `consent_values` are counted as without consent, a missing one too.
    """
    sheet = _terms(access, terms)
    for basis in bases:
        if basis not in BASES:
            raise ConfigError(f"{shown(basis)!r} is no legal ground", where=CODE, hint=near_miss(basis, BASES))
    asked = _requirements(sheet, licences, purpose, places, bases)
    column = consent_column or sheet.consent_column
    consent = _consent(access, column, consent_values or sheet.consent_values) if column else None
    found = TermsFound(terms=sheet, requirements=asked, consent=consent)
    return Answer(
        about=AboutData(terms=found),
        method=METHOD,
        findings=tuple(_findings(found, access)),
        notes=tuple(_notes(found)),
    )


def _terms(access: TableAccess, given: str | None) -> Terms:
    if given is None:
        return parse_terms("")
    if "\n" in given or "=" in given:
        return parse_terms(given)
    return read_terms(access.located(given))


def _requirements(
    terms: Terms, licences: Sequence[str], purpose: str | None, places: Sequence[str], bases: Sequence[str]
) -> tuple[Requirement, ...]:
    found = []
    if licences:
        found.append(_one_of("licence", licences, (terms.licence,) if terms.licence else ()))
    if purpose is not None:
        allowed = _folded(terms.purposes)
        answer: Answered = "unknown" if not allowed else "met" if purpose.casefold().strip() in allowed else "unmet"
        found.append(Requirement(what="purpose", wanted=(purpose,), got=terms.purposes, answer=answer))
    if places:
        found.append(_one_of("geography", places, terms.geography))
        found.append(_one_of("storage", places, terms.stored_in))
    if bases:
        found.append(_one_of("legal ground", bases, (terms.basis,) if terms.basis else ()))
    return tuple(found)


def _one_of(what: str, wanted: Sequence[str], got: tuple[str, ...]) -> Requirement:
    """Everything that the datasheet says is among what is wanted; nothing said is unknown."""
    answer: Answered = "unknown" if not got else "met" if set(_folded(got)) <= set(_folded(wanted)) else "unmet"
    return Requirement(what=what, wanted=tuple(wanted), got=got, answer=answer)


def _folded(texts: Sequence[str]) -> list[str]:
    return [t.casefold().strip() for t in texts]


def _consent(access: TableAccess, column: str, yes: Sequence[str]) -> Consent:
    access.known((column,), where=CODE)
    kind = access.schema[column]
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise ConfigError(f"{shown(column)!r} holds no single values", where=CODE, expected="texts, numbers or truth")
    words = tuple(_folded(yes or YES))
    agreed, missing, n = access.fold(partial(_count, column=column, words=words), _added, (column,))
    share = (n - agreed) / n
    exact = Estimate(
        value=share, low=share, high=share, level=access.level, n=n, n_eligible=n, method="counted in every row"
    )
    return Consent(column=column, n=n, without=n - agreed, missing=missing, share=exact)


Counts = tuple[int, int, int]


def _count(frame: pl.DataFrame, *, column: str, words: tuple[str, ...]) -> Counts:
    values = frame[column].cast(pl.String).str.strip_chars().str.to_lowercase().str.replace(r"^(-?\d+)\.0$", "$1")
    return int(values.is_in(list(words)).sum() or 0), frame[column].null_count(), frame.height


def _added(a: Counts, b: Counts) -> Counts:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def _findings(found: TermsFound, access: TableAccess) -> list[Finding]:
    open_questions = float(len(found.terms.missing))
    out = [_finding("terms_missing", "highest", open_questions, open_questions, access)]
    if found.requirements:
        unmet = float(sum(r.answer == "unmet" for r in found.requirements))
        unknown = sum(r.answer == "unknown" for r in found.requirements)
        out.append(_finding("terms_unmet", "highest", unmet, unmet + unknown, access))
    if found.consent is not None and found.consent.share.value is not None:
        share = found.consent.share.value
        out.append(_finding("without_consent_share", "highest", share, share, access))
    # The day itself: how many days are left is counted when it is judged, so that evidence holds no clock.
    day = float("nan")
    if found.terms.retain_until:
        day = float(dt.date.fromisoformat(found.terms.retain_until).toordinal())
    return [*out, _finding("retention_days_left", "lowest", day, day, access)]


def _finding(name: str, kind: Kind, low: float, high: float, access: TableAccess) -> Finding:
    n = access.rows
    return Finding(
        metric=DATA_METRICS[name].info,
        kind=kind,
        family=(),
        threshold=None,
        second=None,
        value=low,
        low=low,
        high=high,
        level=access.level,
        groups_compared=1,
        method=METHOD,
        first=Side(slice=EVERYONE, value=low, n=n, n_eligible=n, n_effective=float(n)),
    )


def _notes(found: TermsFound) -> list[str]:
    notes = [f"nobody has answered: {question}" for question in found.terms.missing]
    for r in found.requirements:
        if r.answer != "met":
            got = ", ".join(r.got) if r.got else "nothing"
            notes.append(f"{r.what}: asked for {' or '.join(r.wanted)}, the datasheet says {got}")
    if found.consent is not None and found.consent.without:
        c = found.consent
        notes.append(
            f"{c.without:,} of {c.n:,} rows are without consent in {c.column}; {c.missing:,} of them say nothing"
        )
    return notes
