"""Spark and Ray give the statistics that this machine gives, to the last bit, held or sketched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sterling.core.codec import evidence_bytes
from sterling.data.statistics import summarise as module
from sterling.pipeline.tables import profile
from tests.data.statistics.tables import mixed

pytestmark = pytest.mark.slow
FRAME = mixed().drop("cat", "nothing")
ROLES: dict[str, Any] = {"label": "b", "groups": ["g"], "weight": "w", "checks": "DA010"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The table as two Parquet files of a few pieces each."""
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 300)
    (tmp_path / "t").mkdir()
    FRAME[:500].write_parquet(tmp_path / "t" / "a.parquet", row_group_size=200)
    FRAME[500:].write_parquet(tmp_path / "t" / "b.parquet")
    return tmp_path / "t"


def written(data: object, **more: Any) -> bytes:
    return evidence_bytes(profile(data, **{**ROLES, **more}))


@pytest.fixture(params=["held", "sketched"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With few values held, this machine streams as well, so that both sketch."""
    if request.param == "sketched":
        monkeypatch.setattr(module, "HELD", 64)
        monkeypatch.setattr(module, "LEAST", 64)
        monkeypatch.setattr("sterling.engine.table.SAMPLE_ROWS", 100)
    return str(request.param)


@pytest.mark.usefixtures("spark", "kind")
def test_spark(folder: Path) -> None:
    assert written(str(folder), engine="spark") == written(str(folder))


@pytest.mark.usefixtures("ray", "kind")
def test_ray(folder: Path) -> None:
    assert written(str(folder), engine="ray") == written(str(folder))
