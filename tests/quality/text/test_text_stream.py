"""Rows counted in parts, from files and elsewhere: the same bytes as all at once."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine.task import Request, task_of
from sterling.quality.text.survey import TextSurveyed, survey
from sterling.quality.text.task import REGISTERED
from sterling.sources.open import reading
from tests.quality.text.references import SENTENCES, changed, made

assert REGISTERED
REQUEST = Request(thresholds=(), operating=None, cross=2, level=0.95, min_n=10)
ROLES: dict[str, Any] = {"task": "text", "label": "reference", "prediction": ["one", "two"], "groups": ["g", "h"]}


def rows(n: int = 1500, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    references = [*SENTENCES, *made(n - len(SENTENCES), rng)]
    gone = rng.random(n) < 0.05
    return pl.DataFrame(
        {
            "reference": [None if g else r for g, r in zip(gone, references, strict=True)],
            "one": changed(references, rng), "two": references,
            "g": [("a", "b", "ç", None)[i] for i in rng.integers(0, 4, n)], "h": rng.choice(["x", "y"], n),
            "w": rng.random(n), "c": rng.integers(0, 90, n),
        }
    )  # fmt: skip


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}])
def test_files_in_parts_are_tables_in_memory(
    tmp_path: Path, roles: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TextSurveyed, "batch_rows", property(lambda _: 200))
    frame = rows()
    (tmp_path / "t").mkdir()
    frame[:700].write_parquet(tmp_path / "t" / "a.parquet", row_group_size=100)
    frame[700:].write_parquet(tmp_path / "t" / "b.parquet")
    frame.sample(fraction=1, shuffle=True, seed=1).write_parquet(tmp_path / "one.parquet", row_group_size=333)
    held = evidence_bytes(st.evaluate(frame, **ROLES, **roles))
    assert evidence_bytes(st.evaluate(tmp_path / "t", **ROLES, **roles)) == held
    assert evidence_bytes(st.evaluate(tmp_path / "one.parquet", **ROLES, **roles)) == held


def test_long_texts_are_read_few_rows_at_once(tmp_path: Path) -> None:
    frame = pl.DataFrame({"reference": ["a" * 100_000] * 30, "one": ["b" * 100_000] * 30})
    frame.write_parquet(tmp_path / "t.parquet")
    roles = Roles(models=(ModelColumn(column="one", kind="prediction"),), label="reference", task="text")
    seen = survey(Subject(table=pl.scan_parquet(tmp_path / "t.parquet"), roles=roles), guard=reading, also=())
    assert seen.mean_bytes == 200_000
    assert seen.batch_rows == 1024
    assert seen.streams_exactly


def test_counters_travel_and_merge() -> None:
    """Split anywhere, sent elsewhere and put together in any order: the same sums."""
    frame = rows()
    roles = Roles(models=(ModelColumn(column="one", kind="prediction"),), label="reference", groups=("g",), task="text")
    task = task_of("text")
    surveyed = task.survey(Subject(table=frame.lazy(), roles=roles, name="r"), guard=reading, also=())
    batch = surveyed.encode(frame)
    (counter,) = pickle.loads(pickle.dumps(task.counters(surveyed, REQUEST, batch, streaming=True)))
    whole = counter.count(batch)
    parts = [counter.count(surveyed.encode(frame[a:b])) for a, b in ((0, 7), (7, 70), (70, 700), (700, 1500))]
    merged = pickle.loads(pickle.dumps(parts[3])).merge(parts[1]).merge(parts[0]).merge(parts[2])
    for name, total in whole.totals[0].items():
        assert np.array_equal(total.limbs, merged.totals[0][name].limbs), name
