"""The distinct values of a column are found without sorting it, and those of most labels without reading it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

from sterling.engine import survey
from sterling.engine.survey import distinct, neighbours
from tests.engine.test_invariance import streamed, table

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


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1] * 3000, [0, 1]),
        ([2, 1] * 3000, [1, 2]),
        ([-1] * 3000, [-1]),
        ([0] * 2000 + [1], None),
        ([0, 1] * 3000 + [2], None),
        ([0, 1] * 3000 + [-1], None),
        ([0, 1] * 3000 + [None], None),
        ([0, 2] * 3000, None),
        ([0, 1, 2] * 3000, None),
        ([None] * 3000, None),
        ([], None),
    ],
    ids=str,
)
def test_values_that_follow_each_other_are_told_only_where_there_is_no_other(
    values: list[int | None], expected: list[int] | None, statistics: bool, tmp_path: Path
) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"c": pl.Series(values, dtype=pl.Int64)}).write_parquet(
        path, statistics=statistics, row_group_size=500
    )
    assert neighbours(pl.scan_parquet(path), "c") == expected


@pytest.mark.parametrize("missing", [0, 1])
def test_a_label_that_a_file_tells_of_is_read_as_ever(
    missing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very same facts, told or worked out: also where the last row alone has no label."""
    path = tmp_path / "t.parquet"
    label = pl.when(pl.int_range(pl.len()) < pl.len() - missing).then(pl.col("y").fill_null(0))
    table(3000, 5).with_columns(y=label).write_parquet(path, row_group_size=300)
    told = streamed(path, monkeypatch)
    monkeypatch.setattr(survey, "by_slices", lambda _: False)
    worked_out = streamed(path, monkeypatch)
    assert told.labels_missing == worked_out.labels_missing == missing
    assert told.frame.equals(worked_out.frame)
