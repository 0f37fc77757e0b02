"""QU003: planted slices are found with their ends, null worlds stay quiet, and nothing depends on the order of rows."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes, read_run
from sterling.core.discovered import Discovery
from sterling.core.errors import ConfigError
from sterling.core.predicate import parse_predicate, to_polars
from tests.quality.discovery.worlds import found, noise, number
from tests.worlds.world import allowed


def world(n: int, *, seed: int, planted: bool = True, weak: float = 0.35, else_: float = 0.1) -> pl.DataFrame:
    """A decision that is wrong more often for those aged 25 to under 40 in the north; other columns mean nothing."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    region = rng.choice(["north", "south", "east", "west"], n)
    inside = (age >= 25) & (age < 40) & (region == "north")
    label = rng.random(n) < 0.5
    wrong = rng.random(n) < np.where(inside & planted, weak, else_)
    return pl.DataFrame(
        {"y": label * 1, "p": (label ^ wrong) * 1, "age": age, "region": region, "shoe": rng.normal(40, 3, n),
         "day": rng.integers(0, 7, n), "sex": rng.choice(["f", "m"], n), "person": np.arange(n)}
    )  # fmt: skip


def searched(frame: pl.DataFrame, *, seed: int = 0, **more: object) -> Discovery:
    roles = {k: more.pop(k) for k in ("weight", "cluster", "groups", "score", "thresholds", "id") if k in more}
    run = examined(frame, st.ask("QU003", **more), seed=seed, **roles)
    found = run.evidence[0].discovered
    assert found is not None
    return found


def examined(frame: pl.DataFrame, ask: st.Ask, *, seed: int = 0, **roles: object) -> st.Run:
    given = {} if {"score", "prediction"} & set(roles) else {"prediction": "p"}
    thresholds = roles.pop("thresholds", ())
    plan = st.Plan(asks=(ask,), seed=seed, thresholds=thresholds, grid=False)  # type: ignore[arg-type]
    return st.evaluate(frame, label="y", positive=1, plan=plan, **{"id": "person"} | given | roles)


@pytest.mark.parametrize("seed", range(3))
def test_planted_slice_is_found_with_its_ends_and_confirmed(seed: int) -> None:
    first, *others = searched(world(12_000, seed=seed), seed=seed).confirmed
    frame = world(12_000, seed=seed)
    held = frame.filter(to_polars(parse_predicate(first.where), tuple(frame.columns)))
    truth = frame.filter(pl.col("age").is_between(25, 39) & (pl.col("region") == "north"))
    both = held.join(truth, on="person", how="semi").height
    assert both / (held.height + truth.height - both) > 0.8
    assert {c.feature for c in first.conditions} == {"age", "region"}
    assert first.gap is not None and first.gap_low is not None and first.gap_high is not None
    assert first.gap_low <= 0.25 <= first.gap_high or abs(first.gap - 0.25) < 0.06
    assert len(others) <= 1


def test_planted_slice_in_a_group_column_is_marked() -> None:
    found = searched(world(12_000, seed=5), groups="region")
    marks = {c.feature: c.is_group for c in found.confirmed[0].conditions}
    assert marks == {"age": False, "region": True}


def test_null_worlds_confirm_at_most_as_promised() -> None:
    """Nothing is worse anywhere: something is confirmed in at most 5 % of worlds."""
    runs = 60
    alarms = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        features = noise(rng, 1500)
        alarms += bool(found(features, rng.random(1500) < 0.15, seed=seed, smallest=0.02).confirmed)
    assert alarms <= allowed(0.05, runs)


