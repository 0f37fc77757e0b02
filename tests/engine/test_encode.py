"""Group columns of any type give the same codes; clusters do not depend on the order of rows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.engine.encode import MAX_GROUPS, encode_cluster, encode_group

NUMBERS = [3, 1, None, 2, 1, 3]


def texts(column: pl.Series) -> list[str | None]:
    coded = encode_group(column)
    return [coded.values[c] for c in coded.codes]


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt16, pl.Int64, pl.Float32, pl.Float64])
def test_numbers_of_any_width(dtype: pl.DataType) -> None:
    assert texts(pl.Series("g", NUMBERS, dtype=dtype)) == ["3", "1", None, "2", "1", "3"]


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["a", "b", "é"])])
def test_texts_of_any_kind(dtype: pl.DataType) -> None:
    column = pl.Series("g", ["b", "é", None, "a"], dtype=dtype)
    assert texts(column) == ["b", "é", None, "a"]
    assert encode_group(column).values == ("a", "b", "é", None)


def test_truth_and_dates() -> None:
    assert texts(pl.Series("g", [True, None, False])) == ["true", None, "false"]
    assert texts(pl.Series("g", [dt.date(2026, 1, 2)])) == ["2026-01-02"]


def test_nan_is_missing_and_huge_integers_are_exact() -> None:
    assert texts(pl.Series("g", [float("nan"), 1.5, None])) == [None, "1.5", None]
    assert texts(pl.Series("g", [2**62, 2**62 + 1, -(2**62)])) == [str(2**62), str(2**62 + 1), str(-(2**62))]


def test_values_that_differ_only_a_little_stay_apart() -> None:
    odd = ["", " ", "a", "A", "a ", "null", "é", "é", "\x00", None]
    assert texts(pl.Series("g", odd, dtype=pl.String)) == odd


@given(values=hs.lists(hs.one_of(hs.none(), hs.text(max_size=5)), min_size=1, max_size=50))
def test_any_text_comes_back(values: list[str | None]) -> None:
    assert texts(pl.Series("g", values, dtype=pl.String)) == values


def test_many_values_are_refused_by_name() -> None:
    with pytest.raises(st.InputError, match="'income'") as caught:
        encode_group(pl.Series("income", np.arange(MAX_GROUPS + 1.0) + 0.5))
    assert "bin a number into ranges" in str(caught.value)


def test_three_hundred_values_work() -> None:
    values = [f"city {i}" for i in range(300)]
    assert texts(pl.Series("g", values)) == values


def test_missing_clusters_are_rows_of_their_own() -> None:
    codes = encode_cluster(pl.Series("c", ["b", None, "a", None, "b"]))
    assert codes[0] == codes[4]
    assert len(set(codes.tolist())) == 4


def test_missing_clusters_are_numbered_by_content() -> None:
    column, rest = pl.Series("c", [None, None, 7.0, float("nan")]), np.array([0.3, 0.1, 0.9, 0.2])
    codes = encode_cluster(column, [rest])
    order = np.array([3, 1, 0, 2])
    assert encode_cluster(column.gather(order.tolist()), [rest[order]]).tolist() == codes[order].tolist()


@pytest.mark.parametrize(
    ("kind", "values"), [(pl.Int8, [-100, 100, None]), (pl.UInt8, [0, 255, None]), (pl.UInt64, [2**63 + 5, 2**63 + 6])]
)
def test_integers_of_any_width(kind: pl.DataType, values: list[int | None]) -> None:
    assert encode_group(pl.Series("g", values, dtype=kind)).values == tuple(
        None if v is None else str(v) for v in values
    )


@pytest.mark.parametrize("late", ["z", None, "", "a much longer text than the others"])
def test_a_value_that_only_late_rows_have(late: str | None) -> None:
    values = ["b", "a", "c"] * 4000 + [late]
    assert texts(pl.Series("g", values, dtype=pl.String)) == values


@pytest.mark.parametrize("count", [2, 12, 16, 17, 300])
def test_a_few_texts_or_many(count: int) -> None:
    values = [f"group {i % count}" for i in range(40_000)]
    assert texts(pl.Series("g", values, dtype=pl.String)) == values
