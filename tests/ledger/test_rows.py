"""Keyed hashes: equal by value, different otherwise, and nothing without the key."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import stat
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.errors import InputError, LedgerError
from sterling.ledger.rows import make_key, project_key, row_keys, typed_keys, value_key, value_keys

KEY = bytes(range(32))
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
VALUES = {
    pl.Int64: INTEGERS,
    pl.UInt64: st.integers(0, 2**64 - 1),
    pl.Int128: st.integers(-(2**127), 2**127 - 1),
    pl.Float64: st.floats() | INTEGERS.map(float),
    pl.Float32: st.floats(width=32),
    pl.Boolean: st.booleans(),
    pl.String: st.text(st.characters(exclude_categories=["Cs"])),
    pl.Categorical: st.sampled_from(["a", "b", "1", ""]),
    pl.Binary: st.binary(),
    pl.Date: st.dates(),
    pl.Time: st.times(),
    pl.Datetime("us"): st.datetimes(),
    pl.Datetime("ns"): st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)),
    pl.Datetime("us", "UTC"): st.datetimes(timezones=st.just(dt.UTC)),
    pl.Duration("us"): st.timedeltas(dt.timedelta(days=-9000), dt.timedelta(days=9000)),
    pl.Decimal(38, 6): st.decimals(-1000, 1000, places=6),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES, ids=str)
@given(data=st.data())
def test_a_column_is_named_as_its_values_are(kind: pl.DataType, data: st.DataObject) -> None:
    """The fast way over columns says what the slow way over Python values says."""
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=6))
    column = pl.Series("any", values, dtype=kind)
    assert value_keys(column, KEY).to_list() == [value_key(value, KEY) for value in column.to_list()]


@pytest.mark.parametrize(
    "alike",
    [
        [1, 1.0, True, Decimal(1), Decimal("1.000")],
        [0, 0.0, -0.0, False],
        [2.0**70, 2**70, Decimal(2**70)],
        [0.5, Decimal("0.50")],
        [float("nan"), -float("nan")],
    ],
    ids=str,
)
def test_numbers_count_by_value(alike: list[object]) -> None:
    assert len({value_key(value, KEY) for value in alike}) == 1


def test_what_differs_is_told_apart() -> None:
    values = [
        None, "", "0", 0, "1", 1, "nan", float("nan"), 0.1, Decimal("0.1"), 2**53, 2**53 + 1, 2**63, 2**64 - 1, 1e300,
        10**300 + 1, float("inf"), -float("inf"), "a", b"a", "a ", "é", "e\u0301", dt.timedelta(1), 2.0**63 + 4096,
    ]  # fmt: skip
    assert len({value_key(value, KEY) for value in values}) == len(values)


CELL = st.none() | st.text(max_size=3) | st.sampled_from(["1:t", "t1", "2:ta1:0", ":"])


@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12))
def test_rows_are_equal_exactly_when_their_cells_are(rows: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    keys = row_keys(frame, None, KEY).to_list()
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)
    assert all((keys[i] == keys[j]) == (rows[i] == rows[j]) for i in range(len(rows)) for j in range(i))


@given(data=st.data())
def test_the_order_of_columns_and_rows_and_the_type_do_not_matter(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 5))
    frame = pl.DataFrame(
        {c: data.draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n)) for c in "abc"},
        schema=dict.fromkeys("abc", pl.Int64),
    )
    keys = row_keys(frame, None, KEY)
    assert keys.to_list() == row_keys(frame.select("c", "a", "b"), None, KEY).to_list()
    assert keys.reverse().to_list() == row_keys(frame.reverse(), ["b", "c", "a"], KEY).to_list()
    assert keys.to_list() == row_keys(frame.cast(pl.Float32), None, KEY).to_list()


def test_names_of_columns_and_keys_matter() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    ways = [
        row_keys(frame, None, KEY), row_keys(frame, ["a"], KEY), row_keys(frame.rename({"a": "c"}), None, KEY),
        row_keys(frame, None, bytes(32)), value_keys(frame["a"], KEY),
    ]  # fmt: skip
    assert len({way[0] for way in ways}) == len(ways)
    assert row_keys(pl.DataFrame({"x": ["1"]}), None, KEY)[0] != row_keys(pl.DataFrame({"x": [1]}), None, KEY)[0]


def test_what_cannot_be_hashed_is_refused_by_name() -> None:
    frame = pl.DataFrame({"a": pl.Series([{1}], dtype=pl.Object)})
    with pytest.raises(InputError, match="column a holds values that have no row hash"):
        row_keys(frame, ["a"], KEY)
    with pytest.raises(InputError, match="no column zz"):
        row_keys(frame, ["zz"], KEY)


@pytest.mark.parametrize(
    "cells",
    [
        [[1, 2], [2, 1], [1], [], None, [None]],
        [{"x": 1, "y": "a"}, {"x": 1, "y": "b"}, {"x": None, "y": None}, None],
        [[{"x": 1}, {"x": 2}], [{"x": 2}, {"x": 1}], [{"x": 1}], []],
    ],
)
def test_lists_and_structs_are_told_apart_and_equal_ones_are_equal(cells: list[object]) -> None:
    keys = row_keys(pl.DataFrame({"a": cells}), None, KEY)
    assert keys.n_unique() == len(cells)
    assert keys.equals(row_keys(pl.DataFrame({"a": cells}), None, KEY))
    assert not set(keys) & set(row_keys(pl.DataFrame({"a": cells}), None, bytes(32)))


@pytest.mark.parametrize(
    ("typed", "meant"), [("1023", 1023), ("1023", "1023"), ("0.1", 0.1), ("1e3", 1000), (" 7", 7), ("x", "x"), ("", "")]
)
def test_what_a_person_types(typed: str, meant: object) -> None:
    assert value_key(meant, KEY) in typed_keys(typed, KEY)
    assert value_key("other", KEY) not in typed_keys(typed, KEY)


def test_typed_text_of_any_kind(recwarn: pytest.WarningsRecorder) -> None:
    for text in ("nan", "inf", "sNaN", "1e999999", "1e-999999", "\ud800", "--1", "1_000", "٣"):
        assert typed_keys(text, KEY)


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    make_key(tmp_path)
    key = project_key(tmp_path)
    make_key(tmp_path)
    assert project_key(tmp_path) == key and len(key) == 32 and key != bytes(32)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def _make_and_read(folder: Path) -> bytes:
    make_key(folder)
    return project_key(folder)


def test_processes_that_make_a_key_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_make_and_read, [tmp_path] * 16, chunksize=1))) == 1


@pytest.mark.parametrize("content", [None, b"", b"short"])
def test_a_key_gone_or_damaged(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(LedgerError, match="key of the project's row hashes"):
        project_key(tmp_path)