def test_null_worlds_with_candidates_confirm_at_most_as_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search is made to believe in noise, so that every world sends ten candidates to be confirmed."""
    monkeypatch.setattr("sterling.quality.discovery.lattice.CAUTION", -1.0)
    monkeypatch.setattr("sterling.quality.discovery.lattice.MORE", -9.0)
    monkeypatch.setattr("sterling.quality.discovery.picking.MORE", -9.0)
    monkeypatch.setattr("sterling.quality.discovery.picking.NEW", -9.0)
    runs, alarms, tried = 40, 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(1000 + seed)
        features = noise(rng, 2500)
        result = found(features, rng.random(2500) < 0.15, seed=seed, smallest=0.05)
        tried += len(result.slices)
        alarms += any(s.p_adjusted is not None and s.p_adjusted <= 0.05 for s in result.slices)
    assert tried >= 9 * runs
    assert alarms <= allowed(0.05, runs)


def test_the_order_of_rows_changes_no_bit() -> None:
    frame = world(3_000, seed=7).with_columns(w=pl.Series(np.random.default_rng(1).lognormal(0, 0.5, 3_000)))
    turned = frame.sample(fraction=1.0, shuffle=True, seed=3)
    for more in ({}, {"weight": "w"}, {"cluster": "day", "metric": "false_negative_rate"}):
        plain, other = searched(frame, **more), searched(turned, **more)
        assert plain == other
    assert evidence_bytes(examined(frame, st.ask("QU003"))) == evidence_bytes(examined(turned, st.ask("QU003")))


@pytest.mark.parametrize("id", ["person", None])
def test_slices_of_two_models_are_confirmed_on_the_same_rows(id: str | None) -> None:
    frame = world(3_000, seed=10).with_columns(other=pl.Series(np.random.default_rng(2).integers(0, 2, 3_000)))
    ask = st.ask("QU003", features=("age", "region", "shoe"))
    both = [e.discovered for e in examined(frame, ask, prediction=("p", "other"), id=id).evidence]
    alone = examined(frame, ask, prediction="other", id=id).evidence[0].discovered
    assert both[0] is not None and both[1] is not None and alone is not None
    assert both[0].n_search == both[1].n_search and both[0].overall.n == both[1].overall.n
    assert (both[1].overall, both[1].tree) == (alone.overall, alone.tree)
    assert 1_000 < both[0].n_search < 2_000


def test_another_seed_deals_other_halves() -> None:
    frame = world(3_000, seed=8)
    assert searched(frame, seed=1).overall != searched(frame, seed=2).overall


def test_weights_count_rows_as_often_as_they_say() -> None:
    """Rows of the weak slice weigh nothing: there is nothing to find. They weigh much: the overall value moves."""
    frame = world(12_000, seed=9)
    inside = pl.col("age").is_between(25, 39) & (pl.col("region") == "north")
    without = searched(frame.with_columns(w=pl.when(inside).then(0.0).otherwise(1.0)), weight="w")
    assert not without.confirmed and without.overall.n_eligible < without.overall.n
    heavy = searched(frame.with_columns(w=pl.when(inside).then(5.0).otherwise(1.0)), weight="w")
    assert heavy.confirmed[0].name.startswith("age") and "region is north" in heavy.confirmed[0].name
    assert heavy.overall.value is not None and without.overall.value is not None
    assert heavy.overall.value > without.overall.value + 0.05


def test_rows_of_no_weight_at_all_leave_nothing_to_search() -> None:
    frame = world(300, seed=9).with_columns(w=pl.when(pl.col("person") < 5).then(1.0).otherwise(0.0))
    run = examined(frame, st.ask("QU003"), weight="w")
    assert (run.evidence[0].outcome, run.evidence[0].reason) == ("insufficient", "too few eligible rows to search")


def test_clusters_make_the_test_more_careful() -> None:
    """Every row ten times, as one person's visits: ten times the rows, no more to know."""
    frame = world(1_500, seed=10, weak=0.2)
    many = pl.concat([frame] * 10)
    assert searched(many, smallest=0.03).confirmed
    apart = searched(many, cluster="person", id=None, smallest=0.03)
    assert all(s.p is None or s.p > 1e-4 for s in apart.slices)


def test_awkward_columns() -> None:
    """Constant, empty, 300 categories, missing values, unicode, texts with quotes, dates: searched or said why not."""
    n = 6_000
    rng = np.random.default_rng(11)
    frame = world(n, seed=11).with_columns(
        constant=pl.lit(1), empty=pl.lit(None, dtype=pl.Float64), many=pl.Series([f"k{i % 300}" for i in range(n)]),
        gap=pl.Series(np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n))),
        when=pl.lit("2026-01-01").str.to_date(),
        **{"Größe ✓": pl.Series(rng.choice(["ä", "“ö”", "it's", 'a "b"', "c'd\"e"], n))},
        **{"and": pl.Series(rng.random(n))},
    )  # fmt: skip
    frame = frame.with_columns(p=pl.when(pl.col("gap").is_nan()).then(1 - pl.col("y")).otherwise(pl.col("p")))
    found = searched(frame)
    assert {s.feature for s in found.skipped} == {"constant", "empty", "many", "when"}
    assert found.confirmed[0].name == "gap not recorded"
    assert found.confirmed[0].where == "gap is missing"
    weird = frame.with_columns(p=pl.when(pl.col("Größe ✓") == "it's").then(1 - pl.col("y")).otherwise(pl.col("y")))
    first = searched(weird).confirmed[0]
    assert first.where == '`Größe ✓` = "it\'s"'
    assert frame.filter(to_polars(parse_predicate(first.where), tuple(frame.columns))).height > 1000


