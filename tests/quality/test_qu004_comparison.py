"""QU004: two models on the same rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs
from sklearn import metrics as sk

import sterling as st
from sterling.core.comparison import Comparison
from sterling.core.rates import RATES, parse_rate
from sterling.quality.comparison.joint import count
from sterling.quality.comparison.pair import of_change
from sterling.quality.comparison.rates import change
from sterling.report.wire import wire
from sterling.stats.normal import z
from sterling.stats.paired_auc import auc_change, mean_change
from tests.parity.examples import EXAMPLES


def world(seed: int, n: int = 600, *, harm: float = 0.0) -> pl.DataFrame:
    """Two scores of equal skill; `harm` lowers the second one among the positives of group b."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(int)
    g = rng.choice(["a", "b", "c"], n)
    base = 0.35 + 0.3 * y + rng.normal(0, 0.12, n)
    old, new = (np.clip(base + rng.normal(0, 0.08, n), 0, 1) for _ in range(2))
    new = np.clip(new - harm * ((g == "b") & (y == 1)), 0, 1)
    return pl.DataFrame({"y": y, "g": g, "old": old, "new": new, "w": rng.uniform(0.2, 3, n), "c": np.arange(n) // 3})


def compare(frame: pl.DataFrame, **options: object) -> st.Run:
    return st.evaluate(frame, label="y", score=["old", "new"], groups="g", compare="old", **options)  # type: ignore[arg-type]


def found(run: st.Run) -> Comparison:
    return next(e.comparison for e in run.evidence if e.comparison is not None)


@pytest.mark.parametrize("weighted", [False, True])
def test_changes_are_differences_of_the_two_tables(weighted: bool) -> None:
    """On real data, with one decimal of the score taken away: every metric, slice and threshold."""
    example = EXAMPLES[0]
    frame = example.frame.with_columns(rough=pl.col("score").round(1), w=pl.int_range(pl.len()) % 5 + 0.5)
    run = st.evaluate(
        frame, label="approved", score=["score", "rough"], groups=["race", "sex"], compare="score", metrics="all",
        thresholds="0.3,0.5", weight="w" if weighted else None,
    )  # fmt: skip
    keys = ["metric", "slice", "threshold"]
    old, new = (run.asked.filter(pl.col("model") == m).select(*keys, "value") for m in ("score", "rough"))
    both = old.join(new, on=keys, nulls_equal=True, suffix="_new")
    changes = found(run).frame().join(both, on=keys, nulls_equal=True, suffix="_old").drop_nulls(["value", "value_old"])
    assert changes["metric"].n_unique() > 30
    apart = (changes["value"] - (changes["value_new"] - changes["value_old"])).abs()
    assert float(apart.max()) < 1e-9  # type: ignore[arg-type]
    known = changes.filter(pl.col("low").is_not_null())
    assert known.filter((pl.col("low") > pl.col("value") + 1e-9) | (pl.col("high") < pl.col("value") - 1e-9)).is_empty()


def test_intervals_are_those_of_delong_and_student() -> None:
    frame = world(3)
    run = compare(frame, metrics=["auc", "brier"])
    rows = {r["metric"]: r for r in found(run).frame().filter(slice="everyone").iter_rows(named=True)}
    y, old, new = (frame[c].to_numpy() for c in ("y", "old", "new"))
    delong = auc_change(old, new, y == 1)
    assert rows["auc"]["value"] == pytest.approx(sk.roc_auc_score(y, new) - sk.roc_auc_score(y, old), abs=1e-12)
    assert (rows["auc"]["low"], rows["auc"]["high"]) == pytest.approx((delong.low, delong.high), abs=1e-4)
    student = mean_change((old - y) ** 2, (new - y) ** 2)
    assert (rows["brier"]["low"], rows["brier"]["high"]) == pytest.approx((student.low, student.high), abs=1e-5)


@given(seed=hs.integers(0, 2**32 - 1), n=hs.integers(2, 80))
@settings(max_examples=6)
def test_flips_are_counted(seed: int, n: int) -> None:
    frame = world(seed, n)
    plan = st.Plan(asks=(st.ask("QU004", against="old", model="new"),), thresholds=(0.5,), grid=False, min_n=1)
    run = st.evaluate(frame, label="y", positive=1, score=["old", "new"], groups="g", plan=plan)
    rows = {(r["metric"], r["slice"]): r["value"] for r in found(run).frame().iter_rows(named=True)}
    for name, mine in [("everyone", frame), *((f"g={g}", frame.filter(g=g)) for g in frame["g"].unique())]:
        old, new = mine["old"] >= 0.5, mine["new"] >= 0.5
        assert rows["flip_rate", name] == pytest.approx((old != new).mean())
        for metric, among, hit in (("to_positive", ~old, new), ("to_negative", old, ~new)):
            expected = hit.filter(among).mean() if among.any() else None
            assert rows[f"flip_rate_{metric}", name] == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("name", ["precision", "f1", "matthews_correlation", "accuracy", "diagnostic_odds_ratio"])
def test_spread_of_a_change_is_that_of_resampled_rows(name: str) -> None:
    """Per-row Poisson weights are the oracle: the linearised spread agrees with theirs."""
    frame = world(11, 1500)
    y, old, new = frame["y"].to_numpy(), frame["old"].to_numpy(), frame["new"].to_numpy()
    rng = np.random.default_rng(0)
    values = []
    for _ in range(400):
        k = rng.poisson(1.0, len(y)).astype(float)
        one = []
        for s in (old, new):
            p = s >= 0.5
            cells = [k[p & (y == 1)], k[p & (y == 0)], k[~p & (y == 1)], k[~p & (y == 0)]]
            from sterling.core import algebra

            array = np.array([*(c.sum() for c in cells), 0.0, 0.0])
            one.append(float(algebra.evaluate(RATES[name].node, array)[0]))
        values.append(one[1] - one[0])
    run = compare(frame, metrics=[name])
    row = found(run).frame().filter(slice="everyone", threshold=0.5, metric=name).row(0, named=True)
    width = (row["high"] - row["low"]) / (2 * z(0.95))
    assert width == pytest.approx(float(np.std(values)), rel=0.15)


def test_clusters_widen_as_resampled_clusters_do() -> None:
    """Every row three times over, a cluster each: the spread is that of the rows told once."""
    once = world(21, 500)
    thrice = pl.concat([once.with_columns(c=pl.int_range(500))] * 3)
    rows = []
    for frame, cluster in ((once, None), (thrice, "c")):
        run = compare(frame, metrics=["precision", "auc", "f1"], cluster=cluster, thresholds="0.5")
        rows.append(found(run).frame().filter((pl.col("threshold") == 0.5) | pl.col("threshold").is_null()))
    keys = ["metric", "slice", "threshold"]
    both = rows[0].join(rows[1], on=keys, suffix="_thrice", nulls_equal=True).drop_nulls(["low", "low_thrice"])
    both = both.filter(pl.col("metric").is_in(["precision", "auc", "f1"]))
    assert both.height >= 9
    widths = both.select(a=pl.col("high") - pl.col("low"), b=pl.col("high_thrice") - pl.col("low_thrice"))
    assert float((widths["a"] / widths["b"] - 1).abs().max()) < 0.02  # type: ignore[arg-type]


def test_row_order_changes_nothing() -> None:
    frame = world(5)
    orders = [frame, frame.sample(fraction=1.0, shuffle=True, seed=1)]
    first, second = (found(compare(f, weight="w")).frame() for f in orders)
    assert first.equals(second)


LIMIT = '[[limit]]\nmetric = "tpr"\nmax_drop = 0.1\nagainst = "old"\n'


def test_planted_harm_is_over_the_limit() -> None:
    run = compare(world(1, 3000, harm=0.3), policy=st.Policy.parse(LIMIT))
    over = [v for v in run.judgement.verdicts if v.verdict == "over" and v.finding is not None]
    assert "g=b" in {str(v.finding.first.slice) for v in over if v.finding}
    assert run.judgement.exit_code == 1
    verdicts = wire(run, run.judgement)["verdicts"]
    assert isinstance(verdicts, list)
    assert {(v["model"], v["against"], v["relative"]) for v in verdicts if v["limit"]} == {("new", "old", False)}


def test_null_world_raises_no_alarm() -> None:
    """Equal skill: the limit 0 is exceeded in at most about 5 in 100 worlds."""
    policy = st.Policy.parse('[[limit]]\nmetric = "tpr"\nmax_drop = 0.0\nagainst = "old"\ngroups = "g"\n')
    plan_options = {"thresholds": "0.5"}
    alarms = sum(
        compare(world(seed, 400), policy=policy, **plan_options).judgement.exit_code == 1 for seed in range(40)
    )
    assert alarms <= 3


def test_the_interval_of_a_rate_covers() -> None:
    """The change of precision between two scores of known skill, on joint counts alone."""
    rng = np.random.default_rng(7)
    truth, inside, worlds = 0.0, 0, 250
    info = of_change(RATES["precision"].info)
    from sterling.engine.encode import Batch

    for _ in range(worlds):
        n = 200
        y = (rng.random(n) < 0.3).astype(np.uint8)
        old, new = (((rng.random(n) < np.where(y, 0.7, 0.2)) * 1.0) for _ in range(2))
        joint = count(Batch(height=n, groups=(), label=y, scores=()), [None], old, new, np.array([0.5]))
        low, high = change(joint, parse_rate("precision"), info).interval_at(np.full((1, 1), z(0.95)))
        inside += bool(low[0, 0] <= truth <= high[0, 0])
    assert 0.91 <= inside / worlds <= 0.985


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[limit]]\nmetric = "tpr"\nmax_drop = 0.1\n', "does not say what it is from"),
        ('[[limit]]\nmetric = "tpr"\nmax_gap = 0.1\nagainst = "old"\n', "has no against"),
        ('[[limit]]\nmetric = "tpr"\nmax_drop = 5\nagainst = "old"\n', "cannot reach"),
    ],
)
def test_limits_that_cannot_be_meant(text: str, words: str) -> None:
    with pytest.raises(st.ConfigError, match=words):
        st.Policy.parse(text)


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(st.ConfigError, match="no model is called 'odl'"):
        st.evaluate(world(0, 50), label="y", score=["old", "new"], compare="odl")
    with pytest.raises(st.ConfigError, match="no model beside"):
        st.evaluate(world(0, 50), label="y", score="old", compare="old")
    limit = '[[limit]]\nmetric = "auc"\nmax_drop = 0.1\nagainst = "old"\n'
    with pytest.raises(st.ConfigError, match="take the limit out, or give the other score"):
        st.evaluate(world(0, 50), label="y", score="old", policy=st.Policy.parse(limit))


