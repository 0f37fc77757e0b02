"""Verdicts as blocks of a document: who, by how much, how sure, against which limit, and who set it."""

from __future__ import annotations

from sterling.core.document import Alert, Block, Cell, Items, Prose, Tone
from sterling.core.dossier import Dossier
from sterling.core.judge import Verdict
from sterling.core.roles import Roles
from sterling.core.slices import Slice
from sterling.report import words
from sterling.report.deciding import power_text
from sterling.report.parts import cell, grid, headed, line
from sterling.report.small_cells import withheld_groups
from sterling.report.text import capital

_TONES: dict[str, Tone] = {"over": "over", "undecided": "undecided", "within": "within"}


def judged(dossier: Dossier) -> tuple[Block, ...]:
    """Every limit with its verdict; waivers first, and the words that keep *within* from saying too much."""
    roles = words.settled_roles(dossier.run)
    verdicts = [v for v in words.in_order(dossier.judgement) if v.limit is not None]
    if not verdicts:
        return (Prose(text="No limit was set, so nothing is over or within one."),)
    held = withheld_groups(dossier.run)
    waived = (v for v in verdicts if v.waiver is not None)
    loud = (Alert(text=words.said(v, roles), tone=_TONES.get(v.verdict, "note")) for v in waived)
    heads = ("Verdict", "What was found", "Interval", "Limit", "People", "Why", "Set in")
    caption = f"Limits{f', set by {line(dossier.project.owner, 80)}' if dossier.project.owner else ''}"
    late = words.late_count(len(dossier.judgement.late))
    return (
        *loud,
        *([Alert(text=f"{late[:1].upper()}{late[1:]}: they are marked below", tone="note")] if late else []),
        *grid(caption, heads, (_row(v, roles, held) for v in verdicts)),
        Prose(text=words.WITHIN_NOTE),
    )


def unjudged(dossier: Dossier, most: int = 12) -> tuple[Block, ...]:
    """What was measured with no limit set, the first so many sentences."""
    roles = words.settled_roles(dossier.run)
    found = [v for v in words.in_order(dossier.judgement) if v.limit is None and v.finding is not None]
    shown = tuple(words.said(v, roles) for v in found[:most])
    more = (f"{len(found) - most} more are in the report",) if len(found) > most else ()
    return headed("Measured with no limit set", [Items(items=(*shown, *more))] if shown else [])


def _row(verdict: Verdict, roles: Roles, held: frozenset[Slice]) -> tuple[Cell, ...]:
    word = words.word_of(verdict) + (" (waived)" if verdict.waiver is not None else "")
    finding, limit = verdict.finding, verdict.limit
    parts = (words.late_text(verdict), words.reason(verdict, roles), power_text(verdict, roles))
    why = "; ".join(part for part in parts if part)
    return (
        Cell(text=capital(word), tone=_TONES.get(verdict.verdict, "note")),
        cell(words.sentence(verdict, roles)),
        cell(words.bracket(finding, verdict.limit) if finding else ""),
        cell(words.limit_text(verdict)),
        cell(words.people_text(verdict, roles, held)),
        cell(capital(why)),
        cell(limit.origin if limit else ""),
    )
