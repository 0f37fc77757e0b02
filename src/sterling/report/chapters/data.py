"""The table as it was read: how many rows, which columns, what is missing, and how it was split."""

from __future__ import annotations

from sterling.core.document import Block, Fact, Items, Section
from sterling.core.dossier import ColumnFacts, Dossier, Leaked
from sterling.core.errors import counted
from sterling.report.about.found import gathered
from sterling.report.about.numbers import exact_share, out_of
from sterling.report.about.sections import sections
from sterling.report.parts import cell, count_cell, evidence_of, fact, facts, grid, headed, line
from sterling.report.text import FEW, count, few, value_text

PARTS = ("train", "choose", "certify")
"""The parts of a split in the order in which they are used."""
_LEAKED = {
    "exact": "Rows to {} that equal one to {}, but for the id",
    "entity": "Rows to {} of somebody who is among those to {}",
    "time": "Rows to {} from before the last to {}",
}
MOST_COLUMNS = 200
"""A table of more columns is listed up to here, and says so."""


def section(dossier: Dossier) -> Section:
    """Rows, files, columns, parts, problems."""
    data = dossier.data
    return Section(
        id="data",
        title="Data",
        lead=f"{counted(data.rows, 'row', 'rows')} of {counted(len(data.columns), 'column', 'columns')}",
        blocks=(*table(dossier), *_columns(dossier), *parts(dossier), *groups(dossier), *problems(dossier)),
    )


def found_in_table(dossier: Dossier) -> tuple[Section, ...]:
    """What the run's questions about the table itself found: a chapter for each subject, none where none was asked."""
    return sections(gathered(dossier.run.evidence), dossier.run.roles)


def _columns(dossier: Dossier) -> tuple[Block, ...]:
    """The list of columns, where no chapter of its own says more of them."""
    return () if gathered(dossier.run.evidence).profiles else columns(dossier)


def table(dossier: Dossier) -> tuple[Block, ...]:
    """What the table is and which bytes it was read from."""
    data = dossier.data
    behind = evidence_of(dossier, "table")
    copies = None if data.duplicates is None else few(data.duplicates) if data.duplicates else "0"
    return facts(
        fact("Table", data.name, data.digest),
        fact("Rows", count(data.rows), behind),
        fact("Rows that repeat another row", copies, behind),
        *(fact("Read from", name, digest) for name, digest in data.files),
    )


def columns(dossier: Dossier) -> tuple[Block, ...]:
    """Every column with its role, type and what is missing. No end of a range is one person's own value."""
    shown = dossier.data.columns[:MOST_COLUMNS]
    left = len(dossier.data.columns) - len(shown)
    caption = f"Columns{f' (the first {MOST_COLUMNS}; {count(left)} more are in the table)' if left else ''}"
    heads = ("Column", "Role", "Type", "Missing", "Different values", "Range")
    return grid(
        caption,
        heads,
        (
            (
                cell(c.name),
                cell(c.role),
                cell(c.type),
                count_cell(c.missing, people=c.missing > 0),
                count_cell(c.distinct),
                cell(_range(c)),
            )
            for c in shown
        ),
    )


def parts(dossier: Dossier) -> tuple[Block, ...]:
    """How the rows were split, and how."""
    split, behind = dossier.project.split, evidence_of(dossier, "split")
    if not dossier.data.parts:
        return ()
    known = sorted(dossier.data.parts, key=lambda name: (name not in PARTS, PARTS.index(name) if name in PARTS else 0))
    how = f"by {split.by}" + (f", stratified by {', '.join(split.stratify)}" if split.stratify else "")
    return headed(
        "How the rows were split",
        facts(
            fact("Split", f"{how}, seed {split.seed}", behind),
            *(fact(f"Rows to {name}", count(dossier.data.parts[name]), behind) for name in known),
            *(_leaked(leak, behind) for leak in dossier.data.leaks),
        ),
    )


def _leaked(leak: Leaked, behind: str | None) -> Fact | None:
    """How many rows of a part have their like in one before it: a model may know them by heart."""
    share = f" ({exact_share(leak.rows, leak.n)})" if leak.rows >= FEW else ""
    return fact(_LEAKED[leak.kind].format(leak.second, leak.first), out_of(leak.rows, leak.n) + share, behind)


def groups(dossier: Dossier) -> tuple[Block, ...]:
    """How many people each group of the examined rows has. Fewer than ten are not counted out."""
    rows = (
        (
            cell(share.column),
            cell("(not recorded)" if share.value is None else value_text(share.value)),
            count_cell(share.n, people=True),
            cell(f"{share.share * 100:.1f}%" if share.n >= 10 else few(share.n)),
        )
        for share in dossier.run.groups
    )
    people = line(dossier.run.roles.people, 30) or "people"
    return grid(f"Groups among the {count(dossier.run.n)} {people} examined", ("Column", "Group", "n", "Share"), rows)


def problems(dossier: Dossier) -> tuple[Block, ...]:
    """What reading the table complained about, and what evaluating it noticed."""
    found = tuple(line(p) for p in (*dossier.data.problems, *dossier.run.notices))
    return headed("What was noticed", [Items(items=found, tone="note")] if found else [])


def _range(column: ColumnFacts) -> str:
    if column.low is None and column.high is None:
        return "not shown"
    low, high = (line(end, 40) if end is not None else "(not shown)" for end in (column.low, column.high))
    return f"{low} to {high}"