def test_evidence_is_read_back() -> None:
    from sterling.core.codec import evidence_bytes, read_run

    run = compare(world(2), metrics=["auc", "accuracy"])
    content = evidence_bytes(run)
    again = read_run(content, provenance=run.provenance, policy=run.policy, wiring=run.wiring)
    assert evidence_bytes(again) == content
    assert found(again).frame().equals(found(run).frame())


def test_flips_of_a_large_cluster_rest_on_few_people() -> None:
    """Half of all rows from one cluster: as Kish's n over clusters, about 4, not as the number of clusters."""
    frame = world(9, 400).with_columns(c=pl.Series([0] * 200 + list(range(1, 201))))
    keep = {"metric": "flip_rate", "slice": "everyone", "threshold": 0.5}
    rows = compare(frame, cluster="c"), compare(frame)
    wide, narrow = (found(run).flips.frame().filter(**keep).row(0, named=True) for run in rows)
    assert wide["value"] == narrow["value"]
    assert wide["high"] - wide["low"] > 3 * (narrow["high"] - narrow["low"])


@pytest.mark.parametrize("given", [{}, {"weight": "w"}, {"cluster": "c"}])
def test_how_far_scores_lie_apart(given: dict[str, str]) -> None:
    """By hand, and with the spread of resampled rows (or clusters) as the oracle."""
    rng = np.random.default_rng(4)
    frame = world(4, 600).with_columns(w=pl.Series(rng.integers(1, 4, 600)), c=pl.Series(rng.integers(0, 150, 600)))
    a, b = (frame[c].to_numpy() for c in ("old", "new"))
    away = np.where(a + b > 0, 2 * np.abs(a - b) / np.maximum(a + b, 1e-300), 0.0)  # equal where both are 0
    w = frame["w"].to_numpy().astype(float) if given.get("weight") else np.ones(600)

    def numbers(k: np.ndarray) -> tuple[float, float]:
        cosine = (k * a * b).sum() / np.sqrt((k * a * a).sum() * (k * b * b).sum())
        return float(np.average(away, weights=k)), float(cosine)

    unit = frame["c"].to_numpy() if given.get("cluster") else np.arange(600)
    draws = np.array([numbers(w * rng.poisson(1.0, 600)[unit]) for _ in range(400)])
    rows = found(compare(frame, **given)).flips.frame().filter(slice="everyone")
    for name, value, spread in zip(
        ("symmetric_prediction_difference", "score_cosine_similarity"), numbers(w), draws.std(axis=0), strict=True
    ):
        row = rows.filter(metric=name).row(0, named=True)
        assert row["value"] == pytest.approx(value, abs=1e-12)
        assert row["low"] < row["value"] < row["high"]
        width = (row["high"] - row["low"]) / (2 * 1.96 * spread)
        assert 0.8 < width < (1.25 if name.startswith("score") else 1.8)  # bounded means are pulled towards a coin's


