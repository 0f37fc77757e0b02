"""Metrics that are functions of rows: as other metrics where both exist, honest intervals, and slips that are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs
from sklearn.metrics import mean_absolute_error, recall_score

import sterling as st
from sterling.core.errors import ConfigError, InputError
from sterling.core.metrics import SCORE_METRICS
from sterling.engine import own
from tests.house.law import ROOT
from tests.worlds.world import allowed

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


@pytest.fixture(autouse=True)
def _forgotten_afterwards() -> Iterator[None]:
    before = dict(SCORE_METRICS)
    yield
    SCORE_METRICS.clear()
    SCORE_METRICS.update(before)


def _recall(table: pl.DataFrame) -> float | None:
    return table.filter(pl.col("label") == 1)["prediction"].mean()  # type: ignore[return-value]


def _mean_x(table: pl.DataFrame) -> float | None:
    return table["x"].mean()  # type: ignore[return-value]


def _world(seed: int, n: int, *, shift: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    group = rng.choice(["a", "b"], n)
    return pl.DataFrame({
        "y": rng.integers(0, 2, n), "p": rng.random(n), "x": rng.exponential(2.0, n) + shift * (group == "b"),
        "group": group, "w": rng.integers(1, 4, n), "person": rng.integers(0, max(n // 3, 1), n),
    })  # fmt: skip


def _rows(frame: pl.DataFrame | Path, metric: str, **given: object) -> list[dict[str, object]]:
    run = st.evaluate(frame, **{"label": "y", "score": "p", "groups": "group", "metrics": metric, **given})  # type: ignore[arg-type]
    return run.asked.filter(metric=metric).to_dicts()


def test_value_and_interval_beside_the_closed_form_on_real_data() -> None:
    st.metric("own_recall", low=0, high=1)(_recall)
    named = {"label": "approved", "score": "score", "groups": "race", "metrics": ["own_recall", "recall"]}
    found = st.evaluate(LENDING, **named).asked  # type: ignore[arg-type]
    mine, theirs = (found.filter(metric=m) for m in ("own_recall", "true_positive_rate"))
    assert mine["value"].to_list() == pytest.approx(theirs["value"].to_list())
    assert mine["n"].to_list() == theirs["n"].to_list()
    for a, b in zip(mine.iter_rows(named=True), theirs.iter_rows(named=True), strict=True):
        assert a["high"] - a["low"] == pytest.approx(b["high"] - b["low"], rel=0.25)
        assert 0 <= a["low"] < a["value"] < a["high"] <= 1


def test_labels_are_those_of_the_role_whatever_they_are_called() -> None:
    frame = _world(1, 300).with_columns(y=pl.when(pl.col("y") == 1).then(pl.lit("no")).otherwise(pl.lit("yes")))
    frame = frame.with_columns(y=pl.when(pl.int_range(pl.len()) % 10 > 0).then("y"))
    seen: list[pl.DataFrame] = []

    @st.metric("looks", reads=["x"], low=0, high=1)
    def _looks(table: pl.DataFrame) -> float:
        seen.append(table)
        return float(recall_score(table["label"], table["prediction"]))

    (row, *_) = _rows(frame, "looks", positive="no", thresholds=0.3)
    known = frame.drop_nulls("y")
    assert row["n_eligible"] == known.height
    assert row["value"] == pytest.approx(recall_score(known["y"] == "no", known["p"] >= 0.3))
    assert seen[0].columns == ["label", "score", "prediction", "weight", "x"]
    assert seen[0]["label"].dtype == pl.Int8


def test_planted_gap_is_over_its_limit_and_no_gap_alarms_at_most_as_promised() -> None:
    st.metric("mean_x", reads=["x"], low=0)(_mean_x)
    policy = st.Policy.parse('[[limit]]\nmetric = "mean_x"\nmax_gap = 0.0\n')

    def verdict(seed: int, shift: float) -> str:
        frame = _world(seed, 240, shift=shift)
        run = st.evaluate(frame, label="y", score="p", groups="group", policy=policy, seed=seed)
        return next(v.verdict for v in run.judgement.verdicts if v.limit is not None)

    assert {verdict(seed, 3.0) for seed in range(3)} == {"over"}
    worlds = 60
    alarms = sum(verdict(seed, 0.0) == "over" for seed in range(worlds))
    assert alarms / worlds <= allowed(0.05, worlds)


@pytest.mark.parametrize("n", [30, 200])
def test_the_interval_holds_the_truth_as_often_as_it_says(n: int) -> None:
    """The median of skewed numbers, which has no closed form here."""
    st.metric("median_x", reads=["x"], needs_label=False)(lambda t: t["x"].median())
    worlds, truth = 300, 2.0 * np.log(2)
    rng = np.random.default_rng(n)
    hit = 0
    for seed in range(worlds):
        frame = pl.DataFrame({"p": rng.random(n), "x": rng.exponential(2.0, n)})
        (row,) = _rows(frame, "median_x", label=None, groups=None, seed=seed)
        hit += float(str(row["low"])) <= truth <= float(str(row["high"]))
    assert hit / worlds >= 0.95 - allowed(0.05, worlds) + 0.03


def test_clusters_are_drawn_whole() -> None:
    """Every person appears five times with one x: as many rows say as much as a fifth of them."""
    people = _world(3, 200)
    copies = pl.concat([people.with_columns(person=pl.int_range(pl.len()))] * 5)
    st.metric("mean_x", reads=["x"])(_mean_x)

    def width(rows: list[dict[str, object]]) -> float:
        return float(str(rows[0]["high"])) - float(str(rows[0]["low"]))

    once, clustered = width(_rows(people, "mean_x")), width(_rows(copies, "mean_x", cluster="person"))
    assert clustered == pytest.approx(once, rel=0.15)
    assert width(_rows(copies, "mean_x")) < 0.6 * once


@given(seed=hs.integers(0, 1000), weighted=hs.booleans(), clustered=hs.booleans())
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_changes_nothing(seed: int, *, weighted: bool, clustered: bool) -> None:
    st.metric("weighted_x", reads=["x"])(lambda t: float(np.average(t["x"], weights=t["weight"])))
    frame = _world(seed, 120)
    more: dict[str, object] = {"weight": "w"} if weighted else {}
    more |= {"cluster": "person"} if clustered else {}
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    rows = _rows(frame, "weighted_x", **more)
    assert rows == _rows(mixed, "weighted_x", **more)
    expected = float(np.average(frame["x"], weights=frame["w"] if weighted else None))
    assert rows[0]["value"] == pytest.approx(expected)


def test_many_rows_are_divided_and_say_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    st.metric("mean_x", reads=["x"])(_mean_x)
    path = tmp_path / "rows.parquet"
    _world(5, 6000).write_parquet(path)
    drawn = _rows(path, "mean_x")[0]
    monkeypatch.setattr(own, "MANY", 1000)
    divided = _rows(path, "mean_x")[0]
    assert divided["value"] == drawn["value"]
    width, other = (float(str(r["high"])) - float(str(r["low"])) for r in (drawn, divided))
    assert other == pytest.approx(width, rel=0.4)


def test_numbers_and_classes() -> None:
    rng = np.random.default_rng(0)
    numbers = pl.DataFrame({"y": rng.normal(size=200), "f": rng.normal(size=200)})
    st.metric("own_mae", low=0)(lambda t: mean_absolute_error(t["label"], t["prediction"]))
    (row,) = _rows(numbers, "own_mae", task="regression", score="f", groups=None)
    assert row["value"] == pytest.approx(mean_absolute_error(numbers["y"], numbers["f"]))

    chances = rng.dirichlet([1, 1, 1], 200)
    classes = pl.DataFrame({f"p_{c}": chances[:, i] for i, c in enumerate("xyz")})
    classes = classes.with_columns(y=pl.Series([None if i % 9 == 0 else "xyz"[i % 3] for i in range(200)]))
    st.metric("own_accuracy", low=0, high=1)(lambda t: (t["label"] == t["prediction"]).mean())
    (row,) = _rows(classes, "own_accuracy", task="multiclass", score="p_{class}", groups=None)
    best = np.array(list("xyz"))[chances.argmax(axis=1)]
    known = classes["y"].is_not_null().to_numpy()
    assert row["value"] == pytest.approx((best == classes["y"].to_numpy())[known].mean())
    assert row["n_eligible"] == known.sum()


def test_where_no_class_is_named_the_prediction_is_null() -> None:
    """At the threshold in force; a limit's threshold is not in force elsewhere."""
    chances = np.random.default_rng(3).dirichlet([1, 1, 1], 300)
    classes = pl.DataFrame({f"p_{c}": chances[:, i] for i, c in enumerate("xyz")})
    classes = classes.with_columns(y=pl.Series(["xyz"[i % 3] for i in range(300)]))
    st.metric("own_accuracy", low=0, high=1)(lambda t: t["label"].eq_missing(t["prediction"]).mean())
    st.metric("own_abstention", low=0, high=1)(lambda t: t["prediction"].is_null().mean())
    given_ = {"label": "y", "task": "multiclass", "score": "p_{class}"}
    for threshold, more in ((0.6, {"thresholds": 0.6}), (0.6, {"thresholds": (0.6, 0.8)}), (0.0, {})):
        run = st.evaluate(classes, metrics=("own_accuracy", "own_abstention", "accuracy"), **given_, **more)
        table, everyone = run.tables[0], run.tables[0].slices[0]
        none = float((chances.max(axis=1) < threshold).mean())
        assert table.estimate("own_abstention", everyone, None).value == pytest.approx(none)
        at = run.plan.threshold if run.plan.thresholds else None
        accuracy = table.estimate("accuracy", everyone, at).value
        assert table.estimate("own_accuracy", everyone, None).value == pytest.approx(accuracy), threshold


