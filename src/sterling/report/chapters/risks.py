"""The risk register, stage by stage: what is open, what was done, who owns it, and whether the next stage may begin."""

from __future__ import annotations

from sterling.core.document import Alert, Block, Cell, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.records import Risk, Stage
from sterling.report.parts import cell, grid, moment, short, waivers
from sterling.report.text import count

STAGES: tuple[Stage, ...] = ("scope", "data", "preprocessing", "training", "inference")


def section(dossier: Dossier) -> Section:
    """One table a stage; waivers first."""
    still = [r for r in dossier.risks if not r.resolved]
    lead = f"{count(len(still))} open, {count(len(dossier.risks) - len(still))} resolved"
    return Section(id="risks", title="Risks", lead=lead, blocks=(*waivers(dossier), *register(dossier)))


def register(dossier: Dossier) -> tuple[Block, ...]:
    """The entries by stage, open ones first; stages that hold the next one back are said aloud."""
    if not dossier.risks:
        return (
            Prose(text="The register has no entry. That says what was looked for and found, not that there is none."),
        )
    blocks: list[Block] = []
    for stage in STAGES:
        entries = sorted((r for r in dossier.risks if r.stage == stage), key=lambda r: (r.resolved, r.opened, r.id))
        held = [r for r in entries if not r.resolved and not r.proceed]
        if held:
            text = f"{stage.capitalize()}: {count(len(held))} open {_entries(len(held))} the next stage back"
            blocks.append(Alert(text=text, tone="undecided"))
        blocks += table(stage.capitalize(), entries)
    return tuple(blocks)


def table(caption: str, entries: list[Risk]) -> tuple[Block, ...]:
    """Entries of the register as a table; nothing when there are none."""
    heads = ("Issue", "State", "What was done", "Owner", "Next stage may begin", "Opened", "Closed by")
    return grid(caption, heads, (_row(r) for r in entries))


def open_risks(dossier: Dossier, *stages: Stage) -> list[Risk]:
    """The entries of these stages that nothing has closed."""
    return [r for r in dossier.risks if r.stage in stages and not r.resolved]


def _row(risk: Risk) -> tuple[Cell, ...]:
    return (
        cell(risk.issue),
        Cell(text="resolved" if risk.resolved else "open", tone="plain" if risk.resolved else "undecided"),
        cell(risk.step_taken or "nothing yet"),
        cell(risk.owner or "nobody"),
        cell("yes" if risk.proceed else "no"),
        cell(moment(risk.opened) or ""),
        cell(short(risk.closed_by) if risk.closed_by else ""),
    )


def _entries(n: int) -> str:
    return "entry holds" if n == 1 else "entries hold"
