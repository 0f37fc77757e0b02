"""Spark and Ray find the anomalies that this machine finds, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sterling.core.codec import evidence_bytes
from sterling.pipeline.tables import profile

pytestmark = pytest.mark.slow
N = 1_000
FRAME = pl.DataFrame(
    {
        "id": [i if i % 100 else 0 for i in range(N)],
        "age": [i % 130 for i in range(N)],
        "t": ["x" if i % 7 else f"new {i}" for i in range(N)],
        "start": [i % 9 for i in range(N)],
        "stop": [4.0 if i % 11 else None for i in range(N)],
    }
)
SCHEMA = """format = 1
[column.id]
unique = true
[column.age]
type = "integer"
range.max = 120
limits.max_distinct = 20
[column.t]
type = "text"
domain.values = ["x", "New 7"]
[column.start]
type = "integer"
[column.stop]
type = "number"
presence.min_share = 0.99
[[rule]]
name = "order"
holds = "start <= stop"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The schema, and the table as two files of a few pieces each."""
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 300)
    (tmp_path / "t").mkdir()
    FRAME[:400].write_parquet(tmp_path / "t" / "a.parquet", row_group_size=200)
    FRAME[400:].write_parquet(tmp_path / "t" / "b.parquet")
    (tmp_path / "schema.toml").write_text(SCHEMA)
    return tmp_path


def written(folder: Path, **more: Any) -> bytes:
    settings = {"DA011": {"schema": str(folder / "schema.toml")}}
    run = profile(str(folder / "t"), checks="DA011", settings=settings, **more)
    about = run.evidence[0].about
    assert about is not None
    assert about.anomalies is not None
    assert {a.kind for a in about.anomalies.found} == {
        "not_unique", "out_of_range", "too_many_distinct", "out_of_domain", "misspelt_values", "missing_values",
        "rule_broken",
    }  # fmt: skip
    return evidence_bytes(run)


def test_spark_finds_the_same(folder: Path, spark: Any) -> None:
    assert written(folder, engine="spark") == written(folder)


def test_ray_finds_the_same(folder: Path, ray: Any) -> None:
    assert written(folder, engine="ray") == written(folder)
