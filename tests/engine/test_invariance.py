"""The same rows give the same evidence, whatever their order, layout, batches, types and threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.engine import local
from sterling.engine.binary.survey import survey
from sterling.engine.binary.task import BinaryTask
from sterling.engine.cube import count
from sterling.engine.task import Request
from tests.house.law import ROOT
from tests.parity.tables import tables

ROLES = {"label": "y", "positive": 1, "score": "s", "groups": ["g", "h"]}


def table(n: int = 2000, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    s = np.round(rng.random(n), 3)
    c = rng.integers(0, n // 5, n)
    return pl.DataFrame(
        {
            "y": pl.Series((rng.random(n) < s).astype(int)).set(pl.Series(rng.random(n) < 0.05), None),
            "s": s,
            "g": rng.choice(["a", "b", "ç"], n, p=[0.7, 0.28, 0.02]),
            "h": rng.integers(0, 3, n),
            "w": rng.uniform(0.2, 3.0, n),
            "c": pl.Series(c).set(pl.Series(rng.random(n) < 0.1), None),
        }
    )


def evidence(data: object, **more: object) -> bytes:
    return evidence_bytes(st.evaluate(data, **{**ROLES, **more}))


KINDS = [
    {},
    {"weight": "w"},
    {"cluster": "c"},
    {"weight": "w", "cluster": "c"},
    {"score_kind": "raw", "thresholds": "0.5"},
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_row_order(kind: dict[str, object]) -> None:
    frame = table()
    assert evidence(frame.sample(fraction=1.0, shuffle=True, seed=1), **kind) == evidence(frame, **kind)


def test_chunks_column_order_and_a_constant_column() -> None:
    frame = table()
    first = evidence(frame)
    assert evidence(pl.concat([frame[:10], frame[10:700], frame[700:]], rechunk=False)) == first
    assert evidence(frame.select(sorted(frame.columns, reverse=True)).with_columns(k=pl.lit(1))) == first


def test_row_groups_and_batches_when_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file read in pieces: other row groups, batch sizes, row orders and orders of columns, few and many files."""
    frame = table(5000, 3)
    small, large = tmp_path / "one" / "t.parquet", tmp_path / "two" / "t.parquet"
    parts, many = tmp_path / "three", tmp_path / "four"
    for path in (small.parent, large.parent, parts, many):
        path.mkdir()
    frame.write_parquet(small, row_group_size=64)
    frame.sample(fraction=1.0, shuffle=True, seed=5).write_parquet(large, row_group_size=4000)
    frame[:1234].write_parquet(parts / "a.parquet")
    frame[1234:].select(frame.columns[::-1]).write_parquet(parts / "b.parquet", row_group_size=77)
    for k in range(26):
        frame[200 * k : 200 * (k + 1)].write_parquet(many / f"{k:02}.parquet")
    seen = []
    for path, rows in ((small, 100), (small, 999), (large, 4096), (parts, 512), (parts, 64), (many, 100), (many, 900)):
        monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", rows)
        monkeypatch.setattr("sterling.engine.batches._ROWS", rows)
        seen.append(evidence_bytes(streamed(path, monkeypatch, weight="w")))
    assert len(set(seen)) == 1


def streamed(path: Path, monkeypatch: pytest.MonkeyPatch, **more: object) -> st.Run:
    plain = Request.__init__

    def few(self: Request, **given: object) -> None:
        plain(self, **{**given, "exact_rows": 10})

    with monkeypatch.context() as inner:
        inner.setattr(Request, "__init__", few)
        return st.evaluate(path, **{**ROLES, **more})


@pytest.mark.parametrize("kind", [{}, {"weight": "w"}], ids=str)
def test_streaming_equals_holding_all_rows(
    kind: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every count is the same; only the AUC comes from bins, and stays within its bound."""
    frame = table(5000, 4)
    path = tmp_path / "t.parquet"
    frame.write_parquet(path, row_group_size=500)
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 700)
    a, b = streamed(path, monkeypatch, **kind).frame, st.evaluate(frame, **ROLES, **kind).frame
    assert a.filter(pl.col("metric") != "auc").equals(b.filter(pl.col("metric") != "auc"))
    gap = (a.filter(metric="auc")["value"] - b.filter(metric="auc")["value"]).abs()
    assert gap.max() < 5e-3


def test_clusters_are_kept_together_in_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters widen intervals however the file is read: they are never ignored."""
    path = tmp_path / "t.parquet"
    table(3000, 5).write_parquet(path)
    assert streamed(path, monkeypatch, cluster="c").frame.equals(st.evaluate(path, **ROLES, cluster="c").frame)


def test_threads(tmp_path: Path) -> None:
    """One thread or two: the same bytes, from processes of their own."""
    path = tmp_path / "t.parquet"
    table(20_000, 6).write_parquet(path, row_group_size=1000)
    code = (
        "import sys, hashlib, sterling as st; from sterling.core.codec import evidence_bytes\n"
        f"run = st.evaluate({str(path)!r}, label='y', positive=1, score='s', groups=['g', 'h'], weight='w')\n"
        "print(hashlib.sha256(evidence_bytes(run)).hexdigest())"
    )
    digests = set()
    for threads in ("1", "2"):
        env = {**os.environ, "POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout.strip())
    assert len(digests) == 1


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Float64, pl.String, pl.Categorical])
def test_types_of_group_columns(dtype: pl.DataType) -> None:
    frame = table()
    as_text = frame.with_columns(pl.col("h").cast(pl.String))
    cast = frame.with_columns(pl.col("h").cast(pl.String).cast(dtype))
    assert evidence(cast) == evidence(as_text)


