"""Statistics are what NumPy, SciPy and Polars say they are; sketches are within their stated errors of those."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.data.statistics import summarise as module
from sterling.data.statistics.facts import ColumnFacts
from sterling.data.statistics.summarise import summarise
from tests.data.statistics.tables import held, in_parts, mixed
from tests.house.law import ROOT

REAL = [p for p in sorted((ROOT / "examples").glob("*/data/*.parquet")) if p.is_file()]


def facts(frame: pl.DataFrame, column: str = "x", **roles: str) -> ColumnFacts:
    found = summarise(held(frame, **roles)).everyone.column(column)
    assert found is not None
    return found


def _rows_with(column: pl.Series, text: str) -> int:
    if column.dtype == pl.Float64:
        return int((column == float(text)).sum())
    if isinstance(column.dtype, pl.Datetime):
        return int((column.dt.to_string("iso:strict") == text).sum())
    return int((column.cast(pl.String) == text).sum())


def reference(column: pl.Series) -> dict[str, object]:
    """The slow and obvious way."""
    values = column.drop_nulls().to_numpy().astype(np.float64)
    finite = values[np.isfinite(values)]
    return {
        "missing": column.null_count(), "nan": int(np.isnan(values).sum()), "infinite": int(np.isinf(values).sum()),
        "zeros": int((finite == 0).sum()), "negative": int((finite < 0).sum()), "distinct": len(np.unique(finite)),
        "low": finite.min(), "high": finite.max(),
    }  # fmt: skip


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem)
def test_numbers_of_real_tables(path: object) -> None:
    frame = pl.read_parquet(str(path))
    summary = summarise(held(frame)).everyone
    for column in summary.columns:
        series = frame[column.name]
        assert (column.n, column.missing) == (len(series), series.null_count())
        if column.kind not in ("number", "integer"):
            assert column.distinct == series.drop_nulls().n_unique()
            continue
        finite = series.drop_nulls().to_numpy().astype(np.float64)
        finite = finite[np.isfinite(finite)]
        for name, value in reference(series).items():
            assert getattr(column, name) == value, (column.name, name)
        assert column.mean == pytest.approx(finite.mean(), rel=1e-12)
        assert column.std == pytest.approx(finite.std(), rel=1e-9, abs=1e-12)
        assert column.spread is not None
        for p in (0.0, 0.01, 0.25, 0.5, 0.9, 0.999, 1.0):
            assert column.spread.quantile(p).value == np.quantile(finite, p, method="inverted_cdf")


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem)
def test_the_commonest_texts_of_real_tables(path: object) -> None:
    frame = pl.read_parquet(str(path))
    for column in summarise(held(frame), top=5).everyone.columns:
        if column.kind == "text":
            counts = frame[column.name].drop_nulls().value_counts(sort=True).filter(pl.col("count") >= 10).head(5)
            assert [c.rows for c in column.top] == counts["count"].to_list()
            lengths = frame[column.name].drop_nulls().str.len_chars()
            assert column.lengths is not None
            assert (column.lengths.low, column.lengths.high) == (lengths.min(), lengths.max())
            assert column.lengths.mean == pytest.approx(lengths.mean())


@given(hyp.lists(hyp.one_of(hyp.none(), hyp.floats()), min_size=1, max_size=50))
@settings(deadline=None)
def test_any_floats(values: list[float | None]) -> None:
    found = facts(pl.DataFrame({"x": values}, schema={"x": pl.Float64}))
    known = np.array([v for v in values if v is not None and math.isfinite(v)])
    assert found.missing == sum(v is None for v in values)
    assert found.distinct == len(np.unique(known))
    if not len(known):
        assert found.mean is None
        assert found.low is None
        return
    assert (found.low, found.high) == (known.min(), known.max())
    assert found.mean is not None
    assert found.std is not None
    assert known.min() <= found.mean <= known.max() or math.isclose(found.mean, known.mean(), rel_tol=1e-12)
    assert math.isfinite(found.std)


@given(hyp.lists(hyp.tuples(hyp.integers(-9, 9), hyp.integers(1, 4)), min_size=1, max_size=40))
@settings(deadline=None)
def test_a_weight_is_a_repetition(rows: list[tuple[int, int]]) -> None:
    light = pl.DataFrame(rows, schema=["x", "w"], orient="row")
    long = pl.DataFrame({"x": [v for v, w in rows for _ in range(w)]})
    weighted, repeated = facts(light, weight="w"), facts(long)
    assert weighted.weight == repeated.n
    assert weighted.mean == pytest.approx(repeated.mean)
    assert weighted.std == pytest.approx(repeated.std, abs=1e-12)
    assert weighted.spread is not None
    assert repeated.spread is not None
    for p in (0.1, 0.5, 0.77):
        assert weighted.spread.quantile(p).value == repeated.spread.quantile(p).value


def test_weighted_quantiles_are_numpys() -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"x": rng.normal(size=999), "w": rng.random(999)})
    found = facts(frame, weight="w")
    assert found.spread is not None
    for p in (0.05, 0.5, 0.95):
        expected = np.quantile(frame["x"], p, weights=frame["w"].to_numpy(), method="inverted_cdf")
        assert found.spread.quantile(p).value == expected
    assert found.mean == pytest.approx(np.average(frame["x"], weights=frame["w"]))


def test_histograms_count_what_numpy_counts() -> None:
    rng = np.random.default_rng(2)
    x = rng.lognormal(size=5000)
    spread = facts(pl.DataFrame({"x": x})).spread
    assert spread is not None
    for histogram in spread.histograms():
        inner = np.array([-np.inf, *histogram.edges[1:-1], np.inf])
        assert histogram.counts == tuple(np.histogram(x, inner)[0].astype(float))
        assert all(c == 0 or c >= 10 for c in histogram.counts)


@pytest.mark.parametrize("weight", [None, "w"])
def test_sketches_are_within_their_errors(monkeypatch: pytest.MonkeyPatch, weight: str | None) -> None:
    monkeypatch.setattr(module, "HELD", 64)
    monkeypatch.setattr(module, "LEAST", 64)
    frame = mixed(20_000, seed=5)
    roles = {} if weight is None else {"weight": weight}
    exact = summarise(held(frame, **roles), top=5).everyone
    rough = summarise(in_parts(frame, [5000, 9000], **roles), top=5).everyone
    sketched = [c for c in rough.columns if not c.exact]
    assert {"x", "near", "zero", "i", "day", "at", "id"} <= {c.name for c in sketched}
    for column in sketched:
        true = exact.column(column.name)
        assert true is not None
        for name in ("n", "missing", "nan", "infinite", "zeros", "negative", "low", "high", "low_rows", "high_rows",
                     "lengths"):  # fmt: skip
            assert getattr(column, name) == getattr(true, name), (column.name, name)
        assert abs(column.distinct - true.distinct) <= 1.5 * column.distinct_error * true.distinct
        assert [c.rows for c in column.top] == sorted((c.rows for c in column.top), reverse=True)
        for common in column.top:
            assert common.rows == _rows_with(frame[column.name], common.value)
        if weight is None:
            assert column.top == true.top[: len(column.top)]
        if column.spread is None or true.spread is None:
            continue
        assert column.mean == pytest.approx(true.mean, rel=1e-9, abs=1e-9)
        assert column.std == pytest.approx(true.std, rel=1e-6)
        for p in (0.01, 0.1, 0.5, 0.9, 0.99):
            quantile = column.spread.quantile(p)
            below = true.spread.weight[true.spread.lower < quantile.value].sum() / true.spread.heavy[-1]
            upto = true.spread.weight[true.spread.lower <= quantile.value].sum() / true.spread.heavy[-1]
            assert below - quantile.error - 1e-12 <= p <= upto + quantile.error + 1e-12, (column.name, p)
            assert quantile.error < 0.01


def test_sums_do_not_overflow_and_do_not_cancel() -> None:
    huge = facts(pl.DataFrame({"x": [1.7e308, 1.7e308, -1.7e308, 1e-300]}))
    assert huge.mean == pytest.approx(1.7e308 / 4)
    assert huge.std is not None
    assert math.isfinite(huge.std)
    near = facts(pl.DataFrame({"x": [1e15, 1e15 + 1, 1e15 + 2]}))
    assert near.std == pytest.approx(np.sqrt(2 / 3))
    wide = facts(pl.DataFrame({"x": [2**63 + 5, 2**63 + 5, 3]}, schema={"x": pl.UInt64}))
    assert (wide.distinct, wide.high) == (2, float(2**63))
