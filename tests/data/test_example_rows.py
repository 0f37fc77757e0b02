"""Rows to look at: of any kind of column, and in no order of the table's own."""

from __future__ import annotations

import datetime as dt

import polars as pl

from sterling.pipeline.tables import profile


def test_spans_and_days_beyond_calendars_are_shown() -> None:
    n = 60
    frame = pl.DataFrame(
        {
            "span": [dt.timedelta(days=i) for i in range(n)],
            "day": pl.Series([2**30, -(2**30)] * (n // 2), dtype=pl.Int32).cast(pl.Date),
            "time": [dt.time(i % 24) for i in range(n)], "born": [dt.date(1980, 1, 1 + i % 28) for i in range(n)],
        }
    )  # fmt: skip
    shown = [profile(f, checks="DA019", embed_rows=True).rows for f in (frame, frame[::-1])]
    assert shown[0] is not None and shown[1] is not None
    assert shown[0].equals(shown[1])
    assert set(shown[0]["day"]) == {str(2**30), str(-(2**30))}
    assert shown[0].height == 20 and shown[0].null_count().sum_horizontal()[0] == 0
