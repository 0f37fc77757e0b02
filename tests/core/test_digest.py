"""Rows are told apart by any kind of value a file can hold, in any order of rows."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core import digest
from sterling.core.digest import in_canonical_order, row_hashes, table_digest, value_digests


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


ITEMS = st.none() | st.lists(st.none() | st.integers(-2, 2), max_size=4)


@given(st.lists(st.tuples(ITEMS, st.none() | st.lists(ITEMS, max_size=2)), min_size=1, max_size=40), st.integers(1, 9))
def test_lists_are_equal_where_their_values_are_in_their_places(
    rows: list[tuple[object, object]], at_once: int
) -> None:  # fmt: skip
    schema = {"a": pl.List(pl.Int8), "b": pl.List(pl.List(pl.Int64))}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    hashes = row_hashes(frame)
    assert len(set(hashes.tolist())) == len({repr(row) for row in rows})
    floats = frame.cast({"a": pl.List(pl.Float64), "b": pl.List(pl.List(pl.Float32))})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest, "_AT_ONCE", at_once)
        assert (row_hashes(floats) == hashes).all()
    assert table_digest(frame.rechunk()) == table_digest(pl.concat([frame[:1], frame[1:]], rechunk=False))


@pytest.mark.parametrize(
    "cells",
    [
        [{"x": 1, "y": "a"}, {"x": 1, "y": "b"}, {"x": None, "y": "a"}, {"x": None, "y": None}, None],
        [[{"x": 1}, {"x": 2}], [{"x": 2}, {"x": 1}], [{"x": 1}], [], [None], None],
        [["ab", "c"], ["a", "bc"], ["abc"], ["c", "ab"], [""], []],
    ],
)
def test_structs_and_lists_of_them_are_told_apart(cells: list[object]) -> None:
    frame = pl.DataFrame({"x": cells})
    assert len(set(row_hashes(frame).tolist())) == len(cells)
    assert len(set(row_hashes(frame, lane=1).tolist())) == len(cells)
    assert value_digests(frame["x"]).n_unique() == len(cells)


def test_an_array_is_the_list_of_its_values() -> None:
    arrays = pl.DataFrame({"x": pl.Series([[[1, 2], [3, 4]], [[1, 2], [3, 5]]], dtype=pl.Array(pl.UInt8, (2, 2)))})
    lists = pl.DataFrame({"x": [[[1, 2], [3, 4]], [[1, 2], [3, 5]]]})
    assert table_digest(arrays) == table_digest(lists) != table_digest(lists[:1])