def test_decisions_lie_no_distance_apart() -> None:
    frame = world(5).with_columns(pl.col("old", "new").round(0).cast(pl.Int8))
    run = st.evaluate(frame, label="y", positive=1, prediction=["old", "new"], compare="old")
    assert {b.info.name for b in found(run).flips.blocks} == {
        "flip_rate", "flip_rate_to_positive", "flip_rate_to_negative",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "alike"),
    [
        ("prevalence", True), ("(tp + fn) / (fp + tn)", True), ("(tp + fn) / (tp + fn + fp + tn)", True),
        ("(tp + tn + fp + fn) / (tp + tn + fp + fn + selected_unlabelled + rejected_unlabelled)", True),
        ("(tp - tp + fn) / (tp + fn)", False), ("(tp + fp) / (tn + fn)", False), ("accuracy", False),
        ("selection_rate", False),
    ],
)  # fmt: skip
def test_what_is_the_same_with_every_model_has_no_change(metric: str, alike: bool) -> None:
    run = compare(world(1), metrics=[metric])
    assert (found(run).frame().filter(~pl.col("metric").str.starts_with("flip"), threshold=0.5).height == 0) == alike
    policy = st.Policy.parse(f'[[limit]]\nmetric = "{metric}"\nmax_rise = 1.0\nagainst = "old"\n')
    if alike:
        with pytest.raises(st.ConfigError, match="the same with every model"):
            compare(world(1), policy=policy)
