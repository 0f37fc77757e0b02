"""Whether tables can be set beside each other: by the columns that both have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sterling.core.errors import InputError, shown
from sterling.engine.table import TableAccess

MOST = 8


def columns_beside(access: TableAccess) -> tuple[str, ...]:
    """Sentences on columns that a table and one it is compared with do not share. Raises InputError for none shared."""
    return tuple(text for other in access.others for text in _between(access, other))


def _between(here: TableAccess, there: TableAccess) -> Iterator[str]:
    if not set(here.columns) & set(there.columns):
        raise InputError(
            f"{shown(there.name)} and {shown(here.name)} have no column in common", where=shown(here.name),
            expected=f"columns of {shown(there.name)}: {_listed(there.columns)}", got=_listed(here.columns),
            hint="rename the columns of one of them so that the same thing has the same name in both",
        )  # fmt: skip
    for table, other in ((here, there), (there, here)):
        alone = [c for c in table.columns if c not in other.columns]
        if alone:
            yield f"Only in {shown(table.name)} and so not compared with {shown(other.name)}: {_listed(alone)}"


def _listed(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - MOST:,} more" if len(columns) > MOST else ""
    return ", ".join(shown(c) for c in columns[:MOST]) + more
