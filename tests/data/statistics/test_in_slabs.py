"""Quicker ways give the very bits of the plain ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.data.statistics.counted import counted, in_order
from sterling.data.statistics.kinds import floats_in_order, numbers_of
from sterling.data.statistics.moments import moments
from sterling.stats.slabs import SLAB, summed


@pytest.mark.parametrize("n", [0, 1, 127, 129, SLAB - 1, SLAB, SLAB + 1, 2 * SLAB + 9, 7 * SLAB + 13, 300_001])
def test_a_sum_in_slabs_has_the_bits_of_the_whole_sum(n: int) -> None:
    values = np.random.default_rng(n).standard_t(2, n)
    assert summed(lambda part: values[part], n) == float(values.sum())
    assert summed(lambda part: values[part] * 3.0, n) == float((values * 3.0).sum())


@given(hyp.lists(hyp.none() | hyp.floats(), max_size=60))
@settings(deadline=None)
def test_floats_in_order_are_the_numbers_of_the_column(values: list[float | None]) -> None:
    column = pl.Series(values, dtype=pl.Float64)
    found, plain = floats_in_order(column), numbers_of(column)
    assert (found.nan, found.infinite) == (plain.nan, plain.infinite)
    held, expected = in_order(found.values), counted(plain.values)
    assert held.values.tobytes() == expected.values.tobytes()
    assert np.array_equal(held.rows, expected.rows)


@given(hyp.lists(hyp.integers(1, 9), min_size=1, max_size=50))
@settings(deadline=None)
def test_moments_are_those_of_the_rows(rows: list[int]) -> None:
    values = np.sort(np.random.default_rng(len(rows)).normal(size=len(rows)))
    mean, std = moments(values, np.array(rows))
    assert mean == pytest.approx(np.repeat(values, rows).mean())
    assert std == pytest.approx(np.repeat(values, rows).std(), abs=1e-12)
