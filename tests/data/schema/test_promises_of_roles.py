"""What a table promises by its roles, without a schema: each kind planted, and a table that keeps all."""

from __future__ import annotations

import polars as pl
import pytest

from sterling.data.schema.of_roles import broken_promises

GOOD = pl.DataFrame({"y": [0, 1, 1], "id": [1, 2, 3], "g": ["a", None, "b"]})
CASES = [
    ("empty_table", GOOD.head(0), "the table has no rows", 0),
    ("no_label", GOOD.with_columns(y=pl.lit(None)), "no row has a label in y", 3),
    ("single_label", GOOD.with_columns(y=1),
     "every label in y is the same: there is nothing to learn or to compare", 3),
    ("missing_id", GOOD.with_columns(id=pl.Series([1, None, None])), "2 rows have no id in id", 2),
    ("repeated_id", GOOD.with_columns(id=pl.Series([1, 1, 1])),
     "2 ids in id are there more than once: an id names one row", 2),
    ("empty_group", GOOD.with_columns(g=pl.lit(None)), "no row has a value in the group column g", 3),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "frame", "what", "rows"), CASES, ids=[c[0] for c in CASES])
def test_a_planted_fault_is_told_in_words(kind: str, frame: pl.DataFrame, what: str, rows: int) -> None:
    told = broken_promises(frame, label="y", id="id", groups=("g",))
    assert [(a.kind, a.severity, a.what, a.rows) for a in told] == [(kind, "error", what, rows)]
    assert told[0].hint


def test_null_a_table_that_keeps_its_roles() -> None:
    assert broken_promises(GOOD, label="y", id="id", groups=("g",)) == ()
    assert broken_promises(GOOD, label="y", id=None, groups=()) == ()
