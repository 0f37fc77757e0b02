"""Parts put together give what the whole gives, to the last bit, held or sketched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.core.roles import Roles
from sterling.data.statistics import summarise as module
from sterling.data.statistics.counted import count_values, together
from sterling.data.statistics.smallest import KEPT, smallest
from sterling.data.statistics.smallest import mixed as hashes_of_numbers
from sterling.pipeline.tables import table_access
from tests.data.statistics.tables import held, in_parts, mixed, profiles

FRAME = mixed()
KINDS = [{}, {"weight": "w"}]
CUTS = [[], [600], [1, 1, 700, 1199]]


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of more than 64 values are sketched."""
    monkeypatch.setattr(module, "HELD", 64)
    monkeypatch.setattr(module, "LEAST", 64)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_parts_that_are_held_give_what_memory_gives(kind: dict[str, str]) -> None:
    whole = profiles(held(FRAME, **kind), ["g"])
    for cuts in CUTS:
        assert profiles(in_parts(FRAME, cuts, **kind), ["g"]) == whole


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_parts_that_are_sketched_give_one_sketch(kind: dict[str, str]) -> None:
    whole = profiles(in_parts(FRAME, [], **kind), ["g"])
    assert not whole[0].exact
    for seed, cuts in enumerate(CUTS[1:]):
        other = FRAME.sample(fraction=1, shuffle=True, seed=seed)
        assert profiles(in_parts(other, cuts, **kind), ["g"]) == whole


@given(cuts=hyp.lists(hyp.integers(0, 200), max_size=6), seed=hyp.integers(0, 9))
@settings(max_examples=6, deadline=None)
def test_any_partition_of_any_order_is_the_whole(cuts: list[int], seed: int) -> None:
    frame = FRAME.head(200).select("x", "s", "few", "list", "g")
    assert profiles(in_parts(frame.sample(fraction=1, shuffle=True, seed=seed), cuts), ["g"]) == profiles(
        held(frame), ["g"]
    )


@pytest.mark.usefixtures("sketched")
def test_a_file_that_streams_is_counted_as_its_parts_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.engine.table.SAMPLE_ROWS", 100)
    monkeypatch.setattr("sterling.engine.table.BATCH_ROWS", 300)
    FRAME.write_parquet(tmp_path / "t.parquet", row_group_size=200)
    access = table_access(
        pl.scan_parquet(tmp_path / "t.parquet"), Roles(), name="t", level=0.95, min_n=30, seed=0
    )  # fmt: skip
    assert access.streams
    assert profiles(access, ["g"]) == profiles(in_parts(FRAME, [1000]), ["g"])


@given(hyp.lists(hyp.floats(allow_nan=False), max_size=60), hyp.integers(0, 60))
@settings(deadline=None)
def test_counted_numbers_are_what_numpy_counts(values: list[float], cut: int) -> None:
    array = np.array(values, dtype=np.float64)
    found = together(count_values(array[:cut]), count_values(array[cut:]))
    expected, rows = np.unique(array + 0.0, return_counts=True)
    assert np.array_equal(found.values, expected)
    assert np.array_equal(found.rows, rows)


@given(hyp.lists(hyp.integers(-5, 40), min_size=1, max_size=60), hyp.integers(0, 60))
@settings(deadline=None)
def test_weights_are_added_up_value_by_value(values: list[int], cut: int) -> None:
    array, weight = np.array(values), np.arange(1, len(values) + 1)
    found = together(count_values(array[:cut], weight[:cut]), count_values(array[cut:], weight[cut:]))
    assert found.weight is not None
    for value, w in zip(found.values.tolist(), found.weight.tolist(), strict=True):
        assert w == weight[array == value].sum()


@given(hyp.lists(hyp.integers(0, 500), max_size=300), hyp.integers(0, 300))
@settings(deadline=None)
def test_the_smallest_hashes_of_parts_are_those_of_the_whole(values: list[int], cut: int) -> None:
    hashes = hashes_of_numbers(np.array(values, dtype=np.int64))
    both = smallest(hashes[:cut], 32) + smallest(hashes[cut:], 32)
    assert np.array_equal(both.hashes, smallest(hashes, 32).hashes)
    if len(set(values)) < 32:
        assert both.distinct == (len(set(values)), 0.0)


def test_numbers_of_values_are_within_their_stated_error_as_often_as_said() -> None:
    off = []
    for k in range(200):
        values = np.arange(60_000, dtype=np.int64) + 1_000_000 * k
        found = smallest(hashes_of_numbers(np.repeat(values, 2)), KEPT // 16).distinct
        off.append(abs(found.values - 60_000) / 60_000 > found.error)
    assert sum(off) <= 200 * 0.05 + 3 * np.sqrt(200 * 0.05 * 0.95)
