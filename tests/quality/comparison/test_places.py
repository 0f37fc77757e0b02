"""Two models of every task are compared to the last bit alike, however the rows lie and whoever counts them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sterling.core.codec import evidence_bytes
from tests.quality.comparison.worlds import NAMED, WORLDS, evaluate
from tests.worlds.parts import count_in_parts

TOP = ["top_recall(2)", "top_precision(2)", "macro_top_recall(2)", "macro_top_precision(2)", "top_recall(2) of ü"]
CASES = {**WORLDS, "top": replace(WORLDS["classes"], how={**NAMED, "metrics": TOP})}
ROLES: dict[str, Any] = {"weight": "w", "cluster": "c"}
EVERY = pytest.mark.parametrize("name", list(CASES))


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are counted in parts, though they are few."""
    count_in_parts(monkeypatch, rows=50)


@cache
def here(name: str) -> bytes:
    """What this machine says of two files that follow one another."""
    frame = CASES[name].made(4, 24 if name == "boxes" else 120)
    with tempfile.TemporaryDirectory() as folder:
        half = frame.height // 2
        frame[:half].write_parquet(f"{folder}/a.parquet", row_group_size=32)
        frame[half:].write_parquet(f"{folder}/b.parquet")
        return evidence_bytes(evaluate(Path(folder), CASES[name].how, **ROLES))


def dealt(name: str, at: Path) -> Path:
    """The same rows dealt out to three files, one a row at a time."""
    frame = CASES[name].made(4, 24 if name == "boxes" else 120)
    for k in range(3):
        frame[2 - k :: 3].write_parquet(at / f"{k}.parquet", row_group_size=16 * (k + 1))
    return at


@EVERY
def test_files_in_other_parts(name: str, tmp_path: Path) -> None:
    assert evidence_bytes(evaluate(dealt(name, tmp_path), CASES[name].how, **ROLES)) == here(name)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["spark", "ray"])
@EVERY
def test_files_elsewhere(name: str, engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(engine)
    run = evaluate(dealt(name, tmp_path), CASES[name].how, engine=engine, **ROLES)
    assert evidence_bytes(run) == here(name)
