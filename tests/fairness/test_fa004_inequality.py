"""FA004: fires where benefits differ between groups, stays quiet where they do not; weights, clusters, parameters."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from sterling.testing.worlds import GroupRates, drawn
from tests.house.law import ROOT
from tests.worlds.world import allowed, findings

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
ALIKE = GroupRates(n=400, prevalence=0.5, true_positive_rate=0.8, false_positive_rate=0.2)
HARD = GroupRates(n=400, prevalence=0.5, true_positive_rate=0.5, false_positive_rate=0.05)


def _judged(frame: pl.DataFrame, limit: str, **parameters: object) -> list[str]:
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "FA004"\n[[limit]]\nask = "q"\n{limit}')
    plan = st.Plan(asks=(st.ask("FA004", name="q", **parameters),), grid=False)
    run = st.evaluate(frame, label="label", positive=1, groups="group", prediction="prediction", plan=plan)
    return [v.verdict for v in run.judge(policy).verdicts]


@pytest.mark.parametrize("seed", range(5))
def test_planted_inequality_between_groups_is_over_zero(seed: int) -> None:
    world = drawn({"a": ALIKE, "b": HARD}, seed=seed)
    assert _judged(world.table, "max = 0.0", part="between") == ["over"]


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Equal groups, limit 0: over in at most 5 % of worlds."""
    worlds = 300
    alarms = sum(
        _judged(drawn({"a": ALIKE, "b": ALIKE, "c": ALIKE}, seed=s).table, "max = 0.0", part="between") == ["over"]
        for s in range(worlds)
    )
    assert alarms / worlds <= allowed(0.05, worlds)


@pytest.mark.parametrize(
    ("index", "more"),
    [("generalised_entropy", {"alpha": 2.0}), ("theil", {}), ("atkinson", {"epsilon": 0.5}),
     ("coefficient_of_variation", {})],
)  # fmt: skip
def test_on_real_data_as_a_row_by_row_count(index: str, more: dict[str, float]) -> None:
    frame = pl.read_parquet(LENDING)
    plan = st.Plan(asks=(st.ask("FA004", name="q", index=index, **more),), grid=False)
    run = st.evaluate(frame, label="approved", score="score", groups="race", plan=plan)
    (found,) = findings(run)
    b = ((frame["score"] >= 0.5).cast(pl.Int64) - frame["approved"] + 1).to_numpy().astype(float)
    r = b / b.mean()
    expected = {
        "generalised_entropy": np.mean(r**2 - 1) / 2,
        "theil": np.mean(np.where(r > 0, r * np.log(np.where(r > 0, r, 1)), 0)),
        "atkinson": 1 - np.mean(np.sqrt(r)) ** 2,
        "coefficient_of_variation": b.std() / b.mean(),
    }[index]
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high
    assert (found.n, found.n_eligible) == (1989, 1989)


def test_benefit_may_be_not_to_be_selected() -> None:
    world = drawn({"a": ALIKE, "b": HARD}, seed=1)
    turned = world.table.with_columns(label=1 - pl.col("label"), prediction=1 - pl.col("prediction"))
    one = findings(_run(world.table, wanted="selected"))[0]
    other = findings(_run(turned, wanted="not_selected"))[0]
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def _run(frame: pl.DataFrame, **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask("FA004", name="q", **parameters),), grid=False)
    return st.evaluate(frame, label="label", positive=1, groups="group", prediction="prediction", plan=plan)


def test_the_order_of_rows_does_not_matter() -> None:
    table = drawn({"a": ALIKE, "b": HARD}, seed=2).table
    once, again = (
        findings(_run(t, part="between"))[0] for t in (table, table.sample(fraction=1, shuffle=True, seed=1))
    )
    assert (once.value, once.low, once.high) == (again.value, again.low, again.high)


def test_weights_stand_for_people() -> None:
    """Rows that count twice weigh as two rows would, with the interval of fewer people."""
    table = drawn({"a": ALIKE, "b": HARD}, seed=3).table.with_columns(w=pl.col("id") % 2 + 1)
    plan = st.Plan(asks=(st.ask("FA004", name="q"), st.ask("FA004", name="b", part="between")), grid=False)
    given = {"label": "label", "positive": 1, "groups": "group", "prediction": "prediction", "plan": plan}
    weighed = findings(st.evaluate(table, weight="w", **given))
    repeated = findings(st.evaluate(pl.concat([table, table.filter(pl.col("w") == 2)]), **given))
    for a, b in zip(weighed, repeated, strict=True):
        assert a.value == pytest.approx(b.value)
        assert a.high - a.low > b.high - b.low


def test_clusters_widen_the_interval_and_forbid_the_part_between() -> None:
    table = drawn({"a": ALIKE, "b": HARD}, seed=4).table
    twice = pl.concat([table, table]).with_columns(person=pl.col("id"))
    plan = st.Plan(asks=(st.ask("FA004", name="q"), st.ask("FA004", name="b", part="between")), grid=False)
    given = {"label": "label", "positive": 1, "groups": "group", "prediction": "prediction", "plan": plan}
    plain, clustered = st.evaluate(twice, **given), st.evaluate(twice, cluster="person", **given)
    one, other = findings(plain)[0], findings(clustered)[0]
    assert other.value == pytest.approx(one.value)
    assert other.high - other.low > 1.3 * (one.high - one.low)
    assert clustered.evidence[1].outcome == "not_applicable"


def test_few_people_and_nobody_with_a_benefit_say_nothing() -> None:
    few = pl.DataFrame({"group": ["a", "b"] * 5, "label": [0, 1] * 5, "prediction": [0, 1, 1, 0, 1] * 2})
    assert np.isnan(findings(_run(few))[0].value)
    refused = pl.DataFrame({"group": ["a", "b"] * 30, "label": [1] * 60, "prediction": [0] * 60})
    assert np.isnan(findings(_run(refused.with_columns(prediction=pl.Series([0] * 60))))[0].value)
    perfect = pl.DataFrame({"group": ["a", "b"] * 30, "label": [0, 1] * 30, "prediction": [0, 1] * 30})
    found = findings(_run(perfect))[0]
    assert found.value == 0 and found.low == 0 < found.high


@pytest.mark.parametrize(
    "wrong", [{"index": "gini"}, {"alpha": 0.0}, {"epsilon": 1.0, "index": "atkinson"}, {"part": "all"}]
)
def test_parameters_that_mean_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="expected"):
        _run(drawn({"a": ALIKE, "b": HARD}, seed=1).table, **wrong)


def test_asked_of_decisions_only() -> None:
    frame = pl.DataFrame({"group": ["a", "b"] * 20, "y": [0, 1] * 20, "s": [0.1, 2.0] * 20})
    plan = st.Plan(asks=(st.ask("FA004"),))
    run = st.evaluate(frame, label="y", score="s", score_kind="raw", groups="group", plan=plan)
    assert run.evidence[0].outcome == "not_applicable"
