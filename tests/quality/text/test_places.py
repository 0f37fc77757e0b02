"""Texts counted by Spark and Ray, to the last bit as here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from tests.quality.text.test_text_stream import ROLES, rows


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rows as two Parquet files, counted in parts."""
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 400)
    frame = rows()
    frame[:700].write_parquet(tmp_path / "a.parquet", row_group_size=300)
    frame[700:].write_parquet(tmp_path / "b.parquet")
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_files_on_spark(folder: Path) -> None:
    assert evidence_bytes(st.evaluate(folder, engine="spark", **ROLES)) == evidence_bytes(st.evaluate(folder, **ROLES))


@pytest.mark.slow
def test_a_table_of_ray(ray: Any, folder: Path) -> None:
    table = ray.data.read_parquet(str(folder), override_num_blocks=4).materialize()
    given: dict[str, Any] = {**ROLES, "weight": "w"}
    assert evidence_bytes(st.evaluate(table, **given)) == evidence_bytes(st.evaluate(folder, **given))
