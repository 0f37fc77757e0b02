"""FA006: fires when either error rate differs, stays quiet when neither does; fairlearn; the average of both."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from fairlearn.metrics import equalized_odds_difference

import sterling as st
from sterling.core.errors import ConfigError
from sterling.core.evidence import Finding
from sterling.testing.worlds import GroupRates, drawn
from tests.house.law import ROOT
from tests.worlds.world import allowed, asked, decisions, findings

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
EVEN = GroupRates(n=500, true_positive_rate=0.7, false_positive_rate=0.3)
LAX = GroupRates(n=500, true_positive_rate=0.7, false_positive_rate=0.6)


def _run(frame: pl.DataFrame, **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask("FA006", name="q", **parameters),), grid=False)
    return st.evaluate(frame, label="label", positive=1, groups="group", prediction="prediction", plan=plan)


def _verdict(run: st.Run, limit: str) -> list[str]:
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "FA006"\n[[limit]]\nask = "q"\n{limit}')
    return [v.verdict for v in run.judge(policy).verdicts]


def test_planted_gap_in_one_rate_is_over() -> None:
    for seed in range(10):
        table = drawn({"a": EVEN, "b": LAX}, seed=seed).table
        assert _verdict(_run(table), "max_gap = 0.05") == ["over"]
        assert _verdict(_run(table, of="average"), "max = 0.01") == ["over"]
        assert findings(_run(table))[0].metric.label == "False positive rate (equalized odds)"


@pytest.mark.parametrize("of", ["worst", "average"])
def test_null_worlds_alarm_at_most_as_promised(of: str) -> None:
    worlds = 150
    run = asked(decisions([200, 200, 60], 0.3, worlds=worlds, seed=5, prevalence=0.4), "FA006", of=of)
    assert np.mean([f.low > 0 for f in findings(run)]) <= allowed(0.05, worlds)


@pytest.mark.parametrize("of", ["worst", "average"])
def test_within_is_rarely_said_of_a_gap_as_wide_as_the_limit(of: str) -> None:
    """Both rates of the second group are 10 points lower: worst and average are 0.1."""
    worlds = 120
    run = asked(decisions([400, 400], [0.5, 0.4], worlds=worlds, seed=6), "FA006", of=of)
    assert np.mean([f.high <= 0.1 for f in findings(run)]) <= allowed(0.05, worlds)


def _lending(**parameters: object) -> Finding:
    plan = st.Plan(asks=(st.ask("FA006", name="q", **parameters),), grid=False)
    return findings(st.evaluate(str(LENDING), label="approved", score="score", groups="race", plan=plan))[0]


def test_on_real_data_as_fairlearn_has_it() -> None:
    frame = pl.read_parquet(LENDING)
    y, chosen, race = frame["approved"].to_numpy(), (frame["score"] >= 0.5).to_numpy(), frame["race"].to_numpy()
    found = _lending()
    assert found.value == pytest.approx(equalized_odds_difference(y, chosen, sensitive_features=race))
    rates = {g: [chosen[(race == g) & (y == k)].mean() for k in (1, 0)] for g in np.unique(race)}
    enough = [g for g in rates if all(((race == g) & (y == k)).sum() >= 30 for k in (1, 0))]
    averages = [np.abs(np.subtract(rates[a], rates[b])).mean() for a in enough for b in enough]
    assert _lending(of="average").value == pytest.approx(max(averages))


def test_one_rate_unknown_can_be_over_and_never_within() -> None:
    """Group b has too few with a negative label: its false positive rate is not known."""
    rng = np.random.default_rng(1)
    label = np.array([1] * 200 + [0] * 200 + [1] * 200 + [0] * 10)
    group = ["a"] * 400 + ["b"] * 210
    chosen = rng.random(610) < np.where(np.array(group) == "a", 0.8, 0.4)
    frame = pl.DataFrame({"group": group, "label": label, "prediction": chosen.astype(int)})
    (found,) = findings(_run(frame))
    assert (found.low > 0.2, found.high) == (True, 1.0)
    assert [str(t.slice) for t in found.too_small] == ["group=b"]
    assert np.isnan(findings(_run(frame, of="average"))[0].value)


def test_the_order_of_rows_does_not_matter() -> None:
    table = drawn({"a": EVEN, "b": LAX}, seed=2).table
    once, again = (findings(_run(t))[0] for t in (table, table.sample(fraction=1, shuffle=True, seed=1)))
    assert (once.value, once.low, once.high) == (again.value, again.low, again.high)


def test_parameters_and_needs() -> None:
    with pytest.raises(ConfigError, match="worst or average"):
        _run(drawn({"a": EVEN, "b": LAX}, seed=2).table, of="best")
    plan = st.Plan(asks=(st.ask("FA006"),), grid=False)
    run = st.evaluate(decisions([50, 50], 0.5, worlds=1, seed=1), prediction="world0", groups="group", plan=plan)
    assert run.evidence[0].outcome == "not_applicable"


def test_the_average_is_not_said_of_clusters() -> None:
    """Its interval takes the two rates to be independent, which they are not where a cluster has both labels."""
    rows = drawn({"a": EVEN, "b": EVEN}, seed=1).table
    plan = st.Plan(asks=tuple(st.ask("FA006", name=of, of=of) for of in ("worst", "average")), grid=False)
    run = st.evaluate(
        rows.with_columns(c=pl.int_range(pl.len()) // 4), label="label", positive=1, groups="group",
        prediction="prediction", plan=plan, cluster="c",
    )  # fmt: skip
    assert [e.outcome for e in run.evidence] == ["measured", "not_applicable"]
