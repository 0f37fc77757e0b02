"""Groups that nobody recorded: the rate of each, how far it may reach, and what these data cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from sterling.core.document import Cell, Items, Prose, Section
from sterling.core.evidence import Evidence
from sterling.core.membership import known_by
from sterling.core.run import Run
from sterling.core.table import EstimateTable
from sterling.report.parts import cell, count_cell, estimate_cell, grid, line
from sterling.report.people import group, noun
from sterling.report.text import capital

LEAD = "Nobody recorded who belongs to these groups; there are chances, or shares of all, only"
CANNOT = (
    "The value weights each row by its chance to belong to the group. It is biased wherever the outcome has to do with "
    "the group beyond what the chances know, and no number of rows shows whether it has. The range beside it is what "
    "can be said: bounds that hold whatever that has to do with, and chance; where independence was assumed, chance "
    "alone. Nothing is said of single people: nobody's own group is known."
)
NAME = 60


def sections(run: Run) -> tuple[Section, ...]:
    """One section for all that was asked of such groups; none where nothing was."""
    asked = [(e, e.inferred) for e in run.evidence if e.inferred is not None]
    if not asked:
        return ()
    several = len({e.model for e, _ in asked}) > 1
    rows = [row for e, table in asked for row in _rows(e, table, run.roles.people, several)]
    who = noun(run.roles.people)
    heads = (*(("model",) if several else ()), "measure", "group", "value and range", f"{who} expected", "known by")
    notes = dict.fromkeys(line(note) for e, _ in asked for note in e.notes if "left out" in note)
    return (
        Section(
            id="inferred-groups", title="Groups that were not recorded", lead=LEAD,
            blocks=(
                *grid(f"Rates of groups that were not recorded, {run.plan.level * 100:g}% ranges", heads, rows),
                Prose(text=CANNOT),
                *((Items(items=tuple(notes), tone="note"),) if notes else ()),
            ),
        ),
    )  # fmt: skip


def _rows(evidence: Evidence, table: EstimateTable, people: str, several: bool) -> Iterator[tuple[Cell, ...]]:
    told, assumed = known_by(evidence.parameters)
    known = told if assumed == "nothing" else f"{told}, {assumed} assumed"
    for block in table.blocks:
        at = table.thresholds[0] if table.thresholds else None
        for slice_ in table.slices:
            estimate = table.estimate(block.info.name, slice_, at)
            yield (
                *((cell(evidence.model),) if several else ()),
                cell(block.info.label), cell(line(capital(group(slice_, people).text), NAME)),
                estimate_cell(estimate, block.info), count_cell(estimate.n, people=True), cell(known),
            )  # fmt: skip
