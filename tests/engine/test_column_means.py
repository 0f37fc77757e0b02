"""Metrics of columns: means, sizes and totals by slice, held against NumPy, statsmodels and SciPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError, InputError
from sterling.core.metrics import resolve_metric
from sterling.engine.task import Request

METRICS = ["mean(x)", "mean_absolute(x)", "total(x)", "total_absolute(x)", "mean(`b y`)"]


def table(n: int = 900, seed: int = 0, *, shift: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(0.3, 2.0, n) + shift
    missing = rng.random(n)
    return pl.DataFrame(
        {
            "y": rng.integers(0, 2, n), "p": rng.random(n), "w": rng.uniform(0.1, 5.0, n), "c": rng.integers(0, 60, n),
            "g": pl.Series(rng.choice(["a", "ß", "c"], n, p=[0.5, 0.4, 0.1])).set(pl.Series(rng.random(n) < 0.1), None),
            "x": pl.Series(np.where(missing < 0.05, np.nan, x)).set(pl.Series(missing > 0.95), None),
            "b y": pl.Series(rng.integers(0, 9, n) > 5),
        }
    )  # fmt: skip


def found(frame: pl.DataFrame, **roles: Any) -> dict[tuple[str, str], tuple[float, float, float, int]]:
    run = st.evaluate(frame, label="y", score="p", groups="g", metrics=METRICS, min_n=2, **roles)
    named = run.frame.select("metric", "slice", "value", "low", "high", "n_eligible")
    return {(m, s): numbers for m, s, *numbers in named.iter_rows()}  # type: ignore[misc]


def slices(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    by = {f"g={v}" if v is not None else "g=missing": part for (v,), part in frame.group_by("g")}
    return {"everyone": frame} | by


def known(part: pl.DataFrame) -> pl.DataFrame:
    return part.filter(pl.col("x").is_not_null() & pl.col("x").is_not_nan())


@given(seed=some.integers(0, 10_000), n=some.integers(40, 400), shift=some.sampled_from([0.0, -3.0, 1e6]))
@settings(max_examples=8, deadline=None)
def test_plain_rows_as_student_says(seed: int, n: int, shift: float) -> None:
    frame = table(n, seed, shift=shift)
    got = found(frame)
    names = {s for _, s in got}
    for name, part in slices(frame).items():
        shown = name if name in names else next(s for s in names if "missing" in s or "recorded" in s)
        x = known(part)["x"].to_numpy()
        if len(x) < 3:
            continue
        value, low, high, eligible = got["mean(x)", shown]
        assert eligible == len(x)
        assert value == pytest.approx(x.mean(), rel=1e-9, abs=1e-12)
        ends = stats.t.interval(0.95, len(x) - 1, x.mean(), stats.sem(x))
        assert (low, high) == pytest.approx(ends, rel=1e-7)
        assert got["total(x)", shown][0] == pytest.approx(x.sum(), rel=1e-9, abs=1e-9)
        assert got["total(x)", shown][1] == pytest.approx(ends[0] * len(x), rel=1e-7)
        size = np.abs(x)
        value, low, high, _ = got["mean_absolute(x)", shown]
        assert value == pytest.approx(size.mean(), rel=1e-9)
        assert 0 < low < value < high
        assert got["total_absolute(x)", shown][0] == pytest.approx(size.sum(), rel=1e-9)
        assert got["mean(`b y`)", shown][0] == pytest.approx(part["b y"].mean())


def test_weights_as_a_regression_on_the_constant_says() -> None:
    """Its sandwich (HC1) is the linearised variance, but for what Kish's n is to n."""
    frame = table(seed=3)
    got = found(frame, weight="w")
    part = known(frame.filter(pl.col("g") == "ß"))
    x, w = part["x"].to_numpy(), part["w"].to_numpy()
    value, low, high, eligible = got["mean(x)", "g=ß"]
    fit = sm.WLS(x, np.ones(len(x)), weights=w).fit(cov_type="HC0")
    kish = w.sum() ** 2 / (w**2).sum()
    assert eligible == len(x)
    assert value == pytest.approx(float(fit.params[0]))
    reach = stats.t.ppf(0.975, kish - 1) * float(fit.bse[0]) * np.sqrt(kish / (kish - 1))
    assert (high - low) / 2 == pytest.approx(reach, rel=1e-6)
    assert got["total(x)", "g=ß"][0] == pytest.approx((w * x).sum())
    assert got["total_absolute(x)", "g=ß"][0] == pytest.approx((w * np.abs(x)).sum())


def test_clusters_as_a_regression_on_the_constant_says() -> None:
    frame = table(seed=4)
    got = found(frame, cluster="c")
    part = known(frame.filter(pl.col("g") == "a"))
    x, c = part["x"].to_numpy(), part["c"].to_numpy()
    fit = sm.OLS(x, np.ones(len(x))).fit(
        cov_type="cluster", cov_kwds={"groups": c, "use_correction": False}, use_t=True
    )
    m = len(np.unique(c))
    value, low, high, _ = got["mean(x)", "g=a"]
    assert value == pytest.approx(x.mean())
    reach = stats.t.ppf(0.975, m - 1) * float(fit.bse[0]) * np.sqrt(m / (m - 1))
    assert (high - low) / 2 == pytest.approx(reach, rel=1e-6)


