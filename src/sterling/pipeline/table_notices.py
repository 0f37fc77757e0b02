"""What somebody must know of how a table was asked about, beside what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sterling.core.data.profile import ColumnProfile
from sterling.core.errors import shown
from sterling.core.evidence import Evidence
from sterling.data.people.looking import MOST_LABELS, distinct_labels
from sterling.engine.table import TableAccess

FEW_ROWS = 50
"""With fewer rows, numbers that all differ are no sign of an id."""
NEARLY = 0.95
LONGEST = 64.0
"""Characters of an id at most, on average."""
MOST = 3
_NAMED = re.compile(r"(^|[_\W])(id|uuid|guid|key|number|no|nr)$|(?<=[a-z])(Id|ID)$", re.IGNORECASE)


def table_notices(access: TableAccess, evidence: Sequence[Evidence]) -> Iterator[str]:
    """Sentences: what was not asked and why, and columns that look like an id that nobody named."""
    asked = {e.check for e in evidence}
    yield from _labels(access, asked)
    if access.roles.id is None and "DA014" in asked:
        yield from _ids(access, evidence)


def _labels(access: TableAccess, asked: set[str]) -> Iterator[str]:
    roles = access.roles
    if roles.label is None or roles.positive is not None or not roles.groups or not asked & {"DA004", "DA009"}:
        return
    values = distinct_labels(access)
    if 2 < values <= MOST_LABELS:
        yield (
            f"The labels of groups are not compared (DA004): {shown(roles.label)} has {values} values, and which one "
            "is positive was not said. --positive VALUE names it"
        )


def _ids(access: TableAccess, evidence: Sequence[Evidence]) -> Iterator[str]:
    profiles = [p for e in evidence if e.about is not None for p in e.about.profiles if not p.slice.items]
    columns = next((p.columns for p in profiles if p.table == access.name), ())
    named = [c.name for c in columns if _like_an_id(c)][:MOST]
    if named:
        said = ", ".join(map(shown, named))
        looks = f"the column {said} looks like an id" if len(named) == 1 else f"the columns {said} look like ids"
        yield (
            f"{looks}: nearly every row has a value of its own, so rows that are equal otherwise do not count as "
            f"repeats. --id {shown(named[0])} sets it aside"
        )


def _like_an_id(column: ColumnProfile) -> bool:
    """All values differ, or nearly all of a column that is called like an id."""
    known = column.n - column.absent
    if column.role not in ("", "feature") or column.kind not in ("integer", "text") or known < FEW_ROWS:
        return False
    if column.lengths is not None and column.kind == "text" and column.lengths.mean > LONGEST:
        return False
    share = column.distinct / known
    return share >= NEARLY if _NAMED.search(column.name) else share >= 1 and not column.distinct_error
