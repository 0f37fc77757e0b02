"""Order statistics in bounded memory are those of the sorted column."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

from sterling.engine.order import order_statistics

FLOATS = hs.floats(allow_nan=False)
COLUMNS = hs.one_of(
    hs.lists(FLOATS, min_size=1, max_size=60).map(lambda v: pl.Series(v, dtype=pl.Float64)),
    hs.lists(hs.sampled_from([0.0, -0.0, 1.0, 1.5, 5e-324, -5e-324]), min_size=1).map(lambda v: pl.Series(v)),
    hs.lists(hs.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60).map(lambda v: pl.Series(v, dtype=pl.Int64)),
    hs.lists(hs.integers(0, 2**64 - 1), min_size=1, max_size=60).map(lambda v: pl.Series(v, dtype=pl.UInt64)),
    hs.lists(hs.integers(-128, 127), min_size=1, max_size=60).map(lambda v: pl.Series(v, dtype=pl.Int8)),
)


@given(column=COLUMNS, held=hs.sampled_from([0, 3, 1 << 22]), size=hs.integers(1, 20), data=hs.data())
def test_values_at_places(column: pl.Series, held: int, size: int, data: hs.DataObject) -> None:
    ordered = column.sort().to_list()
    places = data.draw(hs.lists(hs.integers(0, len(ordered) - 1), min_size=1, max_size=5))
    found = order_statistics(
        lambda: [column[i : i + size] for i in range(0, len(column), size)], len(column), places, dtype=column.dtype,
        held=held,
    )  # fmt: skip
    assert found == [ordered[place] for place in places]


@pytest.mark.parametrize("held", [0, 1000])
def test_many_equal_values(held: int) -> None:
    column = pl.Series([7.25] * 5000 + [1.0] * 10)
    assert order_statistics(lambda: [column], 5010, [0, 9, 10, 5009], dtype=column.dtype, held=held) == [
        1.0, 1.0, 7.25, 7.25,
    ]  # fmt: skip