def test_equal_weights_change_nothing() -> None:
    frame = table(seed=5).with_columns(w=pl.lit(3.0))
    plain, weighted = found(frame), found(frame, weight="w")
    for key, numbers in plain.items():
        times = 3.0 if key[0].startswith("total") else 1.0
        if "(" in key[0] and numbers[0] is not None:
            assert weighted[key][:3] == pytest.approx([times * v for v in numbers[:3]], rel=1e-9)


@pytest.mark.parametrize("kind", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}], ids=str)
def test_the_same_bytes_in_any_order_and_in_parts(
    kind: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = {
        "label": "y",
        "score": "p",
        "score_kind": "raw",
        "thresholds": 0.5,
        "groups": "g",
        "metrics": METRICS,
        **kind,
    }
    frame = table(seed=6)
    whole = evidence_bytes(st.evaluate(frame, **roles))
    assert evidence_bytes(st.evaluate(frame.sample(fraction=1, shuffle=True, seed=1), **roles)) == whole
    (tmp_path / "t").mkdir()
    frame[:700].write_parquet(tmp_path / "t" / "a.parquet", row_group_size=90)
    frame[700:].write_parquet(tmp_path / "t" / "b.parquet")
    assert evidence_bytes(st.evaluate(tmp_path / "t", **roles)) == whole
    plain = Request.__init__
    monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": 10}))
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 128)
    streamed = st.evaluate(tmp_path / "t", **roles).frame
    held = st.evaluate(frame, **roles).frame
    of = pl.col("metric").str.contains(r"\(")
    assert streamed.filter(of).equals(held.filter(of))


def test_slices_without_numbers_say_nothing() -> None:
    frame = table(seed=7).with_columns(
        x=pl.when(pl.col("g") == "a").then(None).otherwise(pl.col("x")),
        none=pl.lit(None, dtype=pl.Float64),
        one=pl.lit(2.5),
    )
    run = st.evaluate(frame, label="y", score="p", groups="g", metrics=["mean(x)", "mean(none)", "mean(one)"])
    rows = {(m, s): (v, low, e) for m, s, v, low, e in run.frame.select(
        "metric", "slice", "value", "low", "n_eligible").iter_rows()}  # fmt: skip
    assert rows["mean(x)", "g=a"] == (None, None, 0)
    assert rows["mean(none)", "everyone"] == (None, None, 0)
    assert rows["mean(one)", "everyone"][:2] == (2.5, 2.5)


@pytest.mark.parametrize("task", ["regression", "multiclass", "multilabel", "ranking", "sets"])
def test_every_task_has_them(task: str) -> None:
    frame = table(seed=8).with_columns(
        q=pl.col("c"), p_0=pl.col("p"), p_1=1 - pl.col("p"), is_u=pl.col("y"), p_u=pl.col("p"),
        rank=pl.col("y").cast(pl.Float64),
        said=pl.concat_list(pl.col("y").cast(pl.String)),
        found=pl.concat_list(pl.col("y").cast(pl.String)),
    )  # fmt: skip
    roles: dict[str, dict[str, Any]] = {
        "regression": {"label": "p", "prediction": "w"}, "multiclass": {"label": "y", "score": "p_{class}"},
        "multilabel": {"label": "is_{label}", "score": "p_{label}"},
        "ranking": {"label": "rank", "score": "p", "query": "q"},
        "sets": {"label": "said", "prediction": "found"},
    }  # fmt: skip
    if task in ("multiclass", "multilabel"):
        keep = ["p_0", "p_1"] if task == "multiclass" else ["p_u", "is_u"]
        frame = frame.select("y", "g", "x", "b y", *keep)
    run = st.evaluate(frame, task=task, groups="g", metrics=["mean(x)", "mean(`b y`)"], **roles[task])  # type: ignore[arg-type]
    mean = run.frame.filter((pl.col("metric") == "mean(x)") & (pl.col("slice") == "g=ß"))["value"][0]
    assert mean == pytest.approx(known(frame.filter(pl.col("g") == "ß"))["x"].mean())


def test_limits_hold_means_together() -> None:
    frame = table(2000, seed=9).with_columns(x=pl.col("x") + pl.when(pl.col("g") == "ß").then(5.0).otherwise(0.0))
    policy = st.Policy.parse('[[limit]]\nmetric = "mean(x)"\nmax_gap = 1\n[[limit]]\nmetric = "mean(x)"\nmin = -100')
    run = st.evaluate(frame, label="y", score="p", groups="g", policy=policy)
    assert [v.verdict for v in run.judgement.verdicts if v.limit is not None] == ["over", "within", "within"]
    assert "mean(x)" in run.frame["metric"].unique().to_list()


