"""Rows are told apart by any kind of value a file can hold, in any order of rows."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from sterling.core.digest import in_canonical_order, row_hashes, table_digest


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("x", [b"\xff\x00", b"\xff", b"a"]),
        pl.Series("x", [dt.timedelta(days=1), dt.timedelta(days=-1), dt.timedelta(0)]),
        pl.Series("x", [2**30, -(2**30), 0], dtype=pl.Int32).cast(pl.Date),
        pl.Series("x", [2**62, -(2**62), 0]).cast(pl.Datetime("us")),
        pl.Series("x", [2**62, -(2**62), 0]).cast(pl.Datetime("ms")),
        pl.Series("x", [dt.date(1, 1, 1), dt.date(9999, 12, 31), None]),
    ],
)
def test_values_that_are_no_text_and_no_day_of_a_calendar_are_told_apart(column: pl.Series) -> None:
    frame = column.to_frame()
    assert len(set(row_hashes(frame).tolist())) == 3
    assert in_canonical_order(frame[::-1]).equals(in_canonical_order(frame), null_equal=True)
    assert table_digest(frame[::-1]) == table_digest(frame) != table_digest(frame[:2])