def test_types_of_labels_and_scores() -> None:
    frame = table()
    first = st.evaluate(frame, **ROLES).frame
    for dtype in (pl.Int8, pl.Float64, pl.Boolean):
        other = frame.with_columns(pl.col("y").cast(dtype))
        roles = {**ROLES, "positive": True} if dtype == pl.Boolean else ROLES
        assert st.evaluate(other, **roles).frame.equals(first)
    words = frame.with_columns(pl.col("y").cast(pl.String).replace({"1": "yes", "0": "no"}))
    assert st.evaluate(words, **{**ROLES, "positive": "yes"}).frame.equals(first)


@given(frame=tables(max_rows=40))
@settings(max_examples=15)
def test_a_weight_is_repetition(frame: pl.DataFrame) -> None:
    """Values with whole weights equal those of the rows repeated."""
    times = frame.with_columns(k=pl.int_range(pl.len()) % 3 + 1)
    repeated = times.select(pl.exclude("k").repeat_by("k").explode(keep_nulls=True, empty_as_null=True))
    plan = st.Plan(asks=(st.ask("QU001"),), thresholds=(0.5,), grid=False, min_n=1)
    a = st.evaluate(times, **ROLES, weight="k", plan=plan).frame
    b = st.evaluate(repeated, **ROLES, plan=plan).frame
    both = a.join(b, on=["metric", "slice", "threshold"], nulls_equal=True, suffix="_b")
    assert both.height == a.height == b.height
    # Of one row, whatever it weighs, nobody can say how far a mean reaches; of its repetitions one can.
    both = both.filter((pl.col("status") != "insufficient") & (pl.col("status_b") != "insufficient"))
    assert (both["value"].is_null() == both["value_b"].is_null()).all()
    assert ((both["value"] - both["value_b"]).abs().max() or 0.0) < 1e-9  # type: ignore[operator]


def test_equal_weights_change_nothing() -> None:
    frame = table().with_columns(k=pl.lit(2.5))
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False)
    a, b = st.evaluate(frame, **ROLES, plan=plan).frame, st.evaluate(frame, **ROLES, weight="k", plan=plan).frame
    for column in ("value", "low", "high"):
        share = a["metric"].is_in(["selection_rate", "true_positive_rate", "accuracy", "brier"])
        assert (a[column] - b[column]).filter(share).abs().max() < 1e-9  # type: ignore[operator]


def test_renaming_groups_renames_slices_only() -> None:
    frame = table()
    renamed = frame.with_columns(pl.col("g").replace({"a": "z", "b": "ß", "ç": "0"}))
    keys = ["metric", "threshold", "value", "low", "high", "n", "n_eligible"]
    a, b = (st.evaluate(f, **ROLES).frame.select(keys).sort(keys) for f in (frame, renamed))
    assert a.equals(b)


@given(frame=tables())
@settings(max_examples=15)
def test_parts_add_up_to_the_whole(frame: pl.DataFrame) -> None:
    surveyed = survey(subject(frame))
    (measured,) = local.measure(surveyed, Request(thresholds=(0.5,), operating=0.5, cross=2, level=0.95, min_n=1))
    for family in measured.families:
        rows = measured.family_rows(family)
        assert np.array_equal(measured.cells[rows].sum(axis=0), measured.cells[0])
        assert measured.n[rows].sum() == measured.n[0] == frame.height


@given(frame=tables(max_rows=40), cut=hs.integers(1, 39))
@settings(max_examples=25)
def test_cubes_merge_in_any_order(frame: pl.DataFrame, cut: int) -> None:
    """Batches that hold different group values, merged either way, count as the whole does."""
    surveyed = survey(subject(frame, weight="w"))
    request = Request(thresholds=(0.5,), operating=0.5, cross=2, level=0.95, min_n=1)
    whole = surveyed.encode(frame)
    (counter,) = BinaryTask().counters(surveyed, request, whole, streaming=False)
    spec = counter.spec
    at = min(cut, frame.height - 1)
    a, b = (count(spec, surveyed.encode(part)) for part in (frame[:at], frame[at:]))
    expected = count(spec, whole)
    for merged in (a.merge(b), b.merge(a)):
        assert merged.values == expected.values
        for mine, theirs in zip(merged.blocks, expected.blocks, strict=True):
            assert np.array_equal(mine.rows, theirs.rows)
            assert mine.w is not None
            assert theirs.w is not None
            assert np.array_equal(mine.w.limbs, theirs.w.limbs)
            assert all(np.array_equal(mine.moments[k].limbs, v.limbs) for k, v in theirs.moments.items())


def subject(frame: pl.DataFrame, weight: str | None = None) -> st.Subject:
    from sterling.core.roles import ModelColumn

    roles = st.Roles(models=(ModelColumn(column="s"),), label="y", positive="1", groups=("g", "h"), weight=weight)
    return st.Subject(table=frame.lazy(), roles=roles)