def test_nothing_to_say_is_none() -> None:
    st.metric("never", low=0, high=1)(lambda t: None)
    st.metric("no_number", low=0, high=1)(lambda t: float("nan"))
    st.metric("always_two")(lambda t: 2.0)
    for name in ("never", "no_number", "always_two"):
        row = _rows(_world(1, 100), name)[0]
        assert (row["value"], row["low"], row["high"], row["status"]) == (None, None, None, "undefined")
    small = [r for r in _rows(_world(1, 40), "never", min_n=30) if r["slice"] != "everyone"]
    assert {r["status"] for r in small} == {"insufficient"}


def test_slips_are_told() -> None:
    with pytest.raises(ConfigError, match="no name of a metric"):
        st.metric("Mean wait")
    with pytest.raises(ConfigError, match="reads a column called 'score'"):
        st.metric("mine", reads=["score"])
    with pytest.raises(ConfigError, match="no task"):
        st.metric("mine", tasks=["ranking"])
    with pytest.raises(ConfigError, match="exists already"):
        st.metric("auc")(lambda t: 0.0)
    st.metric("mine", reads=["wait"])(_mean_x)
    with pytest.raises(InputError, match="reads 'wait', which is not a column"):
        _rows(_world(1, 50), "mine")
    st.metric("mine")(lambda t: t["secret"].mean())
    with pytest.raises(ConfigError, match="failed with ColumnNotFoundError"):
        _rows(_world(1, 50), "mine")
    st.metric("mine", low=0, high=1)(lambda t: 1.5)
    with pytest.raises(ConfigError, match=r"gave 1\.5 for everyone"):
        _rows(_world(1, 50), "mine")


def test_it_may_be_registered_again() -> None:
    st.metric("mine", low=0, high=1)(lambda t: 0.2)
    st.metric("mine", low=0, high=1)(lambda t: 0.4)
    assert _rows(_world(1, 50), "mine")[0]["value"] == pytest.approx(0.4)
