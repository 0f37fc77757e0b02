"""Clustered and weighted rows: repeating people must not make anything more certain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.engine.clusters import gram
from sterling.engine.task import Request

METRICS = ("selection_rate", "auc", "brier", "log_loss", "calibration_in_the_large", "mean_score", "representation")


def people(n: int = 200, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    p = 1 / (1 + np.exp(-rng.normal(0.8 * y, 1)))
    return pl.DataFrame({"y": y, "p": p, "g": rng.choice(["a", "b"], n), "who": np.arange(n)})


def intervals(frame: pl.DataFrame, metric: str) -> np.ndarray:
    run = st.evaluate(frame, label="y", score="p", groups="g", cluster="who", min_n=10)
    return run.asked.filter(pl.col("metric") == metric).select("value", "low", "high").to_numpy().astype(float)


@pytest.mark.parametrize("metric", METRICS)
def test_the_same_people_many_times_are_as_uncertain_as_once(metric: str) -> None:
    once, often = intervals(people(), metric), intervals(pl.concat([people()] * 20), metric)
    width = (once[:, 2] - once[:, 1])[:, None]
    assert np.allclose(often, once, atol=0.02 * np.maximum(width, 1e-9), equal_nan=True)


def test_a_group_of_one_cluster_is_compared_with_nobody() -> None:
    """Its interval is unknown: it must not slip out of the bound that says *within*."""
    alone = pl.DataFrame({"y": [0, 1] * 100, "p": [0.9] * 200, "g": ["c"] * 200, "who": [-1] * 200})
    policy = st.Policy.parse('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.3')
    run = st.evaluate(
        pl.concat([people(), alone], how="vertical_relaxed"),
        label="y",
        score="p",
        groups="g",
        cluster="who",
        policy=policy,
    )
    finding = run.judgement.verdicts[0].finding
    assert finding is not None
    assert [str(t.slice) for t in finding.too_small] == ["g=c"]
    assert finding.low <= finding.value <= finding.high
    known = run.frame.filter(pl.col("value").is_not_null())
    assert known["low"].null_count() == known["high"].null_count() == 0


def test_streamed_weighted_auc_is_as_certain_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    people(3000).with_columns(pl.Series("w", rng.uniform(1, 9, 3000))).write_parquet(tmp_path / "t.parquet")

    def auc() -> tuple[float, ...]:
        run = st.evaluate(tmp_path / "t.parquet", label="y", score="p", weight="w")
        return run.frame.filter(pl.col("metric") == "auc").select("value", "low", "high", "n_eligible").row(0)

    exact = auc()
    plain = Request.__init__
    monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": 10}))
    assert auc() == pytest.approx(exact, abs=2e-3)


def test_cells_counted_as_others() -> None:
    """Rows not selected, or without a label, as nobody who counts; the others as hits and misses."""
    rng = np.random.default_rng(3)
    n, at = 400, np.array([0.3, 0.6])
    cluster, score, label = rng.integers(0, 60, n), rng.random(n), rng.integers(0, 3, n).astype(np.uint8)
    weight, codes = rng.random(n), np.zeros(n, dtype=np.int64)
    whole = gram(cluster, codes, 1, score, label, weight, at).counted_as((0, 2, 5, 5, 5, 5))
    for t, cut in enumerate(at):
        counts = (score >= cut) & (label < 2)
        hit, kind = (counts & (label == 1)).astype(np.float64), np.where(counts, 1, 2).astype(np.uint8)
        alone = gram(cluster, codes, 1, hit, kind, weight, np.array([0.5]))
        np.testing.assert_allclose(whole.products[:, t], alone.products[:, 0], rtol=1e-13)
        np.testing.assert_array_equal(whole.patterns[:, t], alone.patterns[:, 0])
