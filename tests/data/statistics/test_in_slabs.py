"""Quicker ways give the very bits of the plain ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.data.statistics.counted import count_values, in_order
from sterling.data.statistics.facts import _common_texts
from sterling.data.statistics.kinds import floats_in_order, numbers_of
from sterling.data.statistics.moments import moments
from sterling.data.statistics.spread import spread_over
from sterling.data.statistics.texts import texts
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
    held, expected = in_order(found.values), count_values(plain.values)
    assert held.values.tobytes() == expected.values.tobytes()
    assert np.array_equal(held.rows, expected.rows)


@given(hyp.lists(hyp.integers(1, 9), min_size=1, max_size=50))
@settings(deadline=None)
def test_moments_are_those_of_the_rows(rows: list[int]) -> None:
    values = np.sort(np.random.default_rng(len(rows)).normal(size=len(rows)))
    mean, std = moments(values, np.array(rows))
    assert mean == pytest.approx(np.repeat(values, rows).mean())
    assert std == pytest.approx(np.repeat(values, rows).std(), abs=1e-12)


@given(
    exponents=hyp.lists(hyp.integers(-98, 98), min_size=1, max_size=60), counted_=hyp.booleans(), zero=hyp.booleans(),
    seed=hyp.integers(0, 9),
)  # fmt: skip
@settings(deadline=None)
def test_moments_of_moderate_numbers_are_those_of_scaled_ones(
    exponents: list[int], counted_: bool, zero: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    drawn = np.ldexp(random.uniform(-1, 1, len(exponents)), exponents)
    values = np.unique(np.append(drawn, 0.0) if zero else drawn)
    rows = random.integers(1, 1 << 20, len(values)) if counted_ else None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sterling.data.statistics.moments._moderate", lambda *_: False)
        expected = moments(values, rows)
    assert moments(values, rows) == expected


def test_ranks_are_shared_and_count_from_one() -> None:
    values = np.arange(5.0)
    spreads = [spread_over(values[:n], values[:n], np.broadcast_to(np.int64(1), n), None) for n in (5, 4)]
    assert [s.upto.tolist() for s in spreads] == [[1, 2, 3, 4, 5], [1, 2, 3, 4]]
    assert np.shares_memory(spreads[0].upto, spreads[1].upto)


@given(hyp.lists(hyp.sampled_from("abcdefgh"), max_size=60), hyp.integers(0, 9))
@settings(deadline=None)
def test_the_commonest_texts_are_those_of_all_sorted(values: list[str], top: int) -> None:
    found = [c.value for c in _common_texts(texts(pl.Series(values, dtype=pl.String)), None, top, 2)]
    several = {v for v in values if values.count(v) >= 2}
    assert found == sorted(several, key=lambda v: (-values.count(v), v))[:top]
