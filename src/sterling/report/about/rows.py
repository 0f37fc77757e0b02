"""Example rows on the page, only where somebody asked for them: no identifier, personal data masked, pictures small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sterling.core.document import Alert, Cell, Grid, Section
from sterling.core.errors import counted
from sterling.core.run import Run
from sterling.report.text import plain

if TYPE_CHECKING:
    import polars as pl

SNIPPET = 160


def example_rows(run: Run) -> tuple[Section, ...]:
    """The rows that the run holds; nothing when it holds none. Whoever put them there has left out and masked."""
    if run.rows is None:
        return ()
    rows: pl.DataFrame = run.rows
    shown = [c for c in rows.columns if c != run.roles.id]
    table = Grid(
        caption=f"{counted(rows.height, 'example row', 'example rows')}, drawn by their content and the seed",
        columns=tuple(plain(c, 80) for c in shown),
        rows=tuple(tuple(_cell(v) for v in row) for row in rows.select(shown).iter_rows()),
    )
    text = (
        "These are rows about people. Identifiers are left out and personal data that a detector found is masked; "
        "it may have missed some."
    )
    return (Section(id="rows", title="Example rows", blocks=(Alert(text=text, tone="over"), table)),)


def _cell(value: object) -> Cell:
    if isinstance(value, str) and value.startswith("data:image/"):
        return Cell(text="", image=value)
    if value is None:
        return Cell(text="")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell(text=plain(str(value), SNIPPET))
    return Cell(text=f"{value:g}" if isinstance(value, float) else str(value), number=float(value))