@pytest.mark.parametrize(
    ("metric", "wrong"),
    [("false_negative_rate", "positives"), ("accuracy", "everyone"), ("true_negative_rate", "negatives")],
)
def test_metrics_count_their_own_eligible_rows(metric: str, wrong: str) -> None:
    frame = world(20_000, seed=12)
    found = searched(frame, metric=metric)
    rows = {"positives": pl.col("y") == 1, "negatives": pl.col("y") == 0, "everyone": pl.lit(True)}[wrong]
    first = found.confirmed[0]
    assert {c.feature for c in first.conditions} == {"age", "region"}
    inside = to_polars(parse_predicate(first.where), tuple(frame.columns))
    whole = frame.filter(rows, inside)
    right = (whole["y"] == whole["p"]).mean()
    value = right if metric != "false_negative_rate" else 1 - float(right)  # type: ignore[arg-type]
    assert first.level.value == pytest.approx(value, abs=0.06)
    assert first.level.n_eligible == pytest.approx(whole.height / 2, rel=0.15)
    assert (first.level.value < first.rest.value) == (metric != "false_negative_rate")  # type: ignore[operator]
    assert first.gap is not None and first.gap > 0
    limit = tomllib.loads(first.limit)["limit"][0]
    assert limit["metric"] == metric and ("min" in limit) == (metric != "false_negative_rate")


def test_limits_of_several_models_are_copied_as_they_are() -> None:
    """Both find the same slice; each limit is for its own model alone, which the other would break."""
    frame = world(12_000, seed=5)
    other = world(12_000, seed=5, weak=0.9)
    both = frame.with_columns(better=frame["p"], p=other["p"], y=frame["y"])
    run = examined(both, st.ask("QU003", features=("age", "region")), prediction=["p", "better"])
    copied = "\n".join(s.limit for e in run.evidence if e.discovered for s in e.discovered.confirmed)
    assert copied.count("[[slice]]") > copied.count('model = "p"') > 0 < copied.count('model = "better"')
    policy = st.Policy.parse(copied)
    assert {limit.model for limit in policy.limits} == {"p", "better"}
    names = [s.name for s in policy.slices]
    assert len(names) == len(set(names))
    judged = st.evaluate(both, label="y", positive=1, prediction=["p", "better"], policy=policy).judgement
    limited = [v for v in judged.verdicts if v.limit is not None]
    assert len(limited) == len(policy.limits) and all(v.limit and v.model == v.limit.model for v in limited)
    with pytest.raises(ConfigError, match="another slice is named 'a' too"):
        st.Policy.parse('[[slice]]\nname = "a"\nwhere = "x > 1"\n[[slice]]\nname = "a"\nwhere = "x > 2"\n')


def test_probabilities_have_losses() -> None:
    rng = np.random.default_rng(13)
    n = 12_000
    frame = world(n, seed=13)
    truth = np.where((frame["age"].to_numpy() < 40) & (frame["sex"].to_numpy() == "f"), 0.5, 0.9)
    y = rng.random(n) < truth
    frame = frame.with_columns(y=pl.Series(y * 1), s=pl.Series(np.full(n, 0.9) - rng.random(n) * 0.01))
    for metric in ("log_loss", "brier"):
        found = searched(frame.drop("p"), score="s", metric=metric)
        assert {c.feature for c in found.confirmed[0].conditions} == {"age", "sex"}
        assert found.effect_name == "Cohen's d" and found.threshold is None
    with pytest.raises(ConfigError, match="auc"):
        searched(frame.drop("p"), score="s", metric="auc")


