"""Texts counted by their views are what Polars counts, however they lie in memory."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

from sterling.data.statistics import alike as module
from sterling.data.statistics.alike import SIZES, alike, tally_views
from sterling.engine.native import Native, compiled
from sterling.engine.views import views

WORDS = ("", "a", "twelve bytes", "thirteen here", "a text that is longer than a view", "ü" * 6, "ü" * 7)


def loops() -> list[Native]:
    """The loop as Python and, with llvmlite, as machine code."""
    with_python = np.errstate(over="ignore")(tally_views)  # whole numbers wrap round
    try:
        return [with_python, compiled([tally_views])["tally_views"]]
    except ImportError:
        return [with_python]


LOOPS = loops()


def expect_counts(text: pl.Series, loop: Native) -> None:
    found = alike(text, loop)
    assert found is not None
    by_polars = text.alias("value").value_counts(name="rows").cast({"rows": pl.Int64})
    assert found.schema == by_polars.schema
    assert found.sort("value").equals(by_polars.sort("value"))


@given(chunks=hs.lists(hs.lists(hs.sampled_from(WORDS) | hs.text(max_size=20), max_size=30), min_size=1, max_size=3))
@pytest.mark.parametrize("loop", LOOPS)
def test_views_count_what_polars_counts(chunks: list[list[str]], loop: Native) -> None:
    text = pl.concat([pl.Series("t", chunk, dtype=pl.String) for chunk in chunks], rechunk=False)
    if len(text):
        expect_counts(text, loop)
        expect_counts(text.gather(np.arange(len(text)).repeat(3)), loop)  # three rows share one place
        expect_counts(pl.concat([text, text], rechunk=False)[1 : len(text) + 1], loop)
    else:
        assert alike(text, loop) is None


@pytest.mark.parametrize("loop", LOOPS)
def test_texts_that_begin_at_one_place_and_end_apart_are_told_apart(loop: Native) -> None:
    whole = pl.Series("t", ["the same beginning, and an end"] * 4)
    expect_counts(whole.str.head(pl.Series([20, 25, 20, 30])), loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_column_of_parquet_shares_the_places_of_its_dictionary(loop: Native) -> None:
    file = BytesIO()
    pl.DataFrame({"t": [f"a longer value, {i % 7}" for i in range(700)]}).write_parquet(file, row_group_size=100)
    text = pl.read_parquet(file.getvalue())["t"]
    expect_counts(text, loop)
    with views(text.get_chunks()[0]) as seen:
        assert seen is not None
        assert len(np.unique(seen.reshape(-1, 2), axis=0)) == 7


@pytest.mark.parametrize("loop", LOOPS)
def test_too_many_views_are_left_to_polars(loop: Native, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SIZES", (3, 4))
    assert alike(pl.Series([f"{i}" for i in range(13)]), loop) is None
    expect_counts(pl.Series([f"{i}" for i in range(12)] * 2), loop)


def test_tables_have_room() -> None:
    """Beyond three slots in four a table is left, so that a search in it ends."""
    assert all(3 << (size - 2) < 1 << size for size in SIZES)


def test_a_column_in_another_layout_has_no_views() -> None:
    with views(pl.Series([1, 2])) as seen:
        assert seen is None
