"""Rows come some at a time, each once, however the table is made."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sterling.engine.batches import batches, by_slices

FRAME = pl.DataFrame({"a": range(1000), "b": [f"v{i % 7}" for i in range(1000)]})

OTHERS = pl.DataFrame({"b": ["v1", "v1", "v2"], "c": [1, 2, 3]})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    FRAME.write_parquet(tmp_path / "t.parquet", row_group_size=130)
    return tmp_path / "t.parquet"


def made(file: Path) -> dict[str, tuple[pl.LazyFrame, bool]]:
    """Tables by how they are made, and whether rows of theirs can be had without those before them."""
    scan = pl.scan_parquet(file)
    FRAME.write_ipc(file.with_suffix(".arrow"))
    return {
        "a file": (scan, True),
        "some columns": (scan.select("b"), True),
        "a column more": (scan.with_columns(c=pl.col("a") * 2).select("c", "b"), True),
        "an Arrow file": (pl.scan_ipc(file.with_suffix(".arrow")), True),
        "rows left out": (scan.filter(pl.col("a") % 3 == 0), False),
        "no rows": (scan.filter(pl.col("a") < 0), False),
        "a column of all rows": (scan.with_columns(r=pl.col("a").rank()), False),
        "two files": (pl.scan_parquet([file, file]), False),
        "one after another": (pl.concat([scan, FRAME.lazy()]), False),
        "a row index": (scan.with_row_index(), True),
        "joined": (scan.join(OTHERS.lazy(), on="b", how="left"), False),
        "grouped": (scan.group_by("b").agg(pl.col("a").sum()), False),
        "sorted": (scan.sort("b"), False),
    }


KINDS = (
    "a file", "some columns", "a column more", "an Arrow file", "rows left out", "no rows", "a column of all rows",
    "two files", "one after another", "a row index", "joined", "grouped", "sorted",
)  # fmt: skip


@pytest.mark.parametrize(("size", "expected"), [
    (300, [150, 110, *[130] * 5, 90]), (600, [300, 220, 260, 220]), (130, [65, *[130] * 7, 25]), (5000, [1000])
])  # fmt: skip
def test_pieces_end_with_a_row_group_of_the_file(file: Path, size: int, expected: list[int]) -> None:
    """Groups have 130 rows: the first piece tells, where it holds more than one."""
    frames = list(batches(pl.scan_parquet(file), size=size))
    assert [frame.height for frame in frames] == expected
    assert_frame_equal(pl.concat(frames), FRAME)


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_once(file: Path, kind: str) -> None:
    table, sliced = made(file)[kind]
    assert by_slices(table) == sliced
    frames = list(batches(table, size=300))
    whole = table.collect()
    assert all(frame.height for frame in frames)
    assert sum(frame.height for frame in frames) == whole.height
    if frames:
        assert_frame_equal(pl.concat(frames), whole, check_row_order=False)
    assert sliced is False or all(frame.height <= 300 for frame in frames)
