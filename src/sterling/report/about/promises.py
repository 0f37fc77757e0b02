"""Promises of a schema that the table does not keep, worst first."""

from __future__ import annotations

from sterling.core.data.anomalies import Anomaly
from sterling.core.document import Block, Cell, Items, Section
from sterling.core.errors import counted
from sterling.core.overview import Heard
from sterling.core.roles import Roles
from sterling.report.about.found import Found
from sterling.report.parts import cell, count_cell, grid, headed
from sterling.report.text import capital, plain

_HEADS = ("Severity", "Column", "What", "Expected", "Got", "Rows", "What to do", "Promised in")
_TONES: dict[str, Heard] = {"error": "over", "warning": "undecided", "note": "note"}
_RANKS = {"error": 0, "warning": 1, "note": 2}


def promises(found: Found, roles: Roles) -> Section | None:
    """The anomalies as a table."""
    if not found.anomalies:
        return None
    held = sorted((a for s in found.anomalies for a in s.found), key=_rank)
    schemas = (
        f"{plain(s.schema, 80)}, version {s.version}{f', environment {plain(s.environment)}' if s.environment else ''}"
        for s in found.anomalies
    )
    unchecked = tuple(plain(u, 300) for s in found.anomalies for u in s.unchecked)
    not_held: list[Block] = [Items(items=unchecked, tone="undecided")] if unchecked else []
    return Section(
        id="anomalies",
        title=_title(held, sum(s.checked for s in found.anomalies)),
        lead="; ".join(schemas),
        blocks=(
            *grid("Promises that are not kept", _HEADS, (_row(a) for a in held)),
            *headed("Promises that could not be held against the table", not_held),
        ),
    )


def _title(held: list[Anomaly], checked: int) -> str:
    errors = sum(a.severity == "error" for a in held)
    if errors == 1:
        return "A promise about the data is broken"
    if errors:
        return f"{errors:,} promises about the data are broken"
    if held:
        return (
            f"No promise is broken; {counted(len(held), f'of {checked:,} deserves', f'of {checked:,} deserve')} a look"
        )
    return "The promise of the schema is kept" if checked == 1 else f"All {checked:,} promises of the schema are kept"


def _rank(anomaly: Anomaly) -> tuple[int, str, str]:
    return _RANKS[anomaly.severity], anomaly.column or "", anomaly.kind


def _row(anomaly: Anomaly) -> tuple[Cell, ...]:
    return (
        Cell(text=capital(anomaly.severity), tone=_TONES[anomaly.severity]),
        cell("the table" if anomaly.column is None else anomaly.column),
        cell(capital(anomaly.what)),
        cell(anomaly.expected),
        cell(anomaly.got),
        Cell(text="") if anomaly.rows is None else count_cell(anomaly.rows, people=anomaly.rows > 0),
        cell(capital(anomaly.hint)),
        cell(anomaly.where),
    )