def test_thresholds_are_those_in_force() -> None:
    frame = world(4_000, seed=14).with_columns(s=pl.Series(np.random.default_rng(2).random(4_000)))
    low = searched(frame.drop("p"), score="s", thresholds=(0.2,), metric="false_negative_rate")
    assert low.threshold == 0.2 and low.overall.value == pytest.approx(0.2, abs=0.03)
    given = {"metric": "false_negative_rate", "threshold": 0.7}
    run = st.evaluate(frame.drop("p"), label="y", score="s", id="person", discover=given)
    assert next(e.discovered for e in run.evidence if e.discovered).threshold == 0.7
    high = searched(frame.drop("p"), score="s", thresholds=(0.2, 0.8), threshold=0.8, metric="false_negative_rate")
    assert high.threshold == 0.8 and high.overall.value == pytest.approx(0.8, abs=0.03)


def test_evidence_is_read_back_as_it_was() -> None:
    run = examined(world(4_000, seed=15), st.ask("QU003"))
    read = read_run(evidence_bytes(run), provenance=run.provenance, policy=run.policy, wiring=run.wiring)
    assert read.evidence[0].discovered == run.evidence[0].discovered
    assert evidence_bytes(read) == evidence_bytes(run)


def test_tree_and_map_add_up() -> None:
    result = searched(world(12_000, seed=16))
    root = result.tree[0]
    assert root.parent is None and root.level == result.overall and root.coverage == 1
    for k, node in enumerate(result.tree):
        children = [c for c in result.tree if c.parent == k]
        if children:
            assert sum(c.level.n for c in children) == node.level.n
            assert sum(c.coverage or 0 for c in children) == pytest.approx(node.coverage)
    drawn = result.maps[0]
    assert {drawn.row_feature, drawn.column_feature} == {"age", "region"}
    assert sum(cell.n for line in drawn.cells for cell in line) == result.overall.n
    assert all(len(line) == len(drawn.columns) for line in drawn.cells) and len(drawn.cells) == len(drawn.rows)


def test_planted_slice_of_several_classes() -> None:
    rng = np.random.default_rng(21)
    n = 12_000
    frame = world(n, seed=21)
    label = rng.integers(0, 3, n)
    inside = ((frame["age"] < 35) & (frame["sex"] == "f")).to_numpy()
    miss = rng.random(n) < np.where(inside, 0.5, 0.1)
    said = np.where(miss, (label + rng.integers(1, 3, n)) % 3, label)
    chance = {f"p_{k}": np.where(said == k, 0.8, 0.1) for k in range(3)}
    frame = frame.drop("y", "p").with_columns(
        y=pl.Series(label), said=pl.Series(said), **{k: pl.Series(v) for k, v in chance.items()}
    )
    plain = {"label": "y", "task": "multiclass", "id": "person"}
    given = st.evaluate(frame.drop(*chance), prediction="said", discover=True, **plain)
    found = next(e.discovered for e in given.evidence if e.discovered)
    assert {c.feature for c in found.confirmed[0].conditions} == {"age", "sex"}
    assert found.confirmed[0].level.value == pytest.approx(0.5, abs=0.05)
    for metric, right, wrong in (("accuracy", 1, 0), ("log_loss", -np.log(0.8), -np.log(0.1)), ("brier", 0.03, 0.73)):
        run = st.evaluate(frame.drop("said"), score="p_{class}", discover={"metric": metric}, **plain)
        found = next(e.discovered for e in run.evidence if e.discovered)
        first = found.confirmed[0]
        assert {c.feature for c in first.conditions} == {"age", "sex"}
        assert first.level.value == pytest.approx((right + wrong) / 2, abs=0.08)
        assert found.features and not {*chance} & {*found.features}


def test_planted_slice_of_numbers() -> None:
    rng = np.random.default_rng(22)
    n = 8_000
    frame = world(n, seed=22)
    inside = (frame["region"] == "west").to_numpy()
    label = rng.gamma(5, 10, n)
    off = rng.normal(0, np.where(inside, 9.0, 3.0))
    frame = frame.with_columns(y=pl.Series(np.where(rng.random(n) < 0.02, np.nan, label)), p=pl.Series(label + off))
    for metric, there, elsewhere in (("mean_absolute_error", 7.18, 2.39), ("mean_squared_error", 81, 9)):
        run = st.evaluate(frame, label="y", prediction="p", task="regression", id="person", discover=metric)
        found = next(e.discovered for e in run.evidence if e.discovered)
        assert found.scale == "value" and found.overall.n_eligible < found.overall.n
        assert [s.name for s in found.confirmed] == ["region is west"]
        first = found.confirmed[0]
        assert (first.level.value, first.rest.value) == pytest.approx((there, elsewhere), rel=0.1)
    with pytest.raises(ConfigError, match="r2"):
        st.evaluate(frame, label="y", prediction="p", task="regression", discover="r2")


