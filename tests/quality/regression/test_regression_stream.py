"""Regression that is streamed: the same numbers, and quantiles within their stated error."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine import local
from sterling.engine.task import Request, task_of
from sterling.quality.regression.quantiles import BINS, RELATIVE_ERROR, bin_of
from sterling.quality.regression.task import REGISTERED

assert REGISTERED
REQUEST = Request(thresholds=(), operating=None, cross=2, level=0.95, min_n=10)


def rows(n: int, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    y = rng.lognormal(3, 1, n)
    label = np.where(rng.random(n) < 0.02, np.nan, y)
    return pl.DataFrame(
        {"y": label, "f": y * rng.lognormal(0, 0.3, n), "g": rng.choice(["a", "b"], n), "w": rng.random(n)}
    )


@pytest.mark.parametrize("weight", [None, "w"])
def test_streamed_is_held(tmp_path: Path, weight: str | None) -> None:
    file = tmp_path / "rows.parquet"
    rows(20_000).write_parquet(file, row_group_size=1_000)
    roles = Roles(
        models=(ModelColumn(column="f", kind="raw"),), label="y", groups=("g",), weight=weight, task="regression"
    )
    subject = Subject(table=pl.scan_parquet(file), roles=roles, name="rows")
    surveyed = task_of("regression").survey(subject, guard=st.sources.open.reading, also=())  # type: ignore[attr-defined]
    (held,) = local.measure(surveyed, REQUEST)
    streamed_request = Request(thresholds=(), operating=None, cross=2, level=0.95, min_n=10, exact_rows=0)
    (streamed,) = local.measure(surveyed, streamed_request)
    assert np.array_equal(held.of.sums, streamed.of.sums)  # type: ignore[attr-defined]
    assert np.array_equal(held.of.products, streamed.of.products)  # type: ignore[attr-defined]
    for share in (0.5, 0.9, 0.95):
        shares = np.full(len(held.slices), share)
        exact, near = held.errors.at(shares), streamed.errors.at(shares)  # type: ignore[attr-defined]
        assert near == pytest.approx(exact, rel=2 * RELATIVE_ERROR)
        assert (streamed.errors.at(shares, -1) <= exact).all()  # type: ignore[attr-defined]
        assert (streamed.errors.at(shares, 1) >= exact * (1 - 1e-12)).all()  # type: ignore[attr-defined]


def test_counters_travel_and_merge() -> None:
    """Split anywhere, sent elsewhere and put together in any order: the same sums."""
    frame = rows(3_000)
    roles = Roles(models=(ModelColumn(column="f", kind="raw"),), label="y", groups=("g",), task="regression")
    task = task_of("regression")
    surveyed = task.survey(Subject(table=frame.lazy(), roles=roles, name="r"), guard=st.sources.open.reading, also=())  # type: ignore[attr-defined]
    batch = surveyed.encode(frame)
    (counter,) = pickle.loads(pickle.dumps(task.counters(surveyed, REQUEST, batch, streaming=True)))
    whole = counter.count(batch)
    parts = [counter.count(surveyed.encode(frame[a:b])) for a, b in ((0, 7), (7, 70), (70, 1_999), (1_999, 3_000))]
    merged = pickle.loads(pickle.dumps(parts[3])).merge(parts[1]).merge(parts[0]).merge(parts[2])
    for name, total in whole.totals[0].items():
        assert np.array_equal(total.limbs, merged.totals[0][name].limbs), name


def test_bins_are_where_they_are_said_to_be() -> None:
    sizes = np.array([0.0, 1e-300, 2.0**-32, 0.25, 0.3, np.nextafter(1, 0)])
    places = bin_of(sizes, np.ones(6))
    assert places[0] == places[1] == 0
    assert places[2] == 1
    assert places[-1] == BINS - 1
    assert bin_of(sizes, np.zeros(6)).tolist() == [BINS] * 6
    assert (np.diff(places) >= 0).all()
