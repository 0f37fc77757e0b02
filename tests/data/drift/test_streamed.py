"""Tables that are not held: the same bytes however rows are shared out, exact values within the stated error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from sterling.core.codec import evidence_bytes
from sterling.core.roles import Roles
from sterling.data.drift.columns import plan_of
from sterling.data.drift.compare import Pair, compare
from sterling.data.drift.facts import Measured
from sterling.data.drift.measure import measured
from sterling.data.drift.streamed import compare_streamed
from sterling.engine.table import TableAccess
from sterling.pipeline.tables import profile


def table(n: int, seed: int, shift: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.standard_t(2, n)
    x[rng.random(n) < 0.05] = np.nan
    return pl.DataFrame(
        {
            "tails": x, "y": rng.normal(shift, 1, n), "k": rng.poisson(3, n),
            "c": rng.choice(list("abcde"), n), "many": rng.integers(0, 3_000, n).astype(str),
            "day": pl.Series(rng.integers(0, 1_000, n)).cast(pl.Int32).cast(pl.Date), "b": rng.random(n) < 0.3,
            "infinite": np.where(rng.random(n) < 0.01, np.inf, rng.normal(size=n)),
            "lists": pl.Series(rng.integers(0, 4, n)).map_elements(lambda k: [1] * k, return_dtype=pl.List(pl.Int64)),
            "none": pl.Series([None] * n, dtype=pl.String), "w": np.round(rng.uniform(0.2, 2.0, n), 2),
        }
    )  # fmt: skip


A, B = table(9_000, 1), table(12_000, 2, 0.08)


def both(weight: str | None) -> Iterator[tuple[Measured, Measured]]:
    here, there = (
        TableAccess(name=name, table=f.lazy(), roles=Roles(weight=weight), rows=f.height)
        for name, f in (("b", B), ("a", A))
    )
    pair = Pair(here=here, there=there, plan=plan_of(here, there))
    held = {m.column: m for m in compare(pair, 0).measured}
    columns = list(pair.plan.columns)
    for column, facts in zip(columns, compare_streamed(columns, here, there), strict=True):
        yield held[column.name], measured(column, facts, seed=0, min_n=30, key="")


@pytest.mark.parametrize("weight", [None, "w"])
def test_exact_values_lie_within_the_stated_error(weight: str | None) -> None:
    for exact, counted in both(weight):
        theirs = {f.statistic: f.effect for f in counted.found}
        for found in exact.found:
            if exact.column == "infinite" and found.statistic.startswith("wasserstein"):
                assert found.statistic not in theirs
                continue
            other, value = theirs[found.statistic], found.effect.value
            if found.statistic == "ks":
                assert other.value <= value + 1e-9
                assert value <= other.value + 2e-3
            else:
                assert other.value == pytest.approx(value, rel=0.03, abs=3e-3), (exact.column, found.statistic)
            low, high = other.interval(0.95)
            assert low <= value <= high or found.statistic in ("psi", "jensen_shannon")
        for name, test in exact.tests.items():
            assert counted.tests[name].p == pytest.approx(test.p, abs=0.03)


def test_few_values_are_counted_exactly() -> None:
    for exact, counted in both(None):
        if exact.column in ("k", "c", "b", "day", "lists", "many"):
            for f, g in zip(exact.found, counted.found, strict=True):
                if f.statistic not in ("jensen_shannon", "psi"):  # the ten parts may be cut elsewhere
                    assert g.effect.value == pytest.approx(f.effect.value, abs=1e-6), (exact.column, f.statistic)


def evidence(here: object, there: object, **given: Any) -> bytes:
    return evidence_bytes(profile(here, others=[there], checks=["DA012"], groups="c", weight="w", **given))


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Both tables as column files that count as too large to hold, read in small batches."""
    monkeypatch.setattr("sterling.engine.table.SAMPLE_ROWS", 10)
    monkeypatch.setattr("sterling.engine.table.BATCH_ROWS", 1_000)
    monkeypatch.setattr("sterling.data.drift.streamed.DRAWN", 6_000)
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 2_500)
    for name, frame in (("a", A), ("b", B)):
        (tmp_path / name).mkdir()
        frame.write_parquet(tmp_path / name / "t.parquet", row_group_size=2_000)
    return tmp_path / "a", tmp_path / "b"


def test_the_order_of_rows_and_batches_does_not_change_a_bit(folders: tuple[Path, Path], tmp_path: Path) -> None:
    first = evidence(folders[1], folders[0])
    for folder, frame, seed in ((folders[0], A, 1), (folders[1], B, 2)):
        mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
        (folder / "t.parquet").unlink()
        mixed[:777].write_parquet(folder / "t.parquet")
        mixed[777:].write_parquet(folder / "u.parquet", row_group_size=5_000)
    assert evidence(folders[1], folders[0]) == first


def test_more_values_than_are_kept(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted by their hashes: never further apart than they are, and a change is still found."""
    monkeypatch.setattr("sterling.data.drift.counts.VALUES_KEPT", 500)
    moved = B.with_columns(many=pl.when(pl.col("b")).then(pl.lit("7")).otherwise("many"))
    moved.write_parquet(folders[1] / "t.parquet")
    run = profile(folders[1], others=[folders[0]], checks=["DA012"])
    about = run.evidence[0].about
    assert about is not None
    found = {d.statistic: d for d in about.drifts[0].found if d.column == "many"}
    assert found["l_infinity"].drifted is True
    assert 0.25 < found["l_infinity"].value <= 0.31  # type: ignore[operator]
    assert "hashes" in found["l_infinity"].note
    assert "new_values" not in found
