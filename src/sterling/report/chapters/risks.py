"""The risk register, stage by stage: what is open, what was done, who owns it, and what it holds back."""

from __future__ import annotations

from sterling.core.document import Alert, Block, Cell, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.records import Risk, Stage
from sterling.core.review import held_back
from sterling.report.parts import cell, grid, moment, short, waivers
from sterling.report.text import count

STAGES: tuple[Stage, ...] = ("scope", "data", "preprocessing", "training", "inference")


def section(dossier: Dossier) -> Section:
    """One table a stage; waivers first."""
    still = [r for r in dossier.risks if not r.resolved]
    held = sum(held_back(r, dossier.project.review) is not None for r in still)
    lead = f"{count(len(still))} open, {count(len(dossier.risks) - len(still))} resolved; {_held(held, dossier)}"
    return Section(id="risks", title="Risks", lead=lead, blocks=(*waivers(dossier), *register(dossier)))


def register(dossier: Dossier) -> tuple[Block, ...]:
    """The entries by stage, open ones first; what they hold back is said aloud."""
    if not dossier.risks:
        return (
            Prose(text="The register has no entry. That says what was looked for and found, not that there is none."),
        )
    blocks: list[Block] = []
    for stage in STAGES:
        entries = sorted((r for r in dossier.risks if r.stage == stage), key=lambda r: (r.resolved, r.opened, r.id))
        held = [what for r in entries if (what := held_back(r, dossier.project.review)) is not None]
        for what in dict.fromkeys(held):
            n = held.count(what)
            text = f"{stage.capitalize()}: {count(n)} open {'risk holds' if n == 1 else 'risks hold'} {what} back"
            blocks.append(Alert(text=text, tone="undecided"))
        blocks += table(stage.capitalize(), entries, dossier)
    return tuple(blocks)


def table(caption: str, entries: list[Risk], dossier: Dossier) -> tuple[Block, ...]:
    """Entries of the register as a table; nothing when there are none."""
    heads = ("Issue", "State", "What was done", "Owner", "Holds back", "Opened", "Closed by")
    return grid(caption, heads, (_row(r, dossier) for r in entries))


def open_risks(dossier: Dossier, *stages: Stage) -> list[Risk]:
    """The entries of these stages that nothing has closed."""
    return [r for r in dossier.risks if r.stage in stages and not r.resolved]


def _row(risk: Risk, dossier: Dossier) -> tuple[Cell, ...]:
    return (
        cell(risk.issue),
        Cell(text="resolved" if risk.resolved else "open", tone="plain" if risk.resolved else "undecided"),
        cell(risk.step_taken or "nothing yet"),
        cell(risk.owner or "nobody"),
        cell(held_back(risk, dossier.project.review) or "nothing"),
        cell(moment(risk.opened) or ""),
        cell(short(risk.closed_by) if risk.closed_by else ""),
    )


def _held(n: int, dossier: Dossier) -> str:
    """How many hold something back: as many as the terminal counts, since both ask the same function."""
    if not n:
        return "none holds anything back" if dossier.project.review.required else "nobody is asked to sign"
    return f"{count(n)} {'holds' if n == 1 else 'hold'} signing back"
