"""Rows come some at a time, each once, however the table is made."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sterling.core.errors import InputError
from sterling.engine.batches import batches, by_slices

FRAME = pl.DataFrame({"a": range(1000), "b": [f"v{i % 7}" for i in range(1000)]})

OTHERS = pl.DataFrame({"b": ["v1", "v1", "v2"], "c": [1, 2, 3]})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    FRAME.write_parquet(tmp_path / "t.parquet", row_group_size=130)
    return tmp_path / "t.parquet"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows make a piece."""
    monkeypatch.setattr("sterling.engine.batches._ROWS", 1)


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
        "two files": (pl.scan_parquet([file, file]), True),
        "two Arrow files": (pl.scan_ipc([file.with_suffix(".arrow")] * 2), True),
        "rows of two files left out": (pl.scan_parquet([file, file]).filter(pl.col("a") % 3 == 0), False),
        "an index of two files": (pl.scan_parquet([file, file]).with_row_index(), True),
        "many files": (pl.scan_parquet([file] * 40), True),
        "one after another": (pl.concat([scan, FRAME.lazy()]), False),
        "a row index": (scan.with_row_index(), True),
        "joined": (scan.join(OTHERS.lazy(), on="b", how="left"), False),
        "grouped": (scan.group_by("b").agg(pl.col("a").sum()), False),
        "sorted": (scan.sort("b"), False),
    }


KINDS = (
    "a file", "some columns", "a column more", "an Arrow file", "rows left out", "no rows", "a column of all rows",
    "two files", "two Arrow files", "rows of two files left out", "an index of two files", "many files",
    "one after another", "a row index", "joined", "grouped", "sorted",
)  # fmt: skip


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("size", "expected"), [
    (300, [150, 110, *[130] * 5, 90]), (600, [300, 220, 260, 220]), (130, [65, *[130] * 7, 25]), (5000, [1000])
])  # fmt: skip
def test_pieces_end_with_a_row_group_of_the_file(file: Path, size: int, expected: list[int]) -> None:
    """Groups have 130 rows: the first piece tells, where it holds more than one."""
    frames = list(batches(pl.scan_parquet(file), size=size))
    assert [frame.height for frame in frames] == expected
    assert_frame_equal(pl.concat(frames), FRAME)


@pytest.mark.usefixtures("small")
def test_pieces_of_files_end_with_their_row_groups(tmp_path: Path) -> None:
    """Each file of a folder begins with a group of its own: where it does is seen in the piece before."""
    paths = [tmp_path / f"{k}.parquet" for k in range(3)]
    for path, rows in zip(paths, (1000, 0, 500), strict=True):
        FRAME.head(rows).write_parquet(path, row_group_size=130)
    frames = list(batches(pl.scan_parquet(paths), size=300))
    assert [frame.height for frame in frames] == [150, 110, *[130] * 6, 90, 130, 130, 110]
    assert_frame_equal(pl.concat(frames), pl.concat([FRAME, FRAME.head(500)]))


def test_large_rows_are_read_more_at_once_than_are_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images lie in a file by the thousand, and are unpacked for every piece: what is read takes 64 MB at most."""
    path, read = tmp_path / "t.parquet", []
    pl.DataFrame({"mask": pl.Series([[k] * 1000 for k in range(1000)], dtype=pl.List(pl.Int64))}).write_parquet(path)
    whole = pl.LazyFrame.slice

    def noted(self: pl.LazyFrame, offset: int, length: int | None = None) -> pl.LazyFrame:
        read.append((offset, length))
        return whole(self, offset, length)

    monkeypatch.setattr("sterling.engine.batches._BYTES", 2_000_000)
    monkeypatch.setattr(pl.LazyFrame, "slice", noted)
    frames = list(batches(pl.scan_parquet(path), size=16))
    assert all(frame.height <= 16 for frame in frames)
    assert [frame["mask"].list.first()[0] for frame in frames][1:3] == [16, 32]
    assert sum(frame.height for frame in frames) == 1000
    pieces = [length for offset, length in read if length is not None and length > 1]
    assert 200 < max(pieces) < 300


@pytest.mark.usefixtures("small")
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


def test_rows_larger_than_the_first_make_pieces_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows say little of the later ones: a piece is at most twice as long as the one before."""
    masks = [[]] * 16 + [[k] * 1000 for k in range(984)]
    pl.DataFrame({"mask": pl.Series(masks, dtype=pl.List(pl.Int64))}).write_parquet(tmp_path / "t.parquet")
    held, collect = [], pl.LazyFrame.collect

    def noted(self: pl.LazyFrame) -> pl.DataFrame:
        frame = collect(self)
        held.append(frame.estimated_size())
        return frame

    monkeypatch.setattr("sterling.engine.batches._BYTES", 400_000)
    monkeypatch.setattr(pl.LazyFrame, "collect", noted)
    assert sum(frame.height for frame in batches(pl.scan_parquet(tmp_path / "t.parquet"), size=16)) == 1000
    assert max(held) < 500_000


def test_a_stretch_of_very_many_files_is_no_longer_than_one_of_many(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    lengths, whole = [], pl.LazyFrame.slice

    def noted(self: pl.LazyFrame, offset: int, length: int | None = None) -> pl.LazyFrame:
        lengths.append(length or 0)
        return whole(self, offset, length)

    monkeypatch.setattr("sterling.engine.batches._ROWS", 1)
    monkeypatch.setattr(pl.LazyFrame, "slice", noted)
    assert sum(frame.height for frame in batches(pl.scan_parquet([file] * 300), size=2000)) == 300_000
    assert max(lengths) == 16 * 1000


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("files", [3, 20])
def test_a_file_that_loses_rows_while_it_is_read_is_told(tmp_path: Path, files: int) -> None:
    paths = [tmp_path / f"{k:02}.parquet" for k in range(files)]
    for path in paths:
        FRAME.write_parquet(path, row_group_size=100)
    frames = batches(pl.scan_parquet(paths), size=200)
    next(frames)
    FRAME.head(500).write_parquet(tmp_path / "other")
    (tmp_path / "other").replace(paths[-2])
    with pytest.raises(InputError, match="changed while it was read"):
        list(frames)
