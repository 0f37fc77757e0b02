"""The distinct values of a column are found without sorting it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

from sterling.engine.survey import distinct

WIDE = hs.integers(-(2**63), 2**63 - 1)


def found(column: pl.Series) -> list[object]:
    frame = column.to_frame("c")
    return list(frame.lazy().select(distinct("c", frame.schema)).collect().item().to_list())


@given(values=hs.lists(hs.one_of(hs.none(), hs.sampled_from([-1, 0, 1, 2]), WIDE), max_size=30))
def test_whole_numbers_are_those_that_occur_once_each(values: list[int | None]) -> None:
    seen = found(pl.Series(values, dtype=pl.Int64))
    assert len(seen) == len(set(seen))
    assert set(seen) == set(values)


@pytest.mark.parametrize(
    "column",
    [
        pl.Series(["yes", None, "no", "yes"]),
        pl.Series([True, None, True]),
        pl.Series([0.0, 1.0, None, 0.0]),
        pl.Series([255, 0, 7, 255], dtype=pl.UInt8),
        pl.Series([None, None], dtype=pl.Int8),
        pl.Series([], dtype=pl.Int8),
    ],
    ids=lambda c: str(c.dtype),
)
def test_columns_of_other_types(column: pl.Series) -> None:
    assert sorted(map(str, found(column))) == sorted(map(str, column.unique().to_list()))
