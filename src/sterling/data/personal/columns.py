"""From counts over all rows to what is said of each column; and what a column's name alone gives away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from sterling.core.data.personal import PersonalData
from sterling.core.estimate import Estimate
from sterling.data.personal.counting import Column, believed, count, merge
from sterling.data.personal.detect import hinted
from sterling.data.personal.kinds import ALL
from sterling.data.personal.measured import measured

if TYPE_CHECKING:
    from sterling.engine.table import TableAccess

WORDS = 4
"""A column whose values have so many words on average is free text."""
EXACT = "counted in every value"
BY_NAME = "column name"
SPECIAL = re.compile(
    r"(?:^|_)(?:race|ethnic\w*|religio\w*|creed|politic\w*|union_member\w*|sexual_orientation|orientation|diagnos\w*|"
    r"disease|illness|health\w*|disab\w*|hiv\w*|genetic\w*|biometric\w*|medication\w*|icd_?(?:9|10)?\w*)(?:$|_)",
    re.IGNORECASE,
)
"""What the GDPR (EU) 2016/679 calls special categories, Art. 9(1), by the usual names of columns."""
_FIRST = {k.name: k for k in sorted(ALL, key=lambda k: not k.needs_context)}


def of_columns(access: TableAccess, columns: Sequence[str]) -> tuple[tuple[PersonalData, ...], tuple[str, ...]]:
    """What patterns and check digits find in these columns, and which of them are free text."""
    if not columns:
        return (), ()
    counted = access.fold(count, merge, tuple(columns))
    texts = (pl.String, pl.Categorical, pl.Enum)
    free = tuple(c for c in columns if access.schema[c] in texts and _is_free(counted[c]))
    return tuple(item for c in columns for item in _of(c, counted[c], access.level)), free


def _is_free(column: Column) -> bool:
    return column.values > 0 and column.spaces >= (WORDS - 1) * column.values


def _of(name: str, column: Column, level: float) -> list[PersonalData]:
    found = []
    for kind, counts in sorted(column.kinds.items()):
        n = believed(kind, counts, column=name)
        if n:
            whole = 2 * counts[4] > counts[1]
            found.append(_record(name, kind, n, column.values, whole=whole, by=_by(kind, name), level=level))
    return found


def _by(kind: str, column: str) -> str:
    return _FIRST[kind].by + (", column name" if kind in hinted(column) and "name" not in _FIRST[kind].by else "")


def _record(name: str, kind: str, hits: int, n: int, *, whole: bool, by: str, level: float) -> PersonalData:
    quality = measured().get((kind, "patterns"))
    precision, recall = (quality.precision, quality.recall) if quality is not None else (None, None)
    return PersonalData(
        column=name, kind=kind, count=hits, n=n, share=exact(hits, n, level), where="column" if whole else "text", by=by,  # noqa: E501
        sensitivity=_FIRST[kind].sensitivity, precision=precision and precision[0], recall=recall and recall[0],
        precision_low=precision and precision[1], recall_low=recall and recall[1],
    )  # fmt: skip


def exact(hits: int, n: int, level: float) -> Estimate:
    """A share of all values there are: it has no interval."""
    share = hits / n
    return Estimate(value=share, low=share, high=share, level=level, n=n, n_eligible=n, method=EXACT)


def by_name(
    access: TableAccess, columns: Sequence[str], counted: Sequence[PersonalData]
) -> tuple[PersonalData, ...]:  # fmt: skip
    """Days of birth in columns of dates, and special categories: only the name of a column says what they are."""
    schema, seen = access.schema, {(c.column, c.kind) for c in counted}
    dated = [c for c in columns if schema[c].is_temporal() and "date_of_birth" in hinted(c)]
    named = [(c, "date_of_birth") for c in dated] + [(c, "special_category") for c in columns if SPECIAL.search(c)]
    wanted = tuple(dict.fromkeys(c for c, kind in named if (c, kind) not in seen))
    if not wanted:
        return ()
    there = access.fold(_there, _added, wanted)
    return tuple(
        PersonalData(
            column=c, kind=kind, count=there[c], n=there[c], share=exact(there[c], there[c], access.level),
            where="column", by=BY_NAME, sensitivity="special" if kind == "special_category" else "quasi",
        )
        for c, kind in named
        if c in wanted and there[c]
    )  # fmt: skip


def _there(frame: pl.DataFrame) -> dict[str, int]:
    return {c: len(frame) - frame[c].null_count() for c in frame.columns}


def _added(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    return {c: a[c] + b[c] for c in a}
