"""What a table promises by the roles of its columns, without any schema: labels that differ, ids that name a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sterling.core.data.anomalies import Anomaly
from sterling.core.data.kinds import KINDS
from sterling.core.errors import counted
from sterling.core.patterns import columns_of

if TYPE_CHECKING:
    import polars as pl


def broken_promises(frame: pl.DataFrame, *, label: str, id: str | None, groups: Sequence[str]) -> tuple[Anomaly, ...]:
    """Broken promises of the label, the id and the groups: with counts, and never with values of rows."""
    return tuple(_broken(frame, label, id, groups))


def _broken(frame: pl.DataFrame, label: str, id_: str | None, groups: Sequence[str]) -> Iterator[Anomaly]:
    n = frame.height
    if n == 0:
        yield _anomaly("empty_table", None, "the table has no rows", 0, 0)
        return
    labels = [c.fill_nan(None) if c.dtype.is_float() else c for c in frame.select(columns_of((label,), frame.columns))]
    if all(c.null_count() == n for c in labels):
        yield _anomaly("no_label", label, f"no row has a label in {label}", n, n)
    elif all(c.n_unique() - bool(c.null_count()) < 2 for c in labels):
        what = f"every label in {label} is the same: there is nothing to learn or to compare"
        yield _anomaly("single_label", label, what, n, n)
    if id_ is not None:
        missing, repeated = frame[id_].null_count(), n - frame[id_].n_unique()
        if missing:
            yield _anomaly("missing_id", id_, f"{counted(missing, 'row has', 'rows have')} no id in {id_}", missing, n)
        elif repeated:
            ids = counted(repeated, f"id in {id_} is", f"ids in {id_} are")
            what = f"{ids} there more than once: an id names one row"
            yield _anomaly("repeated_id", id_, what, repeated, n)
    for group in groups:
        if frame[group].null_count() == n:
            yield _anomaly("empty_group", group, f"no row has a value in the group column {group}", n, n)


def _anomaly(kind: str, column: str | None, what: str, rows: int, n: int) -> Anomaly:
    about = KINDS[kind]
    return Anomaly(kind=kind, severity=about.severity, column=column, what=what, rows=rows, n=n, hint=about.hint)