def test_features_that_are_named() -> None:
    frame = world(3_000, seed=17)
    assert searched(frame, features=["age", "sex"]).features == ("age", "sex")
    assert set(searched(frame, groups="sex").features) == {"age", "region", "shoe", "day", "sex"}
    with pytest.raises(ConfigError, match="agge"):
        searched(frame, features=["agge"])
    with pytest.raises(ConfigError, match="role"):
        searched(frame, features=["y"])
    for wrong in ({"smallest": 0.7}, {"conditions": 4}, {"most": 0}):
        with pytest.raises(ConfigError):
            searched(frame, **wrong)


def test_what_cannot_be_asked_is_said() -> None:
    few = examined(world(40, seed=18), st.ask("QU003"))
    assert few.evidence[0].outcome in ("insufficient", "measured")
    nothing = examined(world(100, seed=18).select("y", "p", "person"), st.ask("QU003"))
    assert (nothing.evidence[0].outcome, nothing.evidence[0].reason) == (
        "not_applicable", "there is no feature to search",
    )  # fmt: skip
    perfect = examined(world(500, seed=19).with_columns(p="y"), st.ask("QU003"))
    assert perfect.evidence[0].discovered is not None and not perfect.evidence[0].discovered.slices


@pytest.mark.parametrize("metric", ["accuracy", "false_negative_rate", "false_positive_rate"])
def test_real_data_of_incomes(metric: str) -> None:
    """Every confirmed slice holds on all rows too, and its where-clause and numbers are those of the table."""
    table = pl.read_parquet("examples/income/data/income.parquet").rename({"over_50k": "y", "id": "person"})
    result = searched(table.drop("age_band"), score="score", metric=metric, groups=["race", "sex"])
    assert result.confirmed
    cell = {"accuracy": pl.lit(True), "false_negative_rate": pl.col("y") == 1, "false_positive_rate": pl.col("y") == 0}
    for item in result.confirmed:
        inside = to_polars(parse_predicate(item.where), tuple(table.columns))
        wrong = table.filter(cell[metric]).with_columns(wrong=(pl.col("score") >= 0.5) != (pl.col("y") == 1))
        inner, outer = wrong.filter(inside)["wrong"].mean(), wrong.filter(~inside)["wrong"].mean()
        assert inner > outer  # type: ignore[operator]
        loss = item.level.value if metric != "accuracy" else 1 - item.level.value  # type: ignore[operator]
        assert loss == pytest.approx(inner, abs=0.05)
        assert item.level.n == pytest.approx(table.filter(inside).height / 2, rel=0.15)


def test_real_data_of_arrests() -> None:
    table = pl.read_parquet("examples/recidivism/data/recidivism.parquet").rename({"rearrested": "y", "id": "person"})
    plan = st.Plan(asks=(st.ask("QU003", metric="false_negative_rate"),), thresholds=(5.0,), grid=False)
    run = st.evaluate(table, label="y", score="decile", score_kind="raw", id="person", plan=plan)
    found = run.evidence[0].discovered
    assert found is not None and found.confirmed
    assert any("prior_arrests" in c.feature or "age_band" in c.feature for c in found.confirmed[0].conditions)
    json.dumps(run.to_dict(), allow_nan=False)


def test_a_number_of_rows_that_a_slice_needs() -> None:
    """`smallest` and `min_n` both hold: whichever is larger."""
    rng = np.random.default_rng(20)
    x = rng.integers(0, 40, 4000)
    loss = (x == 3) * 1.0
    features = (number("x", x // 3, 14),)
    assert found(features, loss, smallest=0.2).smallest == pytest.approx(400, rel=0.1)
    assert found(features, loss, smallest=0.001).smallest == 30