def test_what_cannot_be_summed_is_named() -> None:
    frame = table(60)
    roles: dict[str, Any] = {"label": "y", "score": "p"}
    with pytest.raises(InputError, match="no column 'xx'"):
        st.evaluate(frame, metrics="mean(xx)", **roles)
    with pytest.raises(InputError, match="holds text, not numbers"):
        st.evaluate(frame, metrics="mean(g)", **roles)
    with pytest.raises(InputError, match="1 number in column 'x' is infinite"):
        st.evaluate(frame.with_columns(x=pl.Series([float("inf"), *[0.0] * 59])), metrics="mean(x)", **roles)
    with pytest.raises(InputError, match="beyond 1e"):
        st.evaluate(frame.with_columns(x=pl.lit(1e200)), metrics="mean(x)", **roles)


def test_a_number_of_a_struct_or_a_list_has_a_mean_of_its_own() -> None:
    frame = table(200).with_columns(phi=pl.struct("x", z="w"), both=pl.concat_list("w", "p"))
    roles: dict[str, Any] = {"label": "y", "score": "p"}
    run = st.evaluate(frame, metrics=["mean(`phi.z`)", "mean(`both[0]`)", "mean(w)"], **roles)
    assert run.frame.filter(pl.col("metric").str.starts_with("mean("))["value"].n_unique() == 1
    for column, part in (("phi", "phi.x"), ("both", "both[0]")):
        with pytest.raises(InputError, match="holds several values a row") as caught:
            st.evaluate(frame, metrics=f"mean({column})", **roles)
        assert caught.value.hint == f"name a number in it, such as '{part}'"
    with pytest.raises(ConfigError) as unread:
        resolve_metric("mean(phi.x)")
    assert "`backticks`" in unread.value.hint


@pytest.mark.parametrize("text", ["mean", "mean()", "mean(x", "mean(x) + 1", "mean(x, y)", "total(3)"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        resolve_metric(text)


@pytest.mark.parametrize("column", ["age", "b y", "größe", "a`b", "p(x), y"])
def test_written_and_read_again(column: str) -> None:
    from sterling.core.column_metrics import of_column

    metric = of_column("mean", column)
    assert resolve_metric(metric.canonical()) == metric


def test_zeros_and_ones_are_shares_of_rows() -> None:
    frame = table(600, 3).with_columns(flag=pl.col("b y").cast(pl.Int64))
    run = st.evaluate(
        frame, label="y", score="p", groups="g", metrics=["mean(flag)", "mean(`b y`)", "total(flag)"], min_n=2
    )
    named = run.frame.select("metric", "slice", "value", "low", "high")
    rows = {(metric, name): numbers for metric, name, *numbers in named.iter_rows()}
    part = frame.filter(g="a")["flag"]
    low, high = proportion_confint(part.sum(), len(part), method="wilson")
    assert rows["mean(flag)", "g=a"] == pytest.approx([part.mean(), low, high], rel=1e-9)
    assert rows["mean(`b y`)", "g=a"] == rows["mean(flag)", "g=a"]
    assert rows["total(flag)", "g=a"] == pytest.approx([part.sum(), low * len(part), high * len(part)], rel=1e-9)


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}])
def test_a_small_group_without_the_rare_one_proves_no_gap(roles: dict[str, str]) -> None:
    rng, alarms = np.random.default_rng(11), 0
    policy = st.Policy.parse('[[limit]]\nmetric = "mean(rare)"\nmax_gap = 0.01')
    for _ in range(60):
        frame = pl.DataFrame(
            {
                "y": rng.integers(0, 2, 200), "p": rng.random(200), "g": ["a"] * 40 + ["b"] * 160,
                "rare": rng.random(200) < 0.04, "w": rng.uniform(0.5, 2.0, 200), "c": rng.permutation(200) // 2,
            }
        )  # fmt: skip
        run = st.evaluate(frame, label="y", score="p", groups="g", policy=policy, **roles)
        alarms += next(f.low for e in run.evidence for f in e.findings if f.metric.name == "mean(rare)") > 0
    assert alarms <= 7  # of 60; with Student's interval a sixth of them did


def test_a_few_equal_numbers_are_no_certainty() -> None:
    rng = np.random.default_rng(2)
    spiky = np.where(rng.random(200) < 0.03, rng.exponential(5.0, 200), 0.0)
    spiky[:40] = 0.0
    frame = pl.DataFrame(
        {"y": rng.integers(0, 2, 200), "p": rng.random(200), "g": ["a"] * 40 + ["b"] * 160, "x": spiky}
    )
    run = st.evaluate(frame, label="y", score="p", groups="g", metrics=["mean(x)"])
    value, low, high = run.frame.filter(metric="mean(x)", slice="g=a").select("value", "low", "high").row(0)
    reach = stats.t.ppf(0.975, 39) * np.std(spiky, ddof=1) / np.sqrt(40)
    assert (value, low, high) == pytest.approx((0.0, -reach, reach), rel=1e-6, abs=1e-12)
