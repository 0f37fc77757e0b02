"""Spark and Ray find the drift that this machine finds, byte for byte, of every kind of column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.drift.test_streamed import A, B, evidence

pytestmark = pytest.mark.slow
FEW_GROUPS = pl.col("c").is_in(["a", "b"])
"""Each group is counted by jobs of its own."""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two tables as column files that count as too large to hold, each in two pieces."""
    monkeypatch.setattr("sterling.engine.table.SAMPLE_ROWS", 10)
    monkeypatch.setattr("sterling.engine.table.BATCH_ROWS", 1_000)
    monkeypatch.setattr("sterling.data.drift.streamed.DRAWN", 2_000)
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 2_500)
    folders = [tmp_path / "b", tmp_path / "a"]
    for folder, frame in zip(folders, (B, A), strict=True):
        folder.mkdir()
        frame.filter(FEW_GROUPS).write_parquet(folder / "t.parquet", row_group_size=1_000)
    return folders


@pytest.mark.usefixtures("spark")
def test_spark_counts_the_same(folders: list[Path]) -> None:
    assert elsewhere(folders, "spark") == evidence(*folders)


@pytest.mark.usefixtures("ray")
def test_ray_counts_the_same(folders: list[Path]) -> None:
    assert elsewhere(folders, "ray") == evidence(*folders)


def elsewhere(folders: list[Path], engine: Any) -> bytes:
    return evidence(*map(str, folders), engine=engine)
